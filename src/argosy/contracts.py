"""What plug-ins promise. Protocols only; the suites in ``tests/contracts`` hold every implementation to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from argosy.core.command import Answer, Command
from argosy.core.connection import Connection, Heard, Person
from argosy.core.errors import Denied, NoRoom
from argosy.core.failures import FailureRule
from argosy.core.findings import Finding
from argosy.core.home import Home
from argosy.core.job import Attempt, Job, Progress, Wish
from argosy.core.memory import Entry, KeptFile, Lease, Move, Restored, Work
from argosy.core.outputs import Excerpt, FileEntry, Outputs, Restart, Results, Verdict
from argosy.core.parcel import Glance, Glanced, Parcel, Piece, Stored, Text, There
from argosy.core.sighting import Launched, Refused, Sighting, Watched
from argosy.core.spec import JobSpec
from argosy.core.target import Target
from argosy.core.template import Template
from argosy.core.values import Value
from argosy.core.views import Event, JobPage, JobQuery, JobRow
from argosy.core.wrapper import ExitReport

# --- Transport: the input and output of one machine ------------------------------------------------------------------


Item = Text | Stored | There
"""One file of a parcel."""


class Surroundings(Protocol):
    """What a transport is given with its target: where it may keep things, and who listens."""

    @property
    def home(self) -> Home:
        """Where Argosy keeps its own things."""
        ...

    def hear(self, heard: Heard) -> None:
        """Note what was said or done, for the console and the counts. Never a secret."""
        ...

    def changed(self, connection: Connection) -> None:
        """The connection is in another state now."""
        ...


class Transport(Protocol):
    """One machine. Paths are absolute and spelled.

    A machine elsewhere is connected to at the first call that needs it, as long as no person is needed for that; else
    the call raises NeedsLogin, and so do all that follow, until ``connect`` has succeeded with a person's help.

    Every method raises Unreachable (no answer: change nothing), NeedsLogin (a person must act), Denied (refused:
    permission, no such file or directory, an impossible name) or NoRoom (full, over quota or read-only: all must wait);
    nothing else. Cancelling a call leaves no process of its own and no half-written file in place.
    """

    @property
    def connection(self) -> Connection:
        """How the connection stands now; this machine is always connected."""
        ...

    async def connect(self, person: Person) -> None:
        """Log in, and ask the person whatever has to be asked; nothing when the connection stands already.

        Raises NeedsLogin when the login was refused or nobody answered, Unreachable when the machine does not answer.
        A secret that was refused is never tried again.
        """
        ...

    async def disconnect(self) -> None:
        """Log out and forget all secrets of this connection. Running jobs there are not touched."""
        ...

    async def run(self, command: Command) -> Answer:
        """Run a command to its end. A failing command is an Answer; one that outlasts its time is Unreachable."""
        ...

    async def place(self, parcels: Sequence[Parcel]) -> Sequence[Denied | None]:
        """Make each parcel's directory hold all its items, each file whole and verified or not there at all.

        Files that are already in place are left alone, so a second call changes nothing. A large file may be a hard
        link to its source unless it is mutable or executable. One answer per parcel, in order: None, or why this one
        could not be placed; the others are placed all the same.
        """
        ...

    async def write(self, files: Mapping[str, bytes]) -> Mapping[str, Denied | NoRoom]:
        """Replace small files, each atomically: a reader sees the old or the new bytes, never a part.

        One call, and one round trip, for all of them. Returns those that were refused, and why; all others are
        written.
        """
        ...

    async def read(self, path: str, *, start: int = 0, limit: int = 65_536) -> Piece:
        """At most ``limit`` bytes from ``start``; a negative ``start`` counts from the end.

        Raises Denied for a missing file, and for one that is not regular.
        """
        ...

    async def glance(self, glances: Sequence[Glance]) -> Sequence[Glanced]:
        """Lists of files and ends of files of many directories: one call, and one round trip, for all of them.

        One answer per glance, in order. What is missing, cannot be looked into or is not regular is left out, as
        ``files`` and ``read`` would refuse it.
        """
        ...

    async def files(self, directory: str, *, limit: int = 100_000) -> Sequence[FileEntry]:
        """The regular files and links below a directory, at most ``limit``, sorted by path.

        A missing directory has none, and what cannot be looked into is left out. Links are not followed.
        """
        ...

    async def fetch(self, directory: str, paths: Sequence[str], into: Path) -> Sequence[str]:
        """Bring files of a directory into a local one, under the same relative paths; returns those that are home now.

        Each arrives under a temporary name, is whole, and is renamed; one that is there already is replaced. A file
        that is gone, cannot be read or is not regular is left out.
        """
        ...

    async def remove(self, directory: str, *, marker: str, holds: str) -> bool:
        """Remove a directory tree if its file ``marker`` contains the text ``holds``.

        False when the directory is not there. Raises Denied, and removes nothing, when the marker is missing or says
        something else. Links are removed, not followed.
        """
        ...

    async def close(self) -> None:
        """Let go of the machine; running jobs there are not touched."""
        ...


# --- Scheduler: how work is started and watched, as text -------------------------------------------------------------


class Order(Value):
    """One attempt to be started. Those of a ``lane`` stand together; each starts when the one before it is over."""

    token: str
    directory: str
    spec: JobSpec
    lane: str = ""


class Scheduler(Protocol):
    """Builds commands and parses answers; does no I/O.

    A parser raises Garbled for an answer that is cut short or strange, rather than return less than it was asked for.
    """

    name: str
    in_turn: bool
    """Whether it can start the orders of a lane one after another; if not, there are no lanes."""

    def at(self, target: Target) -> "Scheduler":
        """This scheduler, with what the target says of it."""
        ...

    def directives(self, order: Order, target: Target) -> tuple[str, ...]:
        """Comment lines for the top of the script."""
        ...

    def submit(self, orders: Sequence[Order]) -> Command:
        """One command that hands in all orders; each one's script is ``run.sh`` in its directory."""
        ...

    def parse_submit(self, orders: Sequence[Order], answer: Answer) -> Mapping[str, Launched | Refused]:
        """What became of each order, by token.

        A token without an answer may or may not have been taken: look before trying again.
        """
        ...

    def list(self, watched: Sequence[Watched]) -> Command:
        """One command that tells how all these attempts are."""
        ...

    def parse_list(self, watched: Sequence[Watched], answer: Answer) -> Mapping[str, Sighting]:
        """A sighting for each watched attempt, by token. Raises Unreachable when they could not be looked at."""
        ...

    def explain(self, unexplained: Sequence[Sighting]) -> Command | None:
        """One command that asks the scheduler's books how these attempts ended; None where there are no books."""
        ...

    def parse_explain(self, unexplained: Sequence[Sighting], answer: Answer) -> Mapping[str, Sighting]:
        """The sightings again, by token, with what the books tell."""
        ...

    def cancel(self, watched: Sequence[Watched]) -> Command:
        """One command that tells these attempts to stop; harmless for those that are over."""
        ...

    def parse_cancel(self, watched: Sequence[Watched], answer: Answer) -> frozenset[str]:
        """The tokens that have been told, will never start, or are over; the others must be told again."""
        ...

    def forbid(self, watched: Sequence[Watched]) -> Command:
        """One command that takes the one start of attempts that have not started, so that they never will."""
        ...

    def parse_forbid(self, watched: Sequence[Watched], answer: Answer) -> frozenset[str]:
        """The tokens that will never start; the others have started already."""
        ...


