"""How often which failures are to be tried again by themselves, and with what pauses, as people say it. Pure.

``3`` is three further attempts at once, ``3:1m,10m`` three with a minute before the first and ten before each other,
``never`` none.
"""

import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, Strict, WithJsonSchema

from argosy.core.quantities import parse_duration_s, spell_duration
from argosy.core.values import as_whole

MOST_TIMES = 20
LONGEST_PAUSE_S = 86_400
RETRIED = (
    "wait",
    "as_is",
    "other_node",
    "once",
    "checkpoint",
    "node_failure",
    "preempted",
    "requeued",
    "start_failed",
    "exit_code",
    "signal",
    "incomplete",
    "lost",
)
"""Retry classes, causes, and what is lost: whatever may pass without a change of the job."""
_NEEDS_A_CHANGE = {
    "never": "would only fail again",
    "after_change": "needs a change of the job first: see 'argosy edit'",
    "rejected": "needs a change of the job first: see 'argosy edit'",
    "more_memory": "needs more memory: 'argosy fix' asks for it",
    "out_of_memory": "needs more memory: 'argosy fix' asks for it",
    "more_time": "needs more time: see 'argosy fix' and 'argosy extend'",
    "walltime": "needs more time: see 'argosy fix' and 'argosy extend'",
}
_PAUSE = r"([1-9][0-9]{0,2}[sm]|([1-9]|1[0-9]|2[0-4])h)"
_TIMES = rf"never|0|([1-9]|1[0-9]|20)(:{_PAUSE}(,{_PAUSE}){{0,9}})?"
_SAID = re.compile(_TIMES)


class Often(NamedTuple):
    """So many further attempts, and seconds to wait before each; the last pause holds for all that follow."""

    times: int
    pauses_s: tuple[int, ...] = ()

    def pause_s(self, before: int) -> int:
        """Seconds to wait when so many of these attempts have been made."""
        return self.pauses_s[min(before, len(self.pauses_s) - 1)] if self.pauses_s else 0


def _what(name: str) -> str:
    if name in RETRIED:
        return name
    if name in _NEEDS_A_CHANGE:
        raise ValueError(f"what fails as {name} is not tried again by itself: it {_NEEDS_A_CHANGE[name]}")
    raise ValueError(f"there is no {name!r} among what may be tried again: {', '.join(RETRIED)}")


def _times(said: object) -> object:
    """The usual spelling; a bare number, as TOML has it, is taken, too."""
    whole = as_whole(said)
    text = str(whole) if isinstance(whole, int) and not isinstance(whole, bool) else said
    if not isinstance(text, str):
        return said
    if not _SAID.fullmatch(text):
        raise ValueError(
            f"{said!r} does not say how often: write never, a number up to {MOST_TIMES} such as 3, or one with pauses "
            "of up to 24h such as 3:30s,5m,1h"
        )
    return "never" if text == "0" else text


Times = Annotated[
    str,
    BeforeValidator(_times),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": f"^({_TIMES})$", "examples": ["3:1m,10m"]},
                {"type": "integer", "minimum": 0, "maximum": MOST_TIMES},
            ]
        }
    ),
]
What = Annotated[str, AfterValidator(_what), WithJsonSchema({"type": "string", "enum": list(RETRIED)})]
RetryWishes = dict[What, Times]
Retries = Annotated[int, Strict(), Field(ge=0, le=3), BeforeValidator(as_whole)]
"""How many further attempts follow by themselves where that may help."""


def often(said: str) -> Often:
    """What a checked text says."""
    count, _, pauses = said.partition(":")
    if count == "never":
        return Often(0)
    return Often(int(count), tuple(parse_duration_s(pause) for pause in pauses.split(",") if pause))


def read_retry_words(text: str) -> dict[str, str]:
    """``node_failure=3:1m preempted=5``, as a setting has it; raises ValueError for a word that will not do."""
    read: dict[str, str] = {}
    for word in text.split():
        name, equals, said = word.partition("=")
        if not equals:
            raise ValueError(f"{word!r} is not like node_failure=3 or lost=3:1m,10m")
        read[_what(name)] = str(_times(said))
    return read


def retry_words(retries: int, wishes: RetryWishes) -> str:
    """For people: what is tried again by itself; empty where nothing is."""
    each = [f"{name}: {_spelled(often(said))}" for name, said in wishes.items()]
    if not each:
        return f"{_so_often(retries)} where that may help" if retries else ""
    return "; ".join((*each, f"all else: {f'{_so_often(retries)} where that may help' if retries else 'never'}"))


def _spelled(one: Often) -> str:
    if not one.times:
        return "never"
    pauses = " and ".join(spell_duration(pause) for pause in one.pauses_s)
    return _so_often(one.times) + (f", after {pauses}" if pauses else "")


def _so_often(times: int) -> str:
    return "once" if times == 1 else f"{times} times"
