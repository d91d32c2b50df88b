import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from argosy.cli.commands.wishes import agreed
from argosy.cli.detecting import of_proposal
from argosy.cli.dotted import with_settings
from argosy.cli.editing import edited
from argosy.cli.enrol import commands, shows
from argosy.cli.findings import shown as findings_shown
from argosy.cli.letters import cut_middle
from argosy.cli.moments import exactly
from argosy.cli.options import SomeTargetName, TargetName, Yes
from argosy.cli.shown import Column, Facts, Rows, Shown, Words
from argosy.cli.syncing import Syncings
from argosy.cli.wanting import merged
from argosy.client import calls, calls_of_surveys
from argosy.client.road import Road
from argosy.client.sending import shown
from argosy.client.wishes import checked
from argosy.core import profiles
from argosy.core.connection import NEEDS_A_PERSON, ConnectionState, UsageHour
from argosy.core.errors import BadInput, Conflict, NotFound, TargetError
from argosy.core.findings import error
from argosy.core.profiles import profile_names
from argosy.core.quantities import spell_size
from argosy.core.target import Target
from argosy.core.views import Synced, TargetView

app = commands("Places where jobs run.")

_Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", "-s", metavar="KEY=VALUE", help="A field, such as limits.running=4 or 'path=[\"/opt/bin\"]'."
    ),
]


@shows(app, "list")
def list_() -> Shown:
    """List all targets with what holds there now."""
    columns = (
        Column[TargetView]("TARGET", lambda one, _: one.name, shrinks=True, cut=cut_middle),
        Column[TargetView]("STATE", lambda one, _: one.state),
        Column[TargetView]("CONNECTION", lambda one, _: _connected(one), colour=_colour),
        Column[TargetView]("BY", lambda one, _: f"{one.transport}, {one.scheduler}"),
        Column[TargetView]("LIVE", lambda one, _: str(one.live), right=True),
        Column[TargetView]("QUEUED", lambda one, _: str(one.queued), right=True),
        Column[TargetView]("ROOT", lambda one, _: one.root, shrinks=True, cut=cut_middle),
        Column[TargetView]("WORDS", lambda one, _: one.words, shrinks=True),
    )
    return Rows(Road().send(calls.targets()), columns, empty="There are no targets.")


@shows(app)
def show(target: TargetName) -> Shown:
    """Show one target: what holds there now, and all its fields."""
    return _facts(Road().send(calls.target(target)))


@shows(app)
def add(  # noqa: PLR0913  an option each
    target: TargetName,
    *,
    root: Annotated[
        str | None, typer.Option(metavar="PATH", help="Where jobs get their directories: an absolute path there.")
    ] = None,
    transport: Annotated[str, typer.Option(help="How it is reached.")] = "local",
    scheduler: Annotated[str, typer.Option(help="How work is started there.")] = "process",
    set_: _Set = None,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help=f"A cluster that Argosy knows: {', '.join(profile_names())}.")
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Take fields from a TOML or JSON file.", dir_okay=False),
    ] = None,
) -> Shown:
    """Add a target; it must not exist yet."""
    road = Road()
    if _exists(road, target):
        raise Conflict(f"there is a target {target} already", hint=f"Change it: argosy target edit {target}")
    known = profiles.profile(profile) if profile else {}
    fields = merged({"transport": transport, "scheduler": scheduler, **known}, _read(from_) if from_ else {})
    if root:
        fields["root"] = root
    described = checked(Target, with_settings({**fields, "name": target}, set_))
    return _facts(road.send(calls.put_target(described)))


@shows(app)
def edit(target: TargetName, *, set_: _Set = None) -> Shown:
    """Change a target, with --set or in your editor."""
    road = Road()
    now = road.send(calls.target(target)).profile
    changed = with_settings(now, set_) if set_ else _in_editor(now)
    if changed.get("name") != target:
        raise BadInput("a target keeps its name", hint="Add another one: argosy target add NAME")
    return _facts(road.send(calls.put_target(checked(Target, changed))))


@shows(app)
def check(target: TargetName) -> Shown:
    """Look whether jobs could run there now."""
    looked = Road().send(calls.check_target(target))
    return findings_shown(looked.findings, f"{target} is well.", value=looked)


@shows(app)
def detect(
    target: TargetName,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Have the target say so.", show_default=False)] = False,
) -> Shown:
    """Read what a cluster offers now, and show what its target should say differently.

    Partitions, limits, QOS, accounts and GPUs are read; what cannot be read, such as rates, stays as it is.
    """
    road = Road()
    found = road.send(calls_of_surveys.detect(target))
    applied = apply and bool(found.changes)
    if applied:
        road.send(calls.put_target(checked(Target, found.profile)))
    return of_proposal(found, applied=applied)


