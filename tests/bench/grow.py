"""Makes a filled database many times as large, much faster than filling it would.

Every job is taken over again with all that hangs on it: years earlier, under another id, otherwise the same. So a
search finds as many times as much, as it would after so many years.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from argosy.core.ids import SHORT_CHARS
from tests.bench.fill import Scale

_LETTERS = "abcdefghk"
_DAY_MS = 86_400_000
_MS_PLACES = 1 << 20
"""How many places there are in the list for the jobs of one millisecond; see ``store.places``."""


def _other(id_: str) -> str:
    """The copy's letter twice: in the time, whose first digit is none of these letters, and in the short id."""
    return (
        f"substr({id_}, 1, 1) || :letter || substr({id_}, 3, length({id_}) - {SHORT_CHARS + 2})"
        f" || :letter || substr({id_}, {1 - SHORT_CHARS})"
    )


def _said(text: str, id_: str) -> str:
    return f"replace({text}, {id_}, {_other(id_)})"


_DIFFERENCES: Mapping[str, Mapping[str, str]] = {
    "jobs": {
        "position": "position - :places",
        "id": _other("id"),
        "short": f":letter || substr(short, {1 - SHORT_CHARS})",
        "created": "created - :micros",
        "updated": "updated - :micros",
        "ended": "ended - :micros",
        "terms": _said("terms", "id"),
    },
    "specs": {"job": _other("job"), "document": _said("document", "job")},
    "labels": {"position": "position - :places"},
    "attempts": {"job": _other("job"), "position": "position - :places", "document": _said("document", "job")},
    "events": {"seq": "NULL", "at": "at - :micros", "job": _other("job")},
}
"""What is different in the copy of a row, by table."""


def grow(database: Path, scale: Scale, *, times: int) -> None:
    """Let a SQLite database that was filled to this scale, and that nobody uses now, hold up to ten times as many."""
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript("PRAGMA cache_size=-500000; PRAGMA synchronous=OFF; BEGIN")
        for table in _DIFFERENCES:
            connection.execute(f"CREATE TEMP TABLE old_{table} AS SELECT * FROM {table}")
        for copy, letter in enumerate(_LETTERS[: times - 1], start=1):
            days = copy * scale.days
            moved = {"letter": letter, "places": days * _DAY_MS * _MS_PLACES, "micros": days * _DAY_MS * 1000}
            for table, different in _DIFFERENCES.items():
                connection.execute(_copying(connection, table, different), moved)
        connection.execute("INSERT INTO search (search) VALUES ('rebuild')")
        connection.commit()


def _copying(connection: sqlite3.Connection, table: str, different: Mapping[str, str]) -> str:
    columns = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(different.get(column, column) for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM old_{table}"
