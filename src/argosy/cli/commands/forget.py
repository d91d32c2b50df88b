from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from argosy.cli.agreeing import agreed
from argosy.cli.enrol import commands, shows
from argosy.cli.letters import cut_middle
from argosy.cli.options import SomeJobWords, Yes
from argosy.cli.shown import Column, Rows, Several, Shown, Words
from argosy.cli.wanting import meant
from argosy.client import calls
from argosy.client.road import Road
from argosy.core import ids
from argosy.core.errors import BadInput
from argosy.core.job import OPEN
from argosy.core.views import Forgotten, Leaving, Staying

app = commands()


@shows(app)
def forget(
    jobs: SomeJobWords = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="All jobs.", show_default=False)] = False,
    yes: Yes = False,
) -> Shown:
    """Take jobs off the list and touch nothing of them: their targets can bring them back.

    Works while targets are away. Jobs that run go on, and nobody watches them until 'argosy target sync' has brought
    them back. Jobs that no target knows of yet stay on the list.
    """
    if bool(jobs) == all_:
        raise BadInput("which jobs?", hint="Name them, or say --all.")
    road = Road()
    chosen = None if all_ else meant(road, jobs)
    planned = road.send(calls.forget(chosen, dry_run=True))
    if not planned.leaving:
        return Several([Words("No job leaves the list.", planned, bare=""), *_staying(planned)], planned)
    agreed(_preview(planned), f"{_back(planned)}\nForget {_jobs(planned)}?", yes=yes)
    done = road.send(calls.forget([one.job for one in planned.leaving]))
    words = f"{_jobs(done).capitalize()} left the list; nothing of {_them(done)} was touched.\n{_back(done)}"
    bare = "\n".join(one.job for one in done.leaving)
    value = done.model_copy(update={"staying": planned.staying})
    return Several([Words(words, value, bare=bare), *_staying(planned)], value)


def _preview(planned: Forgotten) -> Shown:
    still = sum(one.fate in OPEN for one in planned.leaving)
    below = f"{still} of them {'is' if still == 1 else 'are'} still open: nobody watches what is open until it is back."
    leaving = Rows(
        planned.leaving,
        (
            Column[Leaving]("ID", lambda one, _: ids.short(one.job)),
            Column[Leaving]("NAME", lambda one, _: one.name, shrinks=True, cut=cut_middle),
            Column[Leaving]("STATE", lambda one, _: one.fate),
            Column[Leaving]("TARGET", lambda one, _: one.target, shrinks=True, cut=cut_middle),
        ),
        below=below if still else "",
    )
    return Several([leaving, *_staying(planned)], planned)


def _staying(planned: Forgotten) -> Sequence[Shown]:
    """What stays on the list, and why; nothing when nothing does."""
    columns = (
        Column[Staying]("STAYS", lambda one, _: ids.short(one.job)),
        Column[Staying]("NAME", lambda one, _: one.name, shrinks=True, cut=cut_middle),
        Column[Staying]("WHY", lambda one, _: one.why, shrinks=True, wraps=True),
    )
    return [_Quiet(planned.staying, columns)] if planned.staying else []


class _Quiet(Rows[Staying]):
    """A table for people only: programs read there what has gone."""

    def plain(self) -> Iterator[str]:
        """Nothing."""
        yield from ()


def _jobs(some: Forgotten) -> str:
    return "1 job" if len(some.leaving) == 1 else f"{len(some.leaving)} jobs"


def _them(some: Forgotten) -> str:
    return "it" if len(some.leaving) == 1 else "them"


def _back(some: Forgotten) -> str:
    targets = sorted({one.target for one in some.leaving})
    name = f" {targets[0]}" if len(targets) == 1 else ""
    return f"Bring {_them(some)} back with: argosy target sync{name}"
