"""One thing that is done to many jobs. Pure."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from argosy.core.job import OPEN, OUTCOMES, UNPLACED
from argosy.core.spec import JobId, Labels, Priority, Word
from argosy.core.values import Value, YesOrNo
from argosy.core.views import JobConditions

MOST_AT_ONCE = 10_000
"""So many jobs one request is about, at most."""


class Named(Value):
    """The jobs with these ids, each once."""

    kind: Literal["named"]
    jobs: Annotated[tuple[JobId, ...], Field(max_length=MOST_AT_ONCE)]


class Fitting(JobConditions):
    """All jobs that fit. Without ``fate`` those that the deed is meant for."""

    kind: Literal["fitting"]


class Cancel(Value):
    """They are told to stop; ``now`` without any time to end in good order."""

    kind: Literal["cancel"]
    now: YesOrNo = False


class Hold(Value):
    """They are kept from starting while they wait at their scheduler."""

    kind: Literal["hold"]


class Release(Value):
    """Drafts go to their queue, and held ones go on."""

    kind: Literal["release"]


class Retry(Value):
    """Those that are over get a further attempt."""

    kind: Literal["retry"]


class Remove(Value):
    """Those that are over, and drafts, go with everything that belongs to them."""

    kind: Literal["remove"]


class Relabel(Value):
    """They get the labels that are ``put``, and lose those whose keys are in ``drop``."""

    kind: Literal["label"]
    put: Labels = Field(default_factory=dict)
    drop: tuple[Word, ...] = ()


class Prioritise(Value):
    """They get this priority among those that wait in Argosy."""

    kind: Literal["priority"]
    priority: Priority


DEEDS = {
    "cancel": Cancel,
    "hold": Hold,
    "release": Release,
    "retry": Retry,
    "remove": Remove,
    "label": Relabel,
    "priority": Prioritise,
}
"""All of them by their kinds."""

Which = Annotated[Named | Fitting, Field(discriminator="kind")]
Deed = Annotated[Cancel | Hold | Release | Retry | Remove | Relabel | Prioritise, Field(discriminator="kind")]


class Bulk(Value):
    """The jobs that are meant, and what is done to each of them."""

    which: Which
    deed: Deed


class Touched(Value):
    """A job to which it would be done, or was: its ``fate`` is what the job is now. ``paths`` go with it."""

    job: str
    name: str
    target: str
    fate: str
    paths: tuple[str, ...] = ()


class Spared(Value):
    """A job to which it could not be done, or was not, and why; ``code`` is that of the error."""

    job: str
    name: str
    code: str
    why: str
    hint: str = ""


class Dealt(Value):
    """What would be done to many jobs, or was: to which of them, and to which not. ``freed`` are bytes."""

    touched: tuple[Touched, ...] = ()
    spared: tuple[Spared, ...] = ()
    freed: int = 0
    done: bool = False


_OVER_BADLY = tuple(outcome for outcome in OUTCOMES if outcome != "succeeded")
_MEANT_FOR = {
    "cancel": ("draft", *OPEN),
    "hold": ("submitted",),
    "release": ("draft", "submitted"),
    "retry": _OVER_BADLY,
    "remove": ("draft", *OUTCOMES),
    "priority": UNPLACED,
}
_POSSIBLE = {
    "hold": (_MEANT_FOR["hold"], "only a job that waits at its scheduler can be held"),
    "release": (_MEANT_FOR["release"], "only a draft, or a job that waits at its scheduler, can be released"),
    "retry": (OUTCOMES, "only a job that is over can be retried"),
    "priority": (UNPLACED, "only a job that waits in Argosy has a priority there"),
    "remove": (_MEANT_FOR["remove"], "only a job that is over, or a draft, can be removed"),
}


def meant_for(deed: Deed) -> tuple[str, ...]:
    """The fates of the jobs that a deed is meant for, where nobody says others; empty for all."""
    return _MEANT_FOR.get(deed.kind, ())


def why_not(deed: Deed, fate: str) -> str:
    """Why it cannot be done to a job of this fate; empty when that is no hindrance."""
    fates, words = _POSSIBLE.get(deed.kind, ((), ""))
    return f"it is {fate}; {words}" if fates and fate not in fates else ""


def relabelled(labels: Mapping[str, str], change: Relabel) -> dict[str, str]:
    """The labels as they are afterwards: one that is both dropped and put is put."""
    return {key: value for key, value in labels.items() if key not in change.drop} | change.put


def change_in_words(change: Relabel) -> str:
    """What changes, in one line for people."""
    return ", ".join((*(f"{key}={value}" for key, value in change.put.items()), *(f"no {key}" for key in change.drop)))
