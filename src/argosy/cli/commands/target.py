import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from argosy.cli import wizard
from argosy.cli.agreeing import agreed
from argosy.cli.detecting import of_proposal
from argosy.cli.dotted import as_settings, with_fields, with_settings
from argosy.cli.editing import edited, edits_again
from argosy.cli.enrol import commands, shows
from argosy.cli.guiding import of_guide
from argosy.cli.keeping import write_new
from argosy.cli.letters import cut_middle
from argosy.cli.moments import exactly
from argosy.cli.options import NewName, NewTargetName, SomeTargetName, TargetName, Yes
from argosy.cli.shown import Column, Facts, Rows, Shown, Verbatim, Words
from argosy.cli.syncing import Syncings
from argosy.cli.wanting import merged
from argosy.client import calls, calls_of_surveys, targetfile
from argosy.client.road import Road
from argosy.client.sending import shown
from argosy.client.wishes import checked
from argosy.core import profiles
from argosy.core.connection import NEEDS_A_PERSON, ConnectionState, UsageHour
from argosy.core.errors import BadInput, Conflict, TargetError
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
    target: NewTargetName = None,
    *,
    host: Annotated[str | None, typer.Option(metavar="HOST", help="A Host of ~/.ssh/config, or an address.")] = None,
    user: Annotated[str | None, typer.Option(metavar="NAME", help="Your name there.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="The port of its SSH server.")] = None,
    root: Annotated[
        str | None, typer.Option(metavar="PATH", help="Where jobs get their directories: an absolute path there.")
    ] = None,
    transport: Annotated[str | None, typer.Option(help="How it is reached [ssh with --host, else local].")] = None,
    scheduler: Annotated[str | None, typer.Option(help="How work is started there [process].")] = None,
    running: Annotated[int | None, typer.Option(min=1, help="How many jobs may run there at once.")] = None,
    module: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A module to load before every program; repeatable.")
    ] = None,
    set_: _Set = None,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help=f"A cluster that Argosy knows: {', '.join(profile_names())}.")
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Take fields from a TOML or JSON file.", dir_okay=False),
    ] = None,
) -> Shown:
    """Add a target; in a terminal, what is missing is asked for.

    There it logs in, proposes what it finds, looks whether jobs could run, and shows the same as one command.
    """
    road = Road()
    known = merged(profiles.profile(profile) if profile else {}, _read(from_) if from_ else {})
    flags = {"name": target, "ssh.host": host, "ssh.user": user, "ssh.port": port, "root": root}
    flags |= {"transport": transport or ("ssh" if host else None), "scheduler": scheduler, "limits.running": running}
    flags |= {"modules": module or None}
    fields = with_settings(with_fields(known, flags), set_)
    if not fields.get("name") or not fields.get("root"):
        return wizard.made(road, fields, known=known, taken=_told_before(profile, from_))
    described = checked(Target, fields)
    wizard.refuse_known(road, described.name)
    return _facts(road.send(calls.put_target(described)))


@shows(app)
def edit(target: TargetName, *, set_: _Set = None) -> Shown:
    """Change a target, with --set or in your editor."""
    road = Road()
    now = road.send(calls.target(target)).profile
    if set_:
        return _facts(road.send(calls.put_target(_of_same_name(checked(Target, with_settings(now, set_)), target))))
    text = targetfile.one(Target.model_validate(now))
    while True:
        text = edited(text, suffix=".toml")
        try:
            changed = _of_same_name(targetfile.read(targetfile.table(text, "this"), "this"), target)
            return _facts(road.send(calls.put_target(changed)))
        except BadInput as refusal:
            if not edits_again(refusal):
                raise


@shows(app)
def rename(target: TargetName, new: NewName) -> Shown:
    """Call a target otherwise. Its jobs must be over; they are listed under the new name, and nothing moves."""
    Road().send(calls.rename_target(target, new))
    return Words(f"Target {target} is now called {new}.", {"renamed": target, "name": new}, bare=new)


@shows(app)
def export(
    target: SomeTargetName = None,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; by default it is printed.", dir_okay=False)
    ] = None,
    *,
    all_: Annotated[
        bool, typer.Option("--all", help="All targets; the first word is FILE.", show_default=False)
    ] = False,
) -> Shown:
    """Write a target, or all, as TOML: to keep, to change, to hand on. There are no secrets in it."""
    if all_ and target and file is None:
        target, file = None, Path(target)
    if bool(target) == all_:
        raise BadInput("which target?", hint="Name one, or say --all.")
    road = Road()
    views = road.send(calls.targets()) if target is None else [road.send(calls.target(target))]
    targets = [Target.model_validate(view.profile) for view in views]
    text = targetfile.several(targets)
    if file is None:
        return Verbatim("", text.rstrip("\n"), value=targets)
    write_new(file, text.encode())
    return Words(f"{_count(targets)} written to {shown(file)}.", {"file": str(file)}, bare=str(file))


@shows(app, "import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A TOML file of targets.", dir_okay=False)],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Change targets that exist already.", show_default=False)
    ] = False,
) -> Shown:
    """Add the targets of a TOML file, as 'argosy target export' writes it: all of them, or none."""
    road = Road()
    targets = targetfile.read_all(_text(file), shown(file))
    before = {view.name for view in road.send(calls.targets())}
    taken = [target.name for target in targets if target.name in before]
    if taken and not replace:
        hint = "Rename those in the file or here, or change them with --replace."
        raise Conflict(f"these targets exist already: {', '.join(taken)}", hint=hint)
    for target in targets:
        road.send(calls.put_target(target))
    names = ", ".join(target.name for target in targets)
    return Words(f"{_count(targets)} added or changed: {names}.", targets, bare=names.replace(", ", "\n"))


@shows(app)
def check(target: TargetName) -> Shown:
    """Look whether jobs could run there now: each finding says what to do about it."""
    return wizard.looked(Road().send(calls.check_target(target)))


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
def guide(
    target: TargetName,
    *,
    size: Annotated[
        int | None, typer.Option("--size", min=1, help="How large your problem is, such as its number of atoms.")
    ] = None,
) -> Shown:
    """Show what a target proposes: its resource sets, what problems of a size need, its programs and its pitfalls."""
    return of_guide(Target.model_validate(Road().send(calls.target(target)).profile), size)


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
        return ", ".join(f"{key}={one}" for key, one in as_settings(cast("dict[str, Any]", value), {}))
    return "\n".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)  # pyright: ignore[reportUnknownArgumentType]


def _of_same_name(changed: Target, name: str) -> Target:
    if changed.name != name:
        raise BadInput("a target keeps its name", hint=f"Call it otherwise: argosy target rename {name} {changed.name}")
    return changed


def _count(targets: Sequence[Target]) -> str:
    return "1 target is" if len(targets) == 1 else f"{len(targets)} targets are"


def _told_before(profile: str | None, file: Path | None) -> tuple[str, ...]:
    """The words of the command line that fields were taken from."""
    return (*(("--profile", profile) if profile else ()), *(("--from", str(file)) if file else ()))


def _read(path: Path) -> dict[str, Any]:
    text = _text(path)
    if path.suffix != ".json":
        return targetfile.table(text, shown(path))
    try:
        return cast("dict[str, Any]", json.loads(text))
    except ValueError as trouble:
        raise BadInput(f"{shown(path)}: {trouble}", hint="It must be TOML, or JSON when it ends in .json.") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as trouble:
        raise BadInput(f"{shown(path)}: {trouble}", hint="Name a TOML file in UTF-8.") from None
