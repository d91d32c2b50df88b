"""What Lmod and the Tcl modules say of modules, and programs of themselves. The texts are real ones of both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.offered import Offer
from argosy.core.proposals import Program
from argosy.core.quoting import quote
from argosy.schedulers.slurm.modules import MOST_MODULES, candidates, known, looked_for, needed, unasked, version_of
from argosy.schedulers.slurm.scheduler import SCHEDULER
from tests.schedulers.slurm.telling import said

LMOD = """

----------------------------------------------------------------------------
  namd: namd/3.0.1_cpu
----------------------------------------------------------------------------

    You will need to load all module(s) on any one of the lines below before the "namd/3.0.1_cpu" module is available \
to load.

      gcc/14.2.0  openmpi/5.0.6
      gcc/9.1.0  openmpi/5.0.6

    Help:
      NAMD""".splitlines()
FREE = """

----------------------------------------------------------------------------
  gcc: gcc/14.2.0
----------------------------------------------------------------------------

    This module can be loaded directly: module load gcc/14.2.0
""".splitlines()
TCL = """\
-------------------------------------------------------------------
/opt/modulefiles/openmpi/5.0.6:

prereq\t\tgcc/14.2.0 gcc/13
prepend-path\tPATH /opt/openmpi/bin
-------------------------------------------------------------------""".splitlines()
SHOWN_BY_LMOD = ['depends_on("gcc/14.2.0","hdf5")', 'prepend_path("PATH","/opt/bin")']
LISTED = ("gcc", "gcc/9.1.0", "gcc/14.2.0", "openmpi/5.0.6", "namd/2.14", "namd/3.0.1_cpu", "hdf5/1.9", "hdf5/1.14")
OFFER = Offer(modules=LISTED, programs={"python3": "/usr/bin/python3", "crystal": "/opt/crystal"})


def answered(prefix: str, *texts: list[str], code: int = 0) -> list[str]:
    lines: list[str] = []
    for number, text in enumerate(texts):
        lines += [f"section {prefix}{number} {code} {len(text)}", *(f"said {line}" for line in text)]
    return [*lines, "complete 0"]


@pytest.mark.parametrize(
    ("text", "before"),
    [
        (LMOD, ("gcc/14.2.0", "openmpi/5.0.6")),
        (FREE, ()),
        (TCL, ("gcc/14.2.0",)),
        (SHOWN_BY_LMOD, ("gcc/14.2.0", "hdf5")),
        ([], ()),
        (['Lmod has detected the following error: Unable to find: "x".'], ()),
    ],
)
def test_what_must_be_loaded_before_a_module_is_read_from_either_kind(text: list[str], before: tuple[str, ...]) -> None:
    assert needed(text) == before


def test_the_newest_module_that_may_hold_a_program_is_looked_into_by_its_number() -> None:
    assert candidates(OFFER) == ("namd/3.0.1_cpu", "openmpi/5.0.6")
    many = tuple(f"{kind}/1" for one in known() for kind in one.modules)
    assert len(candidates(Offer(modules=many))) == MOST_MODULES


def test_chains_are_followed_to_their_beginning() -> None:
    first = SCHEDULER.parse_needs(OFFER, said(answered("m", ["prereq openmpi/5.0.6"], TCL)))
    assert unasked(first) == ("gcc/14.2.0",)
    whole = SCHEDULER.parse_needs(first, said(answered("m", FREE)))
    assert SCHEDULER.needs(whole) is None
    assert whole.before("namd/3.0.1_cpu") == ("gcc/14.2.0", "openmpi/5.0.6")


def test_modules_that_need_each_other_in_a_circle_end() -> None:
    offer = Offer(needs={"a": ("b",), "b": ("c",), "c": ("a", "b")})
    assert offer.before("a") == ("c", "b")


def test_programs_are_found_behind_their_modules_with_the_version_that_they_tell() -> None:
    offer = OFFER.model_copy(update={"needs": {"namd/3.0.1_cpu": ("gcc/14.2.0",), "openmpi/5.0.6": ("gcc/14.2.0",)}})
    texts = {
        "python3": ["at /usr/bin/python3", "Python 3.11.2"],
        "namd3": ["Loading", "at /opt/namd3", "Charm++: standalone", "Info: NAMD 3.0.1 for Linux-x86_64-multicore"],
        "mpirun": ["at /opt/mpirun", "mpirun (Open MPI) 5.0.6"],
    }
    places = [one.known.name for one in looked_for(offer)]
    found = SCHEDULER.parse_finds(offer, said(answered("p", *(texts.get(name, []) for name in places))))
    assert found.versions == {"python3": "3.11.2"}
    assert found.behind == {
        "namd3": Program(modules=("gcc/14.2.0", "namd/3.0.1_cpu"), version="3.0.1"),
        "mpirun": Program(modules=("gcc/14.2.0", "openmpi/5.0.6"), version="5.0.6"),
    }


def test_a_module_that_does_not_load_brings_nothing() -> None:
    count = len(looked_for(OFFER))
    found = SCHEDULER.parse_finds(OFFER, said(answered("p", *[["module: error"]] * count, code=3)))
    assert (found.behind, found.versions) == ({}, {})


@pytest.mark.parametrize(
    ("name", "words", "version"),
    [
        ("pw.x", "     Program PWSCF v.7.2 starts on 28Nov2026", "7.2"),
        ("gmx", "GROMACS version:    2022.5-Debian_2022.5_2", "2022.5-Debian_2022.5_2"),
        ("lmp", "Large-scale Atomic/Molecular Massively Parallel Simulator - 2 Aug 2023 - Update 1", "2 Aug 2023"),
        ("vasp_std", " vasp.6.5.1 (build Nov 28 2026)", "6.5.1"),
        ("cp2k.psmp", " CP2K version 2023.1", "2023.1"),
        ("mpirun", "Intel(R) MPI Library for Linux* OS, Version 2021.9 Build 1", "2021.9"),
        ("apptainer", "apptainer version 1.3.4", "1.3.4"),
        ("srun", "slurm-wlm 22.05.8", "22.05.8"),
        ("namd2", "sh: namd2: error while loading shared libraries", ""),
    ],
)
def test_each_program_tells_its_version_in_its_own_way(name: str, words: str, version: str) -> None:
    (program,) = (one for one in known() if one.name == name)
    assert version_of(program, ["at /somewhere", words]) == version


@given(st.lists(st.text(max_size=60), max_size=12))
def test_no_words_of_a_module_break_the_reader(lines: list[str]) -> None:
    assert all(" " not in name and quote(name) == f"'{name}'" for name in needed([*LMOD[:6], *lines]))
