"""The relay: hands the events of committed changes to the notifier."""

from dataclasses import dataclass

from booking.service.ports import Notify, Outbox

BATCH = 100  # events a transaction


@dataclass(frozen=True, slots=True)
class Relay:
    outbox: Outbox
    notify: Notify

    async def step(self) -> int:
        return await self.outbox.hand_on(self.notify, BATCH)
