import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from argosy.cli import options
from argosy.cli.agreeing import agreed
from argosy.cli.completing import jobs, presets, templates
from argosy.cli.enrol import commands, shows
from argosy.cli.keeping import bytes_of, write_new
from argosy.cli.shown import Column, Facts, Rows, Several, Shown, Verbatim, Words
from argosy.cli.wanting import pairs, resources, said
from argosy.client import calls, calls_of_templates
from argosy.client.finding import identity
from argosy.client.libraries import template_here
from argosy.client.road import Road
from argosy.client.sending import shown
from argosy.client.wishes import checked
from argosy.core.errors import BadInput
from argosy.core.plain_words import place
from argosy.core.preset import Preset, PresetsIn, check_values
from argosy.core.spec import JobSpec

app = commands("Values that are kept under a name, from which jobs start.")

PresetName = Annotated[str, typer.Argument(metavar="PRESET", help="Its name.", autocompletion=presets)]
_Replace = Annotated[bool, typer.Option("--replace", help="Take the place of one of that name.", show_default=False)]
_Note = Annotated[str | None, typer.Option("--note", help="A line on what it is good for.")]
_Template = Annotated[
    str | None, typer.Option("--template", metavar="TEMPLATE", help="What its values fill.", autocompletion=templates)
]
_Job = Annotated[
    str | None, typer.Option("--job", metavar="JOB", help="Begin with the values of a job.", autocompletion=jobs)
]
_Parent = Annotated[
    str | None, typer.Option("--from", metavar="PRESET", help="Begin with another preset.", autocompletion=presets)
]


@shows(app, "list")
def list_(words: options.SomeWords = None) -> Shown:
    """List presets: the best rated first."""
    rows = Road().send(calls_of_templates.presets(" ".join(words or ())))
    columns = (
        Column[Preset]("PRESET", lambda row, _: row.name, shrinks=True),
        Column[Preset]("TEMPLATE", lambda row, _: row.template, shrinks=True),
        Column[Preset]("RATING", lambda row, _: "*" * (row.rating or 0), exact=lambda row: str(row.rating or "")),
        Column[Preset]("LABELS", lambda row, _: _labels(row), shrinks=True),
        Column[Preset]("NOTE", lambda row, _: row.note, shrinks=True, wraps=True),
    )
    below = "Start a job: argosy submit --preset PRESET"
    return Rows(rows, columns, empty="There is no preset. Keep one: argosy preset save NAME --job JOB", below=below)


@shows(app)
def show(preset: PresetName) -> Shown:
    """Show a preset with all its values."""
    found = Road().send(calls_of_templates.preset(preset))
    facts = [
        ("preset", found.name),
        ("template", found.template),
        ("made from", found.parent or ""),
        ("rating", str(found.rating or "")),
        ("labels", _labels(found)),
        ("note", found.note),
        ("target", found.target or ""),
        ("resources", ", ".join(f"{word} {amount}" for word, amount in found.resources.items())),
    ]
    columns = (
        Column[tuple[str, Any]]("PARAMETER", lambda one, _: one[0]),
        Column[tuple[str, Any]]("VALUE", lambda one, _: json.dumps(one[1], ensure_ascii=False), shrinks=True),
    )
    values = Rows(list(found.values.items()), columns, empty="It sets no values: those of the template hold.")
    return Several([Facts(facts, found), values], found)


@shows(app)
def save(  # noqa: PLR0913  an option each
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it shall be called.")],
    *,
    template: _Template = None,
    job: _Job = None,
    parent: _Parent = None,
    set_: options.Values = None,
    target: options.Target = None,
    cpus: options.Cpus = None,
    gpus: options.Gpus = None,
    tasks: options.Tasks = None,
    nodes: options.Nodes = None,
    memory: options.Memory = None,
    walltime: options.Walltime = None,
    label: options.Label = None,
    note: _Note = None,
    replace: _Replace = False,
) -> Shown:
    """Keep values under a name: those of a job, of another preset, or given here. Files come with each job."""
    road = Road()
    before = _begun(road, job, parent)
    wishes = said(
        template=template,
        target=target,
        note=note,
        resources=resources(cpus=cpus, gpus=gpus, tasks=tasks, nodes=nodes, memory=memory, walltime=walltime),
        values=pairs("--set", set_),
        labels=pairs("--label", label),
    )
    fields = {**before, **wishes, "name": name}
    for table in ("values", "resources", "labels"):
        fields[table] = {**before.get(table, {}), **wishes.get(table, {})}
    if "template" not in fields:
        raise BadInput("it is not said which template the values fill", hint="Give --template, --job or --from.")
    (kept,) = _kept(road, (checked(Preset, fields),), replace=replace)
    return Words(f"Kept {kept.name}.\n  argosy submit --preset {kept.name}", kept, bare=kept.name)