# --- Engine: a science program that Argosy understands ---------------------------------------------------------------


class Engine(Protocol):
    """Pure knowledge of one program: checks, progress, verdict, results, restart, failures."""

    name: str
    title: str
    summary: str
    rules: tuple[FailureRule, ...]
    templates: tuple[Template, ...]

    def check(self, spec: JobSpec) -> tuple[Finding, ...]:
        """What would go wrong, before anything is sent."""
        ...

    def watched(self, spec: JobSpec) -> tuple[str, ...]:
        """Files in the work directory whose ends ``progress`` wants to see."""
        ...

    def progress(self, spec: JobSpec, tails: Mapping[str, Excerpt]) -> Progress | None:
        """How far it is, from the ends of the watched files; None when they do not tell."""
        ...

    def read(self, spec: JobSpec) -> tuple[str, ...]:
        """Patterns of the text files that ``verdict``, ``results`` and ``restart`` want to see."""
        ...

    def verdict(self, spec: JobSpec, report: ExitReport, outputs: Outputs) -> Verdict:
        """Whether the program did what it was asked for."""
        ...

    def results(self, spec: JobSpec, outputs: Outputs) -> Results:
        """Numbers, series and tables with units; empty when there are none."""
        ...

    def restart(self, spec: JobSpec, job: str, outputs: Outputs) -> Restart:
        """How to go on from what it left, or why that is not possible."""
        ...


# --- Store: what Argosy remembers ------------------------------------------------------------------------------------


