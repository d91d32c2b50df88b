"""What real runs left, kept as files; ``python -m tests.engines.openmm.record`` makes them anew."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from argosy.core.spec import JobSpec
from tests.engines.laboratory import Run, go, keep, kept_run, place, write_job

RECORDED = Path(__file__).parent / "recorded"
NAMES = ("water-box", "nvt", "production", "stopped")


def recorded(name: str) -> Run:
    """A run as it was recorded; its job has no rendered files, and its folder only the texts."""
    return kept_run(RECORDED / name)


def build_box(folder: Path, **values: Any) -> dict[str, Path]:
    """A small box of water in that folder, and its three files by role."""
    spec = write_job("openmm/water-box", {}, **({"box_edge": 1.4, "cutoff": 0.6, "seed": 1} | values))
    place(spec, folder, {})
    assert go(spec, folder).report.code == 0
    return {"system": folder / "system.xml", "topology": folder / "topology.pdb", "state": folder / "state.xml"}


def _record(where: Path) -> None:
    box = build_box(where / "water-box")
    _keep("water-box", write_job("openmm/water-box", {}, box_edge=1.4, cutoff=0.6, seed=1), where / "again", {})
    short = {"platform": "CPU", "minimise_iterations": 50, "steps": 400}
    _keep("nvt", write_job("openmm/nvt", box, **short), where / "nvt", box)
    warm = box | {"state": where / "nvt/final-state.xml"}
    _keep("production", write_job("openmm/production", warm, steps=500, platform="CPU"), where / "production", warm)
    long = write_job("openmm/production", warm, steps=500_000, platform="CPU")
    _keep("stopped", long, where / "stopped", warm, stop_at="step 150 ")


def _keep(name: str, spec: JobSpec, folder: Path, files: Mapping[str, Path], *, stop_at: str = "") -> None:
    place(spec, folder, files)
    run = go(spec, folder, stop_at=stop_at)
    keep(run, RECORDED / name, spec.model_copy(update={"rendered": ()}))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        _record(Path(directory))
