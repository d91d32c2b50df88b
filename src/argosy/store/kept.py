"""What is remembered of an attempt's outputs: the list of its files, and its results."""

from collections.abc import Sequence

import sqlalchemy as sa

from argosy.contracts import KeptFile, Move
from argosy.core.outputs import Results
from argosy.store.jobs import known_jobs, unknown
from argosy.store.plain import plain
from argosy.store.tables import files, results
from argosy.store.upsert import upsert

_results = sa.select(results.c.document).where(
    results.c.job == sa.bindparam("id"), results.c.attempt == sa.bindparam("number")
)
_files = sa.select(files).where(files.c.job == sa.bindparam("id")).order_by(files.c.attempt, files.c.kind, files.c.path)
_files_of_attempt = _files.where(files.c.attempt == sa.bindparam("number"))


def keep(connection: sa.Connection, moves: Sequence[Move]) -> None:
    """Write the files and results of moves, in place of what was written for the same attempt before."""
    upsert(connection, files, [file.model_dump() for move in moves for file in move.files])
    upsert(
        connection,
        results,
        [
            {"job": move.attempt.job, "attempt": move.attempt.number, "document": move.results.model_dump_json()}
            for move in moves
            if move.results is not None
        ],
    )


def keep_results(connection: sa.Connection, job: str, attempt: int, found: Results) -> None:
    """Write the results of an attempt, in place of those that were there; raises NotFound for an unknown job."""
    if not known_jobs(connection, [job]):
        raise unknown(job)
    upsert(connection, results, [{"job": job, "attempt": attempt, "document": found.model_dump_json()}])


def read_results(connection: sa.Connection, job: str, attempt: int) -> Results | None:
    """The results of an attempt, if there are any."""
    document = connection.scalar(_results, {"id": plain(job), "number": attempt})
    return None if document is None else Results.model_validate_json(document)


def read_files(connection: sa.Connection, job: str, attempt: int | None) -> tuple[KeptFile, ...]:
    """The files of one attempt, or of all, in the order of attempt, kind and path."""
    question = _files if attempt is None else _files_of_attempt
    rows = connection.execute(question, {"id": plain(job)} | ({} if attempt is None else {"number": attempt}))
    return tuple(KeptFile.model_validate(dict(row)) for row in rows.mappings())
