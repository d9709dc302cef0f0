"""Batches of slots in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import AgentRight, acts
from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_batch import BatchMode, Refused, Surroundings, refused
from tests.fakes.blocks import blocked
from tests.fakes.slots import collide, put
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemorySlotBatches:
    state: State

    async def add(
        self, wanted: Mapping[int, Slot], alone: Mapping[int, Refused], mode: BatchMode, by: AgentRight, *, dry: bool
    ) -> Mapping[int, Refused]:
        actor = self.state.actor(by)
        found = refused(wanted, alone, around(self.state, by.key[0], wanted), mode)
        for index, slot in wanted.items():
            if index not in found and not dry:
                put(self.state, slot, actor)
        return found


def around(state: State, here: UUID, wanted: Mapping[int, Slot]) -> Surroundings:
    return Surroundings(
        agents={row.id for row in state.agents.values() if acts(*row.roles) and row.organization_id == here},
        statuses={place[1]: home.status for place, home in state.properties.items() if place[0] == here},
        overlapped={
            index: [other.id for other in state.slots.values() if collide(slot, other)]
            for index, slot in wanted.items()
        },
        blocked={index for index, slot in wanted.items() if blocked(state, slot)},
        withdrawn={index for index, slot in wanted.items() if state.withdrawn(slot)},
        at=state.clock(),
    )
