"""Slot as it is answered, as a row of a table, and in a calendar."""

from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta

from booking.domain.visits.allowed_actions import SlotAction, SlotView
from booking.domain.visits.slot import LARGEST, SlotStatus
from booking.entrypoints.http.csv_tables import AT_PROPERTY, Table
from booking.entrypoints.http.names import SlotAgent, SlotProperty, agent_of, property_of
from booking.entrypoints.http.wire import Instant, Output

CALENDAR_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"

Capacity = Annotated[int, Meta(ge=1, le=LARGEST)]


class Slot(Output):
    id: UUID
    organization_id: UUID
    property_id: UUID
    agent_id: UUID
    start_time: Instant
    end_time: Instant
    capacity: Capacity
    places_left: Annotated[int, Meta(ge=0, le=LARGEST)]
    status: SlotStatus
    reason: str | None
    created_at: Instant
    updated_at: Instant
    bookable_from: Instant | None
    bookable_until: Instant
    cancel_until: Instant
    available_actions: tuple[SlotAction, ...]
    property: SlotProperty
    agent: SlotAgent


class SlotPage(Output):
    slots: list[Slot]
    next_cursor: str | None


def shown(view: SlotView) -> Slot:
    slot, policy = view.availability.slot, view.availability.policy
    return Slot(
        id=slot.id,
        organization_id=slot.organization_id,
        property_id=slot.property_id,
        agent_id=slot.agent_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
        capacity=slot.capacity,
        places_left=view.availability.places_left,
        status=slot.status,
        reason=slot.reason,
        created_at=slot.created_at,
        updated_at=slot.updated_at,
        bookable_from=policy.bookable_from(slot.start_time),
        bookable_until=policy.bookable_until(slot.start_time),
        cancel_until=policy.cancellable_until(slot.start_time),
        available_actions=view.actions,
        property=property_of(slot.property_id, view.availability.names),
        agent=agent_of(slot.agent_id, view.availability.names),
    )


TABLE = Table(
    "slots",
    shown,
    "id",
    "status",
    *AT_PROPERTY,
    "agent_id",
    "agent.name",
    "capacity",
    "places_left",
    "reason",
    "bookable_from",
    "bookable_until",
    "cancel_until",
    "organization_id",
    "created_at",
    "updated_at",
)


def calendar_answer(content: bytes) -> Response[bytes]:
    headers = {"Content-Type": CALENDAR_TYPE, "Content-Disposition": 'attachment; filename="slots.ics"'}
    return Response(content, headers=headers)
