"""Settings and targets: small things by name."""

from collections.abc import Mapping

import sqlalchemy as sa

from argosy.core.errors import Conflict, NotFound
from argosy.core.target import Target
from argosy.store.plain import plain
from argosy.store.tables import settings, targets
from argosy.store.upsert import upsert
from argosy.store.work import count_open


def read_settings(connection: sa.Connection) -> Mapping[str, str]:
    """All settings."""
    return {row.key: row.value for row in connection.execute(sa.select(settings).order_by(settings.c.key))}


def put_setting(connection: sa.Connection, key: str, value: str | None) -> None:
    """Change a setting; None removes it."""
    if value is None:
        connection.execute(settings.delete().where(settings.c.key == plain(key)))
    else:
        upsert(connection, settings, [{"key": plain(key), "value": plain(value)}])


def read_targets(connection: sa.Connection) -> tuple[Target, ...]:
    """All targets by name."""
    rows = connection.execute(sa.select(targets.c.document).order_by(targets.c.name))
    return tuple(sorted((Target.model_validate_json(row.document) for row in rows), key=lambda target: target.name))


def put_target(connection: sa.Connection, target: Target) -> None:
    """Add or replace a target."""
    upsert(connection, targets, [{"name": target.name, "document": target.model_dump_json()}])


def drop_target(connection: sa.Connection, name: str) -> None:
    """Remove a target that no open job needs."""
    if count_open(connection, name):
        raise Conflict(f"jobs on target {name} are not over yet", hint=f"See them with 'argosy ls --target {name}'.")
    if connection.execute(targets.delete().where(targets.c.name == plain(name))).rowcount == 0:
        raise NotFound(f"there is no target {name!r}", hint="See them all with 'argosy target list'.")
