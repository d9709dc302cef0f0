"""Tables of people and their organizations."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from booking.adapters.postgres.tables.base import Instant, metadata

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

former_logins = sa.Table(
    "former_logins",
    metadata,
    sa.Column("organization_id", UUID, primary_key=True),
    sa.Column("applicant_id", UUID, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("taken_at", Instant, nullable=False),
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
