"""Watches: applicants hear of free places at a property, see service/notices/freed_places.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from booking.domain.authority import ApplicantRight
from booking.domain.keys import Key
from booking.domain.people.caller import Caller, organization_required
from booking.domain.people.refusals import OrganizationNotFound
from booking.domain.properties.refusals import PropertyNotFound
from booking.domain.visits.refusals import WatchNotFound
from booking.domain.visits.watch import Hours, Watch
from booking.service.ports import Clock, Lease
from booking.service.properties.properties import Properties


class Watches(Protocol):
    """Watches that are not over."""

    async def put(self, property_id: UUID, hours: Hours, by: ApplicantRight) -> Watch:
        """Add a watch of the right's person, or give the one that is there other hours.

        ApplicantIneligible, or TooManyWatches.
        """

    async def of(self, people: Sequence[Key]) -> Sequence[Watch]:
        """Return the watches of these applicants, the oldest first."""

    async def dismiss(self, property_id: UUID, by: ApplicantRight) -> None:
        """Note that the notice of a free place was read, or is not wanted; WatchNotFound."""

    async def end(self, property_id: UUID, by: ApplicantRight) -> None:
        """Delete a watch; WatchNotFound."""

    async def forget(self, lease: Lease) -> int:
        """Delete some watches that are over; return their number."""


@dataclass(frozen=True, slots=True)
class WatchService:
    watches: Watches
    properties: Properties
    now: Clock

    async def watch(
        self, caller: Caller, property_id: UUID, hours: Hours, organization_id: UUID | None = None
    ) -> Watch:
        """Watch a property. Who watches it already keeps their place in the order of arrival."""
        by = await self._right(caller, property_id, organization_id)
        hours.require_ahead(await self.now())
        return await self.watches.put(property_id, hours, caller.keeping(by, lambda put: put))

    async def get(self, caller: Caller, property_id: UUID, organization_id: UUID | None = None) -> Watch:
        by = await self._right(caller, property_id, organization_id)
        found = [one for one in await self.watches.of([by.key]) if one.property_id == property_id]
        if not found:
            raise WatchNotFound
        return found[0]

    async def list(self, caller: Caller) -> Sequence[Watch]:
        return await self.watches.of([(one.organization_id, one.id) for one in caller.as_applicants()])

    async def dismiss(self, caller: Caller, property_id: UUID, organization_id: UUID | None = None) -> None:
        """Dismiss the notice of a free place: the next place is told again."""
        by = await self._right(caller, property_id, organization_id)
        await self.watches.dismiss(property_id, caller.keeping(by, lambda: None))

    async def end(self, caller: Caller, property_id: UUID, organization_id: UUID | None = None) -> None:
        by = await self._right(caller, property_id, organization_id)
        await self.watches.end(property_id, caller.keeping(by, lambda: None))

    async def _right(self, caller: Caller, property_id: UUID, organization_id: UUID | None) -> ApplicantRight:
        """Return the right of the caller's applicant in the organization that has the property.

        Where several organizations have one of that id, InvalidRequest asks for the organization.
        """
        own = [one.organization_id for one in caller.as_applicants()]
        if organization_id is not None and organization_id not in own:
            raise OrganizationNotFound
        found = [
            one for one in own if organization_id in (None, one) and await self.properties.known((one, property_id))
        ]
        if not found:
            raise PropertyNotFound
        if len(found) > 1:
            raise organization_required()
        return caller.acting_as_applicant(found[0], missing=PropertyNotFound)
