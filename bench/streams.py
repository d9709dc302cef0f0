"""Streams of one process: memory of each, and how late an event is heard.

`ENV_FILE=… PID=… python -m bench.streams 5000` beside `booking dev --env-file`, with the process's id.
"""

import asyncio
import json
import os
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx

from booking.adapters.tokens.minting import mint
from booking.domain.agent import AgentRole
from booking.domain.caller import Agency
from tests.commands.processes import read_env

LISTENERS = 20  # of an organization, four people with five streams each
TELLING = int(os.environ.get("TELLING", "20"))  # slots a second, of all organizations together
SECONDS = 20


def memory(pid: int) -> int:
    """Return the resident memory of a process, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


class Listener(asyncio.Protocol):
    def __init__(self, request: bytes, late: list[float]) -> None:
        self.request, self.late, self.begun, self.rest = request, late, asyncio.Event(), b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self.request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.begun.set()
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"data: "):
                at = datetime.fromisoformat(json.loads(line[6:])["time"])
                self.late.append((datetime.now(UTC) - at).total_seconds())


async def measure(env: dict[str, str], pid: int, count: int) -> None:
    host, port = env["BASE_URL"].removeprefix("http://").split(":")
    loop, late, listeners, tokens = asyncio.get_running_loop(), list[float](), list[Listener](), list[str]()
    before = memory(pid)
    for number in range(count):
        if number % LISTENERS == 0:
            agency = Agency(organization_id=uuid4(), role=AgentRole.ADMIN)
        if number % 5 == 0:
            token = mint(
                env["JWT_SECRET"],
                subject=str(uuid4()),
                lifetime=timedelta(hours=1),
                agency=agency,
                issuer=env.get("JWT_ISSUER"),
            )
        if number % LISTENERS == 0:
            tokens.append(token)
        request = f"GET /api/v1/stream?types=slot.created HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        _, listener = await loop.create_connection(partial(Listener, request.encode(), late), host, int(port))
        listeners.append(listener)
        await listener.begun.wait()
    await asyncio.sleep(2)
    print(f"{count} streams: {(memory(pid) - before) / count:.1f} kB each")
    async with httpx.AsyncClient(base_url=env["BASE_URL"]) as http:
        begun = time.monotonic()
        for number in range(TELLING * SECONDS):
            start = datetime.now(UTC) + timedelta(hours=1, minutes=10 * (number // len(tokens)))
            times = {"start_time": start.isoformat(), "end_time": (start + timedelta(minutes=5)).isoformat()}
            headers = {"Authorization": f"Bearer {tokens[number % len(tokens)]}"}
            answer = await http.post("/api/v1/slots", json={"property_id": str(uuid4()), **times}, headers=headers)
            answer.raise_for_status()
            await asyncio.sleep(max(0.0, begun + number / TELLING - time.monotonic()))
        took = time.monotonic() - begun
        await asyncio.sleep(3)
    late.sort()
    print(
        f"{TELLING * SECONDS / took:.0f} events a second, {len(late)} messages of {TELLING * SECONDS * LISTENERS}; "
        f"late: p50 {late[len(late) // 2]:.2f} s, p99 {late[len(late) * 99 // 100]:.2f} s"
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    asyncio.run(measure(read_env(Path(os.environ["ENV_FILE"])), int(os.environ["PID"]), int(sys.argv[1])))
