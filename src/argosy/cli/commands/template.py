import json
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from argosy.cli import template_own
from argosy.cli.bar import Bar
from argosy.cli.enrol import shows
from argosy.cli.exits import Exit
from argosy.cli.findings import shown as findings_shown
from argosy.cli.letters import cut_middle
from argosy.cli.options import Files, SomeWords, TemplateWord, Values
from argosy.cli.previewing import of_preview
from argosy.cli.shown import Column, Facts, Rows, Several, Shown, Verbatim, Words
from argosy.cli.template_app import app
from argosy.cli.trying import rendered_folder
from argosy.cli.wanting import pairs
from argosy.client import calls, calls_of_templates
from argosy.client.filewords import gather, read_file_word
from argosy.client.folders import read_folder
from argosy.client.libraries import rows_here, template_here
from argosy.client.road import Road
from argosy.client.sending import shown
from argosy.client.wishes import checked
from argosy.core.parameters import Parameter
from argosy.core.submission import Submission
from argosy.core.template import Template
from argosy.core.template_views import Remark, Trials, TrialsAsked
from argosy.core.views import TemplateRow

__all__ = ["app", "template_own"]  # the commands of the other module come with it

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="A folder with a template.toml.", exists=True, file_okay=False)
]
_Tree = Annotated[bool, typer.Option("--tree", help="By engine and purpose.", show_default=False)]


@shows(app, "list")
def list_(words: SomeWords = None, *, tree: _Tree = False) -> Shown:
    """List templates: those that come with engines, your own, and those of the project that you are in."""
    rows = _rows(" ".join(words or ()))
    if tree:
        return Words("\n".join(_tree(rows)) or "No template fits.", rows, bare="\n".join(row.name for row in rows))
    columns = (
        Column[TemplateRow]("TEMPLATE", lambda row, _: row.name, shrinks=True, cut=cut_middle),
        Column[TemplateRow]("VERSION", lambda row, _: row.version),
        Column[TemplateRow]("ORIGIN", lambda row, _: _origin(row)),
        Column[TemplateRow]("TITLE", lambda row, _: _title(row), shrinks=True),
    )
    below = "See its parameters: argosy template show TEMPLATE"
    return Rows(rows, columns, empty="No template fits.", below=below)


@shows(app)
def show(template: TemplateWord) -> Shown:
    """Show a template: its parameters, files, command and resources."""
    road = Road()
    here = template_here(template)
    found = here or road.send(calls.template(template))
    facts = [
        ("template", f"{found.name} {found.version}"),
        ("title", found.title),
        ("what it does", found.summary),
        ("engine", found.engine),
        ("purpose", found.purpose),
        ("only on", ", ".join(found.targets)),
        ("command", shlex.join(found.argv)),
        ("resources", found.resources.words()),
        ("files", ", ".join(file.name for file in found.files)),
        ("brings home", ", ".join(found.outputs)),
        ("other versions", ", ".join(() if here else _other_versions(road, found))),
    ]
    return Several([Facts(facts, found), _parameters(found)], found)


@shows(app)
def schema(template: TemplateWord) -> Shown:
    """Print the JSON Schema of the values that fill a template."""
    here = template_here(template)
    found = here.schema_of_values() if here else Road().send(calls.schema(template))
    return Verbatim("", json.dumps(found, indent=2, ensure_ascii=False), value=found)


@shows(app)
def check(folder: Folder) -> Shown:
    """Check a template that is being written; nothing is kept."""
    return findings_shown(Road().send(calls.check_template(read_folder(folder))), f"{shown(folder)} is sound.")


@shows(app)
def preview(template: TemplateWord, *, set_: Values = None, file: Files = None) -> Shown:
    """Fill a template with values and show every file that comes out; no job is made.

    In a folder, files that are not given are stood in for by their names.
    """
    road, values = Road(), pairs("--set", set_)
    if Path(template).is_dir():
        return rendered_folder(road, Path(template), values)
    with Bar() as told:
        inputs = gather(road, [read_file_word(word) for word in file or ()], roles=True, told=told)
    wanted = template_here(template) or template
    submission = checked(Submission, {"template": wanted, "values": values, "inputs": inputs})
    return of_preview(road.send(calls.preview(submission)))


@shows(app, "test")
def try_out(
    template: TemplateWord,
    *,
    count: Annotated[int, typer.Option("--count", min=0, max=1000, help="So often with random values.")] = 20,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same values again.")] = 1,
) -> Shown:
    """Try a template out: fill it with many generated values and have its engine check what comes out.

    It is filled with its defaults, with each edge of each parameter, and with random values. No job is made.
    """
    asked = TrialsAsked(template=template_here(template) or template, count=count, seed=seed)
    return _of_trials(Road().send(calls_of_templates.trials(asked)))


def _of_trials(trials: Trials) -> Shown:
    parts: list[Shown] = []
    for one in trials.failed:
        parts += [Words(f"{one.case}:", None, bare=one.case), findings_shown(one.findings, "")]
    if trials.remarks:
        parts.append(_remarks(trials.remarks))
    good = trials.tried - len(trials.failed)
    words = f"{trials.template} {trials.version}: {good} of {trials.tried} sets of values do."
    parts.append(Words(words, None, bare=f"{good}\t{trials.tried}"))
    return Several(parts, trials, exit_code=Exit.FINDINGS if trials.failed else Exit.SUCCEEDED)


def _remarks(remarks: Sequence[Remark]) -> Rows[Remark]:
    columns = (
        Column[Remark]("THE CHECKS SAY", lambda one, _: one.finding.severity),
        Column[Remark]("TIMES", lambda one, _: str(one.times), right=True),
        Column[Remark]("ABOUT", lambda one, _: one.finding.where, shrinks=True, cut=cut_middle),
        Column[Remark]("SUCH AS", lambda one, _: one.finding.what, shrinks=True, wraps=True, weight=3),
        Column[Remark]("FOR", lambda one, _: one.case, shrinks=True, cut=cut_middle),
    )
    return Rows(remarks, columns)


def _rows(text: str) -> list[TemplateRow]:
    """The project's first: they hide the others of their name."""
    words = text.lower().split()
    here = [row for row in rows_here() if all(word in _searched(row) for word in words)]
    known = {row.name for row in rows_here()}
    return sorted([*here, *(row for row in Road().send(calls.templates(text)) if row.name not in known)], key=_name)


def _name(row: TemplateRow) -> str:
    return row.name


def _searched(row: TemplateRow) -> str:
    return f"{row.name} {row.engine} {row.purpose} {row.title} {row.summary}".lower()


def _origin(row: TemplateRow) -> str:
    if row.origin == "shipped":
        return row.origin
    return "project" if row.origin in {one.origin for one in rows_here()} else "own"


def _tree(rows: Sequence[TemplateRow]) -> Iterator[str]:
    """Engines, below them purposes, below them templates."""
    engines = dict.fromkeys(
        row.engine or "broken" for row in sorted(rows, key=lambda row: (not row.engine, row.engine))
    )
    for engine in engines:
        yield engine
        of_it = [row for row in rows if (row.engine or "broken") == engine]
        for purpose in sorted({row.purpose or "other" for row in of_it}, key=lambda word: (word == "other", word)):
            yield f"  {purpose}"
            yield from (
                f"    {row.name} {row.version}  {_title(row)}" for row in of_it if (row.purpose or "other") == purpose
            )


def _other_versions(road: Road, found: Template) -> Iterator[str]:
    rows = road.send(calls.templates(found.name))
    return (version for row in rows if row.name == found.name for version in row.versions if version != found.version)


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
