import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from argosy.cli import options
from argosy.cli.bar import Bar
from argosy.cli.enrol import commands, shows
from argosy.cli.exits import Exit, of_fates
from argosy.cli.following import follow_to_the_end, second_thoughts
from argosy.cli.letters import harmless
from argosy.cli.page import say
from argosy.cli.rows import of_views
from argosy.cli.shown import Shown
from argosy.cli.wanting import job_name, resources, said, tables, turn
from argosy.client import calls
from argosy.client.filewords import FileWord, gather, read_file_word
from argosy.client.road import Road
from argosy.client.sending import shown
from argosy.client.wishes import checked, from_words
from argosy.core import ids
from argosy.core.job import Succeeded, fate
from argosy.core.submission import Submission
from argosy.core.views import JobView

app = commands()


@shows(app, context_settings={"allow_interspersed_args": False})
def run(  # noqa: PLR0913  an option each
    command: Annotated[list[str], typer.Argument(metavar="COMMAND...", help="The program and its arguments.")],
    *,
    name: options.Name = None,
    target: options.Target = None,
    file: options.Files = None,
    output: options.Outputs = None,
    cpus: options.Cpus = None,
    gpus: options.Gpus = None,
    memory: options.Memory = None,
    walltime: options.Walltime = None,
    env: options.Variables = None,
    label: options.Label = None,
    slurm: options.Slurm = None,
    resource_set: options.ResourceSet = None,
    after: options.After = None,
    retries: options.Retries = None,
    retry: options.Retry = None,
    priority: options.Priority = None,
    begin: options.Begin = None,
    send: Annotated[bool, typer.Option("--send/--no-send", help="Send files that the command names along.")] = True,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Do not watch it.", show_default=False)] = False,
) -> Shown | None:
    """Run a command as a job, watch it, and return how it ended.

    Files in or below this directory that the command names are sent along: argosy run -- python train.py data.csv.
    Ctrl-C leaves the job running and says how to come back; a second one cancels it.
    """
    argv = from_words(command)
    files = _files(argv, file or (), send=send)
    wishes = said(
        argv=argv,
        name=job_name(name) or _named_after(argv, files),
        target=target,
        resources=resources(cpus=cpus, gpus=gpus, memory=memory, walltime=walltime),
        **tables(env=env, label=label, slurm=slurm, retry=retry, resource_set=resource_set, outputs=output),
        **turn(road := Road(), after, retries=retries, priority=priority, begin=begin),
    )
    view = _taken(road, wishes, files)
    return of_views([view]) if detach else _watched(road, view)


def _files(argv: Iterable[str], words: Iterable[str], *, send: bool) -> list[FileWord]:
    """The files that options name and, with ``send``, those that the command names."""
    files = [read_file_word(word) for word in words]
    return [*files, *(_named_in(argv, files) if send else ())]


def _named_in(argv: Iterable[str], given: Iterable[FileWord]) -> list[FileWord]:
    """Regular files that words of the command name by a path that stays below this directory, ``--opt=path`` too."""
    known = {os.path.normpath(word.given) for word in given}
    found: dict[str, FileWord] = {}
    for word in argv:
        for part in dict.fromkeys((word, word.partition("=")[2] if word.startswith("-") else word)):
            place = os.path.normpath(part) if part else ""
            if place and place not in known and _is_here(part) and not place.startswith(".."):
                found.setdefault(place, FileWord("", place))
    for place in found:
        say(f"sending along {shown(Path(place))}")
    return list(found.values())


def _named_after(argv: Iterable[str], files: Iterable[FileWord]) -> str | None:
    """The first file that the command names, which tells more than the interpreter before it; else None."""
    known = {word.given for word in files}
    named = (Path(word).name for word in argv if os.path.normpath(word) in known)
    return next((name for name in named if name.isprintable()), None)


def _is_here(part: str) -> bool:
    try:
        path = Path(part)
        if path.is_absolute():
            return False
        if path.is_dir() and part not in {".", ".."}:
            say(f"not sending the directory {shown(path)}; add --file {shown(path)} if the job needs it")
        return path.is_file()
    except (OSError, ValueError):
        return False


def _taken(road: Road, wishes: dict[str, Any], files: list[FileWord]) -> JobView:
    checked(Submission, wishes)  # what is plainly wrong is said before anything is read or sent
    with Bar() as told:
        inputs = gather(road, files, roles=False, told=told)
    (view,) = road.send(calls.submit([checked(Submission, {**wishes, "inputs": inputs})]))
    return view


def _watched(road: Road, view: JobView) -> None:
    job = view.job.id
    say(f"job {ids.short(job)} ({harmless(view.job.spec.name)}) on {view.job.spec.target}")
    try:
        last = follow_to_the_end(road, job)
    except KeyboardInterrupt:
        if not second_thoughts(road, job):
            raise typer.Exit(Exit.INTERRUPTED) from None
        last = follow_to_the_end(road, job, quietly=True)
    _say_how_it_ended(last)
    sys.stdout.flush()
    raise typer.Exit(of_fates([fate(last.latest.state)]))


def _say_how_it_ended(view: JobView) -> None:
    state = view.latest.state
    outcome = getattr(state, "outcome", None)
    why = getattr(outcome, "explanation", "")
    if isinstance(outcome, Succeeded):
        return
    say(f"job {ids.short(view.job.id)} {fate(state)}{': ' if why else ''}{harmless(why)}")
    if advice := getattr(outcome, "advice", ""):
        say(f"hint: {harmless(advice)}")
