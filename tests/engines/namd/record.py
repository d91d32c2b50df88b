"""What runs of the stand-in left, kept as files; ``python -m tests.engines.namd.record`` makes them anew."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.engines.laboratory import NOTHING, Run, go, keep, kept_run, place, write_job
from tests.engines.namd.system import make_program, make_system

RECORDED = Path(__file__).parent / "recorded"
NAMES = ("minimise", "production")


def recorded(name: str) -> Run:
    """A run as it was recorded; its folder holds only the texts."""
    return kept_run(RECORDED / name)


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
        keep(left, RECORDED / name, left.spec)
        for text in ("job.json", "namd.log"):
            file = RECORDED / name / text
            file.write_text(file.read_text().replace(str(program), "namd3").replace(str(where), "/home/ada"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        _record(Path(directory))
