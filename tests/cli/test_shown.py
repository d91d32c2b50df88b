"""Tables as people see them: 80 columns, kept in files beside this one (rewritten with ARGOSY_GOLDEN=1)."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.cli.commands.show import of_view
from argosy.cli.findings import Findings
from argosy.cli.letters import width
from argosy.cli.page import Page
from argosy.cli.plots import of_results
from argosy.cli.rows import of_rows
from argosy.cli.shown import Form, Shown, written
from argosy.core.findings import error, warning
from argosy.core.job import Attempt, Cause, Closed, Failed, Job, Witness, said
from argosy.core.outputs import Results, Scalar, Series, Table
from argosy.core.resources import Resources
from argosy.core.spec import Content, InputFile, JobSpec
from argosy.core.views import JobResults, JobRow, JobView
from tests.cli import cluster_scenes, comparison_scenes

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PAGE = Page(columns=80, colours=False, now=NOW)
ID = "j1m7yv9xyyab9062r4j06t"


def row(name: str, fate: str = "succeeded", *, age_s: float = 90, **more: object) -> JobRow:
    created = NOW - timedelta(seconds=age_s)
    fields = {"id": ID, "name": name, "engine": "command", "target": "local", "fate": fate, "attempt": 1}
    return JobRow.model_validate({**fields, "created": created, "updated": created, **more})


ROWS = (
    row("train.py", "running", age_s=40, started=NOW - timedelta(seconds=39), fraction=0.433),
    row("a name that is longer than any list has room for, with its number at the end 17", "failed", age_s=8000),
    row("esc\x1b[31mape\nand 水", "waiting", age_s=100_000, target="a-cluster-with-a-rather-long-name/gpu"),
    row("old", "lost", age_s=90 * 86_400, template="openmm/production"),
    row("plain", started=NOW - timedelta(seconds=3725), ended=NOW - timedelta(seconds=25), age_s=4000),
)


def view() -> JobView:
    spec = JobSpec(
        name="water at 310 K",
        engine="openmm",
        argv=("python", "run.py", "it's $HOME"),
        resources=Resources(cpus=2, memory_mib=2048, walltime_s=3600),
        inputs=(InputFile(name="box/system.xml", role="system", source=Content(sha256="ab" * 32, size=193_000)),),
        labels={"study": "water"},
    )
    outcome = Failed(
        cause=Cause.EXIT_CODE,
        explanation="The temperature ran away after 1200 steps.",
        advice="Use a shorter timestep.",
        excerpt="step 1200   nan K\nstep 1250   nan K",
    )
    evidence = said(Witness.ENGINE, "exit code 1", NOW - timedelta(minutes=5))
    closed = Closed(directory=f"/data/jobs/{ID}/attempt-1", outcome=outcome, evidence=evidence)
    attempt = Attempt(job=ID, number=1, target="local", state=closed, due=NOW)
    job = Job(id=ID, spec=spec, owner="ada", created=NOW - timedelta(hours=2), root=ID)
    return JobView(job=job, attempts=(attempt,), home=f"/home/ada/.local/share/argosy/home/{ID}")


def results() -> JobResults:
    series = Series(name="temperature", unit="K", x_label="Time", x_unit="ps", x=(0, 1, 2), y=(300.1, 305.25, 299.9))
    table = Table(name="means", columns=("quantity", "mean"), rows=(("Temperature", 301.75), ("Volume", 10.648)))
    scalars = (Scalar(name="density", value=0.9720741, unit="g/mL", label="Density"),)
    found = Results(scalars=scalars, tables=(table,), series=(series,))
    return JobResults(job=ID, attempt=1, fate="succeeded", results=found)


FINDINGS = (
    error("limits.running", "must be at least 1", why="nothing could run at all", remedy="argosy target edit local"),
    warning("/data", "only 12 MiB are free on this disk, which is little when one thinks of what jobs leave behind"),
)

SCENES: dict[str, Shown] = {
    "ls": of_rows(ROWS, empty="", below="There are more: add --page 1a1f or a larger --limit."),
    "ls-empty": of_rows((), empty="There are no jobs yet. Try: argosy run -- echo hello"),
    "show": of_view(view()),
    "results": of_results(results()),
    "findings": Findings(FINDINGS),
    **cluster_scenes.SCENES,
    **comparison_scenes.SCENES,
}


def lines_of(shown: Shown, form: Form = Form.TABLE, page: Page = PAGE) -> Sequence[str]:
    return list(written(shown, form, page))


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("name", SCENES)
def test_it_looks_as_it_looked(name: str, form: Form) -> None:
    path = GOLDEN / f"{name}.{form.value}.txt"
    text = "\n".join(lines_of(SCENES[name], form)) + "\n"
    if os.environ.get("ARGOSY_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", [80, 100, 132])
@pytest.mark.parametrize("name", SCENES)
def test_no_line_is_wider_than_the_page(name: str, columns: int) -> None:
    page = Page(columns=columns, colours=False, now=NOW)
    assert all(width(line) <= columns for line in lines_of(SCENES[name], page=page))


@pytest.mark.parametrize("form", [Form.TABLE, Form.PLAIN])
@pytest.mark.parametrize("name", SCENES)
def test_no_line_holds_anything_that_a_terminal_obeys(name: str, form: Form) -> None:
    assert all(line.replace("\t", "").isprintable() for line in lines_of(SCENES[name], form))


def test_colours_take_no_columns_and_are_only_there_when_asked_for() -> None:
    coloured = lines_of(SCENES["ls"], page=Page(columns=80, colours=True, now=NOW))
    assert "\x1b[32m" in "".join(coloured)
    import re

    assert [re.sub(r"\x1b\[\d*m", "", line).rstrip() for line in coloured] == list(lines_of(SCENES["ls"]))


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=300), min_size=1, max_size=4))
def test_a_table_of_any_names_fits_and_has_a_line_for_each(names: list[str]) -> None:
    lines = lines_of(of_rows([row(name) for name in names], empty=""))
    assert len(lines) == 1 + len(names)
    assert all(width(line) <= 80 for line in lines)
