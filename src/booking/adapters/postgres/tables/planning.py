"""Tables of plans, and of times without slots."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from booking.adapters.postgres.tables.base import Instant, metadata

blocks = sa.Table(
    "blocks",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("agent_id", UUID, nullable=False),
    sa.Column("start_time", Instant, nullable=False),
    sa.Column("end_time", Instant, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
)
