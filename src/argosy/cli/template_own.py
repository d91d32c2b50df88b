"""What people do with templates of their own: make, change, copy, compare, hand on, take in, remove."""

from pathlib import Path
from typing import Annotated

import typer

from argosy.cli.agreeing import agreed
from argosy.cli.completing import jobs
from argosy.cli.editing import edited, edits_again
from argosy.cli.enrol import shows
from argosy.cli.findings import Findings
from argosy.cli.keeping import bytes_of, write_new
from argosy.cli.options import TemplateWord, Yes
from argosy.cli.shown import Several, Shown, Verbatim, Words
from argosy.cli.starter import FILES
from argosy.cli.template_app import app
from argosy.client import calls_of_templates as calls
from argosy.client.finding import identity
from argosy.client.libraries import is_path, template_of, write_folder
from argosy.client.places import here
from argosy.client.road import Road
from argosy.client.sending import shown
from argosy.client.wishes import checked
from argosy.core.errors import BadInput, Conflict
from argosy.core.template import Template
from argosy.core.template_archive import ENDING, packed
from argosy.core.template_difference import difference
from argosy.core.template_folder import DESCRIPTION, read_template
from argosy.core.template_views import TakenIn
from argosy.core.template_writing import folder_of

_Into = Annotated[
    Path | None, typer.Option("--into", "-i", metavar="DIRECTORY", help="By default among your templates.")
]
_Replace = Annotated[bool, typer.Option("--replace", help="Take the place of this version of it.", show_default=False)]
_NewName = Annotated[str, typer.Argument(metavar="NAME", help="Such as my/template.")]


@shows(app)
def new(
    name: _NewName,
    *,
    into: _Into = None,
    job: Annotated[
        str | None,
        typer.Option("--from", metavar="JOB", help="Make it from a job that was done.", autocompletion=jobs),
    ] = None,
) -> Shown:
    """Make a small template that works, or one from a job, to be changed into your own."""
    checked(Template, {"name": name, "argv": ["sh"]})
    folder = (into or here().templates) / name
    if folder.exists():
        raise Conflict(f"{shown(folder)} exists already", hint="Choose another name, or remove it.")
    write_folder(folder, _starter(name) if job is None else _from_job(job, name))
    words = f"Made {shown(folder)}: edit its template.toml, then try it.\n  argosy template test {shown(folder)}"
    if into is None:
        words += f"\n  argosy submit {name}" + (" --set greeting=Ahoy --wait" if job is None else "")
    return Words(words, {"folder": str(folder)}, bare=str(folder))


@shows(app)
def edit(
    template: TemplateWord,
    *,
    file: Annotated[
        str, typer.Option("--file", "-f", metavar="NAME", help="Another of its files than its description.")
    ] = DESCRIPTION,
) -> Shown:
    """Change a template in your editor, and keep it among your own.

    One that comes with an engine stays as it is; yours counts more. Raise its version to keep the former one beside it.
    """
    if is_path(template):
        raise BadInput(f"{template} lies here: open it in your editor", hint="This is for templates that have a name.")
    road = Road()
    before = template_of(road, template)
    folder = folder_of(before)
    if file not in folder:
        raise BadInput(f"template {before.name} has no file {file!r}", hint=f"Its files are: {', '.join(folder)}.")
    text = folder[file]
    while True:
        text = edited(text, suffix=Path(file.removesuffix(".j2")).suffix or ".txt")
        try:
            after = read_template({**folder, file: text})
            if after == before:
                return Words("Nothing was changed.", after, bare="")
            _refuse_other_name(before.name, after.name)
            return _kept(road.send(calls.put_template(after, replace=True)))
        except BadInput as refusal:
            if not edits_again(refusal):
                raise


@shows(app)
def copy(template: TemplateWord, name: _NewName) -> Shown:
    """Copy a template under another name into your own, to be changed there."""
    road = Road()
    fields = template_of(road, template).model_dump() | {"name": name, "version": "1.0.0"}
    return _kept(road.send(calls.put_template(checked(Template, fields))))


@shows(app)
def rm(template: TemplateWord, *, yes: Yes = False) -> Shown:
    """Remove a template of your own, or one of its versions. Jobs made from it stay as they are."""
    what = f"the version {template.partition('@')[2]}" if "@" in template else "all versions"
    words = f"{what} of {template.partition('@')[0]} among your own templates"
    agreed(Words(f"What goes: {words}.", None), "Remove this for good?", yes=yes)
    gone = Road().send(calls.remove_template(template))
    return Words(f"Removed {', '.join(gone)}.", gone, bare="\n".join(gone))


@shows(app)
def diff(before: TemplateWord, after: TemplateWord) -> Shown:
    """Show what is different between two templates, or two versions of one: NAME@1.0.0 NAME@1.1.0."""
    road = Road()
    old, new_ = template_of(road, before), template_of(road, after)
    text = difference(old, new_)
    return Verbatim("", text.rstrip("\n")) if text else Words("They are the same.", "", bare="")


@shows(app)
def export(
    template: TemplateWord,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; by default named after it, here.", dir_okay=False)
    ] = None,
) -> Shown:
    """Write a template as one file, for others to import."""
    found = template_of(Road(), template)
    goal = file or Path(f"{found.name.replace('/', '-')}-{found.version}{ENDING}")
    write_new(goal, packed(folder_of(found)))
    return Words(f"{found.name} {found.version} written to {shown(goal)}.", {"file": str(goal)}, bare=str(goal))


@shows(app, "import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What holds a template.", dir_okay=False)],
    *,
    name: Annotated[str | None, typer.Option("--name", "-n", help="What it shall be called here.")] = None,
    replace: _Replace = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it; keep nothing.", show_default=False)] = False,
) -> Shown:
    """Take a template in among your own.

    It is one that was exported, a configuration that describes itself, or one of NAMDRunner (JSON) or CRYSTAL-TUI
    (YAML).
    """
    data = bytes_of(file, "Name a file that holds a template.")
    if name is not None:
        checked(Template, {"name": name, "argv": ["sh"]})
    call = calls.import_template(file.name, data, name=name, keep=not dry_run, replace=replace)
    return _taken_in(Road().send(call))


def _taken_in(taken: TakenIn) -> Shown:
    template = taken.template
    did = "Took in" if taken.kept else "It would become"
    words = f"{did} {template.name} {template.version}."
    if taken.kept:
        words += f"\n  argosy template test {template.name}"
    parts: list[Shown] = [Words(words, template, bare=template.name)]
    if taken.findings:
        parts.append(Findings(taken.findings))
    if not taken.kept:
        parts += [Verbatim(file, text) for file, text in folder_of(template).items()]
    return Several(parts, taken)


def _refuse_other_name(name: str, after: str) -> None:
    if name != after:
        hint = f"To call it otherwise: argosy template copy {name} {after}"
        raise BadInput(f"the name of the template would become {after!r}", hint=hint)


def _kept(template: Template) -> Shown:
    words = f"Kept {template.name} {template.version} among your own templates.\n  argosy template test {template.name}"
    return Words(words, template, bare=template.name)


def _starter(name: str) -> dict[str, str]:
    return {file: text.replace("NAME", name) for file, text in FILES.items()}


def _from_job(word: str, name: str) -> dict[str, str]:
    road = Road()
    return folder_of(road.send(calls.template_from_job(identity(road, word), name)))
