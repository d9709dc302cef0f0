"""Messages of the screening service: APPLICANT_SCREENED."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.domain.people.applicant import RiskLevel, Screening, clean_name, usable_email
from booking.domain.people.contact import usable_locale, usable_phone
from booking.entrypoints.messages import envelopes
from booking.entrypoints.messages.envelopes import Envelope, Id, Instant, fields_of, instant_of

APPLICANT_SCREENED = "APPLICANT_SCREENED"


class ApplicantScreened(msgspec.Struct, kw_only=True):
    """No name, email, phone or locale loses a screening."""

    applicant_id: Id
    organization_id: Id
    risk_level: RiskLevel
    name: Any = None
    email: Any = None
    phone: Any = None
    locale: Any = None
    screened_at: Instant | None = None
    event_id: Id | None = None


class Received(msgspec.Struct, kw_only=True):
    """A screening. `unusable` names the fields of it that say nothing, or in vain."""

    screening: Screening
    event_id: UUID | None
    unusable: str


def decode(body: str, sent_at: datetime) -> Received:
    """Read the screening in a message that the queue took at `sent_at`; MalformedEvent or UnknownEvent."""
    return envelopes.decode(body, sent_at, {APPLICANT_SCREENED: screening_of})


def screening_of(envelope: Envelope) -> Received:
    event = fields_of(envelope, ApplicantScreened)
    screening = Screening(
        organization_id=UUID(event.organization_id),
        external_id=UUID(event.applicant_id),
        name=clean_name(event.name) if isinstance(event.name, str) else None,
        email=usable_email(event.email) if isinstance(event.email, str) else None,
        risk_level=event.risk_level,
        screened_at=instant_of("screened_at", event.screened_at) if event.screened_at else None,
        sent_at=envelope.sent_at,
        phone=usable_phone(event.phone) if isinstance(event.phone, str) else None,
        locale=usable_locale(event.locale) if isinstance(event.locale, str) else None,
    )
    wanted = ["name", "email", *(name for name in ("phone", "locale") if getattr(event, name) is not None)]
    return Received(
        screening=screening,
        event_id=UUID(event.event_id) if event.event_id else None,
        unusable=", ".join(name for name in wanted if getattr(screening, name) is None),
    )
