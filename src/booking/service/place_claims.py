"""The desk: where places are asked for and moved. It always goes the same way (ADR 6, ADR 11).

Where a slot is contested, look, and refuse at once whoever comes too late; then let the roster decide. Who waits for
that while the slot is found taken goes back to look: of a crowd that came at one moment, too, few need a decision.
What is over by the clock and stands in the way is tidied first. Who lost a race in between asks again and learns why.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from booking.domain import roster_changes
from booking.domain.authority import Right
from booking.domain.availability import Availability
from booking.domain.booking_context import BookingContext
from booking.domain.caller import Caller
from booking.domain.commitments import Commitments
from booking.domain.refusals import BookingNotFound, NotYourSlot, Refusal, SlotTaken
from booking.domain.roster import Roster
from booking.domain.slot import Key
from booking.service.ports import Claim, DirectBooking, Lost, Rosters, Slots
from booking.service.retrying import retry_when_lost

ALTERNATIVES = 3
REMEMBERED = 1024  # slots

Look = Callable[[Availability, Commitments], object]

T = TypeVar("T")


class _Untidy(Exception):
    """Something is over by the clock, and would stand in the way."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = keys


@dataclass(frozen=True, slots=True)
class PlaceClaims:
    """`contested`: slots that somebody found taken of late; until they are found free, rivals look before they ask."""

    slots: Slots
    rosters: Rosters
    contested: dict[UUID, None] = field(default_factory=dict)

    async def claim(
        self,
        caller: Caller,
        slot_id: UUID,
        look: Look,
        claim: Claim,
        *,
        applicant_id: UUID | None = None,
        visit: DirectBooking | None = None,
    ) -> tuple[Roster, Commitments]:
        """A claim of the caller's own or, by an agent, of somebody else's: the roster that has it, and whose it is."""

        goes_back = True  # once: then whoever looked and was not refused is decided on

        async def attempt() -> tuple[Roster, Commitments]:
            nonlocal goes_back
            if applicant_id is None:
                organization_id = await self._looked(caller, slot_id, look)
                by: Right = caller.acting_as_applicant(organization_id)
                claimant = by.key[1]
            else:
                availability = await self.slots.availability(slot_id, caller)
                organization_id = availability.slot.organization_id
                caller.require_manages(organization_id, availability.slot.agent_id)
                claimant, by = applicant_id, caller.acting_as_agent(availability.slot.agent_id, demoted=NotYourSlot)

            def decided(roster: Roster, commitments: Commitments) -> Roster:
                if applicant_id is None:
                    _refuse_rival(roster, commitments, look)
                _require_tidy(commitments, roster)
                return claim(roster, commitments)

            slot, contested = (organization_id, slot_id), slot_id in self.contested
            plain = None if contested else visit
            overtaken = (lambda: slot_id in self.contested) if goes_back and not contested else None
            goes_back = False
            return await self._tidily(lambda: self.rosters.claim(slot, claimant, decided, by, plain, overtaken), by)

        return await self._or_alternatives(caller, lambda: retry_when_lost(attempt, self.rosters.turn(slot_id)))

    async def _looked(self, caller: Caller, slot_id: UUID, look: Look) -> UUID:
        """The slot's organization. Where it cannot be but one, a claim needs no look; but a rush costs one look each,
        and no lock: SlotTaken for whoever has no place kept on a full slot, whatever they have elsewhere."""
        if len(caller.organizations) == 1 and slot_id not in self.contested:
            return caller.organizations[0]
        availability, nearest = await self.slots.with_nearest(slot_id, caller, ALTERNATIVES)
        try:
            _refuse_rivals(caller, availability, look)
        except SlotTaken as refusal:
            refusal.alternatives = nearest
            raise
        if availability.places_left > 0:  # whoever has a place may ask again and again: that frees none
            self.contested.pop(slot_id, None)
        return availability.slot.organization_id

    async def move(self, caller: Caller, context: BookingContext, to: UUID, *, by_agent: bool) -> Roster:
        """One attempt at moving a booking to another slot; gives that one's roster. By an agent, who manages both."""
        booking, availability = context.booking, await self.slots.availability(to, caller)
        slot = availability.slot
        if by_agent:
            caller.require_manages(slot.organization_id, slot.agent_id)
            lacking = BookingNotFound if context.agent_id != caller.as_agent().id else NotYourSlot
            by: Right = caller.acting_as_agent(context.agent_id, slot.agent_id, demoted=lacking, gone=BookingNotFound)
        else:
            by = caller.acting_as_applicant(booking.organization_id, BookingNotFound, BookingNotFound)

        def moved(old: Roster, new: Roster, commitments: Commitments) -> tuple[Roster, Roster]:
            _require_tidy(commitments, new)
            return roster_changes.move(old, new, booking.id, commitments, by_agent=by_agent)

        def attempt() -> Awaitable[Roster]:
            return self.rosters.move(booking.slot_key, slot.key, booking.applicant_id, moved, by)

        return await self._or_alternatives(caller, lambda: self._tidily(attempt, by))

    async def _tidily(self, decide: Callable[[], Awaitable[T]], by: Right) -> T:
        """What is over is over without this; but the constraints, and those who wait, have to be told."""
        try:
            return await decide()
        except _Untidy as untidy:
            for key in untidy.keys:
                await self.rosters.change(key, Roster.settled, by)
            raise Lost from None

    async def _or_alternatives(self, caller: Caller, attempt: Callable[[], Awaitable[T]]) -> T:
        """SlotTaken comes with the nearest slots that are not."""
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


def _refuse_rivals(caller: Caller, availability: Availability, look: Look) -> None:
    """Rivals are all but those for whom a place may be kept, or to whom it is still to be offered: a visit of one's own
    helps nobody to another."""
    if availability.overdue or availability.awaited_in_vain:
        return
    kept = availability.claimants if availability.places.reserved else ()
    for applicant in caller.applicants:
        if applicant.organization_id == availability.slot.organization_id and applicant.id not in kept:
            try:
                look(availability, Commitments(applicant=applicant))
            except SlotTaken:
                raise
            except Refusal:
                return  # which is decided by the person as they are now


def _refuse_rival(roster: Roster, commitments: Commitments, look: Look) -> None:
    """SlotTaken, as for rivals who look, before anything is tidied that is over elsewhere: it is not in the way."""
    if not commitments.overdue or roster.overdue:
        return
    settled = roster.settled()
    if any(one.applicant_id == commitments.applicant.id for one in settled.live):
        return
    try:
        look(settled.availability, Commitments(applicant=commitments.applicant))
    except SlotTaken:
        raise
    except Refusal:
        return  # which is told of the person as they are once all is tidied


def _require_tidy(commitments: Commitments, roster: Roster) -> None:
    keys = [*commitments.overdue, *([roster.slot.key] if roster.overdue else [])]
    if keys:
        raise _Untidy(list(dict.fromkeys(keys)))
