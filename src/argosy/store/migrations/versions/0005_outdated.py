"""What a user changes of a job is told to its record on the target, too."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    plain = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "outdated",
        sa.Column("job", plain, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("stamp", sa.Text, nullable=False),
    )
    op.create_index("outdated_target", "outdated", ["target"])
