"""Requests about templates, presets, and inputs to be imported. Pure, like ``calls``."""

import base64
from collections.abc import Sequence

from pydantic import TypeAdapter

from argosy.client.call import Call, segment
from argosy.core.preset import Preset, PresetRating, PresetsIn
from argosy.core.template import Template
from argosy.core.template_views import JobAsTemplate, SentTemplate, TakenIn, Trials, TrialsAsked
from argosy.core.understanding import Lying, Understood

_LONG_S = 600.0
_PRESETS: TypeAdapter[tuple[Preset, ...]] = TypeAdapter(tuple[Preset, ...])
_PLACES: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])


def trials(asked: TrialsAsked) -> Call[Trials]:
    """Try a template out with many values."""
    body = asked.model_dump(mode="json")
    return Call("POST", "/v1/templates/trials", Trials.model_validate_json, body=body, again=True, patience_s=_LONG_S)


def put_template(template: Template, *, replace: bool = False) -> Call[Template]:
    """Keep a template among the user's own."""
    path = f"/v1/templates/{segment(template.name)}"
    params = {"replace": "true" if replace else None}
    return Call("PUT", path, Template.model_validate_json, params=params, body=template.model_dump(mode="json"))


def remove_template(name: str) -> Call[tuple[str, ...]]:
    """Remove a template of the user's own; returns where it lay."""
    return Call("DELETE", f"/v1/templates/{segment(name)}", _PLACES.validate_json)


def import_template(file: str, data: bytes, *, name: str | None, keep: bool, replace: bool) -> Call[TakenIn]:
    """Read a template from a file, and keep it if that is wished."""
    content = base64.b64encode(data).decode("ascii")
    sent = SentTemplate(file=file, content=content, name=name, keep=keep, replace=replace)
    body = sent.model_dump(mode="json")
    return Call("POST", "/v1/templates/import", TakenIn.model_validate_json, body=body, patience_s=_LONG_S)


def template_from_job(job: str, name: str) -> Call[Template]:
    """The template that makes such a job again."""
    body = JobAsTemplate(job=job, name=name).model_dump(mode="json")
    return Call("POST", "/v1/templates/from-job", Template.model_validate_json, body=body, again=True)


def presets(words: str = "") -> Call[tuple[Preset, ...]]:
    """Presets in which all the words occur."""
    return Call("GET", "/v1/presets", _PRESETS.validate_json, params={"text": words or None})


def preset(name: str) -> Call[Preset]:
    """One preset."""
    return Call("GET", f"/v1/presets/{segment(name)}", Preset.model_validate_json)


def put_presets(
    presets: Sequence[Preset], *, replace: bool = False, elsewhere: bool = False
) -> Call[tuple[Preset, ...]]:
    """Keep presets, all or none; ``elsewhere`` when the server cannot know their templates."""
    body = PresetsIn(presets=tuple(presets), replace=replace, elsewhere=elsewhere).model_dump(mode="json")
    return Call("POST", "/v1/presets", _PRESETS.validate_json, body=body)


def rate_preset(name: str, rating: int | None) -> Call[Preset]:
    """Say what a preset is worth; None takes it back."""
    body = PresetRating(rating=rating).model_dump(mode="json")
    return Call("PUT", f"/v1/presets/{segment(name)}/rating", Preset.model_validate_json, body=body)


def remove_preset(name: str) -> Call[None]:
    """Remove a preset."""
    return Call("DELETE", f"/v1/presets/{segment(name)}", lambda _answer: None)


def understand(engine: str, lying: Lying) -> Call[Understood]:
    """Input files that somebody has, as jobs of an engine."""
    path = f"/v1/engines/{segment(engine)}/import"
    body = lying.model_dump(mode="json")
    return Call("POST", path, Understood.model_validate_json, body=body, again=True, patience_s=_LONG_S)
