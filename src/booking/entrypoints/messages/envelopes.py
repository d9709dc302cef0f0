"""Envelopes of the queue's messages: an event plain, wrapped by SNS, or as an EventBridge detail."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NamedTuple, NoReturn, TypeVar

import msgspec
from msgspec import Meta

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

ID = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
"""As asyncapi.yaml has it."""

INSTANT = (
    "^(197[1-9]|19[89][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    "[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
"""RFC 3339, from 1971 on, as asyncapi.yaml has it.

Why: older ones are a sender's zero value (Go's is in year 1, Unix's in 1970), which would lose to all others.
"""

UNKNOWN_VALUE = "is not one of the known values"

END_OF_TIME = datetime.max.replace(tzinfo=UTC)

Id = Annotated[str, Meta(pattern=ID[:-1] + r"\Z")]  # where `$` would let a line end pass
Instant = Annotated[str, Meta(pattern=INSTANT[:-1] + r"\Z")]


class MalformedEvent(Exception):
    """The message is no event of ours; the reason names the field at fault, never its value."""

    @property
    def field(self) -> str:
        """Return the field at fault; "message" where that is the whole of it."""
        field, names, _ = str(self).partition(": ")
        return field if names else "message"


class UnknownEvent(Exception):
    """A well-formed event of a type that is not for us."""


class Envelope(NamedTuple):
    """An event with the time at which it was sent."""

    event_type: str
    event: dict[str, Any]
    sent_at: datetime


Reader = Callable[[Envelope], T]


def decode(body: str, sent_at: datetime, readers: Mapping[str, Reader[T]]) -> T:
    """Read the event in a message that the queue took at `sent_at`, as its type is read.

    MalformedEvent, or UnknownEvent for a type that nothing reads.
    """
    try:
        envelope = _opened(_object(body), sent_at)
        if envelope.event_type not in readers:
            raise UnknownEvent
        return readers[envelope.event_type](envelope)
    except (RecursionError, UnicodeError) as error:  # where half a character is in what counts
        raise MalformedEvent("not valid JSON") from error


def fields_of(envelope: Envelope, kind: type[S]) -> S:
    """Read the fields that are known; all others are let through, for senders evolve."""
    known = {name: envelope.event[name] for name in kind.__struct_fields__ if name in envelope.event}
    try:
        return msgspec.convert(known, kind)
    except msgspec.ValidationError as error:
        raise MalformedEvent(_reason(str(error))) from None


def instant_of(name: str, text: str) -> datetime:
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


def _opened(message: dict[str, Any], sent_at: datetime) -> Envelope:
    event_type = message.get("event_type")
    if event_type is None:  # or else it is no envelope, whatever more it carries
        if message.get("Type") == "Notification" and isinstance(message.get("Message"), str):
            return _opened(_object(message["Message"]), _sent(message, "Timestamp", sent_at))
        if isinstance(detail := message.get("detail"), dict):
            if detail.get("event_type") is None:
                detail = detail | {"event_type": message.get("detail-type")}
            return _opened(detail, _sent(message, "time", sent_at))
    if not isinstance(event_type, str):
        raise MalformedEvent("event_type: is required")
    return Envelope(event_type, message, sent_at)


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
        return instant_of(name, msgspec.convert(envelope[name], Instant))
    except msgspec.ValidationError:
        raise MalformedEvent(f"{name}: is not an instant") from None


def _reason(message: str) -> str:
    """msgspec's message without what it quotes of the value."""
    what, at, path = message.rpartition(" - at `$")  # the last one: what is quoted may hold another
    what, field = (what, path.strip("`.")) if at else (path, "event")
    return f"{field}: {UNKNOWN_VALUE if what.startswith('Invalid enum value') else what}"
