"""Imported stages, and jobs that go on, by the command line, with the stand-in as their program."""

from pathlib import Path

import pytest

from argosy.cli.exits import Exit
from tests.cli.conftest import Argosy, argosy
from tests.client.served import home, road
from tests.engines.namd.record import chosen
from tests.engines.namd.system import make_program, make_system

__all__ = ["argosy", "home", "road"]

pytestmark = pytest.mark.infra

COMMON = """structure small.psf
coordinates small.pdb
paraTypeCharmm on
parameters ../toppar/all.prm
exclude scaled1-4
cutoff 12
switchdist 10
pairlistdist 16
rigidBonds all
timestep 2
restartfreq 100
outputEnergies 20
"""
CELL = "cellBasisVector1 80 0 0\ncellBasisVector2 0 80 0\ncellBasisVector3 0 0 80\n"
FIRST = f"outputName step4_equilibration; # a base\nset temp 300\ntemperature $temp\n{COMMON}{CELL}minimize 100\n"
SECOND = f"""set inputname step4_equilibration
outputName step5_production
binCoordinates $inputname.coor
binVelocities $inputname.vel
extendedSystem $inputname.xsc
{COMMON}run 400
"""


@pytest.fixture
def folder(argosy: Argosy) -> Path:
    del argosy  # it has gone to a directory of its own
    made = Path("made/namd")
    make_system(made)
    Path("made/toppar").mkdir()
    (made / "small.prm").rename("made/toppar/all.prm")
    (made / "step4_equilibration.inp").write_text(FIRST)
    (made / "step5_production.inp").write_text(SECOND)
    return made


def test_a_folder_of_stages_runs_through(argosy: Argosy, folder: Path, tmp_path: Path) -> None:
    program = make_program(tmp_path / "bin")
    seen = argosy("import", "namd", str(folder), "--dry-run")
    assert seen.code == Exit.SUCCEEDED, seen.err
    assert "starts from what step4_equilibration.inp leaves" in seen.out
    made = argosy("import", "namd", str(folder), "--set", f"program={program}", "--label", "made=imported")
    assert made.code == Exit.SUCCEEDED, made.err
    waited = argosy("wait", "step5_production")
    assert waited.code == Exit.SUCCEEDED, argosy("show", "step4_equilibration").out
    text = argosy("logs", "step5_production", "--file", "namd.log").out
    assert "WRITING COORDINATES TO OUTPUT FILE AT STEP 400" in text


def test_a_dry_run_of_going_on_shows_what_the_options_would_change(argosy: Argosy, tmp_path: Path) -> None:
    program, files = make_program(tmp_path / "bin"), chosen(make_system(tmp_path / "system"))
    given = [word for role, path in files.items() for word in ("--file", f"{role}={path}")]
    made = argosy(
        "submit", "namd/production", "-n", "ahead", "--set", f"program={program}", "--set", "steps=400", *given
    )
    assert made.code == Exit.SUCCEEDED, made.err
    assert argosy("wait", "ahead").code == Exit.SUCCEEDED, argosy("show", "ahead").out
    before = argosy("ls", "--json").out
    plain = argosy("restart", "ahead", "--dry-run")
    changed = argosy("restart", "ahead", "--dry-run", "--walltime", "3h")
    assert "It goes on from" in plain.out, plain.err
    assert argosy("restart", "ahead", "--dry-run", "--fit").out == plain.out, "of one that succeeded there is no rest"
    assert "resources    2 cpu, 2GiB, 3h" in changed.out, changed.err
    assert argosy("ls", "--json").out == before
