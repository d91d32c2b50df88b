import shlex
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from argosy.cli.enrol import commands, shows
from argosy.cli.moments import ahead, exactly, span, when
from argosy.cli.options import JobWord
from argosy.cli.page import FATE_COLOURS, Page
from argosy.cli.shown import Column, Facts, Rows, Several, Shown
from argosy.cli.spending import facts_of
from argosy.client import calls, calls_of_ledgers
from argosy.client.finding import identity
from argosy.client.road import Road
from argosy.core import ids
from argosy.core.alteration import altered
from argosy.core.grant import walltime_of
from argosy.core.job import Attempt, Cancelled, Closed, Failed, Lost, Running, Submitted, Succeeded, Waiting, fate
from argosy.core.quantities import spell_duration
from argosy.core.report import JobSpent
from argosy.core.retry_wishes import retry_words
from argosy.core.spec import InputFile, source_words
from argosy.core.views import JobView

app = commands()


@shows(app)
def show(job: JobWord) -> Shown:
    """Show everything about one job: where it is, why, what it was made of."""
    road = Road()
    view = road.send(calls.job(identity(road, job)))
    over = isinstance(view.latest.state, Closed)
    return of_view(view, road.send(calls_of_ledgers.spent(view.job.id)) if over else None)


def of_view(view: JobView, used: JobSpent | None = None) -> Shown:
    """Everything about one job, and what it has used, where that is known."""
    parts: list[Shown] = [_Head(view)]
    if used is not None and (used.spent is not None or used.rest.words):
        parts.append(Facts(facts_of(used), used))
    if view.job.spec.inputs:
        parts.append(_inputs(view))
    if len(view.attempts) > 1:
        parts.append(_attempts(view))
    return Several(parts, view)


class _Head:
    """The facts; they are put into words when it is known what time it is."""

    def __init__(self, view: JobView) -> None:
        self._view = view
        from argosy.cli.exits import Exit

        self.exit_code = Exit.SUCCEEDED

    def table(self, page: Page) -> Iterator[str]:
        """The facts for people."""
        return _facts(self._view, page.now).table(page)

    def plain(self) -> Iterator[str]:
        """The facts for programs."""
        return _facts(self._view, None).plain()

    def json(self) -> Any:
        """The job."""
        return self._view.model_dump(mode="json")


def _facts(view: JobView, now: datetime | None) -> Facts:
    spec, latest = view.job.spec, view.latest
    state = latest.state

    def time(moment: datetime | None) -> str:
        return when(moment, now) if now else (moment.isoformat() if moment else "")

    facts = [
        ("id", view.job.id),
        ("name", spec.name),
        ("fate", fate(state)),
        *_about(latest),
        ("expected start", _expected(latest, now)),
        ("asks now for", latest.altered.words() if latest.altered else ""),
        ("has now", latest.granted.words() if latest.granted else ""),
        ("time left", _time_left(view, now)),
        ("progress", view.sending.words if view.sending else ""),
        *(("advice", f"{one.what}. {one.remedy}") for one in view.findings),
        ("target", latest.target),
        ("engine", spec.engine),
        ("template", f"{spec.template.name} {spec.template.version}" if spec.template else ""),
        ("values", _values(view)),
        ("command", "" if view.job.adopted else shlex.join(spec.argv)),
        ("resources", spec.resources.words()),
        ("tried again", retry_words(spec.retries, spec.retry)),
        ("labels", ", ".join(f"{key}={value}" for key, value in spec.labels.items())),
        ("after", ", ".join(ids.short(parent) for parent in spec.parents)),
        ("priority", f"{latest.priority}" if latest.priority else ""),
        ("not before", time(spec.begin)),
        ("attempt", f"{latest.number}" if latest.number > 1 else ""),
        ("created", time(view.job.created)),
        ("since", time(state.evidence.at)),
        ("evidence", f"{state.evidence.witness}: {state.evidence.words}"),
        ("directory", getattr(state, "directory", None) or ""),
        ("adopted", _adopted(view)),
        ("at home", view.home if isinstance(state, Closed) else ""),
        ("children", ", ".join(ids.short(child) for child in view.children)),
    ]
    colour = FATE_COLOURS.get(fate(state), "")
    return Facts(facts, view, colours={"fate": colour, "trouble": "yellow", "why": colour})


