"""Audit: events in the order of their positions, sealed in batches, so that every change of them is found.

Each seal's digest covers the seal before it and is keyed by a secret that the database does not hold. So nobody with
access to the tables alone can make a changed event fit again. A cut of the newest seals is found by the head of the
chain, which is in the log.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from booking.domain.events import Event, EventType, Recorded
from booking.domain.values import Value

RETENTION = timedelta(days=7 * 366)
"""Seven years and some days: older events may be missing."""

START = bytes(32)
"""Digest before the first seal."""

OF_ENDPOINTS = "webhook_endpoint."
"""Begin of the types of events about endpoints."""

_UNTOLD = ((), ("schedule.",), ("schedule.", OF_ENDPOINTS))
"""Begins of the types of events whose subject is not in their seal: today, and by former releases."""

_quoted = json.encoder.encode_basestring_ascii


class Audited(Value, kw_only=True):
    """An event with the positions that it was given after its commit.

    `position` counts the events of all organizations, `organization_position` those of its own: 0 for an event that a
    former release placed, until it is its turn.
    """

    position: int
    recorded: Recorded
    placed_at: datetime
    organization_position: int


class AuditFilter(Value, kw_only=True):
    """Criteria for events; None matches all. Times are half-open: `since <= occurred_at < until`.

    A slot matches where the event is about it, or before a move was.
    """

    type: EventType | None = None
    subject: str | None = None
    slot_id: UUID | None = None
    booking_id: UUID | None = None
    applicant_id: UUID | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Seal(Value, kw_only=True):
    """Over the events from position `first` to `last`. `content` is their digest alone, which outlives them.

    Seals of former releases have no id of their secret, and cover neither the times and moves of events nor their
    positions within organizations.
    """

    number: int
    first: int
    last: int
    content: bytes
    digest: bytes
    sealed_at: datetime
    key_id: str | None = None


class Tally(Value, kw_only=True):
    """How far the order has come: the last position given out, the highest that any event has, and how many seals."""

    last: int
    highest: int
    sealed: int


class Breach(Value, kw_only=True):
    """Difference from the sealed record, or from the order of positions. `seal`: the seal concerned, if any."""

    seal: int | None
    says: str


def seal(secret: bytes, before: Seal | None, events: Sequence[Audited], *, at: datetime) -> Seal:
    """The next seal of the chain, over `events`, which follow the ones before without a gap."""
    content = content_of(events)
    number, first, last = before.number + 1 if before else 1, events[0].position, events[-1].position
    key_id = key_id_of(secret)
    digest = _digest(secret, before, number, first, last, content, at, key_id)
    return Seal(number=number, first=first, last=last, content=content, digest=digest, sealed_at=at, key_id=key_id)


def key_id_of(secret: bytes) -> str:
    """Return the name of a secret in seals; it reveals nothing about the secret."""
    return hmac.new(secret, b"booking audit key", hashlib.sha256).hexdigest()[:16]


def content_of(events: Sequence[Audited], *, whole: bool = True, untold: tuple[str, ...] = ()) -> bytes:
    """Return the digest of events; unless `whole`, or of types `untold`, of that alone which former releases sealed."""
    found = hashlib.sha256()
    for event in events:
        serialized = _serialized(event, whole=whole, untold=untold)
        found.update(len(serialized).to_bytes(4, "big") + serialized)
    return found.digest()


def unsound(secrets: Sequence[bytes], before: Seal | None, this: Seal) -> Breach | None:
    """Return the fault of a seal itself, if any. A seal without the id of its secret is tried with each."""
    number, first = (before.number + 1, before.last + 1) if before else (1, 1)
    if this.number != number:
        return Breach(seal=number, says="the seal is missing")
    if this.first != first:
        return Breach(seal=number, says=f"it begins at position {this.first} instead of {first}")
    fitting = [secret for secret in secrets if this.key_id in {None, key_id_of(secret)}]
    if not fitting:
        return Breach(seal=number, says=f"its secret, of the id {this.key_id}, is not among those that are given")
    expected = (
        _digest(secret, before, number, this.first, this.last, this.content, this.sealed_at, this.key_id)
        for secret in fitting
    )
    if not any(hmac.compare_digest(one, this.digest) for one in expected):
        return Breach(seal=number, says="the seal, or the one before it, was changed; or this is not the secret")
    return None


def changed(this: Seal, events: Sequence[Audited], now: datetime) -> Breach | None:
    """Return the fault of the events under a sound seal, if any."""
    found = [event.position for event in events]
    if found != list(range(this.first, this.last + 1)):
        if now - this.sealed_at > RETENTION:
            return None
        gone = sorted(set(range(this.first, this.last + 1)) - set(found))
        return Breach(seal=this.number, says=f"events are missing, or there twice: positions {gone[:5] or found[:5]}")
    if not _sealed(this, events):
        return Breach(seal=this.number, says=f"an event at a position from {this.first} to {this.last} was changed")
    return None


def _sealed(this: Seal, events: Sequence[Audited]) -> bool:
    """Return whether a seal is over these events; former releases sealed them without their schedules, or endpoints."""
    whole = this.key_id is not None
    return any(content_of(events, whole=whole, untold=untold) == this.content for untold in _UNTOLD)


def in_order(first: int, events: Sequence[Audited]) -> Sequence[Audited]:
    """Return the events that follow each other from position `first` on, each at a position of its own.

    Those that wait for their organization's position are left out: it is sealed with them.
    """
    count = 0
    while count < len(events) and events[count].position == first + count and events[count].organization_position:
        count += 1
    twice = 0 < count < len(events) and events[count].position == events[count - 1].position
    return events[: count - 1 if twice else count]


def miscounted(tally: Tally, newest: Seal | None, now: datetime) -> Iterator[Breach]:
    """Yield differences between the tally and the database."""
    number = newest.number if newest else 0
    if number < tally.sealed:
        missing_ones = (
            f"seal {tally.sealed} is" if tally.sealed == number + 1 else f"seals {number + 1} to {tally.sealed} are"
        )
        yield Breach(seal=None, says=f"{missing_ones} missing")
    if tally.highest > tally.last:
        yield Breach(seal=None, says=f"position {tally.highest} was never given out: the last one is {tally.last}")
    elif newest and newest.last >= tally.last > tally.highest and now - newest.sealed_at <= RETENTION:
        yield missing(tally.highest + 1, tally.last)


def out_of_order(expected: int, found: int) -> Breach:
    """Return the fault of a position that is not the expected one."""
    if found < expected:
        return Breach(seal=None, says=f"position {found} is there twice")
    return missing(expected, found - 1)


def unsealed(position: int) -> Breach:
    """Tell that this event and later ones have waited too long."""
    return Breach(seal=None, says=f"events from position {position} on are without a seal for over a minute")


def missing(first: int, last: int) -> Breach:
    """Tell that these positions, which were given out, have no event."""
    return Breach(
        seal=None, says=f"position {first} is missing" if first == last else f"positions {first} to {last} are missing"
    )


def _digest(
    secret: bytes,
    before: Seal | None,
    number: int,
    first: int,
    last: int,
    content: bytes,
    sealed_at: datetime,
    key_id: str | None,
) -> bytes:
    previous = before.digest if before else START
    keyed = f":{key_id}" if key_id else ""
    header = f"{number}:{first}:{last}:{sealed_at.astimezone(UTC).isoformat()}{keyed}".encode()
    return hmac.new(secret, previous + content + header, hashlib.sha256).digest()


def _serialized(event: Audited, *, whole: bool, untold: tuple[str, ...]) -> bytes:
    """Return the canonical JSON of an event: keys in order, no blanks."""
    recorded, happened = event.recorded, event.recorded.event
    about = (happened.slot_id, happened.booking_id, happened.applicant_id, happened.agent_id, happened.property_id)
    actor = (happened.actor.subject, happened.actor.role, happened.actor.request_id)
    moved, when, own = (_move(happened), _times(happened), _own(event)) if whole else ("", "", "")
    via = f',"via":"{happened.actor.via}"' if whole and happened.actor.via else ""
    told = whole and not happened.type.startswith(untold)
    endpoint, schedule = (_endpoint(happened), _schedule(happened)) if told else ("", "")
    return (
        f'{{"about":[{",".join([_word(one.hex if one else None) for one in about])}]'
        f',"actor":[{",".join([_word(one) for one in actor])}]'
        f'{endpoint},"from":{_word(happened.from_state)}'
        f',"id":"{recorded.id.hex}"'
        f'{moved},"occurred_at":"{_instant(recorded.occurred_at)}"'
        f',"organization":"{happened.organization_id.hex}"{own}'
        f',"position":{event.position}{schedule}'
        f',"to":{_word(happened.to_state)}'
        f',"type":{_quoted(happened.type)}{via}{when}}}'
    ).encode()


def _move(happened: Event) -> str:
    left = happened.moved_from
    if left is None:
        return ""
    ids = ",".join([f'"{one.hex}"' for one in (left.slot_id, left.property_id, left.agent_id)])
    return f',"moved_from":[{ids},"{_instant(left.start_time)}","{_instant(left.end_time)}"]'


def _endpoint(happened: Event) -> str:
    return f',"endpoint":"{happened.endpoint_id.hex}"' if happened.endpoint_id else ""


def _schedule(happened: Event) -> str:
    return f',"schedule":"{happened.schedule_id.hex}"' if happened.schedule_id else ""


def _own(event: Audited) -> str:
    return f',"organization_position":{event.organization_position}'


def _times(happened: Event) -> str:
    if happened.start_time is None or happened.end_time is None:
        return ""
    return f',"when":["{_instant(happened.start_time)}","{_instant(happened.end_time)}"]'


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _word(one: str | None) -> str:
    return "null" if one is None else _quoted(one)
