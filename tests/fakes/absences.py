"""Absences of agents in memory."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import AgentRight, acts
from booking.domain.keys import Key
from booking.domain.people.refusals import AgentNotFound
from booking.domain.planning import events
from booking.domain.planning.block import Block
from booking.domain.planning.change_plan import ChangePlan
from booking.domain.planning.job import Job
from booking.domain.planning.slot_moves import Surroundings
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.service.planning.absences import Leaving
from tests.fakes.blocks import meet
from tests.fakes.rosters import MemoryRosters
from tests.fakes.slot_changes import around
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryAbsences:
    state: State

    async def begin(
        self,
        block: Block,
        by: AgentRight,
        look: Callable[[Sequence[Roster], Surroundings], ChangePlan],
        start: Callable[[ChangePlan], Job] | None,
    ) -> tuple[ChangePlan, Job | None]:
        actor, row = self.state.actor(by), self.state.agent(block.agent)
        if row is None or not acts(*row.roles):
            raise AgentNotFound
        rosters = MemoryRosters(self.state)
        slots = self._coming(block)
        plan = look([rosters.roster(slot.key, by) for slot in slots], around(self.state, block.organization_id, slots))
        if start is None:
            return plan, None
        job = start(plan)
        self.state.blocks[block.organization_id, block.id] = block
        self.state.jobs[job.key] = job
        self.state.record(events.block_created(*block.agent, actor))
        return plan, job

    async def leaving(self, agent: Key, block_id: UUID, but: Collection[UUID], most: int) -> Leaving:
        block = self.state.blocks.get((agent[0], block_id))
        slots = [slot for slot in self._coming(block) if slot.id not in but] if block else []
        rows = self.state.agents.values()
        return Leaving(slots[:most], {row.id for row in rows if row.organization_id == agent[0] and acts(*row.roles)})

    async def settle(self, agent: Key, block_id: UUID) -> None:
        """There is nothing to do: a block counts wherever it is looked at."""

    def _coming(self, block: Block) -> Sequence[Slot]:
        found = [
            slot
            for slot in self.state.slots.values()
            if meet(block, slot) and not slot.cancelled and slot.start_time > self.state.clock()
        ]
        return sorted(found, key=lambda slot: (slot.start_time, slot.id))
