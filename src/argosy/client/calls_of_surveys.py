"""Requests about what clusters offer, and when jobs would start there. Pure, like ``calls``."""

from collections.abc import Sequence

from pydantic import TypeAdapter

from argosy.client.call import Call, segment
from argosy.core.crowd import Crowd
from argosy.core.offer import Proposal
from argosy.core.prospect import Prospect
from argosy.core.queued import Queue
from argosy.core.submission import Submission

_LOOK_S = 300.0


def detect(name: str) -> Call[Proposal]:
    """What a target should say, by what its cluster offers now."""
    path = f"/v1/targets/{segment(name)}/detect"
    return Call("POST", path, Proposal.model_validate_json, again=True, patience_s=_LOOK_S)


def crowd(name: str) -> Call[Crowd]:
    """How full a cluster is now."""
    return Call("GET", f"/v1/targets/{segment(name)}/crowd", Crowd.model_validate_json, patience_s=_LOOK_S)


def queue(name: str) -> Call[Queue]:
    """The jobs in a cluster's queue, whoever put them there."""
    return Call("GET", f"/v1/targets/{segment(name)}/queue", Queue.model_validate_json, patience_s=_LOOK_S)


def where(submission: Submission, targets: Sequence[str]) -> Call[tuple[Prospect, ...]]:
    """When a job would start at these targets, or at all; the earliest first."""
    body = {"submission": submission.model_dump(mode="json"), "targets": list(targets)}
    reader = TypeAdapter(tuple[Prospect, ...])
    return Call("POST", "/v1/jobs/where", reader.validate_json, body=body, again=True, patience_s=_LOOK_S)
