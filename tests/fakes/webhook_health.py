"""Webhook endpoints that fail, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.domain.delivery import events
from booking.domain.events import CLOCK
from booking.service.ports import Lease
from tests.fakes.state import EndpointRow, State
from tests.fakes.webhooks import endpoint_of


@dataclass(frozen=True, slots=True)
class MemoryFailingEndpoints:
    state: State

    async def warn(self, failing_for: timedelta, lease: Lease) -> int:
        unwarned = [
            one
            for one in self._failing(failing_for, lease)
            if one.warned_at is None
            or (one.subscriber.failing_since is not None and one.warned_at < one.subscriber.failing_since)
        ]
        for one in unwarned:
            one.warned_at = self.state.clock()
            self.state.record(events.endpoint_failing(endpoint_of(self.state, one), CLOCK))
        return len(unwarned)

    async def disable(self, failing_for: timedelta, lease: Lease) -> int:
        failing = self._failing(failing_for, lease)
        for one in failing:
            was = endpoint_of(self.state, one)
            one.subscriber.disabled_at = one.updated_at = self.state.clock()
            one.version += 1
            self.state.record(events.endpoint_disabled(was, endpoint_of(self.state, one), CLOCK))
        return len(failing)

    def _failing(self, failing_for: timedelta, lease: Lease) -> Sequence[EndpointRow]:
        return [
            one
            for one in self.state.endpoints.values()
            if self.state.held(lease)
            and one.subscriber.disabled_at is None
            and one.subscriber.failing_since is not None
            and self._until(one) - one.subscriber.failing_since >= failing_for
        ]

    def _until(self, one: EndpointRow) -> datetime:
        """The time until which it fails: now, unless something is to be sent now, and may be answered."""
        endpoint, now = endpoint_of(self.state, one), self.state.clock()
        to_be_sent = endpoint.position < endpoint.head or any(due.at <= now for due in one.subscriber.heads)
        return one.subscriber.failed_at if one.subscriber.failed_at and to_be_sent else now
