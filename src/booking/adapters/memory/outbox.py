"""The outbox in memory."""

from dataclasses import dataclass
from uuid import UUID

from booking.adapters.memory.state import State
from booking.service.ports import Notify


@dataclass(frozen=True, slots=True)
class MemoryOutbox:
    state: State

    async def hand_on(self, notify: Notify, limit: int) -> int:
        failure: Exception | None = None
        held_back: set[UUID | None] = set()
        count = 0
        waiting = [recorded for recorded in self.state.events if recorded.id not in self.state.relayed]
        for recorded in waiting[:limit]:
            line = recorded.event.slot_id or recorded.event.applicant_id
            if line in held_back:
                continue
            try:
                await notify(recorded)
            except Exception as error:
                failure = error
                held_back.add(line)
            else:
                self.state.relayed.add(recorded.id)
                count += 1
        if failure is not None and count == 0:
            raise failure
        return count
