"""Presets: values with a name."""

from collections.abc import Sequence

import sqlalchemy as sa

from argosy.core.errors import NotFound
from argosy.core.preset import Preset
from argosy.store.plain import plain
from argosy.store.tables import presets
from argosy.store.upsert import upsert


def read_presets(connection: sa.Connection) -> tuple[Preset, ...]:
    """All presets by name."""
    read = (Preset.model_validate_json(document) for document in connection.scalars(sa.select(presets.c.document)))
    return tuple(sorted(read, key=lambda preset: preset.name))


def put_presets(connection: sa.Connection, given: Sequence[Preset]) -> None:
    """Add or replace each of them."""
    upsert(connection, presets, [{"name": one.name, "document": one.model_dump_json()} for one in given])


def drop_preset(connection: sa.Connection, name: str) -> None:
    """Remove a preset."""
    if connection.execute(presets.delete().where(presets.c.name == plain(name))).rowcount == 0:
        raise NotFound(f"there is no preset {name!r}", hint="See them all with 'argosy preset list'.")
