"""Rows of the list."""

import json

from argosy.core.views import JobRow
from argosy.store.moments import to_moment, to_moment_if
from argosy.store.shapes import AnyRow
from argosy.store.tables import jobs

_NAMES = (
    *("position", "id", "name", "engine", "template", "target", "labels", "owner", "fate", "attempt"),
    *("created", "updated", "started", "ended", "fraction", "words"),
)
COLUMN_NAMES = ", ".join(_NAMES)
COLUMNS = tuple(jobs.c[name] for name in _NAMES)


def job_row(row: AnyRow) -> JobRow:
    """A row as windows see it. Not validated again: it was when it was written, and a page has a thousand of them."""
    return JobRow.model_construct(
        id=row.id,
        name=row.name,
        engine=row.engine,
        template=row.template,
        target=row.target,
        labels=json.loads(row.labels),
        owner=row.owner,
        fate=row.fate,
        attempt=row.attempt,
        created=to_moment(row.created),
        updated=to_moment(row.updated),
        started=to_moment_if(row.started),
        ended=to_moment_if(row.ended),
        fraction=row.fraction,
        words=row.words,
    )
