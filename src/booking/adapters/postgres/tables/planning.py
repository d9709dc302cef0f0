"""Tables of plans, and of times without slots."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

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
    sa.Column("of_calendar", sa.Boolean, nullable=False),
    sa.Column("of_absence", sa.Boolean, nullable=False),
)

agent_calendars = sa.Table(
    "agent_calendars",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("agent_id", UUID, primary_key=True),
    sa.Column("url", sa.LargeBinary, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("whole_at", Instant),
    sa.Column("read_at", Instant),
    sa.Column("failing_since", Instant),
    sa.Column("given_up_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
)

schedules = sa.Table(
    "schedules",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("property_id", UUID, nullable=False),
    sa.Column("agent_id", UUID, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("rules", JSONB, nullable=False),
    sa.Column("slot_minutes", sa.SmallInteger, nullable=False),
    sa.Column("gap_minutes", sa.SmallInteger, nullable=False),
    sa.Column("capacity", sa.SmallInteger, nullable=False),
    sa.Column("horizon_days", sa.SmallInteger, nullable=False),
    sa.Column("since", sa.DateTime),
    sa.Column("until", sa.DateTime),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

schedule_occurrences = sa.Table(
    "schedule_occurrences",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("schedule_id", UUID, primary_key=True),
    sa.Column("occurrence", sa.DateTime, primary_key=True),
    sa.Column("start_time", Instant, nullable=False),
    sa.Column("end_time", Instant, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("slot_id", UUID),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("job_id", UUID),
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("failures", JSONB, nullable=False),
    sa.Column("input", JSONB, nullable=False),
    sa.Column("subject", sa.Text),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
)
