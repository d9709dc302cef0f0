"""Tables of properties and policies."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from booking.adapters.postgres.tables.base import Instant, metadata

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
    sa.Column("max_party_size", sa.SmallInteger),
    sa.Column("withdrawn_from", Instant),
)