def _adopted(view: JobView) -> str:
    adopted = view.job.adopted
    return f"job {adopted.handle} of its scheduler, in {adopted.directory}, which is left as it is" if adopted else ""


def _time_left(view: JobView, now: datetime | None) -> str:
    """How much of its walltime is left, as long as it runs."""
    latest = view.latest
    walltime_s = walltime_of(latest.granted, altered(view.job.spec, latest.altered).resources)
    if now is None or walltime_s is None or not isinstance(latest.state, Running):
        return ""
    left_s = walltime_s - (now - latest.state.since).total_seconds()
    return f"{spell_duration(max(left_s, 0))} of {spell_duration(walltime_s)}"


def _expected(attempt: Attempt, now: datetime | None) -> str:
    """When its scheduler thinks that it starts, as long as it waits there."""
    if attempt.expected is None or not isinstance(attempt.state, Submitted):
        return ""
    if now is None:
        return exactly(attempt.expected)
    return f"{ahead(attempt.expected, now)}, says its scheduler; it may be earlier or later"


def _about(attempt: Attempt) -> list[tuple[str, str]]:
    """What there is to say about where the attempt is: why, and what to do."""
    said: list[tuple[str, str]] = []
    match attempt.state:
        case Closed(outcome=outcome):
            said += _about_outcome(outcome)
        case Waiting(why=why):
            said.append(("why", why))
        case _:
            said.append(("why", getattr(attempt.state, "reason", "")))
    if attempt.progress:
        said.append(("progress", progress_words(attempt)))
    if attempt.wish and not isinstance(attempt.state, Closed):
        wished = "killed at once" if attempt.wish.forced else "cancelled"
        said.append(("wish", f"to be {wished}, says {attempt.wish.by}"))
    if attempt.trouble:
        trouble = attempt.trouble
        times = f" ({trouble.times} times)" if trouble.times > 1 else ""
        said += [("trouble", f"{trouble.message}{times}"), ("what to do", trouble.hint)]
    return said


def _about_outcome(outcome: Succeeded | Failed | Cancelled | Lost) -> list[tuple[str, str]]:
    match outcome:
        case Succeeded(remark=remark):
            return [("remark", remark)]
        case Failed():
            why = f"{outcome.explanation} ({outcome.cause})"
            return [("why", why), ("it said", outcome.excerpt), ("what to do", outcome.advice)]
        case Cancelled():
            return [("by", outcome.by), ("why", outcome.explanation)]
        case Lost():
            return [("why", outcome.explanation), ("what to do", outcome.advice)]


def progress_words(attempt: Attempt) -> str:
    """How far it is, how fast, and when it will be done; nothing when it does not tell."""
    progress = attempt.progress
    if progress is None:
        return ""
    words = [f"{progress.fraction:.0%}" if progress.fraction is not None else ""]
    total = f" of {progress.total:,.0f}" if progress.total else ""
    words.append(f"{progress.step:,.0f}{total} {progress.unit}")
    words.append(f"{progress.rate:.3g} {progress.rate_unit}" if progress.rate is not None else "")
    words.append(f"{span(progress.remaining_s)} left" if progress.remaining_s is not None else "")
    return ", ".join(word for word in words if word)


def _values(view: JobView) -> str:
    template = view.job.spec.template
    if template is None:
        return ""
    return ", ".join(f"{name}={value}" for name, value in template.values.items() if value is not None)


def _inputs(view: JobView) -> Rows[InputFile]:
    return Rows(
        view.job.spec.inputs,
        (
            Column("INPUT", lambda file, _: file.name, shrinks=True),
            Column("ROLE", lambda file, _: file.role),
            Column("FROM", lambda file, _: source_words(file.source), shrinks=True),
        ),
    )


def _attempts(view: JobView) -> Rows[Attempt]:
    return Rows(
        view.attempts,
        (
            Column("ATTEMPT", lambda attempt, _: str(attempt.number), right=True),
            Column("FATE", lambda attempt, _: fate(attempt.state)),
            Column("EVIDENCE", lambda attempt, _: attempt.state.evidence.words, shrinks=True),
        ),
    )
