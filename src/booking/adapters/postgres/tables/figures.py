"""Tables of figures."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from booking.adapters.postgres.tables.base import Instant, metadata

_INTEGERS = (
    *("slots", "offered", "booked", "attended", "no_show", "unrecorded", "declined"),
    *("by_applicant", "by_agent", "by_screening", "unconfirmed", "within_24_hours", "within_2_hours", "moved"),
)

figure_cells = sa.Table(
    "figure_cells",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("property_id", UUID, primary_key=True),
    sa.Column("quarter", Instant, primary_key=True),
    sa.Column("agent_id", UUID, primary_key=True),
    *(sa.Column(name, sa.Integer, nullable=False) for name in _INTEGERS),
    sa.Column("lead_seconds", sa.BigInteger, nullable=False),
    sa.Column("waited", sa.Integer, nullable=False),
    sa.Column("waited_booked", sa.Integer, nullable=False),
)

figures_followed = sa.Table(
    "figures_followed",
    metadata,
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("single", sa.Boolean, primary_key=True),
)
