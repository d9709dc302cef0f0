"""The audit: events in the order of their positions, sealed in batches, so that no change of them goes unseen.

Each seal's digest covers the seal before it and is keyed by a secret that the database does not hold: whoever can write
every table, a superuser too, cannot make a changed event fit again. What cuts off the newest seals is found by the head
of the chain, which the log has (T61).
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from booking.domain.events import Event, EventType, Recorded
from booking.domain.values import dataclass

RETENTION = timedelta(days=7 * 366)
"""Seven years and some days: events older than that may be missing."""

START = bytes(32)
"""What stands for a digest before the first seal."""

FIELDS = ":2"
"""Ends what a seal's digest covers where the events were sealed with their times and moves. Seals of former releases
are without it, and say nothing of these fields."""

_quoted = json.encoder.encode_basestring_ascii


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """An event with the position that it was given after its commit."""

    position: int
    recorded: Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which events somebody asks for; None is any. Times are half-open: `since <= occurred_at < until`.

    A slot is where the event says it is, or was before a move.
    """

    type: EventType | None = None
    subject: str | None = None
    slot_id: UUID | None = None
    booking_id: UUID | None = None
    applicant_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Over the events from position `first` to `last`. `content` is their digest alone, which outlives them."""

    number: int
    first: int
    last: int
    content: bytes
    digest: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """What is not as it was sealed."""

    seal: int
    says: str


def seal(secret: bytes, before: Seal | None, events: Sequence[Audited], *, at: datetime) -> Seal:
    """The next seal of the chain, over `events`, which follow the ones before without a gap."""
    content = content_of(events)
    number, first, last = before.number + 1 if before else 1, events[0].position, events[-1].position
    digest = _digest(secret, before, number, first, last, content, at, FIELDS)
    return Seal(number=number, first=first, last=last, content=content, digest=digest, sealed_at=at)


def content_of(events: Sequence[Audited], *, moves: bool = True) -> bytes:
    """`moves`: with times and moves, where an event has them."""
    found = hashlib.sha256()
    for event in events:
        told = _told(event, moves=moves)
        found.update(len(told).to_bytes(4, "big") + told)
    return found.digest()


def breach(
    secret: bytes, before: Seal | None, this: Seal, events: Sequence[Audited], *, now: datetime
) -> Breach | None:
    """What is wrong with a seal or with the events under it; None if nothing is."""
    number, first = (before.number + 1, before.last + 1) if before else (1, 1)
    if this.number != number:
        return Breach(seal=number, says="the seal is missing")
    if this.first != first:
        return Breach(seal=number, says=f"it begins at position {this.first} instead of {first}")
    fields = _fields_of(secret, before, this)
    if fields is None:
        return Breach(seal=number, says="the seal, or the one before it, was changed; or this is not the secret")
    found = [event.position for event in events]
    if found != list(range(this.first, this.last + 1)):
        if now - this.sealed_at > RETENTION:
            return None
        missing = sorted(set(range(this.first, this.last + 1)) - set(found))
        return Breach(seal=number, says=f"events are missing, or there twice: positions {missing[:5] or found[:5]}")
    if content_of(events, moves=fields == FIELDS) != this.content:
        return Breach(seal=number, says=f"an event at a position from {this.first} to {this.last} was changed")
    return None


def _fields_of(secret: bytes, before: Seal | None, this: Seal) -> str | None:
    """What the events were sealed with, as the seal's own digest says; None if it is not the right one."""
    for fields in (FIELDS, ""):
        expected = _digest(secret, before, this.number, this.first, this.last, this.content, this.sealed_at, fields)
        if hmac.compare_digest(expected, this.digest):
            return fields
    return None


def _digest(
    secret: bytes,
    before: Seal | None,
    number: int,
    first: int,
    last: int,
    content: bytes,
    sealed_at: datetime,
    fields: str,
) -> bytes:
    previous = before.digest if before else START
    header = f"{number}:{first}:{last}:{sealed_at.astimezone(UTC).isoformat()}{fields}".encode()
    return hmac.new(secret, previous + content + header, hashlib.sha256).digest()


def _told(event: Audited, *, moves: bool) -> bytes:
    """One way only to write an event down: JSON with its keys in order, and nothing between."""
    recorded, happened = event.recorded, event.recorded.event
    about = (happened.slot_id, happened.booking_id, happened.applicant_id, happened.agent_id, happened.property_id)
    actor = (happened.actor.subject, happened.actor.role, happened.actor.request_id)
    moved, when = (_move(happened), _times(happened)) if moves else ("", "")
    return (
        f'{{"about":[{",".join([_word(one.hex if one else None) for one in about])}]'
        f',"actor":[{",".join([_word(one) for one in actor])}]'
        f',"from":{_word(happened.from_state)}'
        f',"id":"{recorded.id.hex}"'
        f'{moved},"occurred_at":"{_instant(recorded.occurred_at)}"'
        f',"organization":"{happened.organization_id.hex}"'
        f',"position":{event.position}'
        f',"to":{_word(happened.to_state)}'
        f',"type":{_quoted(happened.type)}{when}}}'
    ).encode()


def _move(happened: Event) -> str:
    left = happened.moved_from
    if left is None:
        return ""
    ids = ",".join([f'"{one.hex}"' for one in (left.slot_id, left.property_id, left.agent_id)])
    return f',"moved_from":[{ids},"{_instant(left.start_time)}","{_instant(left.end_time)}"]'


def _times(happened: Event) -> str:
    if happened.start_time is None or happened.end_time is None:
        return ""
    return f',"when":["{_instant(happened.start_time)}","{_instant(happened.end_time)}"]'


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _word(one: str | None) -> str:
    return "null" if one is None else _quoted(one)
