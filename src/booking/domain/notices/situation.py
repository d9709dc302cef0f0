"""Situations that the planner of notices decides by, as they are at that time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from uuid import UUID

from booking.domain.notices.plan import DEFAULT_PLAN, NoticePlan
from booking.domain.values import Value
from booking.domain.visits.booking import BookingStatus


class Visit(Value, kw_only=True):
    """Booking as it is when notices of it are planned. `erased`: the applicant's data were. `day_starts`: of all visits
    of its agent in the day up to it.
    """

    organization_id: UUID
    booking_id: UUID
    sequence: int
    status: BookingStatus
    deadline: datetime | None
    slot_id: UUID
    property_id: UUID
    agent_id: UUID
    applicant_id: UUID
    erased: bool
    start_time: datetime
    end_time: datetime
    day_starts: Sequence[datetime] = ()


class Situation(Value, kw_only=True):
    """Situation of an event, or of a visit that comes, when notices of it are planned, `at` that time.

    `subjects`: logins of the agents that are named; `zone` and `plan`: of the property, or else the
    agency. `agency_plan`: of messages that are of no property. `in_vain`: the event's applicant waited for the slot
    until it was cancelled.
    """

    at: datetime
    visit: Visit | None = None
    subjects: Mapping[UUID, str]
    zone: tzinfo
    agency_zone: tzinfo
    plan: NoticePlan = DEFAULT_PLAN
    agency_plan: NoticePlan = DEFAULT_PLAN
    in_vain: bool = False
