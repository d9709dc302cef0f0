"""Health of webhook endpoints: a warning for one that fails for days, and the end of one that goes on to."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from booking.domain.delivery.webhook_endpoint import DISABLED_AFTER, WARNED_AFTER
from booking.service.ports import Lease


class FailingEndpoints(Protocol):
    """Endpoints that fail, by the time from the first failure in a row to now; or to the last, where something is to be
    sent now that might be answered. A write is the lease's holder's alone.
    """

    async def warn(self, failing_for: timedelta, lease: Lease) -> int:
        """Record that endpoints fail for so long, once for each time that they begin to; return their number."""

    async def disable(self, failing_for: timedelta, lease: Lease) -> int:
        """Disable the endpoints that fail for so long; return their number."""


@dataclass(frozen=True, slots=True)
class WebhookHealthService:
    endpoints: FailingEndpoints

    async def step(self, lease: Lease) -> int:
        """Warn, then disable; return the number of both."""
        warned = await self.endpoints.warn(WARNED_AFTER, lease)
        return warned + await self.endpoints.disable(DISABLED_AFTER, lease)
