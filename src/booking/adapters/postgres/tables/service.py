"""Tables of the service's own: leases of its jobs, answers and budgets of requests."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from booking.adapters.postgres.tables.base import Instant, metadata

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("token", sa.BigInteger, nullable=False),
    sa.Column("leased_until", Instant, nullable=False),
)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("route", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("value_fingerprint", sa.LargeBinary),
)

budgets = sa.Table(
    "budgets",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("who", sa.Text, primary_key=True),
    sa.Column("period", Instant, primary_key=True),
    sa.Column("used", sa.BigInteger, nullable=False),
)
