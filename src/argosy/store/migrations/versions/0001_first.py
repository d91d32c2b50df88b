"""The first form of the database."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
PLAIN = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("PRAGMA application_id = 1098016623")
    _jobs()
    _beside_jobs()
    _attempts()
    _events()
    _small_things()


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("position", BIG_KEY, primary_key=True, autoincrement=False),
        sa.Column("id", PLAIN, nullable=False, unique=True),
        sa.Column("short", PLAIN, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("parent", sa.Text),
        sa.Column("fate", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.Column("started", sa.BigInteger),
        sa.Column("ended", sa.BigInteger),
        sa.Column("fraction", sa.Float),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_index("jobs_fate", "jobs", ["fate", "position", "target", "engine"])
    op.create_index("jobs_target", "jobs", ["target", "position", "engine"])
    op.create_index("jobs_engine", "jobs", ["engine", "position"])
    op.create_index("jobs_short", "jobs", ["short"])
    op.create_index("jobs_name", "jobs", ["name", "position"])
    has_parent = sa.text("parent IS NOT NULL")
    op.create_index("jobs_parent", "jobs", ["parent"], sqlite_where=has_parent, postgresql_where=has_parent)


def _of_job() -> sa.Column[str]:
    return sa.Column("job", PLAIN, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)


def _beside_jobs() -> None:
    op.create_table("specs", _of_job(), sa.Column("document", sa.Text, nullable=False))
    op.create_table(
        "labels",
        sa.Column("term", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, sa.ForeignKey("jobs.position", ondelete="CASCADE"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("labels_position", "labels", ["position"])
    op.create_table("requirements", _of_job(), sa.Column("parent", PLAIN, primary_key=True), sqlite_with_rowid=False)
    op.create_index("requirements_parent", "requirements", ["parent"])
    op.create_table(
        "files",
        _of_job(),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "results",
        _of_job(),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
    )


def _attempts() -> None:
    op.create_table(
        "attempts",
        _of_job(),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("wished", sa.Integer, nullable=False),
        sa.Column("room", sa.Text),
        sa.Column("document", sa.Text, nullable=False),
    )
    room = sa.text("room IS NOT NULL")
    columns = ["target", "room", "position", "due"]
    op.create_index("attempts_room", "attempts", columns, sqlite_where=room, postgresql_where=room)
    op.create_index("attempts_due", "attempts", ["target", "due", "room"], sqlite_where=room, postgresql_where=room)


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", BIG_KEY, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("job", sa.Text),
        sa.Column("attempt", sa.Integer),
        sa.Column("target", sa.Text),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("state", sa.Text),
        sa.Column("body", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("events_job", "events", ["job", "seq"])


def _small_things() -> None:
    op.create_table(
        "templates",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    document = sa.Column("document", sa.Text, nullable=False)
    op.create_table("targets", sa.Column("name", sa.Text, primary_key=True), document)
    op.create_table(
        "settings", sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
    )
    op.create_table(
        "leases",
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
