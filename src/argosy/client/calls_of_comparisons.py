"""Requests about several jobs side by side. Pure, like ``calls``."""

from argosy.client.call import Call
from argosy.core.comparison import CompareQuery, Comparison

_LOOK_S = 300.0


def compare(query: CompareQuery) -> Call[Comparison]:
    """In what jobs differ, and what came out of them."""
    params = query.model_dump(mode="json", exclude_defaults=True)
    return Call("GET", "/v1/comparison", Comparison.model_validate_json, params=params, patience_s=_LOOK_S)
