"""Runs of the templates' programs, each in a folder of its own, judged as the server would judge them."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from argosy.contracts import Engine
from argosy.core.drafting import draft
from argosy.core.failures import diagnose
from argosy.core.job import Attempt, Ended, Outcome, Witness, said
from argosy.core.judgement import judge
from argosy.core.outputs import Excerpt, FileEntry, Outputs
from argosy.core.resources import Resources
from argosy.core.spec import Content, FromJob, InputFile, JobSpec
from argosy.core.submission import Submission
from argosy.core.target import Target
from argosy.core.wrapper import ExitReport
from argosy.engines.command.engine import ENGINE as COMMAND
from argosy.engines.namd.engine import ENGINE as NAMD
from argosy.engines.openmm.engine import ENGINE as OPENMM

JOB = "j0123456789abcdefghjkm"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TARGET = Target(name="here", root="/nowhere")
PATIENCE_S = 60
NOTHING: Mapping[str, str] = {}
ENGINES: Mapping[str, Engine] = {engine.name: engine for engine in (NAMD, OPENMM)}


@dataclass(frozen=True)
class Run:
    """What is left of a run that is over."""

    spec: JobSpec
    folder: Path
    report: ExitReport
    outputs: Outputs

    @property
    def outcome(self) -> Outcome:
        """How the server would close it."""
        engine = ENGINES[self.spec.engine]
        verdict = engine.verdict(self.spec, self.report, self.outputs)
        rules = (*engine.rules, *COMMAND.rules)
        diagnosis = diagnose(rules, self.outputs, self.report.status) if self.report.status else None
        evidence = said(Witness.WRAPPER, "exit report", NOW)
        ended = Ended(directory="/nowhere", report=self.report, evidence=evidence)
        return judge(Attempt(job=JOB, number=1, target="here", state=ended, due=NOW), verdict, diagnosis)


def write_job(template: str, files: Mapping[str, Path], **values: Any) -> JobSpec:
    """The job of a template with these files in its roles."""
    return written_out(template, [content(role, path) for role, path in files.items()], values)


def written_out(template: str, inputs: Iterable[InputFile], values: Mapping[str, Any]) -> JobSpec:
    """The job of a template; any finding of the drafting is a fault of the test."""
    known = {one.name: one for engine in ENGINES.values() for one in engine.templates}
    submission = Submission(template=template, values=dict(values), inputs=tuple(inputs))
    spec, findings = draft(submission, known[template], TARGET)
    assert findings == ()
    return spec


def content(role: str, path: Path) -> InputFile:
    """A file as an input with a role."""
    data = path.read_bytes()
    source = Content(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    return InputFile(name=path.name, source=source, role=role)


def place(spec: JobSpec, folder: Path, files: Mapping[str, Path], earlier: Path | None = None) -> None:
    """Put everything that the job needs into its folder; what comes from another job is copied from ``earlier``."""
    folder.mkdir(parents=True)
    for rendered in spec.rendered:
        (folder / rendered.name).write_text(rendered.text)
    for file in spec.inputs:
        there = folder / file.name
        there.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(file.source, FromJob):
            assert earlier is not None
            shutil.copy(earlier / file.source.path, there)
        else:
            shutil.copy(files[file.role], there)


def go(
    spec: JobSpec,
    folder: Path,
    *,
    options: tuple[str, ...] = (),
    stop_at: str = "",
    environment: Mapping[str, str] = NOTHING,
) -> Run:
    """Run the job's program to its end; ``stop_at`` are words on stdout after which it is told to stop."""
    program, *rest = spec.argv
    words = [sys.executable, *options, *rest] if program == "python" else [program, *rest]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SLURM")}
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        sink = subprocess.PIPE if stop_at else out
        known = {**inherited, "OMP_NUM_THREADS": "1", **environment}
        process = subprocess.Popen(words, cwd=folder, stdout=sink, stderr=err, env=known)
        try:
            if process.stdout is not None:
                _stop_after(process, stop_at, out.write)
            code = process.wait(PATIENCE_S)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
    return Run(spec, folder, report_of(code), outputs_of(spec, folder))


def _stop_after(process: subprocess.Popen[bytes], words: str, keep: Callable[[bytes], object]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        keep(line)
        if words.encode() in line:
            process.send_signal(signal.SIGUSR1)
            words = "\0"


def report_of(code: int) -> ExitReport:
    """The wrapper's report of a program that ended so, as Popen tells it."""
    died = {"signal": -code, "status": 128 - code} if code < 0 else {"code": code, "status": code}
    return ExitReport(version=1, token="argosy-test-1", stage="program", started=NOW, ended=NOW, **died)


def outputs_of(spec: JobSpec, folder: Path) -> Outputs:
    """What the server would read of a folder."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in {"stdout", "stderr"}]
    names = {str(path.relative_to(folder)): path for path in paths}
    entries = tuple(_entry(name, path) for name, path in names.items())
    read = [name for name in names if any(fnmatchcase(name, pattern) for pattern in ENGINES[spec.engine].read(spec))]
    texts = {name: whole(names[name].read_text()) for name in read}
    streams = {name: whole((folder / name).read_text()) for name in ("stdout", "stderr")}
    return Outputs(files=entries, texts=texts, **streams)


def _entry(name: str, path: Path) -> FileEntry:
    known = path.stat()
    return FileEntry(path=name, size=known.st_size, modified=datetime.fromtimestamp(known.st_mtime, UTC))


def whole(text: str) -> Excerpt:
    """A text of which nothing is missing."""
    return Excerpt(text=text, size=len(text.encode()))


def with_resources(spec: JobSpec, **resources: Any) -> JobSpec:
    """The same job with other resources."""
    return spec.model_copy(update={"resources": Resources(**resources)})


def keep(run: Run, folder: Path, spec: JobSpec) -> None:
    """Keep what a run left: its texts, the names and sizes of its files, how it ended, and this as its job."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for text in (*run.outputs.texts, "stdout", "stderr"):
        (folder / text).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(run.folder / text, folder / text)
    (folder / "files").write_text("".join(f"{entry.size} {entry.path}\n" for entry in run.outputs.files))
    (folder / "code").write_text(f"{run.report.code}\n")
    (folder / "job.json").write_text(spec.model_dump_json(indent=2) + "\n")


def kept_run(folder: Path) -> Run:
    """A run as it was kept."""
    lines = (line.split(" ", 1) for line in (folder / "files").read_text().splitlines())
    sizes = {path: int(size) for size, path in lines}
    outputs = Outputs(
        files=tuple(FileEntry(path=path, size=size, modified=NOW) for path, size in sizes.items()),
        texts={path: whole((folder / path).read_text()) for path in sizes if (folder / path).exists()},
        stdout=whole((folder / "stdout").read_text()),
        stderr=whole((folder / "stderr").read_text()),
    )
    spec = JobSpec.model_validate_json((folder / "job.json").read_text())
    return Run(spec, folder, report_of(int((folder / "code").read_text())), outputs)
