"""Moves of slots: to another time, or to another agent, with everything on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from booking.domain.people.caller import Caller
from booking.domain.planning.change_plan import ChangePlan, plan_of
from booking.domain.planning.slot_moves import Destination, Surroundings, moved
from booking.domain.refusals import NotYourSlot
from booking.domain.values import replace
from booking.domain.visits import allowed_actions
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.roster import Roster
from booking.service.planning.slot_changes import Change, Decided, SlotChanges, Span
from booking.service.ports import Directory, Slots
from booking.service.retrying import retry_when_lost


class Moved(NamedTuple):
    """Plan of a move, and the slot as it is now, unless the move was only planned."""

    plan: ChangePlan
    view: SlotView | None


@dataclass(frozen=True, slots=True)
class SlotMoveService:
    changes: SlotChanges
    slots: Slots
    directory: Directory

    async def move(
        self, caller: Caller, slot_id: UUID, destination: Destination, *, expected: str | None = None, dry: bool = False
    ) -> Moved:
        """Move a slot, or only plan it if `dry`; PlanStale unless the plan has the hash that is `expected`, if any.

        The agent may hand an own slot to a colleague, and an admin anybody's.
        """
        return await retry_when_lost(lambda: self._move(caller, slot_id, destination, expected, dry))

    async def _move(
        self, caller: Caller, slot_id: UUID, destination: Destination, expected: str | None, dry: bool
    ) -> Moved:
        caller.as_agent()
        availability = await self.slots.availability(slot_id, caller)
        slot = availability.slot
        caller.require_manages(slot.organization_id, slot.agent_id)
        there = destination.of(slot, at=availability.at)
        names = await self.directory.names(slot.organization_id, slot.property_id, there.agent_id)
        commitments = await self.slots.all_commitments(caller, [availability])

        def decide(rosters: Sequence[Roster], around: Surroundings) -> Decided:
            (before,) = rosters
            after = moved(before, destination, around)
            plan_of([(before, after)]).require(expected)
            return Decided([after])

        def seen(changes: Sequence[Change]) -> Moved:
            ((before, after),) = changes
            now = {organization_id: after.commitments_of(one) for organization_id, one in commitments.items()}
            shown = replace(after.availability, names=names)
            view = None if dry else allowed_actions.view(shown, caller, now)
            return Moved(plan_of([(before, after)]), view)

        by = caller.keeping(caller.acting_as_agent(slot.agent_id, demoted=NotYourSlot), seen)
        within = Span(there.start_time, there.end_time)
        return seen(await self.changes.change([slot], decide, by, agents=[there.agent_id], within=within, dry=dry))
