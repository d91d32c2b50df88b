"""Every failure that can be provoked here is provoked by a real run, and lands on its rule."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from argosy.core.failures import diagnose
from argosy.core.job import Failed
from argosy.core.outputs import Outputs
from argosy.engines.openmm.engine import ENGINE
from tests.engines.laboratory import Run, go, place, whole, write_job
from tests.engines.openmm.record import build_box

pytestmark = pytest.mark.slow

# What needs a graphics card, or a broken driver of one: no machine of the tests has it.
# The words are OpenMM's own, from public reports.
NOT_PROVOKED = {
    "gpu_error": "openmm.OpenMMException: Error invoking kernel: CUDA_ERROR_LAUNCH_TIMEOUT (702)",
    "platform_broken": "error: no compute platform works on this machine: CUDA: No compatible CUDA device is available",
}
STOPS = {"stopped", "stopped_while_minimising"}  # provoked in test_runs.py

Change = Callable[[Path], None]


def nothing(_folder: Path) -> None:
    """Leave the folder as it was made."""


def edit(name: str, change: Callable[[str], str]) -> Change:
    def apply(folder: Path) -> None:
        (folder / name).write_text(change((folder / name).read_text()))

    return apply


def replace(pattern: str, words: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, words, text, count=1)


def remove(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def no_room(name: str) -> Change:
    return lambda folder: (folder / name).symlink_to("/dev/full")


def onto_each_other(text: str) -> str:
    oxygen, _, _, another, *_ = re.findall(r"<Position [^>]*/>", text)
    return text.replace(another, oxygen)


def out_of_range(text: str) -> str:
    return text.replace("<Constraints>", '<Constraints><Constraint d=".1" p1="0" p2="99999"/>')


def half(text: str) -> str:
    return text[: len(text) // 2]


CASES: list[tuple[str, Change, dict[str, Any]]] = [
    ("input_missing", remove("inputs/system.xml"), {}),
    ("input_damaged", edit("inputs/system.xml", half), {}),
    ("topology_unreadable", edit("topology.pdb", replace("HETATM.{60}", "HETATM" + "?" * 60)), {}),
    ("atoms_overlap", edit("inputs/state.xml", onto_each_other), {}),
    ("unstable", nothing, {"timestep": 20.0, "minimise_iterations": 1, "steps": 100_000}),
    ("box_too_small", edit("inputs/system.xml", replace(r'cutoff="[^"]*"', 'cutoff="1.2"')), {}),
    ("system_refused", edit("inputs/system.xml", out_of_range), {}),
    ("platform_missing", nothing, {"platform": "HIP"}),
    ("settings_wrong", edit("settings.json", replace('"friction_per_ps"', '"fraction"')), {}),
    ("settings_wrong", edit("settings.json", half), {}),
    ("disk_full", no_room("state.csv"), {}),
]


@pytest.mark.parametrize(("signature", "change", "values"), CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)])
def test_a_run_that_fails_is_explained(
    signature: str, change: Change, values: dict[str, Any], box: Mapping[str, Path], tmp_path: Path
) -> None:
    values = {"steps": 100, "minimise_iterations": 5, "platform": "CPU"} | values
    run = _nvt(box, tmp_path, change, **values)
    _is_explained(run, signature)


def test_a_python_without_openmm_is_explained(box: Mapping[str, Path], tmp_path: Path) -> None:
    run = _nvt(box, tmp_path, nothing, options=("-S",))
    _is_explained(run, "no_openmm")


def test_files_of_different_systems_are_explained(box: Mapping[str, Path], tmp_path: Path) -> None:
    other = build_box(tmp_path / "other", box_edge=1.6)
    _is_explained(_nvt({**box, "topology": other["topology"]}, tmp_path, nothing), "inputs_do_not_match")


def test_a_state_in_the_place_of_the_system_is_explained(box: Mapping[str, Path], tmp_path: Path) -> None:
    _is_explained(_nvt({**box, "system": box["state"]}, tmp_path, nothing), "input_of_wrong_kind")


def test_a_checkpoint_of_another_system_is_explained(equilibrated: Run, tmp_path: Path) -> None:
    other = build_box(tmp_path / "other", box_edge=1.6)
    checkpoint = (equilibrated.folder / "checkpoint-state.xml").read_bytes()
    run = _nvt(other, tmp_path, lambda folder: (folder / "checkpoint-state.xml").write_bytes(checkpoint) and None)
    _is_explained(run, "foreign_checkpoint")


def test_a_box_that_cannot_hold_the_cutoff_is_explained(tmp_path: Path) -> None:
    spec = write_job("openmm/water-box", {}, box_edge=1.4, cutoff=0.9)
    place(spec, tmp_path / "run", {})
    _is_explained(go(spec, tmp_path / "run"), "box_too_small")


def test_a_run_with_nothing_left_to_do_is_explained(warm: Mapping[str, Path], tmp_path: Path) -> None:
    _is_explained(_production(warm, tmp_path, nothing, count_from="state", steps=200), "nothing_left_to_do")


def test_pressure_without_a_box_is_explained(warm: Mapping[str, Path], tmp_path: Path) -> None:
    boxless = edit("inputs/system.xml", replace(r'(<Force [^>]*)method="4"', r'\1method="0"'))
    _is_explained(_production(warm, tmp_path, boxless, ensemble="NPT"), "no_periodic_box")


@pytest.mark.parametrize("signature", sorted(NOT_PROVOKED))
def test_words_from_public_reports_land_on_their_rule(signature: str) -> None:
    diagnosis = diagnose(ENGINE.rules, Outputs(stderr=whole(NOT_PROVOKED[signature] + "\n")), 4)
    assert diagnosis is not None
    assert diagnosis.signature == signature


def test_no_rule_is_forgotten_here() -> None:
    text = Path(__file__).read_text()
    untested = [rule.signature for rule in ENGINE.rules if f'"{rule.signature}"' not in text]
    assert untested == []


def _nvt(
    files: Mapping[str, Path], tmp_path: Path, change: Change, *, options: tuple[str, ...] = (), **values: Any
) -> Run:
    spec = write_job("openmm/nvt", files, **values)
    place(spec, tmp_path / "run", files)
    change(tmp_path / "run")
    return go(spec, tmp_path / "run", options=options)


def _production(files: Mapping[str, Path], tmp_path: Path, change: Change, **values: Any) -> Run:
    spec = write_job("openmm/production", files, **values)
    place(spec, tmp_path / "run", files)
    change(tmp_path / "run")
    return go(spec, tmp_path / "run")


def _is_explained(run: Run, signature: str) -> None:
    outcome = run.outcome
    assert isinstance(outcome, Failed), run.outputs.stdout.text
    assert outcome.signature == signature, run.outputs.stderr.text
    assert outcome.explanation
    assert outcome.advice
    assert outcome.excerpt
    assert ENGINE.verdict(run.spec, run.report, run.outputs).kind == "incomplete"
