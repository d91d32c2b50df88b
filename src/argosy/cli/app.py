"""The command ``argosy``: which commands there are, and where each is found.

A command's module is loaded when the command is called, so that ``argosy --help`` and quick commands stay quick.
"""

import os
import sys
from importlib import import_module
from typing import Annotated, Any, NoReturn, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command as command_of
from typer.main import get_install_completion_arguments

from argosy.cli.guard import guarded

COMPLETE_VARIABLE = "_ARGOSY_COMPLETE"

SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Jobs": {
        "run": ("run", "Run a command as a job, watch it, and return how it ended."),
        "submit": ("submit", "Submit a job made from a template, a preset or a job file."),
        "import": ("importing", "Make jobs of input files that you have."),
        "ls": ("ls", "List and search jobs."),
        "show": ("show", "Show everything about one job."),
        "logs": ("logs", "Print what a job has written."),
        "wait": ("wait", "Wait until jobs are over and return how they ended."),
        "release": ("wishes", "Let drafts, and jobs that are held, go on."),
        "hold": ("wishes", "Keep jobs from starting until they are released."),
        "alter": ("wishes", "Have jobs that wait at their scheduler ask for something else."),
        "cancel": ("wishes", "Cancel jobs."),
        "retry": ("wishes", "Try jobs that are over again."),
        "priority": ("wishes", "Change which jobs go first of those that wait in Argosy."),
        "label": ("wishes", "Change the labels of jobs."),
        "edit": ("editing", "Change what a job that is over asked for, and send it again."),
        "diagnose": ("mending", "Say why a job ended as it did, and what helps."),
        "fix": ("mending", "Do what the diagnosis of a job proposes."),
        "restart": ("lineage", "Go on from what jobs left, as new jobs."),
        "continue": ("lineage", "Make the next stage after a job."),
        "extend": ("lineage", "Have a run gone on from by itself, until it has come so far."),
        "tree": ("lineage", "Draw the jobs that go on from each other."),
        "forget": ("forget", "Take jobs off the list and touch nothing of them."),
        "rm": ("rm", "Remove jobs with everything that belongs to them."),
    },
    "Files and results": {
        "files": ("files", "List the files of a job."),
        "get": ("get", "Bring files of a job into a directory."),
        "join": ("joining", "Bring the segments of a run, joined to one trajectory."),
        "inspect": ("joining", "Say what trajectories, coordinates and velocities are."),
        "clean": ("clean", "Clear away what nobody needs any more on targets."),
        "results": ("results", "Show the numbers, series and tables of a job."),
        "compare": ("compare", "Compare jobs side by side."),
        "report": ("report", "Report what jobs have used and cost, by user, label, engine, month or target."),
    },
    "Places and definitions": {
        "target": ("target", "Places where jobs run."),
        "cluster": ("cluster", "Show how full a cluster is now, and what you may have there."),
        "where": ("where", "Show where a job would start first."),
        "queue": ("queue", "List your jobs in a cluster's queue, also those that Argosy did not start."),
        "adopt": ("queue", "Have jobs in a cluster's queue watched that Argosy did not start."),
        "connect": ("connection", "Log in to a target."),
        "disconnect": ("connection", "Log out of a target and forget all secrets."),
        "console": ("connection", "Print what was said and done on the connection to a target."),
        "template": ("template", "Job definitions with parameters."),
        "preset": ("preset", "Values that are kept under a name, from which jobs start."),
        "engine": ("engine", "Science programs that Argosy understands."),
    },
    "This installation": {
        "doctor": ("doctor", "Look for what is wrong, or soon will be."),
        "server": ("server", "The server in the background."),
        "config": ("config", "Settings."),
        "backup": ("backup", "Copies of the database."),
        "events": ("events", "Print what has happened, and what happens."),
        "completion": ("completion", "Complete words in the shell with the Tab key."),
        "help": ("help", "Help on a command or a topic."),
    },
}
MODULES = {name: module for section in SECTIONS.values() for name, (module, _) in section.items()}

_OF_SEVERAL = frozenset({"wishes", "connection", "lineage", "mending", "joining", "queue"})
"""Modules that hold several commands."""

_HELP = """Run scientific compute jobs anywhere, and bring them home with an explanation.

JOB is the id of a job, the beginning of its short id, its name, or 'last'."""
_EPILOG = "Exit codes: argosy help exit-codes."


class LazyCommands(TyperGroup):
    """All commands by name; a command is loaded when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  click hands it over
        """All names, in the order of the help."""
        return list(MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  click hands it over
        """The command of that name, or None."""
        if cmd_name not in MODULES:
            return None
        loaded: Any = command_of(import_module(f"argosy.cli.commands.{MODULES[cmd_name]}").app)
        command = loaded.commands[cmd_name] if MODULES[cmd_name] in _OF_SEVERAL else loaded
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  click hands it over
        """The commands by section, without loading any of them."""
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, words) for name, (_, words) in section.items()])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command, with a guess at what was meant when there is none of that name."""
        if args and args[0] not in MODULES and not args[0].startswith("-"):
            from difflib import get_close_matches

            close = get_close_matches(args[0], MODULES)
            meant = f" Did you mean {' or '.join(close)}?" if close else ""
            ctx.fail(f"there is no command {args[0]!r}.{meant}")
        return super().resolve_command(ctx, args)


def _version(wanted: bool) -> None:  # noqa: FBT001  the value of an option
    if wanted:
        from argosy.cli.page import tell
        from argosy.core.version import VERSION

        tell(f"argosy {VERSION}")
        raise typer.Exit


_Version = Annotated[
    bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.", show_default=False)
]


def tree() -> Any:
    """The command with all its commands."""
    app = typer.Typer(
        cls=LazyCommands,
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=_HELP,
        epilog=_EPILOG,
    )

    @app.callback()
    def argosy(*, version: _Version = False) -> None:
        del version

    return cast("Any", command_of(app))


def run(words: list[str]) -> int:
    """Do what the words say, and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            cast("Any", stream).reconfigure(errors="backslashreplace")
    command = tree()
    if os.environ.get(COMPLETE_VARIABLE):
        get_install_completion_arguments()  # makes the shells known
        return guarded(lambda: command.main(words, prog_name="argosy", complete_var=COMPLETE_VARIABLE))
    return guarded(lambda: _invoke(command, words))


def _invoke(command: Any, words: list[str]) -> None:
    with command.make_context("argosy", words) as context:
        command.invoke(context)


def main() -> NoReturn:
    """The entry point."""
    sys.exit(run(sys.argv[1:]))
