"""Webhook endpoints in memory. Each is a subscriber, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.delivery import events
from booking.domain.delivery.delivery import Subscription
from booking.domain.delivery.refusals import TooManyWebhookEndpoints, WebhookEndpointNotFound
from booking.domain.delivery.webhook_endpoint import BOTH_SIGN, MOST, EndpointSettings, EndpointStatus, WebhookEndpoint
from booking.domain.keys import Key
from booking.domain.refusals import PreconditionFailed
from tests.fakes.state import LONG_AGO, EndpointRow, State, Subscriber


@dataclass(frozen=True, slots=True)
class MemoryWebhookEndpoints:
    state: State

    async def add(self, key: Key, settings: EndpointSettings, secret: bytes, by: AgentRight) -> WebhookEndpoint:
        actor = self.state.actor(by)
        if len(self._of(key[0])) >= MOST:
            raise TooManyWebhookEndpoints
        subscription = Subscription(organization_id=key[0], id=key[1], kind="webhook", target=settings.url)
        subscriber = Subscriber(subscription=subscription, event_types=settings.types, position=self._head(key[0]))
        self.state.subscribers.append(subscriber)
        at = self.state.clock()
        self.state.endpoints[key] = EndpointRow(
            subscriber=subscriber, secret=secret, description=settings.description, created_at=at, updated_at=at
        )
        added = self.found(key)
        self.state.record(events.endpoint_created(added, actor))
        return added

    async def of_organization(self, organization_id: UUID) -> Sequence[WebhookEndpoint]:
        return [self.found(key) for key in self._of(organization_id)]

    async def get(self, key: Key) -> WebhookEndpoint | None:
        return self.found(key) if key in self.state.endpoints else None

    async def change(
        self, key: Key, settings: EndpointSettings, status: EndpointStatus | None, expected: int, by: AgentRight
    ) -> WebhookEndpoint:
        actor = self.state.actor(by)
        was = self.found(key)
        if was.version != expected:
            raise PreconditionFailed
        row = self.state.endpoints[key]
        row.version, row.description, row.updated_at = row.version + 1, settings.description, self.state.clock()
        subscriber = row.subscriber
        subscriber.subscription = Subscription(organization_id=key[0], id=key[1], kind="webhook", target=settings.url)
        subscriber.event_types = settings.types
        if status is EndpointStatus.DISABLED:
            subscriber.disabled_at = subscriber.disabled_at or self.state.clock()
        if status is EndpointStatus.ENABLED:
            subscriber.disabled_at = None
        if status is EndpointStatus.ENABLED or settings.url != was.settings.url:
            for due in subscriber.deliveries.values():
                since, died_at = was.failing_since, due.died_at
                if (died_at is None and due.attempts) or (died_at and since and died_at >= since):
                    due.died_at, due.attempts, due.at = None, 0, self.state.clock()
            subscriber.failures, subscriber.failing_since, subscriber.failed_at = 0, None, None
            subscriber.rests_until = LONG_AGO
        now = self.found(key)
        self.state.record(events.endpoint_changed(was, now, actor))
        return now

    async def rotate(self, key: Key, secret: bytes, by: AgentRight) -> WebhookEndpoint:
        actor = self.state.actor(by)
        self.found(key)
        row, at = self.state.endpoints[key], self.state.clock()
        row.former_secret, row.former_until, row.secret = row.secret, at + BOTH_SIGN, secret
        row.version, row.updated_at = row.version + 1, at
        rotated = self.found(key)
        self.state.record(events.endpoint_secret_rotated(rotated, actor))
        return rotated

    async def remove(self, key: Key, by: AgentRight) -> None:
        actor = self.state.actor(by)
        was = self.found(key)
        self.state.subscribers.remove(self.state.endpoints.pop(key).subscriber)
        self.state.record(events.endpoint_deleted(was, actor))

    async def secrets(self, key: Key) -> Sequence[bytes]:
        row = self.state.endpoints.get(key)
        if row is None:
            return []
        former = row.former_until is not None and row.former_until > self.state.clock()
        return [one for one in (row.secret, row.former_secret if former else None) if one is not None]

    def _of(self, organization_id: UUID) -> Sequence[Key]:
        return [key for key in self.state.endpoints if key[0] == organization_id]

    def _head(self, organization_id: UUID) -> int:
        return _head(self.state, organization_id)

    def found(self, key: Key) -> WebhookEndpoint:
        if key not in self.state.endpoints:
            raise WebhookEndpointNotFound
        return endpoint_of(self.state, self.state.endpoints[key])


def endpoint_of(state: State, row: EndpointRow) -> WebhookEndpoint:
    of = row.subscriber
    organization_id, id = of.key  # noqa: A001 - the endpoint's own
    return WebhookEndpoint(
        organization_id=organization_id,
        id=id,
        settings=EndpointSettings(
            url=of.subscription.target or "",
            types=None if of.event_types is None else tuple(of.event_types),
            description=row.description,
        ),
        version=row.version,
        position=of.position,
        head=_head(state, organization_id),
        failing_since=of.failing_since,
        disabled_at=of.disabled_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _head(state: State, organization_id: UUID) -> int:
    placed = state.events[: len(state.positions)]
    return sum(one.event.organization_id == organization_id for one in placed)
