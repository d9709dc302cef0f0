"""Slots: offering, showing, resizing and cancelling them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from booking.domain.choices import EVERY_SLOT, SlotChoice
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import NotYourSlot
from booking.domain.values import replace
from booking.domain.visits import allowed_actions, roster_changes
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.availability import Availability, Places, Verdict
from booking.domain.visits.refusals import SlotOverlap
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_page import PropertyPage, SlotPage
from booking.service.ports import (
    Change,
    Clock,
    CommitmentsByOrganization,
    Directory,
    Lost,
    NewId,
    Policies,
    Rosters,
    Slots,
)
from booking.service.retrying import retry_when_lost
from booking.service.visits.settlement import awaited_in_vain, settled

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SlotService:
    slots: Slots
    rosters: Rosters
    policies: Policies
    directory: Directory
    now: Clock
    new_id: NewId

    async def offer(
        self,
        caller: Caller,
        property_id: UUID,
        start_time: datetime,
        end_time: datetime,
        agent_id: UUID | None = None,
        capacity: int = 1,
    ) -> SlotView:
        """Offer a slot; an admin may do so for a colleague."""
        agent = caller.as_agent()
        if agent_id not in (None, agent.id) and not agent.is_admin:
            raise WrongRole("only an admin may offer a slot for a colleague")
        policy = await self.policies.effective(agent.organization_id, property_id)
        names = await self.directory.names(agent.organization_id, property_id, agent_id or agent.id)

        def slot(at: datetime) -> Slot:
            return Slot.offer(
                id=self.new_id(),
                organization_id=agent.organization_id,
                property_id=property_id,
                agent_id=agent_id or agent.id,
                start_time=start_time,
                end_time=end_time,
                capacity=capacity,
                buffer=policy.buffer,
                at=at,
            )

        at = await self.now()
        offered = slot(at)
        availability = Availability(slot=offered, places=Places(), policy=policy, names=names, at=at)
        view = allowed_actions.view(availability, caller, await self.slots.all_commitments(caller, [availability]))
        try:
            await self.slots.add(offered, caller.keeping(caller.acting_as_agent(offered.agent_id), lambda: view))
        except Lost:
            slot(await self.now())  # refuses if the start has passed meanwhile; what else can stand in the way:
            raise SlotOverlap from None
        return view

    async def get(self, caller: Caller, slot_id: UUID) -> SlotView:
        availability, commitments = await self._seen(caller, slot_id)
        return allowed_actions.view(availability, caller, commitments)

    async def list(
        self, caller: Caller, chosen: SlotChoice = EVERY_SLOT, *, window: Window, paging: Paging
    ) -> Page[SlotView]:
        """List an agent's own slots; for an admin, the organization's."""
        agent = caller.as_agent()
        chosen = replace(chosen, agent_id=caller.whose(chosen.agent_id))

        def look() -> Awaitable[Page[Availability]]:
            return self.slots.of_organization(agent.organization_id, chosen, window=window, paging=paging)

        page = await settled(self.rosters, look, lambda found: awaited_in_vain(found.items))
        commitments = await self.slots.all_commitments(caller, page.items)
        return Page(
            items=[allowed_actions.view(availability, caller, commitments) for availability in page.items],
            next=page.next,
        )

    async def bookable(self, caller: Caller, property_id: UUID, *, window: Window, paging: Paging) -> PropertyPage:
        """Return the bookable slots of a property, in every organization in view; none for an unknown property."""

        def look() -> Awaitable[tuple[Sequence[SlotPage], CommitmentsByOrganization]]:
            return self.slots.bookable(property_id, caller, window=window, paging=paging)

        pages, commitments = await settled(self.rosters, look, _awaited)
        seen = [page.seen_by(caller, commitments.get(page.organization_id)) for page in pages]
        return PropertyPage(property_id=property_id, pages=seen, limit=paging.limit)

    async def eligibility(self, caller: Caller, slot_id: UUID) -> Sequence[Verdict]:
        """Return the verdict of every rule of booking the slot, for the caller's applicant there."""
        caller.as_applicants()
        availability, commitments = await self._seen(caller, slot_id)
        own = commitments[caller.applicant_in(availability.slot.organization_id).organization_id]
        caller.require_login_of(own.applicant)
        return tuple(availability.booking_rules(own))

    async def _seen(self, caller: Caller, slot_id: UUID) -> tuple[Availability, CommitmentsByOrganization]:
        return await settled(
            self.rosters, lambda: self.slots.seen(slot_id, caller), lambda seen: awaited_in_vain(seen[:1])
        )

    async def cancel(self, caller: Caller, slot_id: UUID, reason: str | None = None) -> None:
        """Cancel a slot with everything on it."""

        def look(availability: Availability) -> None:
            availability.slot.cancel(reason=reason, at=availability.at)

        await self._change(
            caller, slot_id, look, lambda roster: roster_changes.cancel(roster, reason=reason), lambda *_: None
        )

    async def resize(self, caller: Caller, slot_id: UUID, capacity: int) -> SlotView:
        """Change the number of places: more go to the waitlist first; fewer than are taken are refused."""

        def look(availability: Availability) -> None:
            availability.slot.still_ahead(at=availability.at)

        def show(roster: Roster, commitments: CommitmentsByOrganization) -> SlotView:
            now = {organization_id: roster.commitments_of(one) for organization_id, one in commitments.items()}
            return allowed_actions.view(roster.availability, caller, now)

        return await self._change(caller, slot_id, look, lambda roster: roster_changes.resize(roster, capacity), show)

    async def _change(
        self,
        caller: Caller,
        slot_id: UUID,
        look: Callable[[Availability], None],
        change: Change,
        show: Callable[[Roster, CommitmentsByOrganization], T],
    ) -> T:
        caller.as_agent()

        async def attempt() -> T:
            availability = await self.slots.availability(slot_id, caller)
            caller.require_manages(availability.slot.organization_id, availability.slot.agent_id)
            look(availability)
            commitments = await self.slots.all_commitments(caller, [availability])

            def seen(roster: Roster) -> T:
                return show(roster, commitments)

            by = caller.keeping(caller.acting_as_agent(availability.slot.agent_id, demoted=NotYourSlot), seen)
            return seen(await self.rosters.change(availability.slot.key, change, by))

        return await retry_when_lost(attempt)


def _awaited(found: tuple[Sequence[SlotPage], CommitmentsByOrganization]) -> Sequence[Key]:
    return [(page.organization_id, slot_id) for page in found[0] for slot_id in page.awaited]
