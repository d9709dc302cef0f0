"""One hot slot and two thousand who want it, each over a connection of their own, all at once."""

import asyncio
import json
import statistics
import time
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from bench.targets import Target
from booking import loop

RIVALS = 2000


@dataclass(frozen=True)
class Rush:
    answers: Counter[int]
    p99: float  # ms, of the conflicts


def rush(target: Target, slot_id: str, tokens: list[str], rivals: int = RIVALS) -> Rush:
    return loop.run(_rush(target, slot_id, tokens, rivals))


async def _rush(target: Target, slot_id: str, tokens: list[str], rivals: int) -> Rush:
    host, port = target.address
    lines = []
    for start in range(0, rivals, 200):
        availability = (asyncio.open_connection(host, port) for _ in range(min(200, rivals - start)))
        lines += await asyncio.gather(*availability)
    together = asyncio.Event()

    async def rival(number: int) -> tuple[int, float]:
        reader, writer = lines[number]
        body = json.dumps({"slot_id": slot_id}).encode()
        head = (
            f"POST /api/v1/bookings HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {tokens[number % len(tokens)]}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        await together.wait()
        began = time.monotonic()
        writer.write(head.encode() + body)
        answer = await reader.read()
        writer.close()
        return int(answer.split(b" ", 2)[1]), (time.monotonic() - began) * 1000

    tasks = [asyncio.create_task(rival(number)) for number in range(rivals)]
    await asyncio.sleep(0)
    together.set()
    found = await asyncio.gather(*tasks)
    conflicts = [took for status, took in found if status == 409]
    return Rush(
        Counter(status for status, _ in found), statistics.quantiles(conflicts, n=100)[98] if conflicts else 0.0
    )


def slot(number: int) -> str:
    return str(UUID(f"d0000000-0000-4000-8000-{number:012x}"))
