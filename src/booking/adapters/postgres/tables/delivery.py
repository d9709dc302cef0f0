"""Tables of events, their order and their delivery."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from booking.adapters.postgres.tables.base import Instant, metadata

restores = sa.Table(
    "restores",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("seal", sa.BigInteger, nullable=False),
    sa.Column("lost", sa.BigInteger, nullable=False),
    sa.Column("marked_at", Instant, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("seq", sa.BigInteger, server_default=sa.text("nextval('events_seq')"), nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("occurred_at", Instant, primary_key=True, server_default=sa.text("booking_now()")),
    sa.Column("actor_subject", sa.Text),
    sa.Column("actor_role", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text),
    sa.Column("slot_id", UUID),
    sa.Column("booking_id", UUID),
    sa.Column("applicant_id", UUID),
    sa.Column("agent_id", UUID),
    sa.Column("property_id", UUID),
    sa.Column("from_state", sa.Text),
    sa.Column("to_state", sa.Text, nullable=False),
    sa.Column("relayed_at", Instant),
    sa.Column("position", sa.BigInteger),
    sa.Column("start_time", Instant),
    sa.Column("end_time", Instant),
    sa.Column("from_slot_id", UUID),
    sa.Column("from_property_id", UUID),
    sa.Column("from_agent_id", UUID),
    sa.Column("from_start_time", Instant),
    sa.Column("from_end_time", Instant),
    sa.Column("endpoint_id", UUID),
    sa.Column("organization_position", sa.BigInteger),
    sa.Column("actor_via", sa.Text),
    sa.Column("schedule_id", UUID),
)

positions = sa.Table(
    "positions",
    metadata,
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("single", sa.Boolean, primary_key=True),
    sa.Column("numbered", sa.BigInteger, nullable=False),
    sa.Column("sealed", sa.BigInteger, nullable=False),
)

organization_positions = sa.Table(
    "organization_positions",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("last", sa.BigInteger, nullable=False),
)

feed = sa.Table(
    "feed",
    metadata,
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("single", sa.Boolean, primary_key=True),
)

stream_tickets = sa.Table(
    "stream_tickets",
    metadata,
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("organization_id", UUID),
    sa.Column("role", sa.Text),
    sa.Column("issued_at", Instant),
    sa.Column("token_expires_at", Instant),
    sa.Column("after", sa.Text),
    sa.Column("types", ARRAY(sa.Text), nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("event_types", ARRAY(sa.Text)),
    sa.Column("target", sa.Text),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("token", sa.BigInteger, nullable=False),
    sa.Column("leased_until", Instant, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("failing_since", Instant),
    sa.Column("failed_at", Instant),
    sa.Column("rests_until", Instant, nullable=False),
    sa.Column("disabled_at", Instant),
)

webhook_endpoints = sa.Table(
    "webhook_endpoints",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("number", sa.SmallInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("former_secret", sa.LargeBinary),
    sa.Column("former_until", Instant),
    sa.Column("warned_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

webhook_attempts = sa.Table(
    "webhook_attempts",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("endpoint_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("event_id", UUID, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger),
    sa.Column("attempt", sa.SmallInteger, nullable=False),
    sa.Column("attempted_at", Instant, nullable=False),
    sa.Column("ms", sa.Integer, nullable=False),
    sa.Column("status", sa.SmallInteger),
    sa.Column("failure", sa.Text),
    sa.Column("answer", sa.Text),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("event_id", UUID, primary_key=True),
    sa.Column("subscription_organization_id", UUID, primary_key=True),
    sa.Column("subscription_id", UUID, primary_key=True),
    sa.Column("occurred_at", Instant, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("line", UUID, nullable=False),
    sa.Column("attempts", sa.SmallInteger, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("token", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("died_at", Instant),
    sa.Column("under_way_until", Instant),
)

inbound = sa.Table(
    "inbound",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("sender", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("created_at", Instant, nullable=False),
)

traces = sa.Table(
    "traces",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("request_id", sa.Text, primary_key=True),
    sa.Column("parent", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

seals = sa.Table(
    "seals",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True),
    sa.Column("first", sa.BigInteger, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("sealed_at", Instant, nullable=False),
    sa.Column("key_id", sa.Text),
)
