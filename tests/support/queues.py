"""Queues as SQS keeps them: standard ones, in memory, with what can go wrong on demand. Nothing of HTTP is here."""

import asyncio
import hashlib
import heapq
import math
import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from uuid import uuid4

STALE = 0  # the number of a receipt that is not the newest


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Shares of the whole. A delete that fails is answered so, and the message stays; what is doubled is delivered once
    more, though it be deleted meanwhile. `pace` is that of the visibility timeouts: at 0 they wait for Advance."""

    undeleted: float = 0.0
    doubled: float = 0.0
    shuffled: bool = False
    pace: float = 1.0


@dataclass(slots=True)
class Clock:
    """Seconds; all queues go by one."""

    pace: float
    ahead: float = 0.0

    def now(self) -> float:
        return time.monotonic() * self.pace + self.ahead

    def until(self, instant: float) -> float:
        """How long one has to wait for it."""
        left = max(0.0, instant - self.now())
        return left / self.pace if self.pace else math.inf


@dataclass(slots=True, eq=False)
class Message:
    """`hidden_until`: None while it is visible. `undeleted`: a delete of it was made to fail."""

    id: str
    body: str
    md5: str
    sent_at: int  # milliseconds since 1970, as SQS says it; never paced
    receives: int = 0
    first_received_at: int = 0
    hidden_until: float | None = None
    undeleted: bool = False
    doubled: bool = False

    @property
    def receipt(self) -> str:
        return f"{self.id}:{STALE if self.doubled else self.receives}"


class ReceiptHandleIsInvalid(Exception): ...


class NotInFlight(Exception): ...


class Undeleted(Exception): ...


@dataclass(eq=False)
class Queue:
    """`redrive` is where a message goes instead of its receive number `max_receives` + 1."""

    name: str
    clock: Clock
    faults: Faults
    visibility: int = 30
    redrive: "Queue | None" = None
    max_receives: int = 0
    messages: dict[str, Message] = field(default_factory=dict)
    sent_at: dict[str, int] = field(default_factory=dict)
    waiting: set[asyncio.Future[None]] = field(default_factory=set)
    _visible: deque[Message] = field(default_factory=deque)
    _hidden: list[tuple[float, int, Message]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    @property
    def visible(self) -> int:
        self._surface()
        return len(self._visible)

    @property
    def hidden(self) -> int:
        self._surface()
        return sum(message.hidden_until is not None for message in self.messages.values())

    def send(self, body: str) -> Message:
        md5 = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
        message = Message(str(uuid4()), body, md5, _milliseconds())
        self.sent_at[message.id] = message.sent_at
        self._add(message)
        return message

    def receive(self, most: int, hidden_for: float) -> list[Message]:
        self._surface()
        received: list[Message] = []
        while self._visible and len(received) < most:
            message = self._next()
            if message.doubled:
                received.append(message)
            elif self.redrive is not None and message.receives >= self.max_receives:
                del self.messages[message.id]
                self.redrive._add(message)
            else:
                received.append(self._deliver(message, hidden_for))
        self._double(received)
        return received

    def delete(self, receipt: str) -> None:
        """As SQS does: with a receipt that is not the newest it succeeds, and the message stays."""
        if (message := self._found(receipt)) is None:
            return
        if random.random() < self.faults.undeleted:
            message.undeleted = True
            raise Undeleted
        if message.hidden_until is None:
            self._visible.remove(message)
        del self.messages[message.id]

    def hide(self, receipt: str, seconds: float) -> None:
        message = self._found(receipt)
        if message is None or message.hidden_until is None:
            raise NotInFlight
        self._hide(message, seconds)
        self.wake()

    async def change(self, otherwise: asyncio.Future[object], *, within: float) -> None:
        """Until there may be something to receive, or the other thing happens, or so many seconds are over."""
        due = self.clock.until(self._hidden[0][0]) if self._hidden else within
        arrival = asyncio.get_running_loop().create_future()
        self.waiting.add(arrival)
        try:
            await asyncio.wait({arrival, otherwise}, timeout=min(within, due), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.waiting.discard(arrival)

    def wake(self) -> None:
        for waiter in [waiter for waiter in self.waiting if not waiter.done()]:
            waiter.set_result(None)

    def _add(self, message: Message) -> None:
        message.hidden_until = None
        self.messages[message.id] = message
        self._visible.append(message)
        self.wake()

    def _next(self) -> Message:
        if self.faults.shuffled:
            chosen = random.randrange(len(self._visible))
            self._visible[0], self._visible[chosen] = self._visible[chosen], self._visible[0]
        return self._visible.popleft()

    def _deliver(self, message: Message, hidden_for: float) -> Message:
        message.receives += 1
        message.first_received_at = message.first_received_at or _milliseconds()
        self._hide(message, hidden_for)
        return message

    def _double(self, received: Sequence[Message]) -> None:
        """Once each, lest chance alone leads it to the dead-letter queue."""
        for message in received:
            if message.receives == 1 and not message.doubled and random.random() < self.faults.doubled:
                self._visible.append(replace(message, doubled=True))
                self.wake()

    def _hide(self, message: Message, seconds: float) -> None:
        message.hidden_until = self.clock.now() + seconds
        heapq.heappush(self._hidden, (message.hidden_until, next(self._order), message))

    def _surface(self) -> None:
        now = self.clock.now()
        while self._hidden and self._hidden[0][0] <= now:
            until, _, message = heapq.heappop(self._hidden)
            if message.hidden_until == until and self.messages.get(message.id) is message:
                message.hidden_until = None
                self._visible.append(message)

    def _found(self, receipt: str) -> Message | None:
        """None where the message is gone, or was received again since."""
        self._surface()
        message_id, separator, number = receipt.partition(":")
        if not (separator and number.isdigit()):
            raise ReceiptHandleIsInvalid
        message = self.messages.get(message_id)
        return message if message is not None and message.receives == int(number) != STALE else None


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000
