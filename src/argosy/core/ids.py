"""Identities: time-sortable, globally unique, and safe as file, Slurm, Docker and Kubernetes names."""

import re
from datetime import UTC, datetime, timedelta

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base32, lower case: no i, l, o, u
_TIME_CHARS = 9
_RANDOM_CHARS = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ENTROPY_BITS = 5 * _RANDOM_CHARS
SHORT_CHARS = 8
ID_PATTERN = re.compile(rf"j[{_ALPHABET}]{{{_TIME_CHARS + _RANDOM_CHARS}}}")
TOKEN_PATTERN = re.compile(rf"argosy-({ID_PATTERN.pattern})-([1-9][0-9]{{0,4}})")


def job_id(now: datetime, entropy: int) -> str:
    """A new identity: ``j``, then milliseconds since 1970, then 60 random bits; 22 characters of ``[a-z0-9]``.

    Identities made at different milliseconds sort by time. ``entropy`` must come from a secure source;
    only its lowest 60 bits are used.
    """
    milliseconds = (now - _EPOCH) // timedelta(milliseconds=1)
    return "j" + _base32(milliseconds, _TIME_CHARS) + _base32(entropy, _RANDOM_CHARS)


def made(identity: str) -> datetime:
    """The moment at which an identity was made, to the millisecond; for anything else the beginning of 1970."""
    if not ID_PATTERN.fullmatch(identity):
        return _EPOCH
    milliseconds = 0
    for character in identity[1 : 1 + _TIME_CHARS]:
        milliseconds = milliseconds * 32 + _ALPHABET.index(character)
    return _EPOCH + timedelta(milliseconds=milliseconds)


def short(identity: str) -> str:
    """The last eight characters: what people read and type."""
    return identity[-SHORT_CHARS:]


def token(identity: str, number: int) -> str:
    """The name under which attempt ``number`` of a job is known to schedulers and in its environment."""
    return f"argosy-{identity}-{number}"


def parse_token(text: str) -> tuple[str, int] | None:
    """Job id and attempt number of a token, or None if the text is not one of ours."""
    match = TOKEN_PATTERN.fullmatch(text)
    return (match[1], int(match[2])) if match else None


def _base32(number: int, width: int) -> str:
    digits: list[str] = []
    for _ in range(width):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
