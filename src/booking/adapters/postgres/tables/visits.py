"""Tables of visits."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZRANGE, UUID

from booking.adapters.postgres.tables.base import Instant, metadata

slots = sa.Table(
    "slots",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("property_id", UUID, nullable=False),
    sa.Column("agent_id", UUID, nullable=False),
    sa.Column("start_time", Instant, nullable=False),
    sa.Column("end_time", Instant, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("cancelled_at", Instant),
    sa.Column("capacity", sa.SmallInteger, nullable=False),
    sa.Column("busy_until", Instant),
    sa.Column("reason", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

agent_times = sa.Table(
    "agent_times",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("agent_id", UUID, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("during", TSTZRANGE, nullable=False),
)

bookings = sa.Table(
    "bookings",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("slot_id", UUID, nullable=False),
    sa.Column("applicant_id", UUID, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("place", sa.SmallInteger),
    sa.Column("capacity", sa.SmallInteger),
    sa.Column("start_time", Instant),
    sa.Column("end_time", Instant),
    sa.Column("during", TSTZRANGE, sa.Computed("tstzrange(start_time, end_time)")),
    sa.Column(
        "unbound_slot_id",
        UUID,
        sa.Computed("CASE WHEN capacity IS NULL OR start_time IS NULL OR end_time IS NULL THEN slot_id END"),
    ),
    sa.Column("deadline", Instant),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("notes", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Column("outcome_at", Instant),
    sa.Column("rating", sa.SmallInteger),
    sa.Column("comment", sa.Text),
    sa.Column("feedback_at", Instant),
    sa.Column("attendance_confirmed_at", Instant),
    sa.Column("may_release", sa.Boolean, nullable=False),
    sa.Column("party_size", sa.SmallInteger, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

waitlist = sa.Table(
    "waitlist",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False),
    sa.Column("slot_id", UUID, nullable=False),
    sa.Column("applicant_id", UUID, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("offer_id", UUID),
    sa.Column("reason", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

watches = sa.Table(
    "watches",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("property_id", UUID, primary_key=True),
    sa.Column("applicant_id", UUID, primary_key=True),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("weekdays", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("dismissed_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)
