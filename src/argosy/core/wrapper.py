"""The script around every command, and the two records that it leaves.

``script`` puts a header before the constant shell text ``wrapper.sh``. The script runs under dash, bash and busybox
ash.

- Sourced by a shell whose ``argosy_loading`` is its own id, it runs nothing and leaves its functions there; the script
  of another attempt with the same body, sourced in a fork of that shell, then runs at once. Lanes do so.
- It claims the attempt directory with ``mkdir claim``: started twice, it runs the program once (the second exits with
  73).
- ``start`` is in place before the program begins: no start record, no program.
- The program runs in ``work``, in a session of its own where the machine has ``setsid``, with stdin from
  ``/dev/null``, output to ``stdout`` and ``stderr``, and ARGOSY_TOKEN and ARGOSY_JOB_DIR (the attempt directory) in
  its environment. As after ``nohup program &``, it starts with INT and QUIT ignored unless ``warning_signal`` is INT
  and the machine's ``env`` can undo it.
- TERM or INT to the wrapper: TERM to the program's group, and KILL to all that is left after ``grace_s``, or
  within a second once there is a file ``claim/kill``. HUP ends nothing.
- A file ``walltime`` in the attempt directory, in seconds, stands for ``walltime_s``: it was changed while the job
  waited. When the walltime is over, the scheduler is asked by ``ask_walltime`` whether it gives more by now.
- USR1, USR2 or XCPU to the wrapper: noted, and ``warning_signal`` to the program's group; nothing when it is None.
- When the program has ended, what is left of it is ended too: its session, and every process that carries its token.
- ``start`` and ``exit`` are written by one write: whole or, for an instant, empty, which counts as not there. ``exit``
  is written also when the disk has filled up since the start.

The wrapper exits with the program's status, with 73 when the attempt was claimed before, with 74 when it could not
start or not report; then its own stderr says why.
"""

import hashlib
import re
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, ValidationError, model_validator

from argosy.core.errors import Garbled
from argosy.core.quoting import quote, quote_all
from argosy.core.values import Moment, Value

ALREADY_CLAIMED = 73
"""Exit code of a wrapper that found the attempt claimed and did nothing."""
COULD_NOT_RUN = 74
"""Exit code of a wrapper that could not start the program, or could not write the exit report."""

_SIGNAL_NAMES = {
    1: "HUP", 2: "INT", 3: "QUIT", 4: "ILL", 6: "ABRT", 7: "BUS", 8: "FPE", 9: "KILL", 10: "USR1", 11: "SEGV",
    12: "USR2", 13: "PIPE", 14: "ALRM", 15: "TERM", 24: "XCPU", 25: "XFSZ",
}  # fmt: skip
# Shells keep these for themselves and refuse to set them.
_READ_ONLY = frozenset({"UID", "EUID", "PPID", "BASHOPTS", "SHELLOPTS", "BASH_VERSINFO"})


def _no_nul(text: str) -> str:
    if "\0" in text:
        msg = "no word of a command, variable or path can hold a NUL character"
        raise ValueError(msg)
    return text


def _variable_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name, re.ASCII):
        msg = f"{name!r} is not a name for an environment variable: letters, digits and '_', not beginning with a digit"
        raise ValueError(msg)
    if name in _READ_ONLY or name.startswith("argosy_"):
        msg = f"the environment variable {name} belongs to the shell and cannot be set"
        raise ValueError(msg)
    return name


def _comment_line(line: str) -> str:
    if not line.startswith("#") or "\n" in line or "\r" in line:
        msg = f"{line!r} is not one comment line"
        raise ValueError(msg)
    return _no_nul(line)


_Text = Annotated[str, AfterValidator(_no_nul)]


