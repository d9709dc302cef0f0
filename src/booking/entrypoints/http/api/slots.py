"""Slots, and whether one may book them, on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from booking.domain.allowed_actions import SlotAction
from booking.domain.slot import LARGEST, SlotStatus
from booking.entrypoints.http.api.wire import Capacity, Input, Instant, Output, PageQuery


class CreateSlot(Input):
    property_id: UUID
    start_time: Instant
    end_time: Instant
    agent_id: UUID | None = None
    capacity: Capacity = 1


class SetCapacity(Input):
    capacity: Capacity


class SlotQuery(PageQuery):
    status: SlotStatus | None = None
    property_id: UUID | None = None


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
    available_actions: tuple[SlotAction, ...]


class SlotResponse(Output):
    slot: Slot


class SlotPage(Output):
    slots: list[Slot]
    next_cursor: str | None


RuleName = Literal[
    "screening",
    "not_started",
    "not_cancelled",
    "notice",
    "horizon",
    "place",
    "one_booking",
    "booking_limit",
    "property_limit",
    "no_overlap",
    "booking_cooldown",
]
"""The rules of booking, in the order in which they are told."""


class Verdict(Output):
    rule: RuleName
    satisfied: bool
    code: str | None
    detail: str | None
    until: Instant | None


class Eligibility(Output):
    slot_id: UUID
    eligible: bool
    rules: list[Verdict]


class EligibilityResponse(Output):
    eligibility: Eligibility
