"""Leases in memory, by the real clock."""

from dataclasses import dataclass
from datetime import timedelta

from booking.service.ports import Lease
from tests.fakes.state import LONG_AGO, State, real_time


@dataclass(frozen=True, slots=True)
class MemoryLeases:
    state: State

    async def take(self, name: str, lasting: timedelta, mine: Lease | None) -> Lease | None:
        token, until = self.state.leases.get(name, (0, LONG_AGO))
        renewed = mine is not None and mine.token == token
        if not renewed and until > real_time():
            return None
        lease = Lease(name, token if renewed else token + 1)
        self.state.leases[name] = lease.token, real_time() + lasting
        return lease

    async def give_back(self, lease: Lease) -> None:
        if self.state.held(lease):
            self.state.leases[lease.name] = lease.token, real_time()
