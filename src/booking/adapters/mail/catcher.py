"""Mailer of `booking dev`: keeps all that is sent, for its outbox."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from booking.adapters.mail.mime import mime
from booking.domain.notices.email import Email
from booking.domain.notices.handover import Handed
from booking.domain.values import Value
from booking.service.notices.provider import Mailer

MOST = 500
"""Messages that are kept; the oldest go."""
AT_ONCE = 50


class Caught(Value, kw_only=True):
    """Message as it was sent. `number` counts from 1 as long as the process lives; `source` is the message in MIME."""

    number: int
    at: datetime
    sender: str
    email: Email
    source: bytes


class Catcher:
    """`sender` is the operator's address, `then` a mailer that gets all of it as well."""

    def __init__(self, sender: str, now: Callable[[], Awaitable[datetime]], then: Mailer | None = None) -> None:
        self._sender = sender
        self._now = now
        self._then = then
        self._count = 0
        self._kept: deque[Caught] = deque(maxlen=MOST)
        self._changed = asyncio.Event()

    def room(self) -> int:
        return AT_ONCE if self._then is None else self._then.room()

    async def send(self, email: Email) -> Handed:
        at = await self._now()
        source = mime(email, self._sender, at).content
        handed = None if self._then is None else await self._then.send(email)
        self._count += 1
        self._kept.appendleft(Caught(number=self._count, at=at, sender=self._sender, email=email, source=source))
        self._changed.set()
        self._changed = asyncio.Event()
        return handed or Handed(provider_id=f"dev-{self._count}", delivered=True)

    def get(self, number: int) -> Caught | None:
        return next((one for one in self._kept if one.number == number), None)

    async def find(self, wanted: Callable[[Caught], bool], wait: float = 0) -> Sequence[Caught]:
        """Return the wanted messages, the newest first; the first of them is waited for."""
        until = asyncio.get_running_loop().time() + wait
        while not (found := [one for one in self._kept if wanted(one)]):
            try:
                async with asyncio.timeout_at(until):
                    await self._changed.wait()
            except TimeoutError:
                break
        return found

    def clear(self) -> None:
        self._kept.clear()
