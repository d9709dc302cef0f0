"""Providers of `booking dev`: they keep all that is sent, for its outbox."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from booking.adapters.mail.mime import mime
from booking.domain.notices.email import Email
from booking.domain.notices.handover import Handed
from booking.domain.notices.short_message import ShortMessage
from booking.domain.people.contact import Channel
from booking.domain.values import Value
from booking.service.notices.provider import Mailer, Provider

MOST = 500
"""Messages that are kept; the oldest go."""
AT_ONCE = 50


class Caught(Value, kw_only=True):
    """Message as it was sent. `number` counts from 1 as long as the process lives; `source` is the message in MIME, and
    of one to a phone its text under what else was told to the provider.
    """

    number: int
    at: datetime
    sender: str
    email: Email
    source: bytes
    channel: Channel = Channel.EMAIL


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
        kept = self.keep(at, self._sender, email, source)
        return handed or kept

    async def keep_short(self, message: ShortMessage, channel: Channel) -> Handed:
        """Keep a message to a phone."""
        words, sender = message.words, str(channel)
        head = {
            "Channel": channel,
            "To": message.to,
            "Template": words.template,
            "Language": words.language,
        }
        source = "".join(f"{name}: {text}\r\n" for name, text in head.items()) + f"\r\n{words.text}\r\n"
        email = Email(message_id="", to=message.to, subject=words.text, text=words.text, html="", kind=message.kind)
        return self.keep(await self._now(), sender, email, source.encode(), channel)

    def keep(self, at: datetime, sender: str, email: Email, source: bytes, channel: Channel = Channel.EMAIL) -> Handed:
        self._count += 1
        caught = Caught(number=self._count, at=at, sender=sender, email=email, source=source, channel=channel)
        self._kept.appendleft(caught)
        self._changed.set()
        self._changed = asyncio.Event()
        return Handed(provider_id=f"dev-{self._count}", delivered=True)

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


class PhoneCatcher:
    """Provider of a channel to phones, for the outbox of a catcher; `then` gets all of it as well."""

    def __init__(self, catcher: Catcher, channel: Channel, then: Provider[ShortMessage] | None = None) -> None:
        self._catcher = catcher
        self._channel = channel
        self._then = then

    def room(self) -> int:
        return AT_ONCE if self._then is None else self._then.room()

    async def send(self, message: ShortMessage) -> Handed:
        handed = None if self._then is None else await self._then.send(message)
        kept = await self._catcher.keep_short(message, self._channel)
        return handed or kept
