"""Sender of tests to webhook endpoints, to each one at a time. Why: tests are no way around the bound of deliveries."""

from uuid import UUID

from booking.adapters.turns import Turns
from booking.domain.delivery.delivery import Outcome, Subscription
from booking.service.delivery.webhook_deliveries import Sender


class WebhookTests:
    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._turns = Turns()

    async def send(self, to: Subscription, id: UUID, body: bytes, /) -> Outcome:
        async with self._turns.of((to.organization_id, to.id)):
            return await self._sender.send(to, id, body)
