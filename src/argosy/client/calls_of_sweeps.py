"""Requests about sweeps. Pure, like ``calls``."""

from argosy.client.call import Call
from argosy.core.sweep import Sweep, SweepPreview, Swept

_ACCEPT_S = 600.0


def preview(sweep: Sweep) -> Call[SweepPreview]:
    """What a sweep would become; nothing is kept."""
    body = sweep.model_dump(mode="json")
    return Call("POST", "/v1/sweeps/preview", SweepPreview.model_validate_json, body=body, again=True)


def submit(sweep: Sweep) -> Call[Swept]:
    """Take in all jobs of a sweep, or none."""
    body = sweep.model_dump(mode="json")
    return Call("POST", "/v1/sweeps", Swept.model_validate_json, body=body, patience_s=_ACCEPT_S)
