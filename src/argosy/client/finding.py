"""Which job is meant."""

from argosy.client import calls
from argosy.client.road import Road
from argosy.core import ids


def identity(road: Road, words: str) -> str:
    """The full id of the one job that is meant by an id, the beginning of a short id, a name, or ``last``.

    A full id is taken as it is, without asking. Raises NotFound or Ambiguous.
    """
    return words if ids.ID_PATTERN.fullmatch(words) else road.send(calls.find(words))
