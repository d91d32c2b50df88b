"""The tables as they are today.

Whole values lie in ``document`` as JSON; the columns beside it are for searching and guarding. Times are whole
microseconds since 1970 in UTC, so that they sort, compare and round-trip exactly on every database.
"""

import sqlalchemy as sa

metadata = sa.MetaData()

Micros = sa.BigInteger
Plain = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text that sorts by its bytes everywhere, so that ranges of it mean the same on every database."""

jobs = sa.Table(
    "jobs",
    metadata,
    # Newest first is this column downwards: milliseconds of the creation, then the order of arrival (see ``places``).
    sa.Column("position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("id", Plain, nullable=False, unique=True),
    sa.Column("short", Plain, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("engine", sa.Text, nullable=False),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("labels", sa.Text, nullable=False),
    sa.Column("parent", sa.Text),
    sa.Column("fate", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("created", Micros, nullable=False),
    sa.Column("updated", Micros, nullable=False),
    sa.Column("started", Micros),
    sa.Column("ended", Micros),
    sa.Column("fraction", sa.Float),
    sa.Column("words", sa.Text, nullable=False),
    # What the text search looks at; see ``needles``.
    sa.Column("terms", sa.Text, nullable=False, server_default=""),
    # Each index ends in what the list needs besides: a filter that fits nothing is then read off the index alone.
    sa.Index("jobs_fate", "fate", "position", "target", "engine"),
    sa.Index("jobs_target", "target", "position", "engine"),
    sa.Index("jobs_engine", "engine", "position"),
    sa.Index("jobs_short", "short"),
    sa.Index("jobs_name", "name", "position"),
    sa.Index(
        "jobs_parent",
        "parent",
        sqlite_where=sa.text("parent IS NOT NULL"),
        postgresql_where=sa.text("parent IS NOT NULL"),
    ),
)


def _of_job() -> sa.Column[str]:
    return sa.Column("job", Plain, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)


# Apart from the list, so that a row of the list stays small and is rewritten cheaply when its job moves.
specs = sa.Table("specs", metadata, _of_job(), sa.Column("document", sa.Text, nullable=False))

labels = sa.Table(
    "labels",
    metadata,
    sa.Column("term", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, sa.ForeignKey("jobs.position", ondelete="CASCADE"), primary_key=True),
    sa.Index("labels_position", "position"),
    sqlite_with_rowid=False,
)
"""For each label of a job the terms ``key`` and ``key=value``."""

requirements = sa.Table(
    "requirements",
    metadata,
    _of_job(),
    sa.Column("parent", Plain, primary_key=True),
    sa.Index("requirements_parent", "parent"),
    sqlite_with_rowid=False,
)
"""The jobs that a job waits for."""

_HAS_ROOM = sa.text("room IS NOT NULL")

attempts = sa.Table(
    "attempts",
    metadata,
    _of_job(),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("due", Micros, nullable=False),
    sa.Column("wished", sa.Integer, nullable=False),
    # Where the target's round finds it (see ``facts.room``); none when there is nothing to do.
    sa.Column("room", sa.Text),
    sa.Column("document", sa.Text, nullable=False),
    # The queue goes by this, then by position: the lower, the sooner.
    sa.Column("rank", sa.Integer, nullable=False, server_default="0"),
    sa.Index(
        "attempts_room", "target", "room", "rank", "position", "due", sqlite_where=_HAS_ROOM, postgresql_where=_HAS_ROOM
    ),
    sa.Index("attempts_due", "target", "due", "room", sqlite_where=_HAS_ROOM, postgresql_where=_HAS_ROOM),
)

outdated = sa.Table(
    "outdated",
    metadata,
    _of_job(),
    sa.Column("target", sa.Text, nullable=False),
    # Another one with each change.
    sa.Column("stamp", sa.Text, nullable=False),
    sa.Index("outdated_target", "target"),
)
"""Jobs whose records on their targets do not tell yet what a user changed."""

events = sa.Table(
    "events",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("at", Micros, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("job", sa.Text),
    sa.Column("attempt", sa.Integer),
    sa.Column("target", sa.Text),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("state", sa.Text),
    sa.Column("body", sa.Text),
    sa.Index("events_job", "job", "seq"),
    sqlite_autoincrement=True,  # the number of an event that was removed with its job is never given again
)

files = sa.Table(
    "files",
    metadata,
    _of_job(),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text),
    sqlite_with_rowid=False,
)

results = sa.Table(
    "results",
    metadata,
    _of_job(),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)

templates = sa.Table(
    "templates",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)
"""Every template that a job was made from, so that its jobs can be understood after the template changed."""

targets = sa.Table(
    "targets", metadata, sa.Column("name", sa.Text, primary_key=True), sa.Column("document", sa.Text, nullable=False)
)

presets = sa.Table(
    "presets", metadata, sa.Column("name", sa.Text, primary_key=True), sa.Column("document", sa.Text, nullable=False)
)
"""Values with a name, from which jobs start."""

settings = sa.Table(
    "settings", metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("expires", Micros, nullable=False),
)
