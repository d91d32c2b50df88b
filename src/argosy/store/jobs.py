"""Jobs and their attempts: taking them in, reading them, forgetting them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from argosy.contracts import Entry
from argosy.core.errors import Conflict, NotFound
from argosy.core.job import OPEN, UNPLACED, Attempt, Job
from argosy.core.template import Template
from argosy.store.events import write_events
from argosy.store.facts import attempt_columns, job_columns, label_rows
from argosy.store.places import new_places
from argosy.store.plain import plain
from argosy.store.search import add_to_search, drop_from_search
from argosy.store.shapes import AnyRow
from argosy.store.slices import slices
from argosy.store.tables import attempts, events, jobs, labels, requirements, specs, templates
from argosy.store.upsert import upsert
from argosy.store.waiting import put_right, wake

_Accepted = Sequence[tuple[Job, Attempt]]

_ids = sa.bindparam("ids", expanding=True, type_=sa.Text)
_known = sa.select(jobs.c.id).where(jobs.c.id.in_(_ids))
_on_targets = sa.select(jobs.c.id, jobs.c.position, jobs.c.terms).where(
    jobs.c.id.in_(_ids), jobs.c.fate.not_in(sa.bindparam("unplaced", expanding=True, type_=sa.Text))
)
_spec = sa.select(specs.c.document).where(specs.c.job == sa.bindparam("id"))
_attempts = sa.select(attempts.c.document).where(attempts.c.job == sa.bindparam("id")).order_by(attempts.c.number)
_is_latest = sa.and_(attempts.c.job == jobs.c.id, attempts.c.number == jobs.c.attempt)
_latest_of = sa.select(attempts.c.document).join(jobs, _is_latest).where(jobs.c.id.in_(_ids))
_children = sa.select(jobs.c.id).where(jobs.c.parent == sa.bindparam("id")).order_by(jobs.c.position)


def accept_jobs(
    connection: sa.Connection,
    accepted: _Accepted,
    entries: Sequence[Entry],
    made_from: Sequence[Template],
    *,
    now: datetime,
) -> None:
    """Take in new jobs with their first attempts, and the templates that they were made from."""
    _refuse_known(connection, [job.id for job, _ in accepted])
    places = new_places(connection, [job.created for job, _ in accepted])
    listed = [job_columns(job, attempt, place) for (job, attempt), place in zip(accepted, places, strict=True)]
    _insert(connection, jobs, listed)
    add_to_search(connection, listed)
    _insert(connection, specs, [{"job": job.id, "document": job.model_dump_json()} for job, _ in accepted])
    _insert_attempts(connection, accepted, places)
    _insert(
        connection,
        labels,
        [row for (job, _), place in zip(accepted, places, strict=True) for row in label_rows(job.spec.labels, place)],
    )
    upsert(connection, templates, [_template_row(template) for template in made_from])
    created = {job.id: job.created for job, _ in accepted}
    write_events(connection, [(entry, created.get(entry.job or "", now)) for entry in entries])


def read_job(connection: sa.Connection, job: str) -> Job:
    """The job; raises NotFound."""
    document = connection.scalar(_spec, {"id": plain(job)})
    if document is None:
        raise unknown(job)
    return Job.model_validate_json(document)


def read_template(connection: sa.Connection, digest: str) -> Template | None:
    """The template of that digest, if a job was made from it."""
    document = connection.scalar(sa.select(templates.c.document).where(templates.c.digest == plain(digest)))
    return None if document is None else Template.model_validate_json(document)


def read_attempts(connection: sa.Connection, job: str) -> tuple[Attempt, ...]:
    """All attempts of a job, oldest first; raises NotFound."""
    documents = connection.scalars(_attempts, {"id": plain(job)}).all()
    if not documents:
        raise unknown(job)
    return tuple(Attempt.model_validate_json(document) for document in documents)


def latest_attempts(connection: sa.Connection, wanted: Sequence[str]) -> Mapping[str, Attempt]:
    """The latest attempt of each of these jobs; unknown jobs are left out."""
    found: dict[str, Attempt] = {}
    for some in slices(map(plain, wanted)):
        for document in connection.scalars(_latest_of, {"ids": some}):
            attempt = Attempt.model_validate_json(document)
            found[attempt.job] = attempt
    return found


def read_children(connection: sa.Connection, job: str) -> tuple[str, ...]:
    """Jobs whose parent this is, oldest first."""
    return tuple(connection.scalars(_children, {"id": plain(job)}))


def forget_job(connection: sa.Connection, job: str, entry: Entry, *, now: datetime) -> None:
    """Remove a job that is over, with all that hangs on it."""
    row = connection.execute(sa.select(jobs).where(jobs.c.id == plain(job))).one_or_none()
    if row is None:
        raise unknown(job)
    if row.fate in OPEN:
        raise Conflict(f"job {row.short} is {row.fate}", hint=f"Cancel it first: argosy cancel {row.short}.")
    _drop(connection, [row])
    write_events(connection, [(entry, now)])


def take_jobs_off(
    connection: sa.Connection, wanted: Sequence[str], entries: Sequence[Entry], *, now: datetime
) -> tuple[str, ...]:
    """Remove those jobs that lie on a target, with all that hangs on them; returns their ids."""
    off: list[str] = []
    for some in slices(map(plain, wanted)):
        rows = connection.execute(_on_targets, {"ids": some, "unplaced": UNPLACED}).all()
        _drop(connection, rows)
        off += [row.id for row in rows]
    gone = frozenset(off)
    write_events(connection, [(entry, now) for entry in entries if entry.job is None or entry.job in gone])
    return tuple(off)


def known_jobs(connection: sa.Connection, ids: Sequence[str]) -> frozenset[str]:
    """Those of the ids that are known."""
    return frozenset(known for some in slices(map(plain, ids)) for known in connection.scalars(_known, {"ids": some}))


def unknown(job: str) -> NotFound:
    """There is no such job."""
    return NotFound(f"there is no job {job}", hint="See them all with 'argosy ls'.")


def _drop(connection: sa.Connection, rows: Sequence[AnyRow]) -> None:
    for row in rows:
        drop_from_search(connection, row.position, row.terms)
    for some in slices(row.id for row in rows):
        connection.execute(events.delete().where(events.c.job.in_(some)))
        connection.execute(jobs.delete().where(jobs.c.id.in_(some)))
        wake(connection, some)


def _refuse_known(connection: sa.Connection, ids: Sequence[str]) -> None:
    if len(set(ids)) < len(ids):
        raise Conflict("a job was sent twice in one request")
    for some in slices(ids):
        if known := connection.scalars(_known, {"ids": some}).all():
            raise Conflict(f"job {known[0]} exists already", hint="It was accepted before: argosy show says how it is.")


def _insert_attempts(connection: sa.Connection, accepted: _Accepted, places: Sequence[int]) -> None:
    rows = [attempt_columns(attempt, place) for (_, attempt), place in zip(accepted, places, strict=True)]
    _insert(connection, attempts, rows)
    _insert(
        connection,
        requirements,
        [{"job": job.id, "parent": parent} for job, _ in accepted for parent in job.spec.parents],
    )
    put_right(connection, [attempt.job for _, attempt in accepted if attempt.state.kind == "waiting"])


def _template_row(template: Template) -> dict[str, Any]:
    return {
        "digest": template.digest,
        "name": template.name,
        "version": template.version,
        "document": template.model_dump_json(),
    }


def _insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(table.insert(), rows)
