"""The append-only events: recorded in the transaction that causes them."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

import sqlalchemy as sa

from booking.adapters.ids import new_id
from booking.adapters.postgres.engine.database import Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.statements import Prepared, asked
from booking.adapters.postgres.tables.base import keyed
from booking.adapters.postgres.tables.delivery import events
from booking.adapters.postgres.traces import keep_traces
from booking.domain.events import Actor, Appointment, Event, Recorded, Via
from booking.tracing import spans

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
    "start_time",
    "end_time",
    "from_slot_id",
    "from_property_id",
    "from_agent_id",
    "from_start_time",
    "from_end_time",
    "endpoint_id",
    "actor_via",
    "schedule_id",
)
_NOT_MOVED = (None,) * 5


def recording(of: str = "") -> sa.Insert:
    """Make a statement, or a part of one, with the inputs RECORDED, each prefixed by `of`."""
    recorded = asked(of, **{name: events.c[name].type for name in RECORDED})
    return sa.insert(events).from_select(RECORDED, sa.select(*(recorded.c[name] for name in RECORDED)))


def event_of(those: sa.FromClause, named: str = "event_id") -> sa.ColumnElement[bool]:
    """Make the join condition on an event's whole key. Why with its time: it names the partition."""
    return sa.and_(
        keyed(events, those, named),
        events.c.occurred_at == those.c.occurred_at,
    )


RECORD = Prepared(recording(), RECORDED)

_read = itemgetter(*RECORDED, "occurred_at")


async def record(transaction: Transaction, *happened: Event) -> None:
    """In a transaction that has written before."""
    await record_straight(transaction, happened)


async def record_straight(transaction: Transaction, happened: Sequence[Event]) -> None:
    await transaction.fetch(RECORD, *zip(*(event_row(event) for event in happened), strict=True))
    await keep_traces_of(transaction, happened)


async def keep_traces_of(transaction: Transaction, happened: Iterable[Event]) -> None:
    """Keep the traces that these events go on in, if any."""
    if spans.current():
        await keep_traces(transaction.fetch, [(one.organization_id, one.actor.request_id) for one in happened])


def event_row(event: Event) -> tuple[object, ...]:
    return (
        event.organization_id,
        new_id(),
        str(event.type),
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
        event.start_time,
        event.end_time,
        *_appointment(event.moved_from),
        event.endpoint_id,
        event.actor.via,
        event.schedule_id,
    )


def _appointment(one: Appointment | None) -> tuple[object, ...]:
    return (one.slot_id, one.property_id, one.agent_id, one.start_time, one.end_time) if one else _NOT_MOVED


def recorded_from(row: Row) -> Recorded:
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
        start_time,
        end_time,
        from_slot_id,
        from_property_id,
        from_agent_id,
        from_start_time,
        from_end_time,
        endpoint_id,
        actor_via,
        schedule_id,
        occurred_at,
    ) = _read(row)
    return Recorded(
        id=id,
        occurred_at=occurred_at,
        event=Event(
            type=type_,
            organization_id=organization_id,
            actor=Actor(
                subject=actor_subject, role=actor_role, request_id=request_id, via=Via(actor_via) if actor_via else None
            ),
            from_state=from_state,
            to_state=to_state,
            slot_id=slot_id,
            booking_id=booking_id,
            applicant_id=applicant_id,
            agent_id=agent_id,
            property_id=property_id,
            endpoint_id=endpoint_id,
            schedule_id=schedule_id,
            start_time=start_time,
            end_time=end_time,
            moved_from=Appointment(
                slot_id=from_slot_id,
                property_id=from_property_id,
                agent_id=from_agent_id,
                start_time=from_start_time,
                end_time=from_end_time,
            )
            if from_slot_id and from_property_id and from_agent_id and from_start_time and from_end_time
            else None,
        ),
    )
