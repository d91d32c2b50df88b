"""Presets: values that somebody keeps under a name, from which jobs start. Pure."""

from typing import Annotated, Any

from pydantic import Field

from argosy.core.errors import BadInput
from argosy.core.findings import in_short
from argosy.core.parameters import FileParameter
from argosy.core.spec import Labels, Line, Word
from argosy.core.template import Template
from argosy.core.template_views import VersionedName
from argosy.core.values import AskedMoment, Value, Whole, YesOrNo

Rating = Annotated[int, Field(ge=1, le=5)]


class Preset(Value):
    """What a job needs beside its files: template, values, resources, labels, and where it runs.

    A preset holds all of its values itself. ``parent`` is the preset that it was made from, for those who want to know;
    ``rating`` is from 1 to 5, None while nobody has given one.
    """

    name: Word
    template: VersionedName
    values: dict[str, Any] = Field(default_factory=dict)
    target: Word | None = None
    resources: dict[str, Whole | str] = Field(default_factory=dict)
    labels: Labels = Field(default_factory=dict)
    note: Line = ""
    parent: Word | None = None
    rating: Rating | None = None
    changed: AskedMoment | None = None

    def wishes(self) -> dict[str, Any]:
        """The fields of a submission that it fills."""
        fields = {
            "template": self.template,
            "values": self.values,
            "target": self.target,
            "resources": self.resources,
            "labels": {**self.labels, "preset": self.name},
        }
        return {name: value for name, value in fields.items() if value}

    def searched(self) -> str:
        """What words are looked for in."""
        labels = " ".join(f"{key}={value}" for key, value in self.labels.items())
        return f"{self.name} {self.template} {labels} {self.note} {self.parent or ''}".lower()


class PresetsIn(Value):
    """Presets that come in together, as an exported file holds them.

    With ``elsewhere`` their templates are known to the window that sends them, which has checked the values.
    """

    presets: Annotated[tuple[Preset, ...], Field(min_length=1, max_length=10_000)]
    replace: YesOrNo = False
    elsewhere: YesOrNo = False


class PresetRating(Value):
    """What somebody thinks of a preset."""

    rating: Rating | None


def check_values(preset: Preset, template: Template) -> None:
    """Raises BadInput for values that the template does not take. Files, and what is needed beside, come with a job."""
    _, findings = template.read_values(preset.values)
    named = [finding for finding in findings if finding.where in preset.values]
    if named:
        raise BadInput(f"preset {preset.name}: {in_short(named)}", hint=named[0].remedy, findings=named)
    files = [one.name for one in template.parameters if isinstance(one, FileParameter) and preset.values.get(one.name)]
    if files and not str(preset.values[files[0]]).startswith("/"):
        what = f"preset {preset.name}: {files[0]} is a file, which a preset does not hold"
        raise BadInput(what, hint=f"Give it when a job starts: --file {files[0]}=PATH")
