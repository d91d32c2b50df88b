"""The index of words: FTS5 with trigrams on SQLite, an index over trigrams on PostgreSQL. Both find parts of words."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from argosy.store.needles import grams

_SQLITE_DDL = """CREATE VIRTUAL TABLE search USING fts5
    (terms, content='jobs', content_rowid='position', tokenize='trigram', columnsize=0)"""
_POSTGRES_DDL = (
    """CREATE FUNCTION argosy_grams(terms text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array(SELECT DISTINCT substr(terms, start, 3) FROM generate_series(1, length(terms) - 2) AS start)
    $$""",
    "CREATE INDEX jobs_terms ON jobs USING gin (argosy_grams(terms))",
)

_add = sa.text("INSERT INTO search (rowid, terms) VALUES (:position, :terms)")
_drop = sa.text("INSERT INTO search (search, rowid, terms) VALUES ('delete', :position, :terms)")


def search_ddl(dialect: str) -> tuple[str, ...]:
    """What makes the index on a database of this kind."""
    return (_SQLITE_DDL,) if dialect == "sqlite" else _POSTGRES_DDL


def add_to_search(connection: sa.Connection, listed: Sequence[Mapping[str, Any]]) -> None:
    """Let new rows of the list be found. PostgreSQL sees to that by itself."""
    if listed and connection.dialect.name == "sqlite":
        connection.execute(_add, [{"position": row["position"], "terms": row["terms"]} for row in listed])


def drop_from_search(connection: sa.Connection, position: int, terms: str) -> None:
    """Take a row out of the index; ``terms`` must be what it was put in with."""
    if connection.dialect.name == "sqlite":
        connection.execute(_drop, {"position": position, "terms": terms})


def match_expression(needles: Sequence[str]) -> str:
    """The question to FTS5 that all needles occur. Quoted, so that nothing in them is syntax."""
    return " AND ".join('"' + needle.replace('"', '""') + '"' for needle in needles)


def all_grams(needles: Sequence[str]) -> list[str]:
    """The trigrams that must all occur."""
    return list(dict.fromkeys(gram for needle in needles for gram in grams(needle)))
