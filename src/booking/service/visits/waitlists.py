"""Waitlists: waiting for a place in a full slot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from booking.domain.keys import Key
from booking.domain.paging import Page, Paging
from booking.domain.people.applicant import Applicant
from booking.domain.people.caller import Caller, Side
from booking.domain.visits import roster_changes
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.place_request import JoinWaitlist
from booking.domain.visits.refusals import WaitlistEntryNotFound
from booking.domain.visits.roster import Roster
from booking.domain.visits.waitlist import EntryStatus, EntryView
from booking.service.ports import Rosters
from booking.service.retrying import retry_when_lost
from booking.service.visits.place_claims import PlaceClaims
from booking.service.visits.settlement import settle

SHOWN = (EntryStatus.WAITING, EntryStatus.OFFERED, EntryStatus.SKIPPED)
"""States listed by default: live entries, and entries that ended without the person's doing."""


class Waitlists(Protocol):
    async def get(self, entry_id: UUID, applicants: Sequence[Applicant]) -> EntryView:
        """Return the entry; WaitlistEntryNotFound unless it is one of these applicants'."""

    async def in_vain(
        self,
        organization_ids: Sequence[UUID],
        *,
        agent_id: UUID | None = None,
        applicants: Sequence[Applicant] | None = None,
        slot_id: UUID | None = None,
    ) -> Sequence[Key]:
        """Return some slots with a free place that is owed to the waitlist, or to these applicants in it."""

    async def of_agency(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        slot_id: UUID | None,
        statuses: Sequence[EntryStatus],
        paging: Paging,
    ) -> Page[EntryView]: ...

    async def of_applicants(
        self,
        applicants: Sequence[Applicant],
        *,
        slot_id: UUID | None,
        statuses: Sequence[EntryStatus],
        paging: Paging,
    ) -> Page[EntryView]: ...


@dataclass(frozen=True, slots=True)
class WaitlistService:
    waitlists: Waitlists
    rosters: Rosters
    place_claims: PlaceClaims

    async def join(self, caller: Caller, slot_id: UUID) -> EntryView:
        """Join the end of the waitlist. A repeated request keeps the place in it."""
        caller.as_applicants()

        def seen(roster: Roster, commitments: Commitments) -> EntryView:
            return roster.entry_view(commitments.applicant.id)

        return await self.place_claims.claim(caller, slot_id, JoinWaitlist(), seen)

    async def leave(self, caller: Caller, entry_id: UUID) -> None:
        """Leave the waitlist. An offer is declined by that, and the place offered on."""
        own = caller.as_applicants()

        async def attempt() -> None:
            entry = (await self.waitlists.get(entry_id, own)).entry
            key = entry.organization_id, entry.slot_id
            by = caller.acting_as_applicant(entry.organization_id, WaitlistEntryNotFound)
            by = caller.keeping(by, lambda _: None)
            await self.rosters.change(key, lambda roster: roster_changes.leave(roster, entry_id), by)

        await retry_when_lost(attempt)

    async def list(
        self,
        caller: Caller,
        *,
        side: Side | None,
        slot_id: UUID | None,
        status: EntryStatus | None,
        paging: Paging,
    ) -> Page[EntryView]:
        """List own entries; for agents, entries of own slots, for admins of all."""
        statuses: Sequence[EntryStatus] = SHOWN if status is None else (status,)
        if caller.looks_as_applicant(side):
            own = caller.as_applicants()
            organizations = [one.organization_id for one in own]
            await settle(self.rosters, await self.waitlists.in_vain(organizations, applicants=own, slot_id=slot_id))
            return await self.waitlists.of_applicants(own, slot_id=slot_id, statuses=statuses, paging=paging)
        agent = caller.as_agent()
        of = None if agent.is_admin else agent.id
        in_vain = await self.waitlists.in_vain([agent.organization_id], agent_id=of, slot_id=slot_id)
        await settle(self.rosters, in_vain)
        return await self.waitlists.of_agency(
            agent.organization_id,
            agent_id=of,
            slot_id=slot_id,
            statuses=statuses,
            paging=paging,
        )
