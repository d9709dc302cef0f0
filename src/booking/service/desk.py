"""The desk: where places are asked for and moved. It always goes the same way (ADR 6, ADR 11).

Look, and refuse at once whoever comes too late for a full slot; then let the roster decide under its lock. What is over
by the clock and stands in the way is tidied first. Who lost a race in between looks again and learns why.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from booking.domain import changes
from booking.domain.booking import Booking
from booking.domain.caller import Caller
from booking.domain.errors import Refusal, SlotTaken
from booking.domain.events import Actor
from booking.domain.opening import Opening
from booking.domain.roster import Roster
from booking.domain.slot import Key, Slot
from booking.domain.standing import Standing
from booking.service.contest import contest
from booking.service.ports import Claim, Lost, Rosters, Slots

ALTERNATIVES = 3

Look = Callable[[Opening, Standing], object]

T = TypeVar("T")


class _Untidy(Exception):
    """Something is over by the clock, and would stand in the way."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Desk:
    slots: Slots
    rosters: Rosters

    async def claim(
        self, caller: Caller, slot_id: UUID, look: Look, claim: Claim, *, applicant_id: UUID | None = None
    ) -> tuple[Roster, Standing]:
        """A claim of the caller's own or, by an agent, of somebody else's: the roster that has it, and whose it is."""

        async def attempt() -> tuple[Roster, Standing]:
            opening = await self.slots.opening(slot_id, caller)
            slot = opening.slot
            if applicant_id is None:
                async with self._alternatives_to(slot):
                    _refuse_rivals(caller, opening, look)
                claimant, by = caller.applicant_in(slot.organization_id).id, caller.acting_as_applicant()
            else:
                caller.require_manages(slot.organization_id, slot.agent_id)
                claimant, by = applicant_id, caller.acting_as_agent()

            def decided(roster: Roster, standing: Standing) -> Roster:
                if applicant_id is None:
                    caller.require_login_of(standing.applicant)
                _require_tidy(standing, roster)
                return claim(roster, standing)

            async with self._alternatives_to(slot):
                return await self._tidily(lambda: self.rosters.claim(slot.key, claimant, decided, by), by)

        return await contest(attempt)

    async def move(self, caller: Caller, booking: Booking, to: UUID, by: Actor, *, by_agent: bool) -> Roster:
        """One attempt at moving a booking to another slot; gives that one's roster."""
        opening = await self.slots.opening(to, caller)

        def moved(old: Roster, new: Roster, standing: Standing) -> tuple[Roster, Roster]:
            if not by_agent:
                caller.require_login_of(standing.applicant)
            _require_tidy(standing, new)
            return changes.move(old, new, booking.id, standing, by_agent=by_agent)

        async with self._alternatives_to(opening.slot):
            moving = self.rosters.move
            return await self._tidily(
                lambda: moving(booking.slot_key, opening.slot.key, booking.applicant_id, moved, by), by
            )

    async def _tidily(self, decide: Callable[[], Awaitable[T]], by: Actor) -> T:
        """What is over is over without this; but the constraints, and those who wait, have to be told."""
        try:
            return await decide()
        except _Untidy as untidy:
            for key in untidy.keys:
                await self.rosters.change(key, Roster.settled, by)
            raise Lost from None

    @asynccontextmanager
    async def _alternatives_to(self, slot: Slot) -> AsyncIterator[None]:
        """SlotTaken comes with the nearest slots that are not."""
        try:
            yield
        except SlotTaken as refusal:
            refusal.alternatives = await self.slots.nearest(slot, ALTERNATIVES)
            raise


def _refuse_rivals(caller: Caller, opening: Opening, look: Look) -> None:
    """SlotTaken for whoever has no claim on a full slot, whatever they have elsewhere: a rush costs one look each."""
    if opening.overdue:
        return
    for applicant in caller.applicants:
        if applicant.organization_id == opening.slot.organization_id and applicant.id not in opening.claimants:
            try:
                look(opening, Standing(applicant=applicant))
            except SlotTaken:
                raise
            except Refusal:
                return  # which is decided by the person as they are now


def _require_tidy(standing: Standing, roster: Roster) -> None:
    keys = [*standing.overdue, *([roster.slot.key] if roster.overdue else [])]
    if keys:
        raise _Untidy(list(dict.fromkeys(keys)))
