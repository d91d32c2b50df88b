"""The shell programs, as they are sent."""

import subprocess

import pytest

from argosy.schedulers.slurm.asking import shell
from argosy.schedulers.slurm.sections import Section, read_sections
from tests.infra.wrapped import SHELLS, demanded


@pytest.mark.parametrize(
    "name",
    ["slurm.sh", "steer.sh", "spent.sh", "survey.sh", "crowd.sh", "modules.sh", "trial.sh", "queue.sh", "whose.sh"],
)
def test_shellcheck_finds_nothing(name: str) -> None:
    command = [demanded("shellcheck"), "--shell=sh", "-"]
    done = subprocess.run(
        command,
        input=f"cluster=$1 names='' directories='' adopted=''; : \"$cluster\"\n{shell(name)}",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize("count", [0, 1, 3, 20_000])
def test_what_a_command_prints_is_told_whole_however_much_it_is(name: str, count: int) -> None:
    lines = [f'  "name {number}": "a\\tb|c" ' for number in range(count)]
    command = [demanded(SHELLS[name][0]), *SHELLS[name][1:], "-c", f"{shell('common.sh')}section text cat", "argosy"]
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    assert read_sections(iter(done.stdout.splitlines()), ["text"]) == {"text": Section(0, lines)}
