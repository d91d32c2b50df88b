"""A job that is over, changed and sent again: what that makes of it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from argosy.core.quantities import spell_duration, spell_memory
from argosy.core.remedies import Changed
from argosy.core.resources import RESOURCE_WORDS
from argosy.core.spec import JobSpec
from argosy.core.submission import Preview
from argosy.core.values import Value

_SPELLED = {"memory": spell_memory, "walltime": spell_duration}


class Edited(Value):
    """What the changed job would be, and all in which it differs from the former one."""

    changes: tuple[Changed, ...]
    preview: Preview


def differences(before: JobSpec, after: JobSpec) -> tuple[Changed, ...]:
    """All that one job is asked for otherwise than another, by the words in which people ask for it."""
    return tuple(_differences(_said(before), _said(after)))


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Changed]:
    for what in dict.fromkeys((*before, *after)):
        if before.get(what) != after.get(what):
            yield Changed(what=what, before=before.get(what, ""), after=after.get(what, ""))


def _said(spec: JobSpec) -> dict[str, str]:
    """What a job is asked for, one thing each; what it does not say is left out."""
    values: Mapping[str, Any] = spec.template.values if spec.template else {}
    groups: dict[str, Mapping[str, Any]] = {
        "": {"name": spec.name, "target": spec.target},
        "resources.": {word: getattr(spec.resources, field) for word, field in RESOURCE_WORDS.items()},
        "slurm.": spec.slurm.model_dump(),
        "values.": values,
        "environment.": spec.environment,
        "labels.": spec.labels,
        "inputs.": {file.name: file.source.model_dump_json() for file in spec.inputs},
    }
    said = {f"{group}{key}": (key, value) for group, some in groups.items() for key, value in some.items()}
    return {what: _SPELLED.get(key, str)(value) for what, (key, value) in said.items() if value not in (None, (), "")}
