"""The family of a job: the jobs that go on from each other, and how that is drawn. Pure."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from argosy.core.goal import Goal
from argosy.core.job import Attempt, Job, Progress, fate
from argosy.core.values import Moment, Value

_GOES_ON = frozenset({"restart", "continue"})
"""How a job goes on from the files of another; a copy begins anew."""

MOST_RELATIVES = 2_000
"""So many jobs of a family are shown at most."""


class Relative(Value):
    """A job in its family. ``depth`` is 0 for the first of them; ``kind`` is how it goes on from ``parent``."""

    id: str
    parent: str | None = None
    depth: int = Field(ge=0)
    kind: str
    name: str
    template: str = ""
    target: str
    fate: str
    attempts: int = 1
    progress: Progress | None = None
    goal: Goal | None = None
    created: Moment


class Family(Value):
    """All jobs that go on from the first one of them, each before those that go on from it.

    ``asked`` is the job that was asked about. ``complete`` is False when there are more than can be shown.
    """

    asked: str
    members: tuple[Relative, ...]
    complete: bool = True


def relative(job: Job, attempt: Attempt, depth: int) -> Relative:
    """A job as its family shows it."""
    spec = job.spec
    return Relative(
        id=job.id,
        parent=job.parent if depth else None,
        depth=depth,
        kind=job.kind,
        name=spec.name,
        template=spec.template.name if spec.template else "",
        target=attempt.target,
        fate=fate(attempt.state),
        attempts=attempt.number,
        progress=attempt.progress,
        goal=attempt.goal,
        created=job.created,
    )


def past(family: Family) -> frozenset[str]:
    """The jobs that nobody has to go back to: they came to their end, or a job that goes on from them did."""
    passed: set[str] = set()
    for member in reversed(family.members):  # those that go on from a job come behind it
        if member.fate == "succeeded":
            passed.add(member.id)
        if member.id in passed and member.parent is not None and member.kind in _GOES_ON:
            passed.add(member.parent)
    return frozenset(passed)


def branches(members: Sequence[Relative]) -> Iterator[tuple[str, Relative]]:
    """Each member with the lines of the tree that stand before it: ``├─``, ``└─``, and ``│`` where others follow.

    A job that is the only one to go on from another stands below it without a branch of its own.
    """
    children: dict[str | None, list[Relative]] = {}
    for member in members:
        children.setdefault(member.parent, []).append(member)

    pending = [("", "", member) for member in reversed(children.get(None, []))]
    while pending:
        first, further, member = pending.pop()
        yield first, member
        following = children.get(member.id, [])
        chain = len(following) == 1
        for number, child in enumerate(reversed(following)):
            last = number == 0
            mark, rest = ("└─ ", "" if chain else "   ") if last else ("├─ ", "│  ")
            pending.append((further + mark, further + rest, child))
