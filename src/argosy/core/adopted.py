"""Jobs that somebody handed to a scheduler without Argosy, and that it watches all the same. Pure."""

import os
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from argosy.core import ids, names
from argosy.core.queued import QueuedJob
from argosy.core.resources import Resources
from argosy.core.spec import JobSpec
from argosy.core.values import Value

MOST_TOGETHER = 1_000
"""How many numbers may be named at once."""
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_NAME = 200


class Adopted(Value):
    """By what the scheduler knows such a job: its own name for it, and the directory that it runs in.

    That directory is not Argosy's: it is read, and nothing in it is ever written, moved or deleted.
    """

    handle: str
    directory: str

    @property
    def place(self) -> str:
        """Both as one word, which no absolute path equals."""
        return f"{self.handle}:{self.directory}"


class Adoption(Value):
    """The numbers of the jobs that are to be adopted, as the scheduler prints them."""

    handles: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=40)], ...], Field(min_length=1, max_length=MOST_TOGETHER)
    ]


def known_by(one: QueuedJob) -> Adopted:
    """By what a job of the queue is known from now on."""
    return Adopted(handle=one.handle, directory=names.spell(os.fsencode(one.directory)))


def identity(one: QueuedJob) -> str:
    """The id that a job has here: always the same, so that it cannot be adopted twice."""
    digest = sha256(f"{one.handle}\n{one.directory}".encode("utf-8", "surrogateescape")).digest()
    return ids.job_id(one.submitted or _UNKNOWN, int.from_bytes(digest))


def meant(handle: str, queue: tuple[QueuedJob, ...]) -> tuple[QueuedJob, ...]:
    """The jobs that a number means: that job, that task of an array, or all tasks of that array."""
    return tuple(one for one in queue if one.handle == handle or one.handle.startswith(f"{handle}_"))


def described(one: QueuedJob, target: str) -> JobSpec:
    """What is known of such a job, as far as a description can say it."""
    nodes, cpus = max(one.nodes or 1, 1), max(one.cpus or 1, 1)
    even = cpus % nodes == 0
    plain = "".join(letter if letter.isprintable() else " " for letter in one.name)
    name = " ".join(plain.split())[:_LONGEST_NAME] or one.handle
    return JobSpec(
        name=name,
        target=target,
        argv=(name,),
        resources=Resources(
            nodes=nodes,
            tasks=nodes if even else cpus,
            cpus=cpus // nodes if even else 1,
            walltime_s=int(one.limit_s) if one.limit_s else None,
        ),
    )
