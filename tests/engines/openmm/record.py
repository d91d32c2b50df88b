"""What real runs left, kept as files; ``python -m tests.engines.openmm.record`` makes them anew."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from argosy.core.outputs import FileEntry, Outputs
from argosy.core.spec import JobSpec
from tests.engines.laboratory import NOW, Run, go, place, report_of, whole, write_job

RECORDED = Path(__file__).parent / "recorded"
TEXTS = ("summary.json", "state.csv")
NAMES = ("water-box", "nvt", "production", "stopped")


def recorded(name: str) -> Run:
    """A run as it was recorded; its job has no rendered files, and its folder only the texts."""
    folder = RECORDED / name
    lines = (line.split(" ", 1) for line in (folder / "files").read_text().splitlines())
    outputs = Outputs(
        files=tuple(FileEntry(path=path, size=int(size), modified=NOW) for size, path in lines),
        texts={text: whole((folder / text).read_text()) for text in TEXTS if (folder / text).exists()},
        stdout=whole((folder / "stdout").read_text()),
        stderr=whole((folder / "stderr").read_text()),
    )
    spec = JobSpec.model_validate_json((folder / "job.json").read_text())
    return Run(spec, folder, report_of(int((folder / "code").read_text())), outputs)


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
    kept = RECORDED / name
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for text in (*TEXTS, "stdout", "stderr"):
        if (folder / text).exists():
            shutil.copy(folder / text, kept / text)
    (kept / "files").write_text("".join(f"{entry.size} {entry.path}\n" for entry in run.outputs.files))
    (kept / "code").write_text(f"{run.report.code}\n")
    (kept / "job.json").write_text(spec.model_copy(update={"rendered": ()}).model_dump_json(indent=2) + "\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        _record(Path(directory))
