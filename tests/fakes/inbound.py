"""Messages of senders by HTTP in memory."""

from dataclasses import dataclass

from booking.domain.delivery.inbound import KEPT
from booking.service.ports import Lease
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryInbound:
    state: State

    async def forget(self, lease: Lease) -> int:
        if not self.state.held(lease):
            return 0
        over = [noted for noted, at in self.state.inbound.items() if at <= self.state.clock() - KEPT]
        for noted in over:
            del self.state.inbound[noted]
        return len(over)
