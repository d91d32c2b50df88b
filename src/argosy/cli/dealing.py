"""One thing that is done to many jobs: shown before, asked about, and told afterwards."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from argosy.cli.agreeing import agreed
from argosy.cli.choosing import Choice
from argosy.cli.exits import Exit, of_error
from argosy.cli.letters import cut_middle
from argosy.cli.patience import Patience
from argosy.cli.shown import Column, Rows, Several, Shown, Words
from argosy.client import calls_of_bulk
from argosy.client.road import Road
from argosy.core import ids
from argosy.core.bulk import Dealt, Deed, Fitting, Named, Spared, Touched
from argosy.core.quantities import spell_size

_FIRST = 20
_NOBODY = "No job was touched."


class Said(NamedTuple):
    """How a deed is asked about, and told of: ``Cancel``, and ``told to stop``.

    ``always`` is whether somebody is asked even about jobs that are named.
    """

    question: str
    done: str
    always: bool = False


def deal(choice: Choice, deed: Deed, said: Said) -> Shown:
    """Do it to the jobs that are meant, once they were shown and somebody agreed where conditions choose them.

    Only what was shown is touched. The exit code is that of the first job to which it could not be done.
    """
    which = choice.which
    if isinstance(which, Fitting) or said.always:
        planned = choice.road.send(calls_of_bulk.preview(which, deed))
        if not planned.touched:
            return _told(planned, "No job fits." if not planned.spared else _NOBODY)
        agreed(_preview(planned), f"{said.question} {_count(planned.touched)}?", yes=choice.yes)
        # Those to which it could not be done anyway are tried no more, and told of all the same.
        which = Named(kind="named", jobs=tuple(one.job for one in planned.touched))
        done = _done(choice.road, which, deed, said)
        done = done.model_copy(update={"spared": (*planned.spared, *done.spared)})
    else:
        done = _done(choice.road, which, deed, said)
    freed = f"; {spell_size(done.freed)} are free again" if deed.kind == "remove" else ""
    return _told(done, f"{_count(done.touched).capitalize()} {said.done}{freed}." if done.touched else _NOBODY)


def _done(road: Road, which: Named, deed: Deed, said: Said) -> Dealt:
    with Patience(f"{said.question} {_count(which.jobs)}"):
        return road.send(calls_of_bulk.deal(which, deed))


def _told(dealt: Dealt, words: str) -> Shown:
    code = of_error(dealt.spared[0].code) if dealt.spared else Exit.SUCCEEDED
    bare = "\n".join(f"{one.job}\t{one.name}\t{one.fate}\t{one.target}" for one in dealt.touched)
    parts = [Words(words, dealt, bare=bare), *_spared(dealt.spared)]
    return Several(parts, dealt, exit_code=code)


def _preview(planned: Dealt) -> Shown:
    first = [(one, path) for one in planned.touched[:_FIRST] for path in one.paths or ("",)]
    more = len(planned.touched) - _FIRST
    columns = (
        Column[tuple[Touched, str]]("ID", lambda line, _: ids.short(line[0].job)),
        Column[tuple[Touched, str]]("NAME", lambda line, _: line[0].name, shrinks=True, weight=3, cut=cut_middle),
        Column[tuple[Touched, str]]("FATE", lambda line, _: line[0].fate),
        Column[tuple[Touched, str]]("TARGET", lambda line, _: line[0].target, shrinks=True, cut=cut_middle),
        Column[tuple[Touched, str]]("WHAT GOES", lambda line, _: line[1], shrinks=True, weight=3, cut=cut_middle),
    )
    rows = Rows(first, columns, below=f"... and {more:,} more." if more > 0 else "")
    return Several([rows, *_spared(planned.spared)], planned)


def _spared(spared: Sequence[Spared]) -> Sequence[Shown]:
    """To which it is not done, and why; nothing when there are none."""
    columns = (
        Column[Spared]("NOT", lambda one, _: ids.short(one.job)),
        Column[Spared]("NAME", lambda one, _: one.name, shrinks=True, cut=cut_middle),
        Column[Spared](
            "WHY", lambda one, _: f"{one.why}. {one.hint}" if one.hint else one.why, shrinks=True, wraps=True
        ),
    )
    more = len(spared) - _FIRST
    return [_Quiet(spared[:_FIRST], columns, below=f"... and {more:,} more." if more > 0 else "")] if spared else []


class _Quiet(Rows[Spared]):
    """A table for people only: programs read there what was done."""

    def plain(self) -> Iterator[str]:
        """Nothing."""
        yield from ()


def _count(some: Sequence[object]) -> str:
    return "1 job" if len(some) == 1 else f"{len(some):,} jobs"
