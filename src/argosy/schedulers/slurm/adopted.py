"""Jobs that Argosy did not start: known by their numbers and directories, and judged by Slurm's word alone."""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from argosy.core.adopted import Adopted
from argosy.core.command import Answer, Command
from argosy.core.errors import Garbled
from argosy.core.job import Told, Witness
from argosy.core.names import unspell
from argosy.core.sighting import Presence, Sighting, Watched
from argosy.core.slurm import Slurm as Site
from argosy.schedulers.records import complete
from argosy.schedulers.slurm import rows
from argosy.schedulers.slurm.asking import ask, shell
from argosy.schedulers.slurm.looks import FAR_S, end_words, never_begun
from argosy.schedulers.slurm.reasons import why_pending
from argosy.schedulers.slurm.sections import read_sections
from argosy.schedulers.slurm.states import read_state, stopped_by

_PROGRAM = shell("whose.sh")
_NOBODY = "Slurm knows no such job, or shows it to nobody else"
_NO_BOOKS = "it is not in the queue, and the books that could tell of it cannot be asked"
_WORDS = 3


def rows_of(one: Adopted, found: Iterable[rows.Row]) -> list[rows.Row]:
    """The rows of a job, in their order: those of its number and directory, else those of many tasks that it is among.

    Numbers are given out again some day. A name with a newline hides the directory behind it, which proves nothing.
    """
    here = [row for row in found if _lies_there(row, one)]
    own = [row for row in here if row.id == one.handle]
    _, _, task = one.handle.partition("_")
    array = rows.array_number(one.handle)
    if own or not task.isdigit():
        return own
    shared = (row for row in here if "[" in row.id and rows.array_number(row.id) == array)
    return [row for row in shared if rows.is_among(row.id, int(task))]


def _lies_there(row: rows.Row, one: Adopted) -> bool:
    tail = os.fsencode(row.tail.removesuffix("|"))
    return b"|/" not in tail or tail.endswith(b"|" + unspell(one.directory))


def sighting(one: Watched, adopted: Adopted, queue: Sequence[rows.Row]) -> Sighting:
    """What one look at the queue tells of a job. Once it is over, or out of the queue, the books are asked."""
    facts = {"handle": adopted.handle, "claimed": True, "unexplained": True, "adopted": adopted}
    blank = Sighting(token=one.token, presence=Presence.ABSENT).model_copy(update=facts)
    found = rows_of(adopted, queue)
    if not found:
        return blank.model_copy(update={"words": "Slurm does not know it any more"})
    row = found[-1]
    if row.state is not None and row.state.presence is Presence.OVER:
        return _over(blank, row, Witness.SCHEDULER)
    facts = {"unexplained": False, "walltime_s": row.limit_s, "nodes": row.node_count}
    return blank.model_copy(update={**facts, **_going(row)})


def _going(row: rows.Row) -> Mapping[str, object]:
    """What is to be said of a job that waits or runs."""
    state, moment = row.state, None
    if row.start_s is not None:
        moment = datetime.fromtimestamp(min(row.start_s, FAR_S), UTC)
    if state is None:  # it may mean anything, so it neither begins nor ends
        words = f"Slurm says {row.raw_state[:60]}, which Argosy does not know"
        return {"presence": Presence.PENDING, "words": words}
    if state.presence is Presence.RUNNING:
        where = f" on {row.nodes}" if row.nodes else ""
        words = f"it runs{where}" if state.name == "RUNNING" else state.words
        return {"presence": Presence.RUNNING, "words": words, "began": moment}
    words = why_pending(row.reason) if state.name == "PENDING" else state.words
    return {"presence": Presence.PENDING, "words": words, "expected": moment}


