"""Requests about what jobs have used. Pure, like ``calls``."""

from argosy.client.call import Call, segment
from argosy.core.report import JobSpent, Report, ReportQuery

_LOOK_S = 300.0


def spent(identity: str, attempt: int | None = None) -> Call[JobSpent]:
    """What a job that is over has used and cost."""
    path = f"/v1/jobs/{segment(identity)}/spent"
    return Call("GET", path, JobSpent.model_validate_json, params={"attempt": attempt}, patience_s=_LOOK_S)


def report(query: ReportQuery) -> Call[Report]:
    """What many jobs have used together."""
    params = query.model_dump(mode="json", exclude_defaults=True)
    params = {name: str(value).lower() if isinstance(value, bool) else value for name, value in params.items()}
    return Call("GET", "/v1/report", Report.model_validate_json, params=params, patience_s=_LOOK_S)
