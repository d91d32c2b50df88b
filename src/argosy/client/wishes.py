"""What people wrote, checked before it is sent: complaints name the field, and nothing else is said."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from argosy.core.errors import BadInput
from argosy.core.findings import error, in_short
from argosy.core.plain_words import place, plain_words
from argosy.core.values import Value

if TYPE_CHECKING:
    from argosy.core.bulk import Deed, Which

V = TypeVar("V", bound=Value)


def checked(kind: type[V], given: Mapping[str, Any]) -> V:
    """The value with these fields; raises BadInput with a finding for each field that will not do."""
    try:
        return kind.model_validate(dict(given))
    except ValidationError as fault:
        known = ", ".join(kind.model_fields)
        findings = [error(place(item) or kind.__name__.lower(), plain_words(item)) for item in fault.errors()]
        strange = any(item["type"] == "extra_forbidden" for item in fault.errors())
        raise BadInput(in_short(findings), hint=f"Known are: {known}." if strange else "", findings=findings) from None


def read_bulk(
    deed: str, jobs: Sequence[str] | None, conditions: Mapping[str, Any], wishes: Mapping[str, Any]
) -> "tuple[Which, Deed]":
    """A deed to many jobs, and which they are; raises BadInput for both jobs and conditions, and for unknown words."""
    from argosy.core.bulk import DEEDS, Fitting, Named

    if deed not in DEEDS:
        raise BadInput(f"{deed!r} is nothing that can be done to many jobs", hint=f"Known are: {', '.join(DEEDS)}.")
    if jobs is not None and conditions:
        raise BadInput("give either jobs or conditions, not both")
    named = checked(Named, {"kind": "named", "jobs": tuple(jobs or ())})
    which = checked(Fitting, {"kind": "fitting", **conditions}) if jobs is None else named
    return which, checked(DEEDS[deed], {"kind": deed, **wishes})


def from_words(words: Sequence[str]) -> tuple[str, ...]:
    """A command as it can be sent; raises BadInput for a word that is not text."""
    for number, word in enumerate(words, start=1):
        try:
            word.encode("utf-8")
        except UnicodeEncodeError:
            raise BadInput(
                f"word {number} of the command, {word!r}, is not UTF-8 text",
                hint="Give such a file with --file name=PATH and use that name in the command.",
            ) from None
    return tuple(words)
