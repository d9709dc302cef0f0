"""Letting applicants in, as the screening service finds them, and finding them."""

from dataclasses import dataclass, field
from uuid import UUID

from booking.domain import roster_changes
from booking.domain.applicant import Applicant, Screening
from booking.domain.caller import Caller
from booking.domain.events import Actor
from booking.domain.paging import Page, Paging
from booking.domain.roster import Roster
from booking.domain.slot import Key
from booking.service.identity import CallerCache
from booking.service.ports import Applicants, Rosters
from booking.service.retrying import retry_each_when_lost


@dataclass(frozen=True, slots=True)
class ApplicantService:
    applicants: Applicants
    rosters: Rosters
    callers: CallerCache = field(default_factory=CallerCache)

    async def register(self, screening: Screening, *, message_id: str | None) -> Applicant:
        """Take a screening in: idempotent, and the newest one wins, HIGH as well as any other (T40, T43).

        Whoever is kept out loses what they held and waited for, and their bookings too where the policy says so. A
        crash before the end of it leaves the message in the queue, so that it is done when that comes again.
        """
        by = Actor(subject=None, role="screening", request_id=message_id)
        applicant = await self.applicants.register(screening, by)
        self.callers.forget(applicant)
        if not applicant.eligible:
            slots = await self.rosters.of_applicant(applicant)
            await retry_each_when_lost(slots, lambda key: self._screen_out(key, applicant.id, by))
        return applicant

    async def _screen_out(self, key: Key, applicant_id: UUID, by: Actor) -> Roster:
        return await self.rosters.change(key, lambda roster: roster_changes.screen_out(roster, applicant_id), by)

    async def list(self, caller: Caller, *, q: str | None, eligible: bool | None, paging: Paging) -> Page[Applicant]:
        """The applicants of an agent's organization."""
        organization_id = caller.as_agent().organization_id
        return await self.applicants.of_organization(organization_id, q=q, eligible=eligible, paging=paging)

    async def erase(self, organization_id: UUID, applicant_id: UUID) -> Applicant:
        """An operator erases a person; what they held and waited for is free, their visits stay. As they were."""
        by = Actor(subject=None, role="operator", request_id=None)
        before = await self.applicants.erase(organization_id, applicant_id, by)
        self.callers.forget(before)
        slots = await self.rosters.of_applicant(before)
        await retry_each_when_lost(slots, lambda key: self.rosters.change(key, Roster.settled, by))
        return before

    async def unlink(self, organization_id: UUID, applicant_id: UUID) -> Applicant:
        """An operator takes a login from an applicant."""
        by = Actor(subject=None, role="operator", request_id=None)
        return await self.applicants.unlink(organization_id, applicant_id, by)
