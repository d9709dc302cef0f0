"""Registration of applicants by screenings, their list, and operators' erasure and unlinking."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from booking.domain.delivery.inbound import InboundMessage
from booking.domain.events import Actor
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging
from booking.domain.people.applicant import Applicant, Screening
from booking.domain.people.caller import Caller
from booking.domain.visits import roster_changes
from booking.domain.visits.roster import Roster
from booking.service.people.identity import CallerCache
from booking.service.ports import Lease, Rosters
from booking.service.retrying import retry_each_when_lost


class Applicants(Protocol):
    async def of_organization(
        self, organization_id: UUID, *, q: str | None, eligible: bool | None, paging: Paging
    ) -> Page[Applicant]:
        """Return a page in order of registration; `q` is found anywhere in a name or an email, ASCII case ignored."""

    async def by_email(self, email: str, organization_id: UUID | None) -> Sequence[Applicant]:
        """Return the applicants of an email, ASCII case ignored, of one organization or of all; by id."""

    async def register(self, screening: Screening, by: Actor, message: InboundMessage | None = None) -> Applicant:
        """Save the applicant as the newest screening leaves them, in any order of arrival, however often.

        A `message` is noted in the same transaction; Repeated, and nothing is saved, if it was noted before.
        """

    async def unlink(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        """Take the login from the applicant for good; ApplicantNotFound.

        Why for good: no login that was taken from an applicant is ever linked to them again.
        """

    async def erase(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        """Erase name, email, logins and texts by or about the person, and return the applicant as before;
        ApplicantNotFound.

        Ids and taken places stay. A repeated call completes the first.
        """


class InboundMessages(Protocol):
    async def forget(self, lease: Lease) -> int:
        """Delete some messages that were noted for long enough; return their number."""


class Repeated(Exception):
    """The message was noted before, with all that it changed. `applicant`: as they are now, if there is one."""

    def __init__(self, applicant: Applicant | None) -> None:
        super().__init__()
        self.applicant = applicant


@dataclass(frozen=True, slots=True)
class ApplicantService:
    applicants: Applicants
    rosters: Rosters
    callers: CallerCache = field(default_factory=CallerCache)

    async def register(self, screening: Screening, *, message_id: str | None) -> Applicant:
        """Register a screening: idempotent, and the newest counts at any risk level.

        A barred applicant loses holds and waitlist entries, and bookings if the policy says so. After a crash before
        the end, the message comes again, and the rest is done then.
        """
        by = Actor(subject=None, role="screening", request_id=message_id)
        return await self._followed(await self.applicants.register(screening, by), by)

    async def take(self, screening: Screening, message: InboundMessage, *, message_id: str) -> None:
        """Register the screening in a message. A repetition changes nothing, and completes the first after a crash."""
        by = Actor(subject=None, role="screening", request_id=message_id)
        try:
            await self._followed(await self.applicants.register(screening, by, message), by)
        except Repeated as repeated:
            if repeated.applicant is not None:
                await self._followed(repeated.applicant, by)

    async def _followed(self, applicant: Applicant, by: Actor) -> Applicant:
        self.callers.forget(applicant)
        if not applicant.eligible:
            slots = await self.rosters.of_applicant(applicant)
            await retry_each_when_lost(slots, lambda key: self._screen_out(key, applicant.id, by))
        return applicant

    async def _screen_out(self, key: Key, applicant_id: UUID, by: Actor) -> Roster:
        return await self.rosters.change(key, lambda roster: roster_changes.screen_out(roster, applicant_id), by)

    async def list(self, caller: Caller, *, q: str | None, eligible: bool | None, paging: Paging) -> Page[Applicant]:
        """List the applicants of an agent's organization."""
        organization_id = caller.as_agent().organization_id
        return await self.applicants.of_organization(organization_id, q=q, eligible=eligible, paging=paging)

    async def erase(self, organization_id: UUID, applicant_id: UUID) -> Applicant:
        """Erase a person for an operator, and free their holds and waitlist entries; return the applicant as before.

        Visits stay.
        """
        by = Actor(subject=None, role="operator", request_id=None)
        before = await self.applicants.erase(organization_id, applicant_id, by)
        self.callers.forget(before)
        slots = await self.rosters.of_applicant(before)
        await retry_each_when_lost(slots, lambda key: self.rosters.change(key, Roster.settled, by))
        return before

    async def unlink(self, organization_id: UUID, applicant_id: UUID) -> Applicant:
        """Take a login from an applicant, for an operator."""
        by = Actor(subject=None, role="operator", request_id=None)
        return await self.applicants.unlink(organization_id, applicant_id, by)
