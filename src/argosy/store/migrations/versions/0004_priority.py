"""The queue goes by priority."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempts", sa.Column("rank", sa.Integer, nullable=False, server_default="0"))
    op.drop_index("attempts_room", "attempts")
    room = sa.text("room IS NOT NULL")
    columns = ["target", "room", "rank", "position", "due"]
    op.create_index("attempts_room", "attempts", columns, sqlite_where=room, postgresql_where=room)
