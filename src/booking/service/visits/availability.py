"""Availability of properties: their slots, full and held ones too, and the days that have any."""

import asyncio
from collections.abc import Awaitable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from booking import time_zones
from booking.domain.days import LONGEST_MONTH, DayAtPlace, DayCounts, days_between
from booking.domain.fault import Fault, FaultCode
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.refusals import InvalidRequest
from booking.domain.visits import allowed_actions
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.availability import Availability, Occupancy
from booking.service.ports import Clock, Directory, Rosters, Slots
from booking.service.visits.settlement import awaited_in_vain, settled

USUAL_TIME = timedelta(days=31)

_TOO_LONG = Fault(
    pointer="#/to", parameter="to", code=FaultCode.OUT_OF_RANGE, detail="must be at most 31 days after `from`"
)
LAST = datetime.max.replace(tzinfo=UTC)


class Openings(Protocol):
    async def page(
        self, places: Sequence[Key], kinds: Collection[Occupancy], window: Window, paging: Paging
    ) -> Page[Availability]:
        """Return the slots of these properties that are open (`Availability.open`), of these kinds.

        From now on, and for the `USUAL_TIME`, unless the window says otherwise.
        """

    async def count(self, days: Sequence[DayAtPlace]) -> Sequence[DayCounts]:
        """Count the open slots of each day, in this order; days without any are left out."""


@dataclass(frozen=True, slots=True)
class AvailabilityService:
    openings: Openings
    slots: Slots
    rosters: Rosters
    directory: Directory
    now: Clock

    async def list(
        self,
        caller: Caller,
        property_ids: Sequence[UUID],
        kinds: Collection[Occupancy],
        *,
        window: Window,
        paging: Paging,
    ) -> Page[SlotView]:
        """List the open slots of properties, in every organization in view, with the caller's actions."""
        places = _places(caller, property_ids)

        def look() -> Awaitable[Page[Availability]]:
            return self.openings.page(places, kinds, window, paging)

        page = await settled(self.rosters, look, lambda found: awaited_in_vain(found.items))
        commitments = await self.slots.all_commitments(caller, page.items)
        return Page(items=[allowed_actions.view(one, caller, commitments) for one in page.items], next=page.next)

    async def days(
        self, caller: Caller, property_ids: Sequence[UUID], *, window: Window, time_zone: str | None
    ) -> Sequence[DayCounts]:
        """Count the open slots of each day in a zone: as asked, or else the property's, the organization's, or UTC."""
        places, (since, until) = _places(caller, property_ids), await self._within(window)
        if until - since > LONGEST_MONTH:
            raise InvalidRequest([_TOO_LONG])
        zones = [time_zone] * len(places) if time_zone else await asyncio.gather(*map(self._zone, places))
        days = [
            DayAtPlace(organization_id=place[0], property_id=place[1], time_zone=zone, day=day)
            for place, zone in zip(places, zones, strict=True)
            for day in days_between(since, until, time_zones.zone(zone))
        ]
        return await self.openings.count(days)

    async def _within(self, window: Window) -> tuple[datetime, datetime]:
        """Return the time that is asked for, as in `Openings.page`."""
        since = window.since or await self.now()
        return since, window.until or min(since, LAST - USUAL_TIME) + USUAL_TIME

    async def _zone(self, place: Key) -> str:
        return (await self.directory.names(*place)).time_zone


def _places(caller: Caller, property_ids: Sequence[UUID]) -> Sequence[Key]:
    return [(organization_id, one) for organization_id in caller.organizations for one in property_ids]
