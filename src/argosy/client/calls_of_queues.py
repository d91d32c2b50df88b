"""Requests about jobs that stand in the queue of their scheduler. Pure, like ``calls``."""

from pydantic import TypeAdapter

from argosy.client.call import Call, segment
from argosy.core.adopted import Adoption
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


def adopt(name: str, adoption: Adoption) -> Call[tuple[JobView, ...]]:
    """Have jobs that stand in a cluster's queue watched. A second time is refused, since they are in the list then."""
    reader = TypeAdapter(tuple[JobView, ...])
    body = adoption.model_dump(mode="json")
    return Call("POST", f"/v1/targets/{segment(name)}/adopt", reader.validate_json, body=body, patience_s=_LOOK_S)
