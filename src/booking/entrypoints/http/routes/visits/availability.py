"""Availability of several properties over HTTP: their days, or their slots with the full and held ones."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from msgspec import Meta

from booking.domain.days import DayCounts
from booking.domain.fault import Fault, FaultCode
from booking.domain.people.caller import Caller
from booking.domain.refusals import InvalidCursor, InvalidRequest
from booking.domain.visits.availability import Occupancy
from booking.entrypoints.http.cursors import cursor_of, paging_of, window_of
from booking.entrypoints.http.inputs.decoding import Query
from booking.entrypoints.http.slot_answer import SlotPage, shown
from booking.entrypoints.http.wire import Instant, Output, PageQuery, TimeZone
from booking.service.visits.availability import AvailabilityService


class Group(StrEnum):
    DAY = "day"
    NONE = "none"


class Included(StrEnum):
    FULL = "full"
    HELD = "held"


_NO_CURSOR = Fault(pointer="#/cursor", code=FaultCode.NOT_ALLOWED, detail="belongs to group=none", parameter="cursor")


class AvailabilityQuery(PageQuery, kw_only=True):
    property_id: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=50, extra_json_schema={"uniqueItems": True})]
    time_zone: TimeZone | None = None
    group: Group = Group.NONE
    include: (
        Annotated[tuple[Included, ...], Meta(min_length=1, max_length=2, extra_json_schema={"uniqueItems": True})]
        | None
    ) = None


class AvailableDay(Output):
    organization_id: UUID
    property_id: UUID
    date: date
    time_zone: str
    free: int
    full: int
    held: int
    first_free: Instant | None
    last_free: Instant | None


class AvailableDays(Output):
    days: list[AvailableDay]


@get(
    "/availability",
    operation_id="listAvailability",
    dependencies={"parameters": Query(AvailabilityQuery)},
    opt={"hot": True, "etag": True, "refuses": (InvalidCursor,)},
)
async def list_availability(
    parameters: NamedDependency[AvailabilityQuery],
    caller: NamedDependency[Caller],
    availability: NamedDependency[AvailabilityService],
) -> SlotPage | AvailableDays:
    if parameters.group is Group.DAY:
        if parameters.cursor is not None:
            raise InvalidRequest([_NO_CURSOR])
        days = await availability.days(
            caller, parameters.property_id, window=window_of(parameters), time_zone=parameters.time_zone
        )
        return AvailableDays(days=[_day(one) for one in days])
    page = await availability.list(
        caller,
        parameters.property_id,
        [Occupancy(one) for one in parameters.include or ()],
        window=window_of(parameters),
        paging=paging_of(parameters, caller),
    )
    return SlotPage(slots=[shown(view) for view in page.items], next_cursor=cursor_of(page.next, parameters, caller))


routes = (list_availability,)


def _day(counts: DayCounts) -> AvailableDay:
    place = counts.place
    return AvailableDay(
        organization_id=place.organization_id,
        property_id=place.property_id,
        date=place.day.date,
        time_zone=place.time_zone,
        free=counts.free,
        full=counts.full,
        held=counts.held,
        first_free=counts.first_free,
        last_free=counts.last_free,
    )
