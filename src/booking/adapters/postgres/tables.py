"""The tables, as statements name them. db/migrations is their source; a test compares the two."""

from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, UUID

metadata = sa.MetaData()

Instant = sa.DateTime(timezone=True)

organizations = sa.Table(
    "organizations",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("people_version", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("time_zone", sa.Text),
    sa.Column("locale", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("website", sa.Text),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("colour", sa.Text),
    sa.Column("logo_url", sa.Text),
    sa.Column("reply_to", sa.Text),
)

properties = sa.Table(
    "properties",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("label", sa.Text),
    sa.Column("area", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("directions", sa.Text),
    sa.Column("meeting_point", sa.Text),
    sa.Column("access_note", sa.LargeBinary),
    sa.Column("time_zone", sa.Text),
    sa.Column("image_url", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("told_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

agents = sa.Table(
    "agents",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("claimed_role", sa.Text),
    sa.Column("provisioned_role", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("claimed_at", Instant),
    sa.Column("shut_out_at", Instant),
    sa.Column("erased_at", Instant),
)

profiles = sa.Table(
    "profiles",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("agent_id", UUID, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("locale", sa.Text),
    sa.Column("photo_url", sa.Text),
    sa.Column("updated_at", Instant, nullable=False),
)

applicants = sa.Table(
    "applicants",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("external_id", UUID, nullable=False),
    sa.Column("user_id", sa.Text),
    sa.Column("unlinked_from", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("risk_level", sa.Text, nullable=False),
    sa.Column("screened_at", Instant, nullable=False),
    sa.Column("erased_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("applicant_id", UUID, primary_key=True),
    sa.Column("phone", sa.Text),
    sa.Column("locale", sa.Text),
    sa.Column("channels", ARRAY(sa.Text)),
    sa.Column("own", ARRAY(sa.Text), nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("proved_phone", sa.Text),
    sa.Column("wrote_at", Instant),
)

phone_codes = sa.Table(
    "phone_codes",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("applicant_id", UUID, primary_key=True),
    sa.Column("id", UUID, primary_key=True),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("tries", sa.SmallInteger, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

paid_messages = sa.Table(
    "paid_messages",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("asked", sa.Integer, nullable=False),
)

former_logins = sa.Table(
    "former_logins",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("applicant_id", UUID, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("taken_at", Instant, nullable=False),
)

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

policies = sa.Table(
    "policies",
    metadata,
    sa.Column("organization_id", UUID, nullable=False),
    sa.Column("property_id", UUID),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("notice_seconds", sa.Integer),
    sa.Column("cancellation_cutoff_seconds", sa.Integer),
    sa.Column("horizon_days", sa.Integer),
    sa.Column("max_live_bookings", sa.Integer),
    sa.Column("max_live_bookings_per_property", sa.Integer),
    sa.Column("buffer_seconds", sa.Integer),
    sa.Column("hold_seconds", sa.Integer),
    sa.Column("max_live_holds", sa.Integer),
    sa.Column("offer_seconds", sa.Integer),
    sa.Column("approval_levels", ARRAY(sa.Text)),
    sa.Column("approval_seconds", sa.Integer),
    sa.Column("approval_before_start_seconds", sa.Integer),
    sa.Column("cancel_when_ineligible", sa.Boolean),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("access_note_seconds", sa.Integer),
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

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("address", sa.LargeBinary, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
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

notice_sweeps = sa.Table(
    "notice_sweeps",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("after_start", Instant, nullable=False),
    sa.Column("after_id", UUID, nullable=False),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("token", sa.BigInteger, nullable=False),
    sa.Column("leased_until", Instant, nullable=False),
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

inbound = sa.Table(
    "inbound",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("sender", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("created_at", Instant, nullable=False),
)

budgets = sa.Table(
    "budgets",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("who", sa.Text, primary_key=True),
    sa.Column("period", Instant, primary_key=True),
    sa.Column("used", sa.BigInteger, nullable=False),
)


class Columned(Protocol):
    """Table, alias or subquery with named columns."""

    @property
    def c(self) -> Any: ...


def keyed(table: Columned, those: Columned, named: str = "id") -> sa.ColumnElement[bool]:
    """Make the join condition on (organization_id, id); `named` is the id's name in the other."""
    return sa.and_(table.c["organization_id"] == those.c["organization_id"], table.c["id"] == those.c[named])


def booking_now() -> sa.Function[datetime]:
    """Return the clock that decides every deadline."""
    return sa.func.booking_now(type_=Instant)
