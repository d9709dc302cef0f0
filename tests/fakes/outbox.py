"""The outbox in memory."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from booking.domain.delivery import DeadDelivery, Delivery, Taken
from booking.domain.events import Event
from tests.fakes.state import Due, State


@dataclass(frozen=True, slots=True)
class MemoryOutbox:
    state: State

    async def take(self, limit: int, lease: timedelta) -> Taken:
        due = [one for one in self._first_in_line() if one.at <= self.state.clock()][:limit]
        placed = self._place(limit)
        leased = [*due, *(one for one in self._first_in_line() if one in placed)]
        for one in leased:
            one.at, one.token = self.state.clock() + lease, one.token + 1
        return Taken(
            placed=len(placed),
            deliveries=[
                Delivery(recorded=one.recorded, position=one.position, attempts=one.attempts, token=one.token)
                for one in leased
            ],
        )

    async def waiting(self) -> int:
        unplaced = len(self.state.events) - len(self.state.positions)
        return unplaced + sum(due.died_at is None for due in self.state.deliveries.values())

    async def delivered(self, deliveries: Sequence[Delivery]) -> Set[UUID]:
        counted = {delivery.recorded.id for delivery in deliveries if self._fenced(delivery) is not None}
        for event_id in counted:
            del self.state.deliveries[event_id]
        return counted

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

    def _place(self, limit: int) -> Sequence[Due]:
        first = len(self.state.positions)
        placed = []
        for recorded in self.state.events[first : first + limit]:
            position = len(self.state.positions) + 1
            self.state.positions[recorded.id] = position, self.state.clock()
            self.state.deliveries[recorded.id] = due = Due(
                recorded=recorded, position=position, line=_line(recorded.event), at=self.state.clock()
            )
            placed.append(due)
        return placed

    def _first_in_line(self) -> Sequence[Due]:
        first: dict[UUID, Due] = {}
        for due in sorted(self.state.deliveries.values(), key=lambda due: due.position):
            if due.died_at is None:
                first.setdefault(due.line, due)
        return list(first.values())

    def _fenced(self, delivery: Delivery) -> Due | None:
        due = self.state.deliveries.get(delivery.recorded.id)
        return due if due is not None and due.token == delivery.token else None


def _line(event: Event) -> UUID:
    return (
        event.booking_id
        or event.slot_id
        or event.applicant_id
        or event.property_id
        or event.agent_id
        or event.organization_id
    )
