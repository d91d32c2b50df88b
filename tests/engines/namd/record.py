"""What runs of the stand-in left, kept as files; ``python -m tests.engines.namd.record`` makes them anew."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from argosy.core.outputs import FileEntry, Outputs
from argosy.core.spec import JobSpec
from tests.engines.laboratory import NOTHING, NOW, Run, go, place, report_of, whole, write_job
from tests.engines.namd.system import make_program, make_system

RECORDED = Path(__file__).parent / "recorded"
NAMES = ("minimise", "production")
_TEXTS = ("namd.log", ".xsc", ".xst", ".old")


def recorded(name: str) -> Run:
    """A run as it was recorded; its folder holds only the texts."""
    folder = RECORDED / name
    lines = (line.split(" ", 1) for line in (folder / "files").read_text().splitlines())
    files = {path: int(size) for size, path in lines}
    texts = {path: whole((folder / path).read_text()) for path in files if (folder / path).exists()}
    outputs = Outputs(
        files=tuple(FileEntry(path=path, size=size, modified=NOW) for path, size in files.items()), texts=texts
    )
    return Run(JobSpec.model_validate_json((folder / "job.json").read_text()), folder, report_of(0), outputs)


def chosen(system: Mapping[str, Path], *roles: str) -> Mapping[str, Path]:
    """The files that every system has, and those of these roles."""
    wanted = ("structure_file", "coordinates_file", "parameters_file", *roles)
    return {role: system[role] for role in wanted}


def run(
    template: str,
    files: Mapping[str, Path],
    folder: Path,
    *,
    program: Path,
    environment: Mapping[str, str] = NOTHING,
    **values: Any,
) -> Run:
    """A run of the stand-in, with the job of that template."""
    spec = write_job(template, files, program=str(program), **values)
    place(spec, folder, files)
    return go(spec, folder, environment=environment)


def _record(where: Path) -> None:
    files, program = chosen(make_system(where / "system")), make_program(where / "bin")
    often = {"dcd_freq": 100, "xst_freq": 100, "restart_freq": 200, "output_energies_freq": 20}
    for name, values in (("minimise", {"steps": 100}), ("production", {"steps": 500})):
        left = run(f"namd/{name}", files, where / name, program=program, **often, **values)
        kept = RECORDED / name
        shutil.rmtree(kept, ignore_errors=True)
        for entry in left.outputs.files:
            if entry.path.endswith(_TEXTS) and entry.path in left.outputs.texts:
                (kept / entry.path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(left.folder / entry.path, kept / entry.path)
        (kept / "files").write_text("".join(f"{entry.size} {entry.path}\n" for entry in left.outputs.files))
        (kept / "job.json").write_text(left.spec.model_dump_json(indent=2).replace(str(program), "namd3") + "\n")
        log = kept / "namd.log"
        log.write_text(log.read_text().replace(str(where), "/work"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        _record(Path(directory))
