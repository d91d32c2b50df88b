import json
import shlex
from pathlib import Path
from typing import Annotated

import typer

from argosy.cli.bar import Bar
from argosy.cli.enrol import commands, shows
from argosy.cli.findings import shown as findings_shown
from argosy.cli.letters import cut_middle
from argosy.cli.options import Files, TemplateName, Values
from argosy.cli.previewing import of_preview
from argosy.cli.shown import Column, Facts, Rows, Several, Shown, Verbatim, Words
from argosy.cli.starter import FILES
from argosy.cli.trying import rendered_folder
from argosy.cli.wanting import pairs
from argosy.client import calls
from argosy.client.filewords import gather, read_file_word
from argosy.client.folders import read_folder
from argosy.client.places import here
from argosy.client.road import Road
from argosy.client.sending import shown
from argosy.client.wishes import checked
from argosy.core.errors import Conflict
from argosy.core.parameters import Parameter
from argosy.core.submission import Submission
from argosy.core.template import Template
from argosy.core.views import TemplateRow

app = commands("Job definitions with parameters.")

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="A folder with a template.toml.", exists=True, file_okay=False)
]


@shows(app, "list")
def list_(
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORDS...]", help="Words to search for.")] = None,
) -> Shown:
    """List templates: those that come with engines, and your own."""
    columns = (
        Column[TemplateRow]("TEMPLATE", lambda row, _: row.name, shrinks=True, cut=cut_middle),
        Column[TemplateRow]("VERSION", lambda row, _: row.version),
        Column[TemplateRow]("ORIGIN", lambda row, _: "own" if row.origin != "shipped" else row.origin),
        Column[TemplateRow]("TITLE", lambda row, _: _title(row), shrinks=True),
    )
    below = "See its parameters: argosy template show TEMPLATE"
    rows = Road().send(calls.templates(" ".join(words or ())))
    return Rows(rows, columns, empty="No template fits.", below=below)


@shows(app)
def show(template: TemplateName) -> Shown:
    """Show a template: its parameters, files, command and resources."""
    found = Road().send(calls.template(template))
    facts = [
        ("template", f"{found.name} {found.version}"),
        ("title", found.title),
        ("what it does", found.summary),
        ("engine", found.engine),
        ("command", shlex.join(found.argv)),
        ("resources", found.resources.words()),
        ("files", ", ".join(file.name for file in found.files)),
        ("brings home", ", ".join(found.outputs)),
    ]
    return Several([Facts(facts, found), _parameters(found)], found)


@shows(app)
def schema(template: TemplateName) -> Shown:
    """Print the JSON Schema of the values that fill a template."""
    found = Road().send(calls.schema(template))
    return Verbatim("", json.dumps(found, indent=2, ensure_ascii=False), value=found)


@shows(app)
def check(folder: Folder) -> Shown:
    """Check a template that is being written; nothing is kept."""
    return findings_shown(Road().send(calls.check_template(read_folder(folder))), f"{shown(folder)} is sound.")


@shows(app, "test")
def try_out(
    what: Annotated[str, typer.Argument(metavar="TEMPLATE", help="A template's name, or a folder with one.")],
    *,
    set_: Values = None,
    file: Files = None,
) -> Shown:
    """Fill a template with values and show every file that comes out; no job is made.

    In a folder, files that are not given are stood in for by their names.
    """
    road, values = Road(), pairs("--set", set_)
    if Path(what).is_dir():
        return rendered_folder(road, Path(what), values)
    with Bar() as told:
        inputs = gather(road, [read_file_word(word) for word in file or ()], roles=True, told=told)
    submission = checked(Submission, {"template": what, "values": values, "inputs": inputs})
    return of_preview(road.send(calls.preview(submission)))


@shows(app)
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as my/template.")],
    *,
    into: Annotated[
        Path | None, typer.Option("--into", "-i", metavar="DIRECTORY", help="By default among your templates.")
    ] = None,
) -> Shown:
    """Make a small template that works, to be changed into your own."""
    checked(Template, {"name": name, "argv": ["sh"]})
    folder = (into or here().templates) / name
    if folder.exists():
        raise Conflict(f"{shown(folder)} exists already", hint="Choose another name, or remove it.")
    folder.mkdir(parents=True)
    for file, text in FILES.items():
        (folder / file).write_text(text.replace("NAME", name), encoding="utf-8")
    words = f"Made {shown(folder)}: edit its template.toml, then try it.\n  argosy template test {shown(folder)}"
    if into is None:
        words += f"\n  argosy submit {name} --set greeting=Ahoy --wait"
    return Words(words, {"folder": str(folder)}, bare=str(folder))


def _title(row: TemplateRow) -> str:
    return f"broken: {row.findings[0].what}" if row.findings else row.title or row.summary


def _parameters(found: Template) -> Rows[Parameter]:
    return Rows(
        found.parameters,
        (
            Column("PARAMETER", lambda one, _: one.name),
            Column("TYPE", lambda one, _: one.type),
            Column("DEFAULT", lambda one, _: _default(one), right=True, shrinks=True),
            Column("UNIT", lambda one, _: one.unit, shrinks=True),
            Column("MEANING", lambda one, _: one.help or one.label, shrinks=True, wraps=True),
        ),
        empty="It has no parameters.",
        below=f"Submit it: argosy submit {found.name} --set PARAMETER=VALUE --file PARAMETER=PATH",
    )


def _default(one: Parameter) -> str:
    if one.default is None:
        return "needed" if one.required else ""
    if isinstance(one.default, tuple):
        return ",".join(map(str, one.default))
    return str(one.default)
