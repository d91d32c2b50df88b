"""Cells that fit coordinates, and grids that fit cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.cell import fitting_cell, grid_points, is_smooth, middle
from argosy.core.pdb import read_pdb

ATOMS = "".join(
    f"ATOM  {n:5d}  O   WAT W   1    {x:8.3f}{y:8.3f}{z:8.3f}\n"
    for n, (x, y, z) in enumerate([(-5.0, 0.0, 1.0), (5.05, 12.0, 1.0)], start=1)
)


def test_a_cell_is_that_of_the_file_or_else_a_box_around_all_atoms() -> None:
    told = "CRYST1   30.000   31.000   32.000  90.00  90.00  90.00\n"
    assert fitting_cell(read_pdb(told + ATOMS)) == (30.0, 31.0, 32.0)
    box = read_pdb(ATOMS)
    assert fitting_cell(box) == (11.1, 13.0, 1.0)
    assert middle(box) == (0.0, 6.0, 1.0)
    assert fitting_cell(read_pdb("END\n")) is None


@pytest.mark.parametrize(("length", "points"), [(80, 80), (80.1, 81), (97, 100), (20, 20), (0.5, 1), (101, 108)])
def test_a_grid_has_the_next_number_that_is_fast(length: float, points: int) -> None:
    assert grid_points(length) == points


@given(st.floats(0.1, 2000), st.floats(0.5, 3))
def test_a_grid_is_as_fine_as_asked_for_and_fast(length: float, spacing: float) -> None:
    points = grid_points(length, spacing)
    assert is_smooth(points)
    assert points * spacing >= length - 1e-5
