"""Binary files that OpenMM, ParmEd and MDAnalysis wrote, as Argosy reads them and as ParmEd and MDAnalysis do."""

import json
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from argosy.core.dcd import HEAD_BYTES, Dcd, read_dcd
from argosy.core.errors import BadInput
from argosy.core.namdbin import INTO_A_PS, read_namdbin

pytestmark = pytest.mark.slow

SCRIPTS = Path(__file__).parent / "peers"
OTHERS = Path(__file__).parents[3] / ".venv-readers/bin/python"
ATOMS, FRAMES = 7, 5
TRAJECTORIES = ("openmm.dcd", "openmm-vacuum.dcd", "mdanalysis.dcd")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with trajectories of OpenMM, with and without a cell."""
    folder = tmp_path_factory.mktemp("written")
    said(sys.executable, "by_openmm.py", folder)
    return folder


@pytest.fixture(scope="module")
def told(written: Path) -> Mapping[str, Any]:
    """What ParmEd and MDAnalysis read of these and of what they wrote beside them."""
    assert OTHERS.exists(), f"{OTHERS} is missing: 'make readers' makes it"
    return json.loads(said(OTHERS, "by_others.py", written))


def said(python: str | Path, script: str, folder: Path) -> str:
    done = subprocess.run([python, SCRIPTS / script, folder], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def facts(path: Path) -> Dcd:
    data = path.read_bytes()
    return read_dcd(data[:HEAD_BYTES], len(data))


def positions(path: Path) -> list[list[float]]:
    """Å of all atoms of each frame, found where the header says that they are."""
    dcd, data = facts(path), path.read_bytes()
    row = 8 + 4 * dcd.atoms
    found: list[list[float]] = []
    for number in range(dcd.frames):
        place = dcd.header_bytes + number * dcd.frame_bytes + (56 if dcd.has_cell else 0) + 4
        along = [struct.unpack_from(f"<{dcd.atoms}f", data, place + axis * row) for axis in range(3)]
        found.append([number for atom in zip(*along, strict=True) for number in atom])
    return found


@pytest.mark.parametrize("name", TRAJECTORIES)
def test_a_trajectory_holds_what_others_read_in_it(written: Path, told: Mapping[str, Any], name: str) -> None:
    theirs, found = told[f"trajectory {name}"], facts(written / name)
    assert (found.atoms, found.frames, found.left_over) == (ATOMS, FRAMES, 0)
    assert len(theirs["positions"]) == FRAMES
    for ours, other in zip(positions(written / name), theirs["positions"], strict=True):
        assert ours == pytest.approx(other, abs=1e-4)


@pytest.mark.parametrize("name", TRAJECTORIES)
def test_a_header_is_read_as_its_writer_meant_it(written: Path, told: Mapping[str, Any], name: str) -> None:
    theirs, found = told[f"trajectory {name}"], facts(written / name)
    assert (found.first, found.every, found.declared) == (10, 10, FRAMES)
    assert found.has_cell == (name != "openmm-vacuum.dcd")
    assert found.timestep_fs * found.every * 1e-3 == pytest.approx(theirs["dt"], rel=1e-3)


@pytest.mark.parametrize(
    ("reader", "name", "unit"),
    [
        ("ParmEd", "parmed.coor", 1.0),
        ("MDAnalysis", "parmed.coor", 1.0),
        ("ParmEd", "parmed.vel", INTO_A_PS),
    ],
)
def test_binary_coordinates_and_velocities_are_what_others_read(
    written: Path, told: Mapping[str, Any], reader: str, name: str, unit: float
) -> None:
    found = read_namdbin((written / name).read_bytes())
    assert found.atoms == ATOMS
    assert [number * unit for number in found.numbers] == pytest.approx(told[f"{reader} {name}"], rel=1e-6)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("name", TRAJECTORIES)
def test_a_real_trajectory_that_was_cut_turned_or_emptied_is_named_as_such(written: Path, name: str) -> None:
    data = (written / name).read_bytes()
    whole = read_dcd(data[:HEAD_BYTES], len(data))
    cut = read_dcd(data[:HEAD_BYTES], len(data) - 9)
    assert (cut.frames, cut.left_over) == (FRAMES - 1, whole.frame_bytes - 9)
    turned = read_dcd(turned_header(data[: whole.header_bytes]), len(data))
    assert turned == whole._replace(swapped=True)
    for part, words in ((b"", "it is empty"), (data[:60], "it ends after 60 bytes, within its header")):
        with pytest.raises(BadInput, match=words):
            read_dcd(part, len(part))


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("name", ["parmed.coor", "parmed.vel"])
def test_real_binary_coordinates_that_were_cut_turned_or_emptied_are_named_as_such(written: Path, name: str) -> None:
    data = (written / name).read_bytes()
    count, *numbers = struct.unpack(f"<i{3 * ATOMS}d", data)
    turned = read_namdbin(struct.pack(f">i{3 * ATOMS}d", count, *numbers))
    assert (turned.swapped, list(turned.numbers)) == (True, numbers)
    for part, words in ((b"", "it is empty"), (data[:-1], f"where {ATOMS} atoms make {4 + 24 * ATOMS}")):
        with pytest.raises(BadInput, match=words):
            read_namdbin(part)


def turned_header(head: bytes) -> bytes:
    """The header as a machine with the other order of bytes writes it; the texts in it stay as they are."""
    texts = (range(4, 8), range(100, len(head) - 16))
    words = [(place, head[place : place + 4]) for place in range(0, len(head), 4)]
    return b"".join(word if any(place in text for text in texts) else word[::-1] for place, word in words)
