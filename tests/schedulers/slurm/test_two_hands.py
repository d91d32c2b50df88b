"""Different jobs are handed in by two hands side by side. The sbatch is a stand-in that says a number, or fails."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from argosy.contracts import Order
from argosy.core.command import Answer
from argosy.core.sighting import Launched, Refused
from argosy.core.spec import JobSpec
from argosy.schedulers.slurm.scheduler import SCHEDULER
from tests.schedulers.slurm.telling import TOKENS

NUMBERED = "#!/bin/sh\nfor word; do case $word in --job-name=*) name=${word#*=} ;; esac; done\necho ${name##*-}\n"
SILENT = "#!/bin/sh\necho 'sbatch: error: Unable to contact slurm controller (connect failure)' >&2\nexit 1\n"
LENGTHY = "#!/bin/sh\nhead -c 30000 /dev/zero | tr '\\0' x\necho\necho 7\n"


def order(number: int, top: Path) -> Order:
    """One that asks for something else than all others, and has its script."""
    token = f"{TOKENS[0].rpartition('-')[0]}-{number + 1}"
    directory = top / f"attempt-{number}"
    directory.mkdir()
    (directory / "run.sh").touch()
    spec = JobSpec.model_validate({"name": "n", "argv": ["true"], "resources": {"memory_mib": number + 100}})
    return Order(token=token, directory=str(directory), spec=spec)


def handed_in(top: Path, orders: Sequence[Order], sbatch: str) -> dict[str, Launched | Refused]:
    """What becomes of orders where this is sbatch; it notes each time that it is called."""
    (top / "bin").mkdir()
    program = top / "bin/sbatch"
    program.write_text(sbatch.replace("\n", f"\necho . >> '{top}/called'\n", 1))
    program.chmod(0o755)
    environment = os.environ | {"PATH": f"{top}/bin:{os.environ['PATH']}"}
    done = subprocess.run(SCHEDULER.submit(orders).argv, env=environment, capture_output=True, check=False)
    answer = Answer(code=done.returncode, stdout=done.stdout, stderr=done.stderr)
    return dict(SCHEDULER.parse_submit(orders, answer))


@pytest.mark.parametrize("count", [1, 3, 4, 5, 41])
def test_each_job_gets_its_own_number_whichever_hand_handed_it_in(tmp_path: Path, count: int) -> None:
    orders = [order(number, tmp_path) for number in range(count)]
    taken = handed_in(tmp_path, orders, NUMBERED)
    assert [reply.handle for one in orders if isinstance(reply := taken[one.token], Launched)] == [
        str(number + 1) for number in range(count)
    ]
    assert len((tmp_path / "called").read_text().split()) == count


def test_a_hand_with_much_to_say_is_heard_to_its_end(tmp_path: Path) -> None:
    orders = [order(number, tmp_path) for number in range(12)]
    taken = handed_in(tmp_path, orders, LENGTHY)
    assert [type(taken[one.token]) for one in orders] == [Launched] * 12


def test_both_hands_stop_when_nobody_answers_them(tmp_path: Path) -> None:
    orders = [order(number, tmp_path) for number in range(20)]
    taken = handed_in(tmp_path, orders, SILENT)
    assert all(isinstance(reply, Refused) and reply.passing for reply in taken.values())
    assert len((tmp_path / "called").read_text().split()) == 2
