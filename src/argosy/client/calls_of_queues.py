"""Requests about jobs that wait at their scheduler. Pure, like ``calls``."""

from argosy.client.call import Call, segment
from argosy.core.alteration import Alteration
from argosy.core.views import JobView

_LOOK_S = 300.0


def hold(identity: str) -> Call[JobView]:
    """Keep a waiting job from starting; a second time changes nothing."""
    path = f"/v1/jobs/{segment(identity)}/hold"
    return Call("POST", path, JobView.model_validate_json, again=True, patience_s=_LOOK_S)


def alter(identity: str, change: Alteration) -> Call[JobView]:
    """Have a waiting job ask for something else; a second time changes nothing."""
    path = f"/v1/jobs/{segment(identity)}/alter"
    body = change.model_dump(mode="json", exclude_none=True)
    return Call("POST", path, JobView.model_validate_json, body=body, again=True, patience_s=_LOOK_S)
