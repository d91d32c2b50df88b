"""A host of its own on this machine: own processes, own host name, own boot id; it can be switched off."""

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.infra.postgres import refuse
from tests.infra.ssh.people import need_root
from tests.infra.wrapped import until

BOOT_ID = "/proc/sys/kernel/random/boot_id"
# The first process of a host has one duty: to bury the orphans. It says by a line that the host is up.
FIRST_PROCESS = """
import os, signal
print("up", flush=True)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
while True:
    try:
        os.wait()
    except ChildProcessError:
        signal.sigtimedwait([signal.SIGCHLD], 0.2)
"""
SETTING_UP = f'hostname "$0" && mount --bind "$1" {BOOT_ID} && shift && exec "$@"'


@dataclass
class Machine:
    """A host. Files are those of this machine; what runs there is seen from outside too."""

    directory: Path
    name: str
    first: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def switch_on(self) -> None:
        """Boot: no processes, and a boot id that never was before."""
        boot = self.directory / f"boot-{uuid.uuid4()}"
        boot.write_text(f"{boot.name.removeprefix('boot-')}\n")
        command = ["setpriv", "--pdeathsig=KILL", "unshare", "--mount", "--uts", "--pid", "--fork", "--mount-proc"]
        command += ["--kill-child", "sh", "-c", SETTING_UP, self.name, str(boot), sys.executable, "-c", FIRST_PROCESS]
        self.first = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        assert self.first.stdout is not None
        if self.first.stdout.readline() != b"up\n":
            refuse("this machine makes no namespaces: run these tests as root on Linux, outside a narrow container")

    def switch_off(self) -> None:
        """Every process of this host dies at once."""
        if self.first is not None:
            os.kill(self._inside(), 9)
            self.first.communicate()
            self.first = None

    def entrance(self) -> list[str]:
        """What comes before a command so that it runs on this host."""
        # The command's own process stays outside; it is bound to its child by the signal at death.
        return ["nsenter", f"--target={self._inside()}", "--mount", "--uts", "--pid", "--"]

    def boot_id(self) -> str:
        """Which boot this is."""
        answer = subprocess.run([*self.entrance(), "cat", BOOT_ID], capture_output=True, text=True, check=True)
        return answer.stdout.strip()

    def _inside(self) -> int:
        """The pid, seen from here, of the host's first process."""
        assert self.first is not None, "the host is switched off"
        children = Path(f"/proc/{self.first.pid}/task/{self.first.pid}/children")
        until(lambda: children.read_text().strip(), "the host has a first process")
        return int(children.read_text().split()[0])


@contextmanager
def running_machine(name: str = "faraway") -> Iterator[Machine]:
    """A host that is switched on."""
    need_root()
    with tempfile.TemporaryDirectory(prefix="argosy-machine-") as directory:
        machine = Machine(Path(directory), name)
        machine.switch_on()
        try:
            yield machine
        finally:
            machine.switch_off()
