import sys
from pathlib import Path

import pytest

from argosy.contracts import Scheduler
from argosy.server.plugins import PROMISES, load


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place where packages can be put."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def put(shelf: Path, package: str, source: str) -> None:
    (shelf / f"{package}.py").write_text(source)
    facts = shelf / f"{package}-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[argosy.tests]\n{package} = {package}:THING\n")


def test_plug_ins_are_found_by_their_entry_points(shelf: Path) -> None:
    put(shelf, "good_plug", "def THING(): ...")
    broken = []
    found = load("argosy.tests", broken)
    assert list(found) == ["good_plug"]
    assert found["good_plug"].__name__ == "THING"
    assert broken == []


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("raising_plug", "raise RuntimeError('no such luck')"),
        ("exiting_plug", "raise SystemExit(7)"),
        ("unparsable_plug", "def ("),
        ("empty_plug", ""),
        ("thing_plug", "THING = 42"),
        ("needy_plug", "import a_package_that_nobody_has"),
    ],
)
def test_a_broken_plug_in_harms_nobody_but_itself(shelf: Path, package: str, source: str) -> None:
    put(shelf, "good_plug", "def THING(): ...")
    put(shelf, package, source)
    broken = []
    try:
        assert list(load("argosy.tests", broken)) == ["good_plug"]
    finally:
        sys.modules.pop(package, None)
    (finding,) = broken
    assert package in finding.where
    assert package in finding.remedy
    assert finding.what


def test_a_plug_in_that_keeps_half_its_promise_is_not_used(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROMISES, "argosy.tests", Scheduler)  # type: ignore[misc]
    put(shelf, "half_plug", "class THING:\n    name = 'half'\n    def submit(self, orders): ...\n")
    broken = []
    assert load("argosy.tests", broken) == {}
    assert "parse_list" in broken[0].what
    assert "submit," not in broken[0].what


def test_the_shipped_plug_ins_load() -> None:
    broken = []
    assert set(load("argosy.engines", broken)) >= {"command", "openmm"}
    assert set(load("argosy.schedulers", broken)) >= {"process"}
    assert set(load("argosy.transports", broken)) >= {"local"}
    assert broken == []
