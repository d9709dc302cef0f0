"""Telling of free places: people who watch a property hear of each that fits, in order of arrival."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from booking.domain.notices.freed_place import FreedPlace
from booking.domain.notices.notice import Notice
from booking.domain.notices.planner import notices_of_freed_place
from booking.domain.notices.situation import Situation
from booking.domain.people.contact import Channel
from booking.domain.visits.watch import Watch
from booking.service.ports import Lease

WATCHERS = 200  # who are told of a place in a step

DecidePlace: TypeAlias = Callable[[FreedPlace, Sequence[Watch], Situation], Sequence[Notice]]


class FreedPlaces(Protocol):
    async def tell(self, decide: DecidePlace, most: int, lease: Lease) -> int:
        """Save the notices that `decide` makes of a place for the next of its watchers, in one transaction.

        Watchers: the place is open to them, they have no claim at the property, and no notice of another place there
        that is newer than a day and not dismissed. Return 1, or 0 where nobody is to be told of any place.
        """


@dataclass(frozen=True, slots=True)
class FreedPlaceService:
    places: FreedPlaces
    configured: Collection[Channel] = tuple(Channel)

    async def step(self, lease: Lease) -> int:
        """Tell some watchers of a place that came free; return 0 where all are told."""
        return await self.places.tell(self._decided, WATCHERS, lease)

    def _decided(self, place: FreedPlace, watches: Sequence[Watch], now: Situation) -> Sequence[Notice]:
        made = notices_of_freed_place(place, watches, now)
        return [one for one in made if one.channel in self.configured]
