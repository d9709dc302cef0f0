"""Notifiers of tests."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from booking.domain.delivery.delivery import Delivery, Outcome, Subscription
from booking.domain.events import Recorded


@dataclass(slots=True)
class Telling:
    """Tells of one event after the other by a function, which raises where the event was not heard."""

    tell: Callable[[Recorded, Subscription], Awaitable[None]]
    together: int = 1
    at_once: int = 50

    async def __call__(self, deliveries: Sequence[Delivery], subscription: Subscription) -> Sequence[Outcome]:
        for one in deliveries:
            await self.tell(one.recorded, subscription)
        return [Outcome()] * len(deliveries)
