"""What trajectories and NAMD's binary files tell of themselves, whole, damaged, and from another kind of machine."""

import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.dcd import HEAD_BYTES, Dcd, kept_frames, read_dcd, with_frames
from argosy.core.errors import BadInput
from argosy.core.namdbin import read_namdbin
from argosy.core.xst import joined_xst


def dcd_bytes(
    *, frames: int = 3, first: int = 100, every: int = 100, atoms: int = 5, cell: bool = True, order: str = "<"
) -> bytes:
    """A file in the layout of the real ones."""
    last = first + (frames - 1) * every
    control = b"CORD" + struct.pack(
        f"{order}9if10i", frames, first, every, last, 0, 0, 0, 0, 0, 2 / 48.88821, int(cell), *[0] * 8, 24
    )
    titles = struct.pack(f"{order}i80s80s", 2, b"REMARKS one", b"REMARKS two")
    head = b"".join(record(part, order) for part in (control, titles, struct.pack(f"{order}i", atoms)))
    body = b""
    for frame in range(frames):
        row = struct.pack(f"{order}{atoms}f", *[float(frame)] * atoms)
        body += record(struct.pack(f"{order}6d", *[80.0] * 6), order) if cell else b""
        body += record(row, order) * 3
    return head + body


def record(data: bytes, order: str = "<") -> bytes:
    length = struct.pack(f"{order}i", len(data))
    return length + data + length


def read(data: bytes) -> Dcd:
    return read_dcd(data[:HEAD_BYTES], len(data))


@pytest.mark.parametrize("cell", [True, False])
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_trajectory_tells_its_frames_steps_and_order_of_bytes(order: str, *, cell: bool) -> None:
    found = read(dcd_bytes(cell=cell, order=order))
    assert (found.atoms, found.frames, found.declared, found.left_over) == (5, 3, 3, 0)
    assert [found.step(frame) for frame in range(3)] == [100, 200, 300]
    assert (found.swapped, found.has_cell, found.header_bytes) == (order == ">", cell, 276)
    assert found.timestep_fs == pytest.approx(2.0, rel=1e-6)


def test_a_trajectory_that_was_cut_has_the_frames_that_are_whole() -> None:
    data = dcd_bytes()
    found = read(data[:-10])
    assert (found.frames, found.declared) == (2, 3)
    assert found.left_over == found.frame_bytes - 10


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is empty"),
        (dcd_bytes()[:50], "it ends after 50 bytes, within its header"),
        (dcd_bytes()[:5], "it ends after 5 bytes"),
        (dcd_bytes()[:270], "within its header"),
        (b"REMARK  this is a PDB file\n" * 20, "it is no DCD file"),
        (dcd_bytes().replace(b"CORD", b"VELD"), "it is no DCD file"),
        (dcd_bytes()[:88] + b"\0\0\0\1" + dcd_bytes()[92:], "the two lengths of a record differ"),
        (dcd_bytes(atoms=0, frames=0), "tells of 0 atoms"),
    ],
)
def test_what_is_no_trajectory_says_what_is_wrong(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read(data)


@given(st.binary(max_size=400), st.integers(0, 10**12))
def test_any_bytes_are_read_or_refused(data: bytes, size: int) -> None:
    for head in (data, dcd_bytes()[: len(data) % 276] + data):
        try:
            found = read_dcd(head, size)
        except BadInput:
            continue
        assert found.frame_bytes > 0


def segment(first: int, frames: int, every: int = 100) -> Dcd:
    return read(dcd_bytes(first=first, frames=frames, every=every))


def test_frames_that_a_later_segment_made_again_are_left_out() -> None:
    assert kept_frames([segment(100, 5), segment(400, 4), segment(700, 2)]) == [3, 3, 2]
    assert kept_frames([segment(100, 5), segment(600, 4)]) == [5, 4]
    assert kept_frames([segment(100, 5)]) == [5]
    assert kept_frames([]) == []


def test_a_segment_that_was_thrown_away_as_a_whole_gives_nothing() -> None:
    assert kept_frames([segment(100, 5), segment(600, 2), segment(500, 3)]) == [4, 0, 3]


def test_a_segment_without_frames_takes_none_from_others() -> None:
    assert kept_frames([segment(100, 5), segment(0, 0), segment(600, 1)]) == [5, 0, 1]


def test_trajectories_that_do_not_belong_together_are_not_joined() -> None:
    with pytest.raises(BadInput, match="segment 2 has 5 atoms and a frame every 50 steps"):
        kept_frames([segment(100, 5), segment(600, 1, every=50)])


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_header_is_made_right_for_other_frames(order: str) -> None:
    data = dcd_bytes(order=order)
    found = read(with_frames(data[:HEAD_BYTES], read(data), 7) + b"\0" * 7 * read(data).frame_bytes)
    assert (found.frames, found.declared, found.first, found.swapped) == (7, 7, 100, order == ">")


def namdbin(order: str = "<") -> bytes:
    return struct.pack(f"{order}i6d", 2, 1.5, -2.0, 3.25, 0.0, 1e-3, 9e9)


@pytest.mark.parametrize("order", ["<", ">"])
def test_binary_coordinates_are_read_whatever_machine_wrote_them(order: str) -> None:
    found = read_namdbin(namdbin(order))
    assert found.numbers == array("d", [1.5, -2.0, 3.25, 0.0, 1e-3, 9e9])
    assert (found.atoms, found.swapped) == (2, order == ">")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is empty"),
        (b"\1\0", "it ends after 2 bytes, before its number of atoms"),
        (namdbin()[:-8], "it has 44 bytes, where 2 atoms make 52"),
        (namdbin() + b"\0", "it has 53 bytes, where 2 atoms make 52"),
        (b"\0" * 52, "it does not begin with a number of atoms"),
    ],
)
def test_binary_coordinates_that_are_damaged_say_how(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_namdbin(data)


HEADING = "# NAMD extended system trajectory file\n#$LABELS step a_x b_y c_z\n"


def test_cells_are_joined_with_each_step_once() -> None:
    first = f"{HEADING}0 80 80 80\n100 81 81 81\n200 82 82 82\n300 83"
    then = f"{HEADING}100 90 90 90\n200 91 91 91\n"
    assert joined_xst([first, then]) == f"{HEADING}0 80 80 80\n100 90 90 90\n200 91 91 91\n"
    with pytest.raises(BadInput, match="segment 2 has other columns"):
        joined_xst([first, "#$LABELS step a_x\n1 2\n"])
