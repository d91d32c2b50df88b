"""Looks into structure, coordinates and parameters as Argosy does before it sends a job; says as JSON what it took.

usage: python -m tests.bench.namd_load PSF PDB PRM
"""

import json
import resource
import sys
import time
from pathlib import Path

from argosy.core.spec import Content, InputFile, JobSpec
from argosy.engines.namd.engine import ENGINE
from tests.bench.namd_files import ROLES


def main() -> None:
    began = time.perf_counter()
    paths = dict(zip(ROLES, map(Path, sys.argv[1:]), strict=True))
    source = Content(sha256="0" * 64, size=1)
    inputs = tuple(InputFile(name=path.name, role=role, source=source) for role, path in paths.items())
    spec = JobSpec(name="water", engine="namd", argv=("true",), inputs=inputs)
    findings = ENGINE.inspect(spec, {path.name: path.read_text("utf-8", "replace") for path in paths.values()})
    assert findings == (), findings
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    json.dump({"took_s": time.perf_counter() - began, "peak_mb": peak_mb}, sys.stdout)


if __name__ == "__main__":
    main()
