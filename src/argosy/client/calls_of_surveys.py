"""Requests about what clusters offer. Pure, like ``calls``."""

from argosy.client.call import Call, segment
from argosy.core.crowd import Crowd
from argosy.core.offer import Proposal

_LOOK_S = 300.0


def detect(name: str) -> Call[Proposal]:
    """What a target should say, by what its cluster offers now."""
    path = f"/v1/targets/{segment(name)}/detect"
    return Call("POST", path, Proposal.model_validate_json, again=True, patience_s=_LOOK_S)


def crowd(name: str) -> Call[Crowd]:
    """How full a cluster is now."""
    return Call("GET", f"/v1/targets/{segment(name)}/crowd", Crowd.model_validate_json, patience_s=_LOOK_S)
