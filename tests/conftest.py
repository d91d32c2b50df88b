import signal

import hypothesis
import pytest

pytest_plugins = [
    "tests.infra.postgres",
    "tests.infra.wrapped",
    "tests.infra.ssh.fixtures",
    "tests.infra.slurm.fixtures",
]

# Whatever a shell puts in the background has Ctrl-C ignored, and so have its children, whom tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is slow, not wrong; how long things take is judged by the bench.
hypothesis.settings.register_profile("argosy", deadline=None, print_blob=True)
hypothesis.settings.load_profile("argosy")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Coroutine tests run on the loop that the server runs on."""
    return "asyncio"