@shows(app)
def rate(
    preset: PresetName,
    rating: Annotated[
        int | None, typer.Argument(metavar="[RATING]", min=1, max=5, help="From 1 to 5; left out: none again.")
    ] = None,
) -> Shown:
    """Say what a preset is worth."""
    rated = Road().send(calls_of_templates.rate_preset(preset, rating))
    words = f"{rated.name} has {rated.rating} of 5." if rated.rating else f"{rated.name} has no rating."
    return Words(words, rated, bare=str(rated.rating or ""))


@shows(app)
def rm(preset: PresetName, *, yes: options.Yes = False) -> Shown:
    """Remove a preset. Jobs made from it stay as they are."""
    road = Road()
    found = road.send(calls_of_templates.preset(preset))
    agreed(Words(f"What goes: the preset {found.name} for {found.template}.", None), "Remove it for good?", yes=yes)
    road.send(calls_of_templates.remove_preset(found.name))
    return Words(f"Removed {found.name}.", found, bare=found.name)


@shows(app)
def export(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; by default it is printed.", dir_okay=False)
    ] = None,
    words: Annotated[list[str] | None, typer.Argument(metavar="[PRESET...]", help="Which; by default all.")] = None,
) -> Shown:
    """Write presets as JSON, for others to import."""
    road = Road()
    named = [road.send(calls_of_templates.preset(word)) for word in words or ()]
    found = named or list(road.send(calls_of_templates.presets()))
    dumped = [one.model_dump(mode="json", exclude_defaults=True) for one in found]
    text = json.dumps({"presets": dumped}, indent=2, ensure_ascii=False)
    if file is None:
        return Verbatim("", text, value={"presets": dumped})
    write_new(file, f"{text}\n".encode())
    return Words(f"{len(found)} presets written to {shown(file)}.", {"file": str(file)}, bare=str(file))


@shows(app, "import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What 'export' has written.", dir_okay=False)],
    *,
    replace: _Replace = False,
) -> Shown:
    """Take presets in: all of the file, or none."""
    hint = "Give a file that 'argosy preset export' has written."
    try:
        given = PresetsIn.model_validate_json(bytes_of(file, hint))
    except ValidationError as fault:
        first = fault.errors()[0]
        where = place(first) or "the whole"
        raise BadInput(f"{shown(file)}: {where}: {first['msg']}", hint=hint) from None
    kept = _kept(Road(), given.presets, replace=replace)
    names = [one.name for one in kept]
    return Words(f"Took in {', '.join(names)}.", kept, bare="\n".join(names))


def _kept(road: Road, given: Sequence[Preset], *, replace: bool) -> tuple[Preset, ...]:
    """Those for templates that lie here are checked here; the server knows nothing of these."""
    here = {one.name: template_here(one.template) for one in given}
    for one in given:
        template = here[one.name]
        if template is not None:
            check_values(one, template)
    local = [one for one in given if here[one.name] is not None]
    others = [one for one in given if here[one.name] is None]
    kept = road.send(calls_of_templates.put_presets(others, replace=replace)) if others else ()
    return (
        *kept,
        *(road.send(calls_of_templates.put_presets(local, replace=replace, elsewhere=True)) if local else ()),
    )


def _begun(road: Road, job: str | None, parent: str | None) -> dict[str, Any]:
    """What a new preset begins with: another preset, or a job; both of them would contradict each other."""
    if job and parent:
        raise BadInput("a preset begins with a job or with another preset, not with both", hint="Leave one of them.")
    if parent:
        other = road.send(calls_of_templates.preset(parent))
        return {**other.model_dump(exclude={"name", "rating", "changed"}), "parent": other.name}
    return _of_job(road.send(calls.job(identity(road, job))).job.spec) if job else {}


def _of_job(spec: JobSpec) -> dict[str, Any]:
    if spec.template is None:
        hint = "Make a template of it first: argosy template new NAME --from JOB"
        raise BadInput(f"job {spec.name} was not made from a template", hint=hint)
    files = {file.role for file in spec.inputs}
    values = {name: value for name, value in spec.template.values.items() if value is not None and name not in files}
    asked = spec.resources.model_dump(exclude_none=True, exclude_defaults=True)
    return {
        "template": spec.template.name,
        "values": values,
        "target": spec.target,
        "resources": asked,
        "labels": {key: value for key, value in spec.labels.items() if key != "preset"},
    }


def _labels(preset: Preset) -> str:
    return ", ".join(f"{key}={value}" for key, value in preset.labels.items())
