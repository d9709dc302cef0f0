"""Budgets in memory."""

from dataclasses import dataclass
from datetime import UTC, datetime

from booking.domain.rate_limit import WINDOW, Block, Spender
from booking.service.ports import Lease
from tests.fakes.state import State, real_time

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MemoryBudgets:
    state: State

    async def lease(self, spender: Spender, count: int, limit: int) -> Block:
        now = real_time()
        period = EPOCH + (now - EPOCH) // WINDOW * WINDOW
        key = (spender.organization_id, spender.who, period)
        self.state.budgets[key] = used = self.state.budgets.get(key, 0) + count
        return Block.of(count, used=used, limit=limit, left=period + WINDOW - now)

    async def forget(self, lease: Lease) -> int:
        if not self.state.held(lease):
            return 0
        over = [key for key in self.state.budgets if key[2] < real_time() - 2 * WINDOW]
        for key in over:
            del self.state.budgets[key]
        return len(over)
