"""Configurations that somebody has, as jobs: what is understood of them, and what is told of the rest."""

import time
from posixpath import normpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.findings import Finding, errors_among
from argosy.core.understanding import Lying, Stage, Understood
from argosy.engines.namd.engine import ENGINE

UNBEARABLE_S = 20.0
COMMON = """structure step3.psf
coordinates step3.pdb
paraTypeCharmm on
parameters ../toppar/par_all36.prm
parameters ../toppar/water.str
exclude scaled1-4
cutoff 12
switchdist 10
pairlistdist 16
timestep 2
restartfreq 500
"""
FIRST = f"""# the first stage, with what only a shell can do
set temp 303.15;
outputName step4_equilibration; # base name of what it writes
exec tr A-Z a-z < ../step3.str > box.str
source box.str
temperature $temp
langevinTemp $temp
{COMMON}
colvars on
colvarsConfig restraints/held.col
minimize 1000
reinitvels $temp
run 25000
"""
SECOND = f"""set inputname step4_equilibration
outputName step5_production
binCoordinates $inputname.coor
binVelocities ${{inputname}}.vel
extendedSystem $inputname.xsc
{COMMON}
run 500000
"""
FOLDER: dict[str, str | None] = {
    "step5_production.inp": SECOND,
    "step4_equilibration.inp": FIRST,
    "step3.psf": None,
    "step3.pdb": None,
    "box.str": "set a 80",
    "README": "run them in order",
    "restraints/held.col": "refPositionsFile restraints/ref.pdb",
    "restraints/ref.pdb": None,
    "../toppar/par_all36.prm": None,
    "../toppar/water.str": "* water",
    "../toppar/unused.prm": None,
    "../step3.str": "SET A = 80",
}


def understand(files: dict[str, str | None] = FOLDER, only: str | None = None) -> Understood:
    return ENGINE.understand(Lying(files=files, only=only))


def files(stage: Stage) -> dict[str, str]:
    return {file.path: file.name for file in stage.files}


def told(stage: Stage) -> list[Finding]:
    return list(stage.findings)


def test_the_stages_of_a_folder_follow_each_other() -> None:
    first, second = understand().stages
    assert [first.name, second.name] == ["step4_equilibration", "step5_production"]
    assert {one.path for one in second.earlier} == {f"step4_equilibration.{kind}" for kind in ("coor", "vel", "xsc")}
    assert {one.stage for one in second.earlier} == {0}
    assert first.earlier == ()


def test_each_stage_takes_along_what_it_names_and_what_that_names() -> None:
    first, second = understand().stages
    assert files(second) == {
        "step3.psf": "step3.psf",
        "step3.pdb": "step3.pdb",
        "../toppar/par_all36.prm": "toppar/par_all36.prm",
        "../toppar/water.str": "toppar/water.str",
    }
    assert {"restraints/held.col", "restraints/ref.pdb", "../step3.str", "box.str"} <= set(files(first))


def test_paths_that_lead_out_of_the_folder_are_written_anew_and_nothing_else_is() -> None:
    first, _ = understand().stages
    text = first.values["config"]
    assert text == FIRST.replace("../toppar/", "toppar/").replace("../step3.str", "step3.str")


def test_a_file_that_a_stage_writes_anew_is_its_own_copy() -> None:
    first, _ = understand().stages
    assert [file.path for file in first.files if file.mutable] == ["box.str"]


def test_what_is_understood_is_told_in_words() -> None:
    first, second = understand().stages
    assert first.words[:2] == ("minimize 1000 steps, then run 25000 steps", "2 fs a step, 303.15 K")
    assert "starts from what step4_equilibration.inp leaves" in second.words


def test_what_only_namd_can_follow_is_told() -> None:
    first, second = understand().stages
    said = [finding.what for finding in told(first)]
    assert any(words.startswith("it calls 'exec tr") for words in said)
    assert any("branches, loops or scripts" in words for words in said)
    assert told(second) == []


def test_stages_are_in_the_order_in_which_people_count() -> None:
    names = [f"step6.{number}.inp" for number in (10, 2, 1)]
    stages = understand({name: f"outputname {name}\n{COMMON}" for name in names}).stages
    assert [stage.name for stage in stages] == ["step6.1", "step6.2", "step6.10"]


def test_a_single_file_is_one_stage_and_what_it_lacks_is_told() -> None:
    (stage,) = understand(only="step5_production.inp").stages
    assert stage.earlier == ()
    assert [finding.where for finding in told(stage)] == [f"step5_production.inp, line {line}" for line in (3, 4, 5)]


def test_files_of_one_name_in_two_places_stay_two() -> None:
    here = {"a.inp": f"outputname o\n{COMMON}coordinates2 ../step3.pdb\n", "../step3.pdb": None, **FOLDER}
    (stage,) = understand(here, only="a.inp").stages
    assert len(set(files(stage).values())) == len(files(stage))
    assert {files(stage)["step3.pdb"], files(stage)["../step3.pdb"]} == {"step3.pdb", "beside/step3.pdb"}


def test_stages_that_start_from_each_other_are_refused() -> None:
    text = "outputname {}\nstructure a.psf\nbinCoordinates {}.coor\n"
    found = understand({"a.inp": text.format("a", "b"), "b.inp": text.format("b", "a")})
    assert "starts from it in turn" in errors_among(found.findings)[0].what


@pytest.mark.parametrize("only", [None, "README", "missing.inp"])
def test_where_there_is_no_configuration_that_is_said(only: str | None) -> None:
    found = understand({"README": "nothing", "a.inp": "run 5"}, only)
    assert found.stages == ()
    assert len(errors_among(found.findings)) == 1


def test_a_directory_that_nobody_makes_is_told() -> None:
    (stage,) = understand({"a.inp": f"outputname out/a\n{COMMON}"}).stages
    assert any("makes no directories" in finding.what for finding in stage.findings)


@pytest.mark.parametrize("text", ["." * 500_000, "a/" * 200_000, "../" * 200_000, "set x {" * 50_000, ">" * 300_000])
def test_no_text_takes_long(text: str) -> None:
    began = time.monotonic()
    understand({"a.inp": f"outputname o\nstructure s.psf\n{text}\n", "s.psf": None, "../s.psf": None})
    assert time.monotonic() - began < UNBEARABLE_S


paths = st.text("ab./-", min_size=1, max_size=8)


@given(st.dictionaries(paths, st.none() | st.text("ab.$/{}[];#\n inputname", max_size=60), max_size=6), st.data())
def test_any_files_are_understood_without_leading_out_of_the_work_directory(
    given_files: dict[str, str | None], data: st.DataObject
) -> None:
    text = data.draw(st.text("ab./ \n$<>;", max_size=60))
    files_and_one = {**given_files, "z.inp": f"outputname a\nstructure b\n{text}\nbinCoordinates {text[:9]}\n"}
    for stage in understand(files_and_one).stages:
        for file in stage.files:
            assert not file.name.startswith("/")
            assert ".." not in file.name.split("/")
            assert file.path in {normpath(one) for one in files_and_one}
