"""The outbox in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from booking.adapters.memory.state import Due, State
from booking.domain.delivery import DeadDelivery, Delivery
from booking.domain.events import Event


@dataclass(frozen=True, slots=True)
class MemoryOutbox:
    state: State

    async def place(self, limit: int) -> int:
        first = len(self.state.positions)
        placed = self.state.events[first : first + limit]
        for recorded in placed:
            self.state.positions[recorded.id] = position = len(self.state.positions) + 1
            self.state.deliveries[recorded.id] = Due(
                recorded=recorded, position=position, line=_line(recorded.event), at=self.state.clock()
            )
        return len(placed)

    async def waiting(self) -> int:
        unplaced = len(self.state.events) - len(self.state.positions)
        return unplaced + sum(due.died_at is None for due in self.state.deliveries.values())

    async def lease(self, limit: int, lease: timedelta) -> Sequence[Delivery]:
        lines: set[UUID] = set()
        leased: list[Due] = []
        for due in sorted(self.state.deliveries.values(), key=lambda due: due.position):
            if due.died_at is not None or due.line in lines:
                continue
            lines.add(due.line)
            if due.at <= self.state.clock() and len(leased) < limit:
                leased.append(due)
        for due in leased:
            due.at, due.token = self.state.clock() + lease, due.token + 1
        return [
            Delivery(recorded=due.recorded, position=due.position, attempts=due.attempts, token=due.token)
            for due in leased
        ]

    async def delivered(self, delivery: Delivery) -> bool:
        if self._fenced(delivery) is None:
            return False
        del self.state.deliveries[delivery.recorded.id]
        return True

    async def failed(self, delivery: Delivery, reason: str, again_in: timedelta | None) -> bool:
        due = self._fenced(delivery)
        if due is None:
            return False
        due.attempts, due.reason = due.attempts + 1, reason
        if again_in is None:
            due.died_at = self.state.clock()
        else:
            due.at = self.state.clock() + again_in
        return True

    async def dead(self, limit: int) -> Sequence[DeadDelivery]:
        found = [
            DeadDelivery(
                recorded=due.recorded,
                position=due.position,
                attempts=due.attempts,
                reason=due.reason,
                died_at=due.died_at,
            )
            for due in self.state.deliveries.values()
            if due.died_at is not None
        ]
        return sorted(found, key=lambda one: one.position)[:limit]

    async def redrive(self, event_ids: Sequence[UUID] | None) -> int:
        chosen = [
            due
            for event_id, due in self.state.deliveries.items()
            if due.died_at is not None and (event_ids is None or event_id in event_ids)
        ]
        for due in chosen:
            due.died_at, due.attempts, due.at, due.token = None, 0, self.state.clock(), due.token + 1
        return len(chosen)

    def _fenced(self, delivery: Delivery) -> Due | None:
        due = self.state.deliveries.get(delivery.recorded.id)
        return due if due is not None and due.token == delivery.token else None


def _line(event: Event) -> UUID:
    return event.booking_id or event.slot_id or event.applicant_id or event.property_id or event.organization_id
