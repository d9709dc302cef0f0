"""The append-only events: recorded in the transaction that causes them."""

from collections.abc import Sequence
from operator import itemgetter

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.ids import new_id
from booking.adapters.postgres.database import driver_of
from booking.adapters.postgres.lines import AnyRow, Connection
from booking.adapters.postgres.prepared import Prepared, asked
from booking.adapters.postgres.tables import events, keyed
from booking.domain.events import Actor, Event, EventType, Recorded

RECORDED = (
    "organization_id",
    "id",
    "type",
    "actor_subject",
    "actor_role",
    "request_id",
    "slot_id",
    "booking_id",
    "applicant_id",
    "agent_id",
    "property_id",
    "from_state",
    "to_state",
)


def recording(of: str = "") -> sa.Insert:
    """A statement, or a part of one, whose inputs are RECORDED with `of` before each."""
    told = asked(of, **{name: events.c[name].type for name in RECORDED})
    return sa.insert(events).from_select(RECORDED, sa.select(*(told.c[name] for name in RECORDED)))


def event_of(those: sa.FromClause, named: str = "event_id") -> sa.ColumnElement[bool]:
    """By the whole key of those: when it occurred says in which partition."""
    return sa.and_(
        keyed(events, those, named),
        events.c.occurred_at == those.c.occurred_at,
    )


RECORD = Prepared(recording(), RECORDED)

_read = itemgetter(*RECORDED, "occurred_at")
_TYPE = {kind.value: kind for kind in EventType}


async def record(transaction: AsyncConnection, *happened: Event) -> None:
    """In a transaction that has written before."""
    await record_straight(await driver_of(transaction), happened)


async def record_straight(connection: Connection, happened: Sequence[Event]) -> None:
    await connection.fetch(RECORD.sql, *zip(*(event_row(event) for event in happened), strict=True))


def event_row(event: Event) -> tuple[object, ...]:
    return (
        event.organization_id,
        new_id(),
        event.type.value,
        event.actor.subject,
        event.actor.role,
        event.actor.request_id,
        event.slot_id,
        event.booking_id,
        event.applicant_id,
        event.agent_id,
        event.property_id,
        event.from_state,
        event.to_state,
    )


def recorded_from(row: AnyRow) -> Recorded:
    (
        organization_id,
        id,  # noqa: A001 - the event's own
        type_,
        actor_subject,
        actor_role,
        request_id,
        slot_id,
        booking_id,
        applicant_id,
        agent_id,
        property_id,
        from_state,
        to_state,
        occurred_at,
    ) = _read(row._mapping)
    return Recorded(
        id=id,
        occurred_at=occurred_at,
        event=Event(
            type=_TYPE[type_],
            organization_id=organization_id,
            actor=Actor(subject=actor_subject, role=actor_role, request_id=request_id),
            from_state=from_state,
            to_state=to_state,
            slot_id=slot_id,
            booking_id=booking_id,
            applicant_id=applicant_id,
            agent_id=agent_id,
            property_id=property_id,
        ),
    )
