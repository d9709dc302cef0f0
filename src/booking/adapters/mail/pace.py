"""Pace of messages by the provider's limit: evenly over the minute, as providers count it."""

import asyncio

from booking.domain.notices.handover import HandoverFailed, HandoverFault

PATIENCE = 3.0  # seconds: what was asked before handing over holds for five
AT_ONCE = 50  # messages, without a limit


class Pace:
    """Gives each message its time. `limit`: messages a minute, 0 for any number."""

    def __init__(self, limit: int) -> None:
        self._gap = 60 / limit if limit else 0.0
        self._next = 0.0

    def room(self) -> int:
        """Return how many can go within a second."""
        if not self._gap:
            return AT_ONCE
        until = asyncio.get_running_loop().time() + 1 - self._next
        return 0 if until < 0 else min(AT_ONCE, 1 + int(min(until, 1) / self._gap))

    async def turn(self) -> None:
        """Wait for the next time that is free; HandoverFailed where that is too late."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._next)
        if at - now > PATIENCE:
            raise HandoverFailed(HandoverFault.LIMITED)
        self._next = at + self._gap
        await asyncio.sleep(at - now)