class Launch(Value):
    """All that the script of one attempt must know. Bytes that are not UTF-8 stand as surrogates (``os.fsdecode``).

    ``directory`` is absolute. ``path`` are directories put in front of the program's PATH. ``prologue`` are shell
    lines of the target (such as ``module load x``) that run before the program, in bash where there is one; the first
    that fails stops the job with stage ``prologue``, since what would run without them may be the wrong program
    (write ``line || true`` to go on). ``walltime_s`` is for places whose scheduler holds no walltime: after it the
    program is told to stop as if by TERM. ``ask_walltime`` is a command that prints, where the job runs, the walltime
    in seconds that its scheduler gives it now; anything else it prints means nothing. ``directives`` are comment lines
    for the scheduler, placed below the first line.
    """

    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    directory: _Text
    argv: Annotated[tuple[_Text, ...], Field(min_length=1)]
    environment: tuple[tuple[Annotated[str, AfterValidator(_variable_name)], _Text], ...] = ()
    path: tuple[_Text, ...] = ()
    prologue: tuple[_Text, ...] = ()
    grace_s: int = Field(default=30, ge=0)
    walltime_s: int | None = Field(default=None, ge=1)
    ask_walltime: tuple[_Text, ...] = ()
    warning_signal: Literal["TERM", "USR1", "USR2", "INT"] | None = None
    directives: tuple[Annotated[str, AfterValidator(_comment_line)], ...] = ()

    @model_validator(mode="after")
    def _can_be_started(self) -> Self:
        if not self.directory.startswith("/"):
            msg = f"the attempt directory {self.directory!r} is not absolute"
            raise ValueError(msg)
        if not self.argv[0] or self.argv[0].startswith("-"):
            msg = f"{self.argv[0]!r} cannot be the name of a program: it is empty or begins with '-'"
            raise ValueError(msg)
        return self


class StartRecord(Value):
    """What the wrapper wrote before the program began.

    A process is known for certain by its id together with its start time (clock ticks since boot; None where the
    system does not tell) on the boot ``boot_id`` (empty where the system does not tell) of ``host``. The wrapper is
    ``pid``, the program ``program_pid``.
    """

    version: int = Field(ge=1)
    token: str
    host: str
    pid: int = Field(gt=0)
    pid_start: int | None = None
    program_pid: int = Field(gt=0)
    program_start: int | None = None
    boot_id: str = ""
    started: Moment


class ExitReport(Value):
    """How the program ended.

    ``stage`` tells how far it came: ``setup`` (the program never began: no start record could be written, or a cancel
    came first), ``prologue`` (a line of the target's environment failed; the program never began), or ``program``.

    Exactly one of ``code`` and ``signal`` is set, or none when nothing was started. When ``certain`` is False the
    shell could not tell signal N from the exit code 128 + N; ``signal`` is set then. ``started`` and ``ended`` are to
    the second, by a clock that does not jump where the system has one; ``elapsed_s`` is finer. ``user_s`` and
    ``system_s`` are processor time of the program and of all its children that it waited for, with a few milliseconds
    of the wrapper's own.

    ``peak_memory_kib`` is the largest sum of the peak resident sizes of all live processes of the job, seen when
    looking after 1, 3, 7, 15 seconds and then every 10 (in a lane up to a second later). None for programs that end
    before the first look, and where there is no ``/proc``. Memory that processes share counts in each; what happens
    after the last look is not seen.

    ``leftover`` counts processes that outlived the program and were ended; None where the system does not tell.
    ``cancelled``, ``warned`` and ``walltime_reached`` are the times when TERM, the early warning, and the end of the
    walltime came.
    """

    version: int = Field(ge=1)
    token: str
    stage: Literal["setup", "prologue", "program"]
    status: int | None = None
    code: int | None = None
    signal: int | None = None
    certain: bool = True
    started: Moment
    ended: Moment
    elapsed_s: float | None = Field(default=None, ge=0)
    user_s: float | None = Field(default=None, ge=0)
    system_s: float | None = Field(default=None, ge=0)
    peak_memory_kib: int | None = Field(default=None, ge=0)
    leftover: int | None = Field(default=None, ge=0)
    cancelled: Moment | None = None
    warned: Moment | None = None
    walltime_reached: Moment | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.code is not None) + (self.signal is not None) != (self.status is not None):
            msg = "a status needs either a code or a signal"
            raise ValueError(msg)
        return self

    @property
    def words(self) -> str:
        """The end as people say it: ``exit code 3``, ``signal 9 (KILL)``, ``signal 15 (TERM), or exit code 143``."""
        if self.code is not None:
            return f"exit code {self.code}"
        if self.signal is None:
            return "a cancel before its start"
        name = _SIGNAL_NAMES.get(self.signal)
        spelled = f"signal {self.signal}" + (f" ({name})" if name else "")
        return spelled if self.certain else f"{spelled}, or exit code {self.status}"


