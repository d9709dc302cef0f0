"""Tables of notices."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from booking.adapters.postgres.tables.base import Instant, metadata

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("recipient_id", UUID, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("booking_id", UUID),
    sa.Column("sequence", sa.Integer),
    sa.Column("slot_id", UUID),
    sa.Column("property_id", UUID),
    sa.Column("agent_id", UUID),
    sa.Column("endpoint_id", UUID),
    sa.Column("actor_role", sa.Text, nullable=False),
    sa.Column("before_start", sa.Interval),
    sa.Column("start_time", Instant),
    sa.Column("end_time", Instant),
    sa.Column("moved_from", Instant),
    sa.Column("happened_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("not_after", Instant, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("attempts", sa.SmallInteger, nullable=False),
    sa.Column("attempted_at", Instant),
    sa.Column("under_way_until", Instant),
    sa.Column("provider_id", sa.Text),
    sa.Column("ended_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("answer_by", Instant),
    sa.Column("held", sa.Boolean, nullable=False),
)

notice_plans = sa.Table(
    "notice_plans",
    metadata,
    sa.Column("organization_id", UUID, nullable=False),
    sa.Column("property_id", UUID),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("offsets", ARRAY(sa.Interval)),
    sa.Column("channels", ARRAY(sa.Text)),
    sa.Column("quiet", sa.Boolean),
    sa.Column("quiet_since", sa.Time),
    sa.Column("quiet_until", sa.Time),
    sa.Column("releases", sa.Boolean),
    sa.Column("release_before", sa.Interval),
    sa.Column("trust_sent", sa.Boolean),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("may_release", sa.Boolean),
)

notice_templates = sa.Table(
    "notice_templates",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("recipient", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text),
    sa.Column("heading", sa.Text),
    sa.Column("body", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

notice_sweeps = sa.Table(
    "notice_sweeps",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("after_start", Instant, nullable=False),
    sa.Column("after_id", UUID, nullable=False),
)

notice_channels = sa.Table(
    "notice_channels",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("since", Instant, nullable=False),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("address", sa.LargeBinary, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

unsubscriptions = sa.Table(
    "unsubscriptions",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("recipient_id", UUID, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("notice_group", sa.Text, primary_key=True),
    sa.Column("created_at", Instant, nullable=False),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("booking_id", UUID, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("applicant_id", UUID, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
)

calendar_feeds = sa.Table(
    "calendar_feeds",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("agent_id", UUID),
    sa.Column("applicant_id", UUID),
    sa.Column("owner_id", UUID, sa.Computed("coalesce(agent_id, applicant_id)", persisted=True), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("number", sa.SmallInteger, nullable=False),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

paid_messages = sa.Table(
    "paid_messages",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("asked", sa.Integer, nullable=False),
)

freed_places = sa.Table(
    "freed_places",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("slot_id", UUID, nullable=False),
    sa.Column("given_up_by", UUID),
    sa.Column("happened_at", Instant, nullable=False),
    sa.Column("after_created", Instant, nullable=False),
    sa.Column("after_id", UUID, nullable=False),
)
