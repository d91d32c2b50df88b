"""Requests about what comes after a job. Pure, like ``calls``.

Values that only some calls need are imported where they are needed, so that a quick command stays quick.
"""

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from argosy.client.call import Call, segment
from argosy.core.views import JobView

if TYPE_CHECKING:
    from argosy.core.edited import Edited
    from argosy.core.family import Family
    from argosy.core.goal import Aim
    from argosy.core.onward import Onward
    from argosy.core.outputs import Restart
    from argosy.core.remedies import Diagnosed
    from argosy.core.submission import Preview

_LOOK_S = 300.0


def restart_plan(identity: str, template: str | None = None) -> "Call[Restart]":
    """How a job could be gone on from, or why it cannot."""
    from argosy.core.outputs import Restart

    reader: TypeAdapter[Restart] = TypeAdapter(Restart)
    path = f"/v1/jobs/{segment(identity)}/restart"
    return Call("GET", path, reader.validate_json, params={"template": template}, patience_s=_LOOK_S)


def restart_preview(identity: str, onward: "Onward") -> "Call[Preview]":
    """What the job that goes on would be."""
    from argosy.core.submission import Preview

    path = f"/v1/jobs/{segment(identity)}/restart/preview"
    body = onward.model_dump(mode="json", exclude_none=True)
    return Call("POST", path, Preview.model_validate_json, body=body, again=True, patience_s=_LOOK_S)


def restart(identity: str, onward: "Onward | None" = None) -> Call[JobView]:
    """A child job that goes on from what the job left, or is the next stage after it."""
    path = f"/v1/jobs/{segment(identity)}/restart"
    body = None if onward is None else onward.model_dump(mode="json", exclude_none=True)
    return Call("POST", path, JobView.model_validate_json, body=body, patience_s=_LOOK_S)


def family(identity: str) -> "Call[Family]":
    """All jobs that go on from each other, of which this is one."""
    from argosy.core.family import Family

    return Call("GET", f"/v1/jobs/{segment(identity)}/family", Family.model_validate_json)


def extend(identity: str, aim: "Aim") -> Call[JobView]:
    """Have a job gone on from until it has come so far; a second time changes nothing."""
    path = f"/v1/jobs/{segment(identity)}/goal"
    return Call("PUT", path, JobView.model_validate_json, body=aim.model_dump(mode="json"))


def extend_no_more(identity: str) -> Call[JobView]:
    """Let a chain end with this job."""
    return Call("DELETE", f"/v1/jobs/{segment(identity)}/goal", JobView.model_validate_json)


def diagnosis(identity: str) -> "Call[Diagnosed]":
    """Why a job ended as it did, and what helps."""
    from argosy.core.remedies import Diagnosed

    return Call("GET", f"/v1/jobs/{segment(identity)}/diagnosis", Diagnosed.model_validate_json, patience_s=_LOOK_S)


def fix_preview(identity: str) -> "Call[Preview | None]":
    """What the mended job would be."""
    from argosy.core.submission import Preview

    reader: TypeAdapter[Preview | None] = TypeAdapter(Preview | None)
    return Call("GET", f"/v1/jobs/{segment(identity)}/fix", reader.validate_json, patience_s=_LOOK_S)


def fix(identity: str) -> Call[JobView]:
    """Do what the diagnosis proposes."""
    return Call("POST", f"/v1/jobs/{segment(identity)}/fix", JobView.model_validate_json, patience_s=_LOOK_S)


def edit_preview(identity: str, onward: "Onward") -> "Call[Edited]":
    """What a job would be with these changes, and in what it would differ."""
    from argosy.core.edited import Edited

    path = f"/v1/jobs/{segment(identity)}/edit/preview"
    body = onward.model_dump(mode="json", exclude_none=True)
    return Call("POST", path, Edited.model_validate_json, body=body, again=True, patience_s=_LOOK_S)


def edit(identity: str, onward: "Onward") -> Call[JobView]:
    """Send a job that is over again with these changes, as a new job."""
    path = f"/v1/jobs/{segment(identity)}/edit"
    body = onward.model_dump(mode="json", exclude_none=True)
    return Call("POST", path, JobView.model_validate_json, body=body, patience_s=_LOOK_S)
