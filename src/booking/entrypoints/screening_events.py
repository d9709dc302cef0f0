"""Messages of the screening service: APPLICANT_SCREENED, plain, wrapped by SNS, or as an EventBridge detail."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NoReturn
from uuid import UUID

import msgspec
from msgspec import Meta

from booking.domain.applicant import RiskLevel, Screening, clean_name, usable_email

APPLICANT_SCREENED = "APPLICANT_SCREENED"

ID = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
"""As asyncapi.yaml has it."""

INSTANT = (
    "^(197[1-9]|19[89][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    "[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
"""RFC 3339, from 1971 on, as asyncapi.yaml has it.

Why: older ones are a sender's zero value (Go's is in year 1, Unix's in 1970), which would lose to all other screenings.
"""

END_OF_TIME = datetime.max.replace(tzinfo=UTC)

Id = Annotated[str, Meta(pattern=ID[:-1] + r"\Z")]  # where `$` would let a line end pass
Instant = Annotated[str, Meta(pattern=INSTANT[:-1] + r"\Z")]


class MalformedEvent(Exception):
    """The message is no event of ours; the reason names the field at fault, never its value."""


class UnknownEvent(Exception):
    """A well-formed event of a type that is not for us."""


class ApplicantScreened(msgspec.Struct, kw_only=True):
    """Fields that are not known are let through: senders evolve. No name and no email loses a screening."""

    applicant_id: Id
    organization_id: Id
    risk_level: RiskLevel
    name: Any = None
    email: Any = None
    screened_at: Instant | None = None
    event_id: Id | None = None


FIELDS = ApplicantScreened.__struct_fields__


class Received(msgspec.Struct, kw_only=True):
    screening: Screening
    event_id: UUID | None


def decode(body: str, sent_at: datetime) -> Received:
    """The event in a message that the queue took at `sent_at`; MalformedEvent or UnknownEvent."""
    try:
        return _decode(_object(body), sent_at)
    except (RecursionError, UnicodeError) as error:  # where half a character is in what counts
        raise MalformedEvent("not valid JSON") from error


def _decode(message: dict[str, Any], sent_at: datetime) -> Received:
    event_type = message.get("event_type")
    if event_type is None:  # or else it is no envelope, whatever more it carries
        if message.get("Type") == "Notification" and isinstance(message.get("Message"), str):
            return _decode(_object(message["Message"]), _sent(message, "Timestamp", sent_at))
        if isinstance(detail := message.get("detail"), dict):
            if detail.get("event_type") is None:
                detail = detail | {"event_type": message.get("detail-type")}
            return _decode(detail, _sent(message, "time", sent_at))
    if not isinstance(event_type, str):
        raise MalformedEvent("event_type: is required")
    if event_type != APPLICANT_SCREENED:
        raise UnknownEvent
    try:
        event = msgspec.convert({name: message[name] for name in FIELDS if name in message}, ApplicantScreened)
    except msgspec.ValidationError as error:
        raise MalformedEvent(_reason(str(error))) from None
    return Received(
        screening=Screening(
            organization_id=UUID(event.organization_id),
            external_id=UUID(event.applicant_id),
            name=clean_name(event.name) if isinstance(event.name, str) else None,
            email=usable_email(event.email) if isinstance(event.email, str) else None,
            risk_level=event.risk_level,
            screened_at=_instant("screened_at", event.screened_at) if event.screened_at else None,
            sent_at=sent_at,
        ),
        event_id=UUID(event.event_id) if event.event_id else None,
    )


def _object(text: str) -> dict[str, Any]:
    try:
        message = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        message = _odd(text)
    if not isinstance(message, dict):
        raise MalformedEvent("not a JSON object")
    return message


def _odd(text: str) -> object:
    """Decode JSON that has half a character in a name, say, cut off by its sender, or a number beyond all bounds."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError as error:
        raise MalformedEvent("not valid JSON") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _sent(envelope: dict[str, Any], name: str, otherwise: datetime) -> datetime:
    if envelope.get(name) is None:
        return otherwise
    try:
        return _instant(name, msgspec.convert(envelope[name], Instant))
    except msgspec.ValidationError:
        raise MalformedEvent(f"{name}: is not an instant") from None


def _instant(name: str, text: str) -> datetime:
    """Read an instant; one that an offset leads out of the years that there are is the end of time."""
    leaps = text[17:19] == "60"
    try:
        instant = datetime.fromisoformat((text[:17] + "59" + text[19:] if leaps else text).upper())
    except ValueError:
        raise MalformedEvent(f"{name}: is not an instant") from None
    try:
        utc = instant.astimezone(UTC)
    except OverflowError:
        return END_OF_TIME
    if not leaps:
        return utc
    after = utc + timedelta(seconds=1)
    if (after.day, after.hour, after.minute, after.second) != (1, 0, 0, 0):  # leaps end a month
        raise MalformedEvent(f"{name}: is not an instant")
    return after


def _reason(message: str) -> str:
    """msgspec's message without what it quotes of the value."""
    what, at, path = message.rpartition(" - at `$")  # the last one: what is quoted may hold another
    what, field = (what, path.strip("`.")) if at else (path, "event")
    return f"{field}: {'is not one of the known values' if what.startswith('Invalid enum value') else what}"