def script(launch: Launch) -> str:
    """The whole ``run.sh``, to be written with ``os.fsencode``. The same launch gives the same text."""
    settings = (
        f"argosy_version={_version()}",
        f"argosy_token={quote(launch.token)}",
        f"argosy_dir={quote(launch.directory)}",
        f"argosy_grace_s={launch.grace_s}",
        f"argosy_walltime_s={launch.walltime_s or ''}",
        f"argosy_warning_signal={launch.warning_signal or ''}",
    )
    exports = [f"    export {name}={quote(value)}" for name, value in launch.environment]
    if launch.path:
        exports.append(f'    export PATH={quote(":".join(launch.path))}":$PATH"')
    environment = ("argosy_environment() {", "    :", *exports, "}")
    asking = ("argosy_ask_walltime() {", f"    {_in_its_place(launch.ask_walltime)}", "}")
    command = f"set -- {quote_all(_with_prologue(launch))}"
    functions = (*environment, *asking)
    return "\n".join(("#!/bin/sh", *launch.directives, *settings, *functions, command, _AT_ONCE, "", _body()))


def _in_its_place(argv: tuple[str, ...]) -> str:
    """A command that takes the place of the shell that runs it, so that ending that one ends it; or none."""
    return f"exec {quote_all(argv)}" if argv else ":"


def parse_start(text: str) -> StartRecord:
    """The start record; raises Garbled for text that is cut short or is none. Unknown keys are ignored."""
    return _parse(text, StartRecord, "start record")


def parse_exit(text: str) -> ExitReport:
    """The exit report; raises Garbled for text that is cut short or is none. Unknown keys are ignored."""
    return _parse(text, ExitReport, "exit report")


_Record = TypeVar("_Record", StartRecord, ExitReport)
_MOMENTS = frozenset({"started", "ended", "cancelled", "warned", "walltime_reached"})


def _parse(text: str, kind: type[_Record], name: str) -> _Record:
    pairs = _pairs(text, name)
    known = {key: value for key, value in pairs.items() if key in kind.model_fields and value}
    try:
        facts = {key: _moment(value) if key in _MOMENTS else value for key, value in known.items()}
        return kind.model_validate(facts)
    except (ValidationError, ValueError, OverflowError) as refusal:
        raise _garbled(name, text) from refusal


def _pairs(text: str, name: str) -> dict[str, str]:
    lines = text.rstrip().split("\n")
    if lines[-1] != "complete=1":
        raise _garbled(name, text)
    pairs: dict[str, str] = {}
    for line in lines:
        key, equals, value = line.partition("=")
        if not equals or not re.fullmatch("[a-z_]+", key) or key in pairs:
            raise _garbled(name, text)
        pairs[key] = value
    return pairs


def _moment(epoch_s: str) -> datetime:
    if not re.fullmatch("[0-9]{1,12}", epoch_s):
        msg = f"{epoch_s!r} is not a time in whole seconds since 1970"
        raise ValueError(msg)
    return datetime.fromtimestamp(int(epoch_s), UTC)


def _garbled(name: str, text: str) -> Garbled:
    msg = f"this is not a whole {name}: {text[:200]!r}"
    return Garbled(
        msg, hint="Look at the attempt's directory on the target: the file may be damaged, or its disk full."
    )


_PREFER_BASH = 'command -v bash >/dev/null 2>&1 && exec bash -c "$1"; exec sh -c "$1"'


def _with_prologue(launch: Launch) -> tuple[str, ...]:
    """The command, or a shell that runs the prologue and becomes the command.

    Scientists write such lines for bash. The command is part of the text and no parameter: scripts that the lines
    source would take parameters for their own. Two marks tell the wrapper how far it came, and not a trap: bash with a
    trap on EXIT handles a TERM itself, and one that comes while it starts a command is lost to that command.
    """
    if not launch.prologue:
        return launch.argv
    lines = (
        ': >"$ARGOSY_JOB_DIR/claim/prologue" || exit',
        "set -e",
        *launch.prologue,
        "set +e",
        ': >"$ARGOSY_JOB_DIR/claim/prepared" || exit',
        f"exec {quote_all(launch.argv)}",
    )
    return ("sh", "-c", _PREFER_BASH, "argosy", "\n".join(lines))


# In a shell that has loaded this very body, there is no need to read it again.
_AT_ONCE = '[ "${argosy_loaded-}" != "$argosy_version" ] || argosy_main "$@"'


@cache
def _version() -> str:
    """What tells one body from another."""
    return hashlib.sha256(_body().encode()).hexdigest()[:16]


@cache
def _body() -> str:
    """The constant part: a file of this package, so that shell tools can check it."""
    return resources.files("argosy.core").joinpath("wrapper.sh").read_text("ascii")
