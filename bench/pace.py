"""Bookings at a steady rate, each at its time: how long each took."""

import asyncio
import time
from collections.abc import Iterator

from bench.targets import Target

CONNECTIONS = 32


class Pace:
    """Bookings of one organization's slots, one for each fifth row."""

    def __init__(self, target: Target, tokens: list[str], rate: float) -> None:
        self._target, self._tokens, self._rate = target, tokens, rate
        self.took: list[float] = []
        self.wrong = 0

    async def book(self, seconds: float) -> None:
        first = -(-self._target.used // 5) * 5
        count = round(self._rate * seconds)
        begun = time.monotonic()
        due = iter([(begun + number / self._rate, first + 5 * number) for number in range(count)])
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(self._connection(due))
        self._target.used = first + 5 * count

    async def _connection(self, due: Iterator[tuple[float, int]]) -> None:
        reader, writer = await asyncio.open_connection(*self._target.address)
        for at, row in due:
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            body = f'{{"slot_id":"d0000000-0000-4000-8000-{row:012x}"}}'.encode()
            token = self._tokens[row % len(self._tokens)]
            head = (
                f"POST /api/v1/bookings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(length_of(answer))
            self.took.append(time.monotonic() - at)
            self.wrong += b" 201 " not in answer[:20]
        writer.close()


def length_of(head: bytes) -> int:
    (length,) = (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return int(length.split(b":")[1])
