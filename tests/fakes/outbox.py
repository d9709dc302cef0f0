"""The outbox in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from booking.domain.delivery.delivery import BREAKS, ROUNDS, SYSTEM, Backlog, Batch, DeadDelivery, Delivery, Settlement
from booking.domain.events import Recorded
from tests.fakes.state import LONG_AGO, Due, State, Subscriber, real_time


@dataclass(frozen=True, slots=True)
class MemoryOutbox:
    state: State

    async def place(self, limit: int) -> int:
        first = len(self.state.positions)
        placed = self.state.events[first : first + limit]
        for position, recorded in enumerate(placed, first + 1):
            self.state.positions[recorded.id] = position, self.state.clock()
        return len(placed)

    async def take(self, kinds: Mapping[str, int], many: int, limit: int, lease: timedelta) -> Sequence[Batch]:
        free = [
            one
            for one in self.state.subscribers
            if one.leased_until <= real_time()
            and one.disabled_at is None
            and one.rests_until <= self.state.clock()
            and one.under_way < min(kinds.get(one.subscription.kind, 0), 1 if one.failures >= BREAKS else 1_000)
            and (one.position < len(self._order(one)) or self._due(one))
        ]
        taken = sorted(free, key=lambda one: one.leased_until)[:many]
        return tuple(self._batch(one, min(limit, ROUNDS * kinds[one.subscription.kind]), lease) for one in taken)

    async def settle(self, batch: Batch, settlement: Settlement) -> bool:
        mine = self._subscriber(batch)
        if mine is None or mine.token != batch.token:
            return False
        mine.position, mine.leased_until = batch.upto, real_time()
        self._settle(mine, settlement)
        for one in settlement.waiting:
            self._kept(mine, one).under_way_until = LONG_AGO
        for one in settlement.under_way:
            due = self._kept(mine, one)
            due.under_way_until, due.token = real_time() + batch.lease, batch.token
        return True

    async def conclude(self, batch: Batch, settlement: Settlement) -> bool:
        mine = self._subscriber(batch)
        ids = [one.recorded.id for one in (*settlement.heard, *(one.delivery for one in settlement.failed))]
        if mine is None or not any(
            due.token == batch.token and due.under_way_until > LONG_AGO
            for due in (mine.deliveries.get(one) for one in ids)
            if due is not None
        ):
            return False
        self._settle(mine, settlement)
        return True

    def _subscriber(self, batch: Batch) -> Subscriber | None:
        return next((one for one in self.state.subscribers if one.subscription.id == batch.subscription.id), None)

    def _settle(self, mine: Subscriber, settlement: Settlement) -> None:
        mine.answer(bool(settlement.heard), settlement.failures, settlement.rests, self.state.clock())
        mine.attempted(settlement.attempts, self.state.clock())
        for one in settlement.heard:
            mine.deliveries.pop(one.recorded.id, None)
        for failure in settlement.failed:
            due = self._kept(mine, failure.delivery)
            due.attempts, due.reason, due.under_way_until = due.attempts + 1, failure.reason, LONG_AGO
            if failure.again_in is None:
                due.died_at = self.state.clock()
            else:
                due.at = self.state.clock() + failure.again_in

    async def waiting(self) -> int:
        unplaced = len(self.state.events) - len(self.state.positions)
        behind = sum(len(self._order(one)) - one.position for one in self.state.subscribers)
        return unplaced + behind + sum(len(self._alive(one)) for one in self.state.subscribers)

    async def backlogs(self) -> Mapping[str, Backlog]:
        kinds: dict[str, list[Subscriber]] = {}
        for one in self.state.subscribers:
            kinds.setdefault(one.subscription.kind, []).append(one)
        return {kind: self._backlog(of) for kind, of in kinds.items()}

    def _backlog(self, subscribers: Sequence[Subscriber]) -> Backlog:
        alive = [one for one in subscribers if one.disabled_at is None]
        unheard = [[*self._order(one)[one.position :], *(due.recorded for due in self._alive(one))] for one in alive]
        return Backlog(
            behind=max(map(len, unheard), default=0),
            oldest=max(
                (self.state.clock() - event.occurred_at for events in unheard for event in events), default=timedelta()
            ),
            dead=sum(due.died_at is not None for one in subscribers for due in one.deliveries.values()),
            resting=sum(one.failures >= BREAKS for one in alive),
            disabled=len(subscribers) - len(alive),
        )

    async def dead(self, limit: int) -> Sequence[DeadDelivery]:
        found = [
            DeadDelivery(
                subscription_id=one.subscription.id,
                recorded=due.recorded,
                position=due.position,
                attempts=due.attempts,
                reason=due.reason,
                died_at=due.died_at,
            )
            for one in self.state.subscribers
            for due in one.deliveries.values()
            if due.died_at is not None
        ]
        return sorted(found, key=lambda one: one.position)[:limit]

    async def redrive(self, event_ids: Sequence[UUID] | None) -> int:
        chosen = [
            due
            for one in self.state.subscribers
            for event_id, due in one.deliveries.items()
            if due.died_at is not None and (event_ids is None or event_id in event_ids)
        ]
        for due in chosen:
            due.died_at, due.attempts, due.at = None, 0, self.state.clock()
        return len(chosen)

    def _order(self, one: Subscriber) -> Sequence[Recorded]:
        """The placed events that a subscription's cursor goes over."""
        placed = self.state.events[: len(self.state.positions)]
        organization_id = one.subscription.organization_id
        return [event for event in placed if organization_id in (SYSTEM, event.event.organization_id)]

    def _batch(self, one: Subscriber, limit: int, lease: timedelta) -> Batch:
        one.leased_until, one.token = real_time() + lease, one.token + 1
        fresh = self._order(one)[one.position : one.position + limit]
        lines = {due.recorded.event.line for due in self._alive(one)}
        due = [
            self._delivery(due.recorded, attempts=due.attempts, kept=True, behind=False)
            for due in self._due(one)[: limit if one.failures < BREAKS else 1]
        ]
        new = [
            self._delivery(event, attempts=0, kept=False, behind=event.event.line in lines)
            for event in fresh
            if one.event_types is None or event.event.type in one.event_types
        ]
        deliveries = sorted([*due, *new], key=lambda one: one.position)
        return Batch(
            subscription=one.subscription,
            token=one.token,
            lease=lease,
            upto=one.position + len(fresh),
            failures=one.failures,
            under_way=one.under_way,
            deliveries=deliveries,
        )

    def _delivery(self, recorded: Recorded, *, attempts: int, kept: bool, behind: bool) -> Delivery:
        of = recorded.event.organization_id
        position, _ = self.state.positions[recorded.id]
        before = (one for one in self.state.events[:position] if one.event.organization_id == of)
        return Delivery(
            recorded=recorded,
            position=position,
            organization_position=len(list(before)),
            attempts=attempts,
            kept=kept,
            behind=behind,
        )

    def _alive(self, one: Subscriber) -> Sequence[Due]:
        alive = (due for due in one.deliveries.values() if due.died_at is None)
        return sorted(alive, key=lambda due: due.position)

    def _due(self, one: Subscriber) -> Sequence[Due]:
        return [due for due in one.heads if due.at <= self.state.clock() and due.under_way_until <= real_time()]

    def _kept(self, one: Subscriber, delivery: Delivery) -> Due:
        due = Due(recorded=delivery.recorded, position=delivery.position, at=self.state.clock())
        return one.deliveries.setdefault(delivery.recorded.id, due)
