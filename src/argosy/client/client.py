"""Argosy for scripts and notebooks."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from argosy.client import calls, calls_of_bulk, calls_of_queues, calls_of_sweeps
from argosy.client.connecting import Ask, connect
from argosy.client.finding import identity
from argosy.client.job import Job, ids_of
from argosy.client.progress import Told, unheard
from argosy.client.road import Road
from argosy.client.sending import LocalFile, find, send
from argosy.client.wishes import checked, from_words, read_bulk
from argosy.core.adopted import Adoption
from argosy.core.connection import Connection, Prompt
from argosy.core.home import Home
from argosy.core.spec import FromJob, InputFile
from argosy.core.submission import Preview, Submission
from argosy.core.sweep import Sweep
from argosy.core.views import JobQuery, TemplateRow

if TYPE_CHECKING:
    from argosy.core.bulk import Dealt
    from argosy.core.comparison import Comparison


class Client:
    """The door to the jobs of this user. It starts the server when it is first needed.

    Plain blocking code: it works in scripts, threads, and notebooks whose event loop is running. All methods raise the
    errors of ``argosy.core.errors``, each with a message and a hint.
    """

    def __init__(self, home: Home | None = None) -> None:
        self.road = Road(home)

    def submit(
        self,
        what: str | Sequence[str],
        *,
        files: Mapping[str, Any] | Iterable[Any] = (),
        told: Told = unheard,
        **wishes: Any,
    ) -> Job:
        """Have a job made; it is on disk and will run once when this returns.

        ``what`` is the name of a template, or a command as a list of words. ``files`` are paths, or a mapping from
        roles (a template's file parameters; for a command the names in the work directory) to paths; a value may also
        be ``FromJob``. ``wishes`` are the fields of ``Submission``: values, name, target, resources, labels, after,
        retries, retry, environment, outputs, slurm, resource_set, stop_if_broken, priority, begin, draft. Raises
        BadInput with all findings when the request will not do.
        """
        local, elsewhere = _sorted_out(files, roles=isinstance(what, str))
        inputs = (*send(self.road, local, told=told), *elsewhere)
        return self.take(_submission(what, inputs, wishes))

    def preview(
        self, what: str | Sequence[str], *, files: Mapping[str, Any] | Iterable[Any] = (), **wishes: Any
    ) -> Preview:
        """What ``submit`` would make of the same words, with all findings; no job is made."""
        local, elsewhere = _sorted_out(files, roles=isinstance(what, str))
        return self.road.send(calls.preview(_submission(what, (*send(self.road, local), *elsewhere), wishes)))

    def sweep(
        self,
        what: str | Sequence[str],
        over: Mapping[str, Iterable[Any]],
        *,
        zipped: bool = False,
        files: Mapping[str, Any] | Iterable[Any] = (),
        **wishes: Any,
    ) -> list[Job]:
        """Have a job made for each combination of values, in their order; ``zipped``, for the first values, and so on.

        ``over`` has lists of values by what they are for: a parameter of the template, ``resources.NAME`` or
        ``environment.NAME``. The rest is as in ``submit``. All jobs are taken in, or none: raises BadInput.
        """
        local, elsewhere = _sorted_out(files, roles=isinstance(what, str))
        submission = _submission(what, (*send(self.road, local), *elsewhere), wishes)
        axes = [{"key": key, "values": tuple(values)} for key, values in over.items()]
        sweep = checked(Sweep, {"submission": submission, "axes": axes, "zipped": zipped})
        return [Job(self.road, job) for job in self.road.send(calls_of_sweeps.submit(sweep)).jobs]

    def take(self, submission: Submission) -> Job:
        """Have a job made of a complete submission, whose files the server holds."""
        (view,) = self.road.send(calls.submit([submission]))
        return Job(self.road, view.job.id)

    def job(self, words: str) -> Job:
        """The one job that is meant by an id, the beginning of a short id, a name, or ``last``.

        Raises NotFound or Ambiguous.
        """
        return Job(self.road, identity(self.road, words))

    def jobs(self, text: str = "", *, limit: int = 50, **conditions: Any) -> list[Job]:
        """The newest jobs that fit: words to search for, and ``fate``, ``target``, ``engine``, ``label``, ``since``."""
        return [Job(self.road, row_id) for row_id in self._found(text, limit, conditions)]

    def bulk(
        self,
        deed: str,
        jobs: Iterable[Any] | None = None,
        *,
        wishes: Mapping[str, Any] | None = None,
        **conditions: Any,
    ) -> "Dealt":
        """Do one thing to many jobs: cancel, hold, release, retry, remove, label or priority.

        ``jobs`` are handles or ids; else all are meant that fit ``text``, ``fate``, ``target``, ``engine``, ``label``,
        ``since`` and ``before``. ``wishes`` belong to the deed: ``put`` and ``drop`` for labels, ``priority`` for that.
        Nobody is asked; jobs to which it cannot be done are told of in ``spared``, and nothing is raised for them.
        """
        which, what = read_bulk(deed, None if jobs is None else ids_of(jobs), _listed(conditions), wishes or {})
        return self.road.send(calls_of_bulk.deal(which, what))

    def compare(self, *jobs: "Job | str", family: "Job | str | None" = None, **conditions: Any) -> "Comparison":
        """Jobs side by side: in what they differ, how they ended, and what came out of them, with units.

        Those that are given, those of a ``family``, and those of the list that fit ``conditions``, as in ``jobs``.
        """
        from argosy.client.calls_of_comparisons import compare
        from argosy.core.comparison import CompareQuery

        meant = None if family is None else self._id(family)
        asked = {**_listed(conditions), "job": tuple(map(self._id, jobs)), "family": meant}
        return self.road.send(compare(checked(CompareQuery, asked)))

    def _id(self, job: "Job | str") -> str:
        return job.id if isinstance(job, Job) else identity(self.road, job)

    def connect(self, target: str, ask: Ask | None = None) -> Connection:
        """Log in to a target, and return when it is connected.

        ``ask`` is called with each Prompt and returns one text for each of its questions, or None to give up; without
        it, only what needs no answer is tried. Raises NeedsLogin, with the reason, when it is not connected in the end.
        """
        return connect(self.road, target, ask or _nobody)

    def disconnect(self, target: str) -> Connection:
        """Log out of a target. Its jobs wait, and nothing logs in again, until somebody connects it."""
        return self.road.send(calls.disconnect(target))

    def adopt(self, *numbers: str | int, target: str) -> list[Job]:
        """Have jobs in the queue of a cluster watched that Argosy did not start, by the numbers that they have there.

        The number of an array means all its tasks. All of them are adopted, or none: raises BadInput that says why.
        """
        adoption = checked(Adoption, {"handles": tuple(map(str, numbers))})
        return [Job(self.road, view.job.id) for view in self.road.send(calls_of_queues.adopt(target, adoption))]

    def templates(self, text: str = "") -> tuple[TemplateRow, ...]:
        """The templates in which all words of the text occur."""
        return self.road.send(calls.templates(text))

    def _found(self, text: str, limit: int, conditions: Mapping[str, Any]) -> Iterator[str]:
        after, left = None, limit
        while left > 0:
            query = checked(JobQuery, {"text": text, **_listed(conditions), "limit": min(left, 1000), "after": after})
            page = self.road.send(calls.jobs(query))
            yield from (row.id for row in page.jobs)
            left -= len(page.jobs)
            after = page.next
            if after is None:
                return


def _nobody(prompt: Prompt) -> None:
    """Turn away: nobody is there to be asked."""
    del prompt


def _listed(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Conditions that may be several, also when only one was given."""
    listed = dict(conditions)
    for name in ("fate", "label"):
        if isinstance(listed.get(name), str):
            listed[name] = (listed[name],)
    for name in ("since", "before"):
        moment = listed.get(name)
        if isinstance(moment, datetime) and moment.tzinfo is None:
            listed[name] = moment.astimezone()
    return listed


def _submission(what: str | Sequence[str], inputs: Sequence[InputFile], wishes: Mapping[str, Any]) -> Submission:
    asked = {"template": what} if isinstance(what, str) else {"argv": from_words(what)}
    given = dict(wishes)
    if "after" in given:
        one = isinstance(given["after"], str | Job)
        given["after"] = ids_of([given["after"]] if one else given["after"])
    return checked(Submission, {**asked, **given, "inputs": tuple(inputs)})


def _sorted_out(files: Any, *, roles: bool) -> tuple[list[LocalFile], list[InputFile]]:
    """The files of this machine, and those that lie elsewhere."""
    local: list[LocalFile] = []
    elsewhere: list[InputFile] = []
    for word, given in _named(files):
        role, name = (word, None) if roles else ("", word or None)
        if isinstance(given, FromJob):
            elsewhere.append(InputFile(name=name or given.path.rsplit("/", 1)[-1], source=given, role=role))
        else:
            local += find(Path(given), name=name, role=role)
    return local, elsewhere


def _named(files: Any) -> list[tuple[str, Any]]:
    if isinstance(files, Mapping):
        return list(cast("Mapping[str, Any]", files).items())
    several: Any = [files] if isinstance(files, str | os.PathLike | FromJob) else files
    return [("", file) for file in cast("Iterable[Any]", several)]
