"""The append-only events: recorded in the transaction that causes them."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.ids import new_id
from booking.adapters.postgres.tables import events
from booking.domain.events import Actor, Event, EventType, Recorded


async def record(transaction: AsyncConnection, *happened: Event) -> None:
    await transaction.execute(sa.insert(events), [_row(event) for event in happened])


def _row(event: Event) -> dict[str, Any]:
    return {
        "organization_id": event.organization_id,
        "id": new_id(),
        "type": event.type.value,
        "actor_subject": event.actor.subject,
        "actor_role": event.actor.role,
        "request_id": event.actor.request_id,
        "slot_id": event.slot_id,
        "booking_id": event.booking_id,
        "applicant_id": event.applicant_id,
        "agent_id": event.agent_id,
        "property_id": event.property_id,
        "from_state": event.from_state,
        "to_state": event.to_state,
    }


def recorded_from(row: sa.Row[Any]) -> Recorded:
    return Recorded(
        id=row.id,
        occurred_at=row.occurred_at,
        event=Event(
            type=EventType(row.type),
            organization_id=row.organization_id,
            actor=Actor(subject=row.actor_subject, role=row.actor_role, request_id=row.request_id),
            from_state=row.from_state,
            to_state=row.to_state,
            slot_id=row.slot_id,
            booking_id=row.booking_id,
            applicant_id=row.applicant_id,
            agent_id=row.agent_id,
            property_id=row.property_id,
        ),
    )
