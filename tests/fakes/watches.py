"""Watches of properties in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import ApplicantRight
from booking.domain.keys import Key
from booking.domain.people.refusals import ApplicantIneligible
from booking.domain.values import replace
from booking.domain.visits.refusals import TooManyWatches, WatchNotFound
from booking.domain.visits.watch import MOST, Hours, Watch
from booking.service.ports import Lease
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryWatches:
    state: State

    async def put(self, property_id: UUID, hours: Hours, by: ApplicantRight) -> Watch:
        self.state.actor(by)
        if not self.state.applicants[by.key].eligible:
            raise ApplicantIneligible
        at, mine = self.state.clock(), await self.of([by.key])
        before = next((one for one in mine if one.property_id == property_id), None)
        if before is None and len(mine) >= MOST:
            raise TooManyWatches
        organization_id, applicant_id = by.key
        put = Watch(
            organization_id=organization_id,
            property_id=property_id,
            applicant_id=applicant_id,
            hours=hours,
            created_at=at,
            updated_at=at,
        )
        put = put if before is None else replace(put, created_at=before.created_at)
        self.state.watches[organization_id, property_id, applicant_id] = put
        return put

    async def of(self, people: Sequence[Key]) -> Sequence[Watch]:
        own = [
            one
            for one in self.state.watches.values()
            if (one.organization_id, one.applicant_id) in people and one.hours.until > self.state.clock()
        ]
        return sorted(own, key=lambda one: (one.created_at, one.organization_id, one.property_id))

    async def dismiss(self, property_id: UUID, by: ApplicantRight) -> None:
        self.state.dismissed[await self._own(property_id, by)] = self.state.clock()

    async def end(self, property_id: UUID, by: ApplicantRight) -> None:
        del self.state.watches[await self._own(property_id, by)]

    async def forget(self, lease: Lease) -> int:
        over = [key for key, one in self.state.watches.items() if one.hours.until <= self.state.clock()]
        for key in over:
            del self.state.watches[key]
        return len(over)

    async def _own(self, property_id: UUID, by: ApplicantRight) -> tuple[UUID, UUID, UUID]:
        self.state.actor(by)
        for one in await self.of([by.key]):
            if one.property_id == property_id:
                return one.organization_id, property_id, one.applicant_id
        raise WatchNotFound
