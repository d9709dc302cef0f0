"""Open slots of properties in memory."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from booking.domain.days import DayAtPlace, DayCounts
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.visits.availability import Availability, Occupancy
from booking.service.visits.availability import USUAL_TIME
from tests.fakes.slots import start_and_id
from tests.fakes.state import State, page_of


@dataclass(frozen=True, slots=True)
class MemoryOpenings:
    state: State

    async def page(
        self, places: Sequence[Key], kinds: Collection[Occupancy], window: Window, paging: Paging
    ) -> Page[Availability]:
        shown = {Occupancy.FREE, *kinds}
        since = window.since or self.state.clock()
        window = Window(since=since, until=window.until or since + USUAL_TIME)
        return page_of((one for one in self._open(places) if one.occupancy in shown), start_and_id, window, paging)

    async def count(self, days: Sequence[DayAtPlace]) -> Sequence[DayCounts]:
        counted = []
        for place in days:
            here = self._open([(place.organization_id, place.property_id)])
            found = [one for one in here if place.day.since <= one.slot.start_time < place.day.until]
            kinds = Counter(one.occupancy for one in found)
            free = [one.slot.start_time for one in found if one.occupancy is Occupancy.FREE]
            if found:
                counts = {kind.value: kinds[kind] for kind in Occupancy}
                first, last = (min(free), max(free)) if free else (None, None)
                counted.append(DayCounts(place=place, **counts, first_free=first, last_free=last))
        return counted

    def _open(self, places: Sequence[Key]) -> list[Availability]:
        slots = [one for one in self.state.slots.values() if (one.organization_id, one.property_id) in places]
        return [one for one in map(self.state.availability, slots) if one.open]