def explained(seen: Sighting, adopted: Adopted, books: Sequence[rows.Row]) -> Sighting:
    """What the books tell of a job, by its last run: it may have run again after it was put back into the queue."""
    found = rows_of(adopted, books)
    row = found[-1] if found else None
    if row is not None and row.state is not None and row.state.presence is Presence.OVER:
        return _over(seen, row, Witness.ACCOUNTING)
    if row is None and seen.presence is Presence.ABSENT and _is_task_of_one(adopted, books):
        # Books may be late, so its absence has to last.
        return never_begun(seen).model_copy(update={"conclusive": False})
    if row is None or seen.presence is not Presence.ABSENT:
        return seen
    words = f"it is out of the queue, but in the books it is still {row.raw_state[:60]}"
    return seen.model_copy(update={"open_in_books": True, "words": words})


def _is_task_of_one(adopted: Adopted, books: Sequence[rows.Row]) -> bool:
    """Whether it was a task of an array of which the books know the rest."""
    array = rows.array_number(adopted.handle)
    return array != adopted.handle and any(rows.array_number(row.id) == array for row in books)


def without_books(seen: Sighting) -> Sighting:
    """What is left to say where Slurm keeps no books."""
    if seen.presence is not Presence.ABSENT:
        return seen.model_copy(update={"conclusive": True})
    words = "it is out of the queue, and this cluster keeps no accounting that could tell how it ended"
    return seen.model_copy(update={"words": words})


def _over(seen: Sighting, row: rows.Row, witness: Witness) -> Sighting:
    name = row.state.name if row.state else ""
    user = stopped_by(row.raw_state)
    by = f"user {user} of the cluster" if user else "somebody at the cluster"
    return seen.model_copy(
        update={
            "presence": Presence.OVER,
            # For the exit code and for who cancelled it the books are waited for, which may be a little late.
            "conclusive": witness is Witness.ACCOUNTING or name not in {"FAILED", "CANCELLED"},
            "words": end_words(row),
            "cause": row.state.cause if row.state else None,
            "stopped_by": by if name == "CANCELLED" else "",
            "told": _told(name, row.exit_code),
            "witness": witness,
        }
    )


def _told(name: str, exit_code: str) -> Told | None:
    """How its script ended, from ``3:0`` or ``0:9``; None for a job that Slurm ended."""
    if name not in {"COMPLETED", "FAILED"}:
        return None
    code, _, signal = exit_code.partition(":")
    return Told(
        succeeded=name == "COMPLETED",
        code=int(code) if _is_number(code) else None,
        signal=int(signal) if _is_number(signal) and signal != "0" else None,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def ask_whose(site: Site, handles: Sequence[str]) -> Command:
    """The question whose jobs have these numbers, or had them."""
    return ask(site, _PROGRAM, (",".join(handles),))


def parse_whose(handles: Sequence[str], answer: Answer) -> Mapping[str, str]:
    """Why none of these is a job of whoever asked that waits or runs, in words that follow its number."""
    lines = iter(complete(answer, 0))
    word, _, me = next(lines, "").partition(" ")
    if word != "me" or not me:
        raise Garbled("the answer does not begin with who asked")
    found = read_sections(lines, ("queue", "books"))
    said = [line.split("|", _WORDS) for name in ("books", "queue") for line in found[name].lines]
    known = {one[0]: (one[1], one[2]) for one in said if len(one) > _WORDS and rows.job_number(one[0])}
    unknown = _NOBODY if found["books"].code == 0 else _NO_BOOKS
    return {handle: _why_not(me, _of(handle, known)) or unknown for handle in handles}


def _of(handle: str, known: Mapping[str, tuple[str, str]]) -> tuple[str, str] | None:
    if handle in known:
        return known[handle]
    return next((said for number, said in known.items() if rows.array_number(number) == handle), None)


def _why_not(me: str, said: tuple[str, str] | None) -> str:
    if said is None:
        return ""
    user, raw = said
    if user != me:
        return f"it belongs to user {user[:40]}, and only your own jobs can be adopted"
    state = read_state(raw)
    if state is not None and state.presence is Presence.OVER:
        return f"it is over ({raw[:60]}), and only jobs that wait or run can be adopted"
    return f"Slurm says {raw[:60]}, but it is not in your queue now"
