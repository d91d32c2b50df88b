"""Which form a database has, and bringing it to today's. Alembic is loaded only for a database that is behind."""

import sqlalchemy as sa

from argosy.store.search import search_ddl
from argosy.store.tables import metadata

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""Every form that a database of Argosy ever had, oldest first."""
NEWEST = REVISIONS[-1]
APPLICATION_ID = 0x4172676F
"""Stands in the head of each SQLite file of ours ("Argo")."""

_VERSION_TABLE = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"


def revision_of(connection: sa.Connection) -> str | None:
    """The form that the database says it has; None when it says nothing."""
    if "alembic_version" not in tables_of(connection):
        return None
    return connection.scalar(sa.text("SELECT version_num FROM alembic_version"))


def tables_of(connection: sa.Connection) -> frozenset[str]:
    """The names of the tables that are there."""
    if connection.dialect.name == "sqlite":
        question = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        question = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
    return frozenset(connection.scalars(sa.text(question)))


def create(connection: sa.Connection) -> None:
    """Make the newest form in an empty database. The migrations make the same, step by step; a test compares them."""
    metadata.create_all(connection, checkfirst=False)
    for statement in (*search_ddl(connection.dialect.name), _VERSION_TABLE):
        connection.exec_driver_sql(statement)
    connection.execute(sa.text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": NEWEST})
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def upgrade(connection: sa.Connection, to: str = NEWEST) -> None:
    """Bring an older form to a newer one, in this transaction: wholly or not at all."""
    from alembic.command import upgrade as run
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "argosy.store:migrations")
    run(config, to)
