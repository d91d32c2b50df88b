"""Every request of the door, by what it asks. Pure: each function describes a request and sends nothing.

Values that only some calls need are imported where they are needed, so that a quick command stays quick.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from types import GenericAlias
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import TypeAdapter

from argosy.client.call import Call, segment
from argosy.core.connection import Connection, ConsolePage, Usage
from argosy.core.findings import Finding
from argosy.core.views import (
    Chunk,
    EngineView,
    Event,
    Files,
    Forgotten,
    Health,
    JobPage,
    JobQuery,
    JobResults,
    JobView,
    Removal,
    ServerView,
    Synced,
    TargetCheck,
    TargetLook,
    TargetView,
    TemplateRow,
)

if TYPE_CHECKING:
    from argosy.core.cleaning import Asked, Cleaning
    from argosy.core.submission import Preview, Submission
    from argosy.core.target import Target
    from argosy.core.template import Template

T = TypeVar("T")

_ACCEPT_S = 600.0
_LOOK_S = 300.0
_CLEAN_S = 7200.0


def health() -> Call[Health]:
    """That the server is there, and which one it is."""
    return Call("GET", "/v1/health", Health.model_validate_json, patience_s=10.0)


def server() -> Call[ServerView]:
    """The server in numbers."""
    return Call("GET", "/v1/server", ServerView.model_validate_json)


def stop_server() -> Call[None]:
    """Ask the server to end; running jobs are left alone."""
    return Call("POST", "/v1/server/stop", _nothing, again=True)


def doctor() -> Call[tuple[Finding, ...]]:
    """What is wrong, or soon will be."""
    return Call("GET", "/v1/doctor", _all_of(Finding), patience_s=_LOOK_S)


def preview(submission: "Submission", *, ask: bool = False) -> Call["Preview"]:
    """What a submission would become; nothing is kept. With ``ask`` its scheduler is asked what it would do with it."""
    from argosy.core.submission import Preview

    params = {"ask": "true"} if ask else {}
    return Call(
        "POST",
        "/v1/jobs/preview",
        Preview.model_validate_json,
        body=_json(submission),
        params=params,
        again=True,
        patience_s=_LOOK_S,
    )


def submit(submissions: Sequence["Submission"]) -> Call[tuple[JobView, ...]]:
    """Take in these jobs, all or none."""
    body = [_json(submission) for submission in submissions]
    return Call("POST", "/v1/jobs", _all_of(JobView), body=body, patience_s=_ACCEPT_S)


def jobs(query: JobQuery) -> Call[JobPage]:
    """A page of the list."""
    params = query.model_dump(mode="json", exclude_defaults=True)
    return Call("GET", "/v1/jobs", JobPage.model_validate_json, params=params)


def find(words: str) -> Call[str]:
    """The full id of the one job that these words mean."""
    return Call("GET", "/v1/jobs/find", lambda found: str(json.loads(found)["id"]), params={"words": words})


def job(identity: str) -> Call[JobView]:
    """One job with all its attempts."""
    return Call("GET", f"/v1/jobs/{segment(identity)}", JobView.model_validate_json)


def cancel(identity: str, *, now: bool = False) -> Call[JobView]:
    """Wish the job cancelled, ``now`` without grace; a second wish of the same kind changes nothing."""
    path, params = f"/v1/jobs/{segment(identity)}/cancel", {"now": "true"} if now else {}
    return Call("POST", path, JobView.model_validate_json, params=params, again=True)


def retry(identity: str) -> Call[JobView]:
    """A further attempt at a job that is over."""
    return Call("POST", f"/v1/jobs/{segment(identity)}/retry", JobView.model_validate_json)


def release(identity: str) -> Call[JobView]:
    """Let a draft, or a job that is held at its scheduler, go on."""
    return Call("POST", f"/v1/jobs/{segment(identity)}/release", JobView.model_validate_json, patience_s=_LOOK_S)


def removal(identity: str) -> Call[Removal]:
    """What would go if the job were removed."""
    return Call("GET", f"/v1/jobs/{segment(identity)}/removal", Removal.model_validate_json, patience_s=_LOOK_S)


def remove(identity: str) -> Call[Removal]:
    """Remove the job and everything of it."""
    return Call("DELETE", f"/v1/jobs/{segment(identity)}", Removal.model_validate_json, patience_s=_LOOK_S)


def forget(jobs: Sequence[str] | None, *, dry_run: bool = False) -> Call[Forgotten]:
    """Take these jobs, or all, off the list; nothing of them is touched."""
    params = {"dry_run": "true" if dry_run else None}
    body = {"jobs": None if jobs is None else list(jobs)}
    read = Forgotten.model_validate_json
    return Call("POST", "/v1/jobs/forget", read, params=params, body=body, again=dry_run, patience_s=_ACCEPT_S)


def results(identity: str, attempt: int | None = None) -> Call[JobResults]:
    """The science of a job."""
    path = f"/v1/jobs/{segment(identity)}/results"
    return Call("GET", path, JobResults.model_validate_json, params={"attempt": attempt})


def files(identity: str, attempt: int | None = None, *, limit: int | None = None) -> Call[Files]:
    """The files of an attempt, at most so many."""
    path = f"/v1/jobs/{segment(identity)}/files"
    params = {"attempt": attempt, "limit": limit}
    return Call("GET", path, Files.model_validate_json, params=params, patience_s=_LOOK_S)


def archive(
    identity: str, form: str, patterns: Sequence[str] = (), attempt: int | None = None, *, inputs: bool = False
) -> Call[None]:
    """Files of a job as one archive; the answer is its bytes, for ``Road.flow``."""
    what = "inputs" if inputs else None
    params = {"form": form, "what": what, "pattern": list(patterns), "attempt": attempt}
    return Call("GET", f"/v1/jobs/{segment(identity)}/archive", _nothing, params=params, patience_s=_LOOK_S)


def pick(identity: str, paths: Sequence[str], attempt: int | None = None) -> Call[None]:
    """Exactly these files of a job as one tar file; the answer is its bytes, for ``Road.flow``."""
    path, body = f"/v1/jobs/{segment(identity)}/archive", {"paths": list(paths)}
    return Call("POST", path, _nothing, params={"attempt": attempt}, body=body, again=True, patience_s=_LOOK_S)


def hollows(identity: str, attempt: int | None = None) -> Call[tuple[str, ...]]:
    """The empty directories of an attempt."""
    path = f"/v1/jobs/{segment(identity)}/hollows"
    return Call("GET", path, _all_of(str), params={"attempt": attempt}, patience_s=_LOOK_S)


def text(identity: str, path: str, *, start: int, limit: int, attempt: int | None = None) -> Call[Chunk]:
    """Part of a file that may still grow."""
    params = {"path": path, "attempt": attempt, "start": start, "limit": limit}
    return Call("GET", f"/v1/jobs/{segment(identity)}/text", Chunk.model_validate_json, params=params)


def file(identity: str, path: str, attempt: int | None = None, *, start: int = 0) -> Call[None]:
    """A file from byte ``start`` on; the answer is its bytes, for ``Road.flow``."""
    params = {"path": path, "attempt": attempt, "start": start or None}
    return Call("GET", f"/v1/jobs/{segment(identity)}/file", _nothing, params=params, patience_s=_LOOK_S)


def event_page(after: int, *, job: str | None = None, limit: int = 500) -> Call[tuple[Event, ...]]:
    """Events that have happened already."""
    return Call("GET", "/v1/events/page", _all_of(Event), params={"after": after, "job": job, "limit": limit})


def event_stream(after: int | None, *, job: str | None = None) -> Call[Event]:
    """Events as they come, for ``Road.events``; the server sends a comment every 15 seconds."""
    return Call("GET", "/v1/events", Event.model_validate_json, params={"after": after, "job": job}, patience_s=45.0)


def missing(hashes: Sequence[str]) -> Call[tuple[str, ...]]:
    """Which contents the server does not hold."""
    return Call("POST", "/v1/content/missing", _all_of(str), body=list(hashes), again=True)


def targets() -> Call[tuple[TargetView, ...]]:
    """All targets."""
    return Call("GET", "/v1/targets", _all_of(TargetView))


def target(name: str) -> Call[TargetView]:
    """One target."""
    return Call("GET", f"/v1/targets/{segment(name)}", TargetView.model_validate_json)


def put_target(described: "Target") -> Call[TargetView]:
    """Add or replace a target."""
    path = f"/v1/targets/{segment(described.name)}"
    return Call("PUT", path, TargetView.model_validate_json, body=described.model_dump(mode="json"))


def drop_target(name: str) -> Call[None]:
    """Remove a target that has no open jobs."""
    return Call("DELETE", f"/v1/targets/{segment(name)}", _nothing)


def check_target(name: str) -> Call[TargetCheck]:
    """Look at a target."""
    path = f"/v1/targets/{segment(name)}/check"
    return Call("POST", path, TargetCheck.model_validate_json, again=True, patience_s=_LOOK_S)


def look_at_target(name: str) -> Call[TargetLook]:
    """What a machine tells of itself."""
    path = f"/v1/targets/{segment(name)}/look"
    return Call("POST", path, TargetLook.model_validate_json, again=True, patience_s=_LOOK_S)


def rename_target(name: str, new: str) -> Call[TargetView]:
    """Call a target otherwise."""
    path = f"/v1/targets/{segment(name)}/rename"
    return Call("POST", path, TargetView.model_validate_json, body={"name": new}, patience_s=_LOOK_S)


def connection(name: str, *, seen: str = "", wait_s: float = 0.0) -> Call[Connection]:
    """How a target is connected: at once, or as soon as a person has something to do."""
    path = f"/v1/targets/{segment(name)}/connection"
    return Call("GET", path, Connection.model_validate_json, params={"seen": seen or None, "wait_s": wait_s or None})


def connect(name: str) -> Call[Connection]:
    """Begin a login, or join the one that is under way."""
    return Call("POST", f"/v1/targets/{segment(name)}/connection", Connection.model_validate_json, again=True)


def reply(name: str, prompt: str, texts: Sequence[str] | None) -> Call[Connection]:
    """Answer a prompt; None turns away."""
    path = f"/v1/targets/{segment(name)}/connection/replies"
    body = {"prompt": prompt, "texts": None if texts is None else list(texts)}
    return Call("POST", path, Connection.model_validate_json, body=body)


def disconnect(name: str) -> Call[Connection]:
    """Log out and stay so."""
    return Call("DELETE", f"/v1/targets/{segment(name)}/connection", Connection.model_validate_json)


def console(name: str, *, after: int = 0, limit: int = 500, wait_s: float = 0.0) -> Call[ConsolePage]:
    """What was said and done on a connection."""
    path = f"/v1/targets/{segment(name)}/console"
    params = {"after": after, "limit": limit, "wait_s": wait_s or None}
    return Call("GET", path, ConsolePage.model_validate_json, params=params)


def usage(name: str) -> Call[Usage]:
    """What a target has cost, by the hour."""
    return Call("GET", f"/v1/targets/{segment(name)}/usage", Usage.model_validate_json)


def sync_target(name: str, *, take_over: bool = False) -> Call[Synced]:
    """Take in the jobs that a target knows and the list does not."""
    path = f"/v1/targets/{segment(name)}/sync"
    params = {"take_over": "true" if take_over else None}
    return Call("POST", path, Synced.model_validate_json, params=params, again=True, patience_s=_ACCEPT_S)


def cleaning(name: str, asked: "Asked") -> Call["Cleaning"]:
    """What would be cleared away on a target."""
    from argosy.core.cleaning import Cleaning

    path = f"/v1/targets/{segment(name)}/cleaning"
    params = asked.model_dump(exclude_defaults=True)
    return Call("GET", path, Cleaning.model_validate_json, params=params, patience_s=_CLEAN_S)


def clean(name: str, asked: "Asked", paths: Sequence[str]) -> Call["Cleaning"]:
    """Clear away what a preview has shown."""
    from argosy.core.cleaning import Cleaning

    path = f"/v1/targets/{segment(name)}/cleaning"
    params = asked.model_dump(exclude_defaults=True)
    read = Cleaning.model_validate_json
    return Call("POST", path, read, params=params, body=list(paths), again=True, patience_s=_CLEAN_S)


def templates(words: str = "") -> Call[tuple[TemplateRow, ...]]:
    """Templates in which all the words occur."""
    return Call("GET", "/v1/templates", _all_of(TemplateRow), params={"text": words or None})


def template(name: str) -> Call["Template"]:
    """A whole template."""
    from argosy.core.template import Template

    return Call("GET", f"/v1/templates/{segment(name)}", Template.model_validate_json)


def schema(name: str) -> Call[dict[str, Any]]:
    """JSON Schema of the values that fill a template."""
    return Call("GET", f"/v1/schemas/{segment(name)}", json.loads)


def check_template(folder: Mapping[str, str]) -> Call[tuple[Finding, ...]]:
    """What is wrong with a template folder, given as names and texts."""
    return Call("POST", "/v1/templates/check", _all_of(Finding), body=dict(folder), again=True)


def engines() -> Call[tuple[EngineView, ...]]:
    """All engines."""
    return Call("GET", "/v1/engines", _all_of(EngineView))


def engine(name: str) -> Call[EngineView]:
    """One engine."""
    return Call("GET", f"/v1/engines/{segment(name)}", EngineView.model_validate_json)


def settings() -> Call[dict[str, str]]:
    """The settings that differ from their defaults."""
    return Call("GET", "/v1/settings", json.loads)


def put_setting(key: str, value: str | None) -> Call[dict[str, str]]:
    """Change a setting; None gives it its default back."""
    return Call("PUT", f"/v1/settings/{segment(key)}", json.loads, body={"value": value})


def make_backup(into: str | None) -> Call[str]:
    """Copy the database; returns where to."""
    return Call(
        "POST", "/v1/backups", lambda made: str(json.loads(made)["path"]), body={"into": into}, patience_s=_ACCEPT_S
    )


def _nothing(_answer: bytes) -> None:
    return None


def _all_of(kind: type[T]) -> Callable[[bytes], tuple[T, ...]]:
    several: TypeAdapter[tuple[T, ...]] = TypeAdapter(cast("Any", GenericAlias(tuple, (kind, ...))))
    return several.validate_json


def _json(submission: "Submission") -> dict[str, Any]:
    return submission.model_dump(mode="json")
