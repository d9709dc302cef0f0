"""What the screening service sends: APPLICANT_SCREENED, plain, wrapped by SNS, or as an EventBridge detail."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from booking.domain.applicant import RiskLevel, Screening

APPLICANT_SCREENED = "APPLICANT_SCREENED"

# Older ones are a sender's zero value (Go's is in year 1, Unix's in 1970), which would lose to every other screening.
# Worse, the driver takes the first instant of year 1 for minus infinity and gives it back naive: nothing compares then.
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)

CONTROL = r"\x00-\x1f\x7f-\x9f"  # of which PostgreSQL cannot store NUL, and nobody's name has any
Instant = Annotated[datetime, Meta(tz=True)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=rf"^(?=.*\S)[^{CONTROL}]*\Z")]
Email = Annotated[str, Meta(min_length=3, max_length=320, pattern=rf"^[^\s@{CONTROL}]+@[^\s{CONTROL}]+\Z")]


class MalformedEvent(Exception):
    """The message is no event of ours; the reason names the field at fault, never its value (T41, T42)."""


class UnknownEvent(Exception):
    """A well-formed event of a type that is not for us."""


class ApplicantScreened(msgspec.Struct, kw_only=True):
    """Fields that are not known are let through: senders evolve."""

    applicant_id: UUID
    organization_id: UUID
    name: Name
    email: Email
    risk_level: RiskLevel
    screened_at: Instant | None = None
    event_id: UUID | None = None


class Received(msgspec.Struct, kw_only=True):
    screening: Screening
    event_id: UUID | None


def decode(body: str, sent_at: datetime) -> Received:
    """The event in a message that the queue took at `sent_at`; MalformedEvent or UnknownEvent."""
    try:
        return _decode(_object(body), sent_at)
    except (RecursionError, UnicodeError) as error:
        raise MalformedEvent("not valid JSON") from error


def _decode(message: dict[str, Any], sent_at: datetime) -> Received:
    event_type = message.get("event_type")
    if event_type is None:  # or else it is no envelope, whatever more it carries
        if message.get("Type") == "Notification" and isinstance(message.get("Message"), str):
            return _decode(_object(message["Message"]), _instant(message, "Timestamp", sent_at))
        if isinstance(detail := message.get("detail"), dict):
            if detail.get("event_type") is None:
                detail = detail | {"event_type": message.get("detail-type")}
            return _decode(detail, _instant(message, "time", sent_at))
    if not isinstance(event_type, str):
        raise MalformedEvent("event_type: is required")
    if event_type != APPLICANT_SCREENED:
        raise UnknownEvent
    try:
        event = msgspec.convert(message, ApplicantScreened)
    except msgspec.ValidationError as error:
        raise MalformedEvent(_reason(str(error))) from None
    return Received(
        screening=Screening(
            organization_id=event.organization_id,
            external_id=event.applicant_id,
            name=event.name,
            email=event.email,
            risk_level=event.risk_level,
            screened_at=_utc("screened_at", event.screened_at) if event.screened_at else None,
            sent_at=sent_at,
        ),
        event_id=event.event_id,
    )


def _object(text: str) -> dict[str, Any]:
    try:
        message = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise MalformedEvent("not valid JSON") from error
    if not isinstance(message, dict):
        raise MalformedEvent("not a JSON object")
    return message


def _instant(envelope: dict[str, Any], name: str, otherwise: datetime) -> datetime:
    if envelope.get(name) is None:
        return otherwise
    try:
        return _utc(name, msgspec.convert(envelope[name], Instant))
    except msgspec.ValidationError:
        raise MalformedEvent(f"{name}: is not an instant") from None


def _utc(name: str, instant: datetime) -> datetime:
    with suppress(OverflowError):  # an offset can lead out of the years that there are
        if (utc := instant.astimezone(UTC)) >= EARLIEST:
            return utc
    raise MalformedEvent(f"{name}: is out of range")


def _reason(message: str) -> str:
    """msgspec's message without what it quotes of the value."""
    what, at, path = message.rpartition(" - at `$")  # the last one: what is quoted may hold another
    what, field = (what, path.strip("`.")) if at else (path, "event")
    return f"{field}: {'is not one of the known values' if what.startswith('Invalid enum value') else what}"
