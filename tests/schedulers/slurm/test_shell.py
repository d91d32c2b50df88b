"""The shell programs, as they are sent."""

import subprocess

import pytest

from argosy.schedulers.slurm.asking import shell
from tests.infra.wrapped import demanded


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
