"""Writing a row whether or not it is there.

In SQL that both databases take, so that the dialect of the one which is not used need not be loaded.
"""
# ruff: noqa: S608 -- the names are those of the tables

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa


def upsert(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert each row, or replace the one with its primary key."""
    if rows:
        connection.execute(_statement(table), rows)


def insert_new(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its primary key is there; tells whether it was inserted."""
    columns, key = _columns_and_key(table)
    values = ", ".join(f":{column}" for column in columns)
    text = (
        f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({values}) ON CONFLICT ({', '.join(key)}) DO NOTHING"
    )
    return connection.execute(sa.text(text), row).rowcount == 1


def _statement(table: sa.Table) -> sa.TextClause:
    columns, key = _columns_and_key(table)
    values = ", ".join(f":{column}" for column in columns)
    changed = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in key)
    return sa.text(
        f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({values})"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}"
    )


def _columns_and_key(table: sa.Table) -> tuple[list[str], list[str]]:
    return [column.name for column in table.columns], [column.name for column in table.primary_key.columns]
