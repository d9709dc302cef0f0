"""Claims on places of slots, and moves and returns of bookings: always in the same order (ADR 6, ADR 11).

If a slot is contested, look first and refuse late rivals without a lock. Then let the roster decide. Overdue claims in
the way are settled first; after a lost race the attempt is repeated, and learns the reason.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from booking.domain.authority import Right
from booking.domain.people.caller import Caller
from booking.domain.refusals import NotYourSlot
from booking.domain.visits import roster_changes
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.place_request import Overdue, PlaceRequest, TakeBack, refuse_rivals, require_settled
from booking.domain.visits.refusals import BookingNotFound, SlotTaken
from booking.domain.visits.roster import Roster
from booking.service.ports import Lost, Rosters, Slots
from booking.service.retrying import retry_when_lost

ALTERNATIVES = 3
REMEMBERED = 1024  # slots

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PlaceClaims:
    """Claims on places. `contested`: slots found taken of late; rivals look there first, until a place is free."""

    slots: Slots
    rosters: Rosters
    contested: dict[UUID, None] = field(default_factory=dict)

    async def claim(
        self,
        caller: Caller,
        slot_id: UUID,
        request: PlaceRequest,
        seen: Callable[[Roster, Commitments], T],
        *,
        applicant_id: UUID | None = None,
    ) -> T:
        """Claim a place for the caller or, by an agent, for an applicant; return `seen` of the roster and their
        commitments.
        """
        repeated = False

        async def attempt() -> tuple[Roster, Commitments]:
            nonlocal repeated
            if applicant_id is None:
                organization_id = await self._look(caller, slot_id, request)
                by: Right = caller.acting_as_applicant(organization_id)
                claimant = by.key[1]
            else:
                availability = await self.slots.availability(slot_id, caller)
                organization_id = availability.slot.organization_id
                caller.require_manages(organization_id, availability.slot.agent_id)
                claimant, by = applicant_id, caller.acting_as_agent(availability.slot.agent_id, demoted=NotYourSlot)
            slot, contested = (organization_id, slot_id), repeated or slot_id in self.contested
            repeated = True
            kept = caller.keeping(by, seen)
            return await self._settle_first(
                lambda: self.rosters.claim(slot, claimant, request, kept, contested=contested), by
            )

        return seen(
            *await self._with_alternatives(caller, lambda: retry_when_lost(attempt, self.rosters.turn(slot_id)))
        )

    async def _look(self, caller: Caller, slot_id: UUID, request: PlaceRequest) -> UUID:
        """Return the slot's organization; raise SlotTaken for rivals if the slot is contested.

        Why: a caller of one organization needs no look at a slot that is not contested; a rush costs one look each,
        and no lock.
        """
        if len(caller.organizations) == 1 and slot_id not in self.contested:
            return caller.organizations[0]
        availability, nearest = await self.slots.with_nearest(slot_id, caller, ALTERNATIVES)
        try:
            refuse_rivals(request, caller, availability)
        except SlotTaken as refusal:
            refusal.alternatives = nearest
            raise
        if availability.places_left > 0:  # a caller with a place may ask again and again: that frees none
            self.contested.pop(slot_id, None)
        return availability.slot.organization_id

    async def move(
        self, caller: Caller, context: BookingContext, to: UUID, seen: Callable[[Roster], T], *, by_agent: bool
    ) -> T:
        """Try once to move a booking to another slot; return `seen` of its roster. An agent has to manage both."""
        booking, availability = context.booking, await self.slots.availability(to, caller)
        slot = availability.slot
        if by_agent:
            caller.require_manages(slot.organization_id, slot.agent_id)
            lacking = BookingNotFound if context.agent_id != caller.as_agent().id else NotYourSlot
            by: Right = caller.acting_as_agent(context.agent_id, slot.agent_id, demoted=lacking, gone=BookingNotFound)
        else:
            by = caller.acting_as_applicant(booking.organization_id, BookingNotFound, BookingNotFound)

        def moved(old: Roster, new: Roster, commitments: Commitments) -> tuple[Roster, Roster]:
            require_settled(new, commitments)
            return roster_changes.move(old, new, booking.id, commitments, by_agent=by_agent)

        def attempt() -> Awaitable[Roster]:
            return self.rosters.move(booking.slot_key, slot.key, booking.applicant_id, moved, caller.keeping(by, seen))

        return seen(await self._with_alternatives(caller, lambda: self._settle_first(attempt, by)))

    async def take_back(
        self, caller: Caller, context: BookingContext, seen: Callable[[Roster], T], by: Right, *, by_agent: bool
    ) -> T:
        """Try once to make a released visit live again; return `seen` of its roster."""
        booking = context.booking
        request = TakeBack(released=booking, by_agent=by_agent)
        kept = caller.keeping(by, lambda roster, _: seen(roster))

        def attempt() -> Awaitable[tuple[Roster, Commitments]]:
            return self.rosters.claim(booking.slot_key, booking.applicant_id, request, kept, contested=True)

        roster, _ = await self._with_alternatives(caller, lambda: self._settle_first(attempt, by))
        return seen(roster)

    async def _settle_first(self, decide: Callable[[], Awaitable[T]], by: Right) -> T:
        """Decide; settle slots whose overdue claims stand in the way, and raise Lost, so that it is tried again.

        Why: constraints count overdue claims, and people who wait have to hear of the end of them.
        """
        try:
            return await decide()
        except Overdue as overdue:
            for key in overdue.keys:
                await self.rosters.change(key, Roster.settled, by)
            raise Lost from None

    async def _with_alternatives(self, caller: Caller, attempt: Callable[[], Awaitable[T]]) -> T:
        """Add the nearest available slots to SlotTaken, and remember the slot as contested."""
        try:
            return await attempt()
        except SlotTaken as refusal:
            self._remember(refusal.slot.id)
            if refusal.alternatives is None:
                _, refusal.alternatives = await self.slots.with_nearest(refusal.slot.id, caller, ALTERNATIVES)
            raise

    def _remember(self, slot_id: UUID) -> None:
        if len(self.contested) >= REMEMBERED:
            del self.contested[next(iter(self.contested))]
        self.contested[slot_id] = None
