"""Other labels for a job: in its description, in the list, and where it is found by them."""

import json
from datetime import datetime

import sqlalchemy as sa

from argosy.contracts import Entry
from argosy.core.bulk import Relabel, relabelled
from argosy.store.events import write_events
from argosy.store.facts import label_rows
from argosy.store.jobs import latest_attempts, read_job, unknown
from argosy.store.needles import terms_of_row
from argosy.store.outdated import mark_outdated
from argosy.store.plain import plain
from argosy.store.search import add_to_search, drop_from_search
from argosy.store.tables import jobs, labels, specs


def relabel_job(connection: sa.Connection, job: str, change: Relabel, entry: Entry, *, now: datetime) -> None:
    """Change the labels of a job; raises NotFound."""
    row = connection.execute(sa.select(jobs).where(jobs.c.id == plain(job))).one_or_none()
    if row is None:
        raise unknown(job)
    known = read_job(connection, job)
    changed = relabelled(known.spec.labels, change)
    if changed == known.spec.labels:
        return
    described = known.model_copy(update={"spec": known.spec.model_copy(update={"labels": changed})})
    connection.execute(sa.update(specs).where(specs.c.job == job).values(document=described.model_dump_json()))
    terms = terms_of_row(row, labels=changed)
    drop_from_search(connection, row.position, row.terms)
    listed = sa.update(jobs).where(jobs.c.position == row.position)
    connection.execute(listed.values(labels=json.dumps(changed), terms=terms))
    add_to_search(connection, [{"position": row.position, "terms": terms}])
    connection.execute(labels.delete().where(labels.c.position == row.position))
    if changed:
        connection.execute(labels.insert(), label_rows(changed, row.position))
    mark_outdated(connection, latest_attempts(connection, [job])[job])
    write_events(connection, [(entry, now)])
