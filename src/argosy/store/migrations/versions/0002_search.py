"""Jobs are found by parts of words."""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from argosy.store.needles import terms

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

AT_ONCE = 1000

page = sa.text(
    "SELECT position, id, name, labels, engine, template, target FROM jobs"
    " WHERE position > :last ORDER BY position LIMIT :most"
)
write = sa.text("UPDATE jobs SET terms = :terms WHERE position = :position")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("terms", sa.Text, nullable=False, server_default=""))
    for rows in _pages():
        op.get_bind().execute(write, rows)
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5"
            "(terms, content='jobs', content_rowid='position', tokenize='trigram', columnsize=0)"
        )
        op.execute("INSERT INTO search (search) VALUES ('rebuild')")
        return
    op.execute(
        """CREATE FUNCTION argosy_grams(terms text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array(SELECT DISTINCT substr(terms, start, 3) FROM generate_series(1, length(terms) - 2) AS start)
    $$"""
    )
    op.execute("CREATE INDEX jobs_terms ON jobs USING gin (argosy_grams(terms))")


def _pages() -> Iterator[list[dict[str, object]]]:
    last = -(1 << 62)
    while rows := op.get_bind().execute(page, {"last": last, "most": AT_ONCE}).all():
        last = rows[-1].position
        yield [
            {
                "position": row.position,
                "terms": terms([row.id, row.name, *_labels(row.labels), row.engine, row.template, row.target]),
            }
            for row in rows
        ]


def _labels(text: str) -> list[str]:
    return [f"{key}={value}" for key, value in json.loads(text).items()]
