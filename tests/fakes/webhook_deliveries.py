"""Deliveries to webhook endpoints in memory."""

from dataclasses import dataclass

from booking.domain.authority import AgentRight
from booking.domain.delivery.refusals import ReplayTooLarge
from booking.domain.delivery.webhook_delivery import (
    MOST_REPLAYED,
    AttemptFilter,
    Positions,
    WebhookAttempt,
    require_positions,
)
from booking.domain.delivery.webhook_endpoint import KEPT, WebhookEndpoint
from booking.domain.events import Actor
from booking.domain.keys import Key
from booking.domain.paging import EPOCH, Page, Paging, Position
from booking.service.ports import Lease
from tests.fakes.state import LONG_AGO, Due, State
from tests.fakes.webhooks import MemoryWebhookEndpoints


@dataclass(frozen=True, slots=True)
class MemoryWebhookDeliveries:
    state: State

    async def granted(self, key: Key, by: AgentRight) -> tuple[WebhookEndpoint, Actor]:
        actor = self.state.actor(by)
        return MemoryWebhookEndpoints(self.state).found(key), actor

    async def keep(self, key: Key, attempt: WebhookAttempt) -> None:
        if key in self.state.endpoints:
            self.state.endpoints[key].subscriber.attempts.append(attempt)

    async def attempts(self, key: Key, chosen: AttemptFilter, paging: Paging) -> Page[WebhookAttempt] | None:
        if key not in self.state.endpoints:
            return None
        found = [
            one
            for one in sorted(self.state.endpoints[key].subscriber.attempts, key=lambda one: one.id, reverse=True)
            if one.attempted_at > self.state.clock() - KEPT
            and chosen.event_id in (None, one.event_id)
            and chosen.failed in (None, one.failure is not None)
            and (paging.after is None or one.id < paging.after.id)
        ]
        shown = found[: paging.limit]
        return Page(items=shown, next=Position(EPOCH, shown[-1].id) if len(found) > paging.limit else None)

    async def replay(self, key: Key, positions: Positions | None, by: AgentRight) -> int:
        self.state.actor(by)
        endpoint = MemoryWebhookEndpoints(self.state).found(key)
        subscriber = self.state.endpoints[key].subscriber
        if positions is None:
            again = [one for one in subscriber.deliveries.values() if one.attempts or one.died_at]
        else:
            order = [
                one for one in self.state.events[: len(self.state.positions)] if one.event.organization_id == key[0]
            ]
            require_positions(positions, 1 if order else None, endpoint.head)
            chosen = order[positions.first - 1 : min(positions.last, subscriber.position)]
            types = subscriber.event_types
            again = [
                Due(recorded=one, position=self.state.positions[one.id][0], at=LONG_AGO)
                for one in chosen
                if types is None or one.event.type in types
            ]
        if len(again) > MOST_REPLAYED:
            raise ReplayTooLarge
        for one in again:
            due = subscriber.deliveries.setdefault(one.recorded.id, one)
            due.attempts, due.reason, due.at, due.died_at = 0, "", self.state.clock(), None
        subscriber.rests_until = LONG_AGO
        return len(again)

    async def forget(self, lease: Lease) -> int:
        if not self.state.held(lease):
            return 0
        count = 0
        for row in self.state.endpoints.values():
            kept = [one for one in row.subscriber.attempts if one.attempted_at > self.state.clock() - KEPT]
            count += len(row.subscriber.attempts) - len(kept)
            row.subscriber.attempts = kept
            if row.former_until is not None and row.former_until <= self.state.clock():
                row.former_secret = row.former_until = None
        return count