@shows(app)
def usage(target: TargetName) -> Shown:
    """Show what a target was asked for, by the hour, since the server started: at most the last 48 hours."""
    used = Road().send(calls.usage(target))
    columns = (
        Column[UsageHour](
            "HOUR", lambda one, _: f"{one.hour.astimezone():%d %b %H:%M}", exact=lambda one: exactly(one.hour)
        ),
        Column[UsageHour]("COMMANDS", lambda one, _: str(one.commands), right=True),
        Column[UsageHour]("SENT", lambda one, _: spell_size(one.sent), exact=lambda one: str(one.sent), right=True),
        Column[UsageHour](
            "RECEIVED", lambda one, _: spell_size(one.received), exact=lambda one: str(one.received), right=True
        ),
        Column[UsageHour]("LOGINS", lambda one, _: str(one.logins), right=True),
    )
    now = f"{used.waiting} wait now, {used.shared} shared an answer, {used.refused} were turned away."
    return Rows(used.hours, columns, empty=f"{target} was not asked for anything.", below=now, value=used)


@shows(app)
def sync(
    target: SomeTargetName = None,
    *,
    take_over: Annotated[
        bool,
        typer.Option("--take-over", help="Take in open jobs too that another Argosy drives.", show_default=False),
    ] = False,
) -> Shown:
    """Put jobs back on the list that a target knows and the list does not; by default of all targets.

    Nothing is started twice, and nothing that lies there is changed. Open jobs go on being watched.
    """
    road = Road()
    if target:
        return Syncings([road.send(calls.sync_target(target, take_over=take_over))])
    names = [one.name for one in road.send(calls.targets())]
    return Syncings([_synced(road, name, take_over=take_over) for name in names])


@shows(app)
def rm(target: TargetName, *, yes: Yes = False) -> Shown:
    """Remove a target that has no open jobs; nothing that lies there is touched."""
    road = Road()
    agreed(_facts(road.send(calls.target(target))), f"Remove target {target}?", yes=yes)
    road.send(calls.drop_target(target))
    return Words(f"Target {target} is removed; its files stay where they are.", {"removed": target}, bare=target)


def _synced(road: Road, name: str, *, take_over: bool) -> Synced:
    """One of several: that it cannot be asked does not keep the others from it."""
    try:
        return road.send(calls.sync_target(name, take_over=take_over))
    except TargetError as trouble:
        return Synced(target=name, found=0, known=0, findings=(error(name, trouble.message, remedy=trouble.hint),))


def _facts(view: TargetView) -> Shown:
    fields = [(key, _words(value)) for key, value in view.profile.items() if key not in {"name", "root"}]
    connection = view.connection
    now = [
        ("target", view.name),
        ("state", view.state),
        ("words", view.words),
        ("connection", _connected(view)),
        ("", connection.words if connection and connection.words != view.words else ""),
        ("what to do", connection.hint if connection else ""),
        ("root", view.root),
    ]
    return Facts([*now, ("live jobs", str(view.live)), ("queued jobs", str(view.queued)), *fields], view)


def _connected(view: TargetView) -> str:
    """How it is connected; nothing for a machine that needs no connection."""
    if view.connection is None or (view.transport == "local" and view.connection.state is ConnectionState.CONNECTED):
        return ""
    return view.connection.state.replace("_", " ")


def _colour(view: TargetView) -> str:
    return "yellow" if view.connection is not None and view.connection.state in NEEDS_A_PERSON else ""


def _words(value: Any) -> str:
    if isinstance(value, dict):
        said = {key: one for key, one in cast("dict[str, Any]", value).items() if one is not None}
        return ", ".join(f"{key}={one}" for key, one in said.items())
    return "\n".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)  # pyright: ignore[reportUnknownArgumentType]


def _exists(road: Road, name: str) -> bool:
    try:
        road.send(calls.target(name))
    except NotFound:
        return False
    return True


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as trouble:
        raise BadInput(f"{shown(path)}: {trouble}", hint="It must be TOML, or JSON when it ends in .json.") from None


def _in_editor(now: dict[str, Any]) -> dict[str, Any]:
    text = edited(json.dumps(now, indent=2) + "\n", suffix=".json")
    try:
        changed: Any = json.loads(text)
    except ValueError as trouble:
        raise BadInput(f"this is not JSON any more: {trouble}", hint="Nothing was changed.") from None
    if not isinstance(changed, dict):
        raise BadInput("a target is a JSON object", hint="Nothing was changed.")
    return cast("dict[str, Any]", changed)
