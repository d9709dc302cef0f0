"""Changes of slots in memory: read, decided and kept, with no await in between."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import By, acts
from booking.domain.planning.job import Job
from booking.domain.planning.slot_moves import BusyTime, Surroundings
from booking.domain.values import replace
from booking.domain.visits.slot import Slot
from booking.service.planning.slot_changes import Change, DecideSlots, Span
from tests.fakes.jobs import advance
from tests.fakes.rosters import MemoryRosters
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemorySlotChanges:
    state: State

    async def change(
        self,
        slots: Sequence[Slot],
        decide: DecideSlots,
        by: By,
        *,
        agents: Collection[UUID] = (),
        within: Span,
        dry: bool = False,
        job: Job | None = None,
    ) -> Sequence[Change]:
        rosters = MemoryRosters(self.state)
        before = [rosters.roster(slot.key, by) for slot in slots]
        after, failures = decide(before, around(self.state, slots[0].organization_id, slots))
        changes = [Change(*pair) for pair in zip(before, after, strict=True)]
        if not dry:
            if job is not None:
                advance(self.state, job, len(slots), failures)
            self._follow(changes)
            rosters.keep(*(change.now for change in changes))
        return changes

    def _follow(self, changes: Sequence[Change]) -> None:
        """Show ended claims at their slot's time, as a claim's times are read from there."""
        for was, now in changes:
            for key, claim in self.state.bookings.items():
                if claim.slot_key == was.slot.key and not claim.live:
                    slot = now.slot
                    self.state.bookings[key] = replace(claim, start_time=slot.start_time, end_time=slot.end_time)


def around(state: State, here: UUID, slots: Sequence[Slot]) -> Surroundings:
    changing = {slot.key for slot in slots}
    people = {claim.applicant_id for key in changing for claim in state.claims_on(key)}
    return Surroundings(
        agents={row.id for row in state.agents.values() if row.organization_id == here and acts(*row.roles)},
        slots=[slot for slot in state.slots.values() if slot.organization_id == here and not slot.cancelled],
        blocks=[BusyTime(block.agent_id, block.ahead_from, block.end_time) for block in state.blocks.values()],
        engagements=[
            BusyTime(claim.applicant_id, claim.start_time, claim.end_time)
            for claim in state.bookings.values()
            if claim.binding and claim.slot_key not in changing and claim.applicant_id in people
        ],
    )