class Store(Protocol):
    """Durable memory. Every write is one transaction: all of it is on disk when the call returns, or none of it is."""

    async def accept(
        self, accepted: Sequence[tuple[Job, Attempt]], entries: Sequence[Entry], templates: Sequence[Template] = ()
    ) -> None:
        """Take in new jobs with their first attempts, and remember the templates. A known job id raises Conflict."""
        ...

    async def restore(self, restored: Sequence[Restored], entries: Sequence[Entry]) -> tuple[str, ...]:
        """Take in those jobs that are not known, as they were, and the entries about them; returns their ids."""
        ...

    async def job(self, job: str) -> Job:
        """The job; raises NotFound."""
        ...

    async def attempts(self, job: str) -> tuple[Attempt, ...]:
        """All attempts of a job, oldest first; raises NotFound."""
        ...

    async def attempts_of(self, jobs: Sequence[str]) -> Mapping[str, Attempt]:
        """The latest attempt of each job; unknown jobs are left out."""
        ...

    async def children(self, job: str) -> tuple[str, ...]:
        """Jobs whose parent this is, oldest first."""
        ...

    async def rows(self, query: JobQuery) -> JobPage:
        """A page of the list, newest first."""
        ...

    async def find(self, words: str, *, limit: int = 10) -> tuple[JobRow, ...]:
        """Jobs whose id or short id begins with these words, else whose name equals them; newest first.

        ``last`` is the newest of all.
        """
        ...

    async def work(self, target: str, now: datetime, *, queued: int) -> Work:
        """What there is to do for a target now, with at most ``queued`` from the head of its queue."""
        ...

    async def advance(self, moves: Sequence[Move], lease: Lease) -> tuple[bool, ...]:
        """Write each move whose version is still as seen; nothing at all when the lease is no longer held.

        A move to Staged is on disk when this returns. A power cut may take back the last of the others, each as a
        whole: the next look finds out again what they said.
        """
        ...

    async def change(self, move: Move) -> bool:
        """Write one move without a lease, for what users do (retry, release); False when somebody else was first."""
        ...

    async def wish(self, job: str, wish: Wish, entry: Entry) -> Attempt:
        """Note the wish on the latest attempt and return it.

        A wish on a closed attempt, or a second one, changes nothing.
        """
        ...

    async def open_count(self, target: str | None = None) -> int:
        """How many attempts are neither draft nor closed."""
        ...

    async def events(self, *, after: int, job: str | None = None, limit: int = 500) -> tuple[Event, ...]:
        """Events with a higher number, in order."""
        ...

    async def last_event(self) -> int:
        """The number of the newest event, 0 when there is none."""
        ...

    async def log(self, entries: Sequence[Entry]) -> None:
        """Write down things that happened outside any move."""
        ...

    async def results(self, job: str, attempt: int) -> Results | None:
        """The results of an attempt."""
        ...

    async def keep_results(self, job: str, attempt: int, results: Results) -> None:
        """Remember results that were read after the attempt had closed; nothing else changes."""
        ...

    async def kept_files(self, job: str, attempt: int | None = None) -> tuple[KeptFile, ...]:
        """The files that are remembered for a job."""
        ...

    async def forget(self, job: str, entry: Entry) -> None:
        """Remove a job with everything that is remembered of it; the entry stays as an event.

        Raises Conflict while it is open.
        """
        ...

    async def targets(self) -> tuple[Target, ...]:
        """All targets by name."""
        ...

    async def put_target(self, target: Target) -> None:
        """Add or replace a target."""
        ...

    async def drop_target(self, name: str) -> None:
        """Remove a target; raises NotFound, or Conflict while jobs on it are open."""
        ...

    async def setting(self, key: str) -> str | None:
        """A setting of the server."""
        ...

    async def settings(self) -> Mapping[str, str]:
        """All settings."""
        ...

    async def put_setting(self, key: str, value: str | None) -> None:
        """Change a setting; None removes it."""
        ...

    async def lease(self, target: str, holder: str, now: datetime, *, ttl_s: float) -> Lease | None:
        """Take or prolong the lease; None while another holder's has not expired. A guarded UPDATE."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give a lease back, if it is still ours."""
        ...

    async def backup(self, into: Path) -> Path:
        """A consistent copy while the server runs; returns the file written."""
        ...

    async def check(self) -> tuple[str, ...]:
        """What is wrong with the database; empty when it is sound."""
        ...

    async def close(self) -> None:
        """Let go of the database."""
        ...
