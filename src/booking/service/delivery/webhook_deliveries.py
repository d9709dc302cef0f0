"""Deliveries to webhook endpoints: shown to admins, tried out, and made again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.delivery.delivery import Outcome, Subscription
from booking.domain.delivery.refusals import WebhookEndpointNotFound
from booking.domain.delivery.webhook_delivery import TEST, AttemptFilter, Positions, WebhookAttempt
from booking.domain.delivery.webhook_endpoint import WebhookEndpoint
from booking.domain.events import Actor, Event, Recorded
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging
from booking.domain.people.caller import Caller
from booking.domain.values import replace
from booking.service.ports import Clock, Lease, NewId


class WebhookDeliveries(Protocol):
    async def granted(self, key: Key, by: AgentRight) -> tuple[WebhookEndpoint, Actor]:
        """Return an endpoint, and the actor of a right that is granted still; WebhookEndpointNotFound.

        IdempotencyInProgress where the key of the request was used before.
        """

    async def keep(self, key: Key, attempt: WebhookAttempt) -> None:
        """Keep the record of an attempt, unless the endpoint is gone by now."""

    async def attempts(self, key: Key, chosen: AttemptFilter, paging: Paging) -> Page[WebhookAttempt] | None:
        """Return a page of attempts, the newest first; None where there is no endpoint."""

    async def replay(self, key: Key, positions: Positions | None, by: AgentRight) -> int:
        """Have events delivered again, at once, even if the endpoint rests: of these positions, or all that failed.

        Return their number. Of the positions those that the endpoint has come to, and that it hears. InvalidRequest
        beyond the head, PositionRetired where they are not kept any more, ReplayTooLarge.
        """

    async def forget(self, lease: Lease) -> int:
        """Delete some attempts that were kept for long enough, and former secrets that sign no more."""


class Sender(Protocol):
    async def send(self, to: Subscription, id: UUID, body: bytes, /) -> Outcome:
        """Send an event, signed, to an endpoint."""


Encode = Callable[[Recorded], bytes]


@dataclass(frozen=True, slots=True)
class WebhookDeliveryService:
    deliveries: WebhookDeliveries
    sender: Sender
    encode: Encode
    now: Clock
    new_id: NewId

    async def test(self, caller: Caller, endpoint_id: UUID) -> WebhookAttempt:
        """Send a test to an endpoint, as an admin, and return the attempt. No transaction is open meanwhile."""
        by = caller.acting_as_admin()
        endpoint, actor = await self.deliveries.granted((by.key[0], endpoint_id), replace(by, asked=caller.asked))
        event = Event(
            type=TEST,
            organization_id=endpoint.organization_id,
            actor=actor,
            from_state=None,
            to_state="sent",
            endpoint_id=endpoint.id,
        )
        recorded = Recorded(id=self.new_id(), occurred_at=await self.now(), event=event)
        to = Subscription(
            organization_id=endpoint.organization_id, id=endpoint.id, kind="webhook", target=endpoint.settings.url
        )
        outcome = await self.sender.send(to, recorded.id, self.encode(recorded))
        attempt = WebhookAttempt(
            id=self.new_id(),
            event_id=recorded.id,
            type=TEST,
            position=None,
            attempt=1,
            attempted_at=recorded.occurred_at,
            ms=outcome.ms or 0,
            status=outcome.status,
            failure=outcome.failure,
            answer=outcome.answer,
        )
        await self.deliveries.keep(endpoint.key, attempt)
        return attempt

    async def list(
        self, caller: Caller, endpoint_id: UUID, chosen: AttemptFilter, paging: Paging
    ) -> Page[WebhookAttempt]:
        found = await self.deliveries.attempts((caller.as_admin().organization_id, endpoint_id), chosen, paging)
        if found is None:
            raise WebhookEndpointNotFound
        return found

    async def replay(self, caller: Caller, endpoint_id: UUID, positions: Positions | None) -> int:
        """Have events delivered again, as an admin: of these positions, or without any all that failed."""
        by = caller.acting_as_admin()
        return await self.deliveries.replay(
            (by.key[0], endpoint_id), positions, caller.keeping(by, lambda count: count)
        )
