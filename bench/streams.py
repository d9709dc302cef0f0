"""10,000 streams on two workers: memory of each, how late an event is heard, and what bookings take beside them.

`python -m bench.streams`; rounds without and with the streams in turn. Writes nothing: the figures are printed.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import asyncpg

from bench.listeners import Heard, Listeners, listeners
from bench.releases import OURS
from bench.results import ratio, told
from bench.runs import cpu_of, memory_of, run
from bench.stage import Stage, staged
from bench.targets import SECRET, Target, ours
from booking import loop
from booking.adapters.tokens.minting import mint

ORGANIZATIONS, SLOTS = 500, 50_000
PEOPLE = ("agent", "admin", "person", "person")
"""Listeners of an organization; each has so many streams:"""
EACH = 5
RATE, CONNECTIONS = 200, 32
HERE = Path(__file__).parent


class Bookings:
    """Bookings at a steady rate, each due at its time, whatever became of those before."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address, self.next = address, 0
        self.took: list[float] = []
        self.refused = 0

    async def make(self, seconds: float) -> None:
        self.took, self.refused = [], 0
        free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        for _ in range(CONNECTIONS):
            free.put_nowait(await asyncio.open_connection(*self.address))
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(round(seconds * RATE)):
                due = began + number / RATE
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                group.create_task(self._book(free, due))
        while not free.empty():
            free.get_nowait()[1].close()

    async def _book(self, free: "asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]", due: float) -> None:
        slot, self.next = self.next, self.next + 1
        person = slot % ORGANIZATIONS * 4 + slot // ORGANIZATIONS % 4
        body = f'{{"slot_id":"d4000000-0000-4000-8000-{slot:012x}"}}'
        request = _request("POST", "/bookings", f"listening-person-{person}", body)
        connection = reader, writer = await free.get()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        self.took.append((time.monotonic() - due) * 1000)
        self.refused += b" 201 " not in head[:20]
        free.put_nowait(connection)


def main() -> None:
    chosen = _arguments()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        tokens = folder / "tokens"
        people = [
            mint(SECRET, subject=f"cb000000-0000-4000-8000-{number:012x}", lifetime=timedelta(days=1))
            for number in range(1000)
        ]
        tokens.write_text("".join(f"{token}\n" for token in people))
        with staged(folder / "postgres", 120_000, None) as stage:
            asyncio.run(_listening_organizations(stage))
            with ours(stage, folder) as target, listeners(target.address, _requests()) as readers:
                _measure(stage, target, readers, tokens, chosen)


def _measure(stage: Stage, target: Target, readers: Listeners, tokens: Path, chosen: argparse.Namespace) -> None:
    bookings = Bookings(target.address)
    kinds = ("without", "with")
    steady: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    most: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    sizes, late = [], Heard([], [])
    for number in range(chosen.rounds + 1):
        for kind in kinds:
            if kind == "with":
                before = memory_of(target.pid)
                began = time.monotonic()
                readers.open()
                print(f"opened within {time.monotonic() - began:.0f} s", flush=True)
                time.sleep(2)
                sizes.append((memory_of(target.pid) - before) * 1024 / len(_requests()))
            asyncio.run(stage.settled())
            readers.heard()
            cpu = cpu_of(target.pid), cpu_of(stage.postgres.pid)
            loop.run(bookings.make(chosen.seconds if number else 2.0))
            used = [cpu_of(pid) - was for pid, was in zip((target.pid, stage.postgres.pid), cpu, strict=True)]
            asyncio.run(stage.settled())
            time.sleep(1.5)  # until places that wait for their second are told, too
            heard = readers.heard()
            rush = run(target, "book", 3.0 if number else 1.0, tokens, stage.postgres.pid)
            if kind == "with":
                readers.close()
            if number == 0:
                continue
            took = sorted(bookings.took)
            found = {"p50": _at(took, 0.5), "p99": _at(took, 0.99)}
            steady[kind].append(found)
            most[kind].append({"rate": rush.rate, "p99": rush.p99})
            print(
                f"{kind}: {len(took)} bookings, {bookings.refused} refused, p50 {found['p50']:.1f} ms, "
                f"p99 {found['p99']:.1f} ms; at most {rush.rate:.0f} a second elsewhere; "
                f"service {used[0]:.1f} s, PostgreSQL {used[1]:.1f} s",
                flush=True,
            )
            if kind == "with":
                _tell("by name", heard.events)
                _tell("places", heard.places)
                late.events.extend(heard.events)
                late.places.extend(heard.places)
    print(f"\nkB a stream: {told(sizes[1:], 'kB', 1)} (the first time {sizes[0]:.1f})")
    _tell("all, by name", late.events)
    _tell("all, places", late.places)
    for what in ("p50", "p99"):
        print(f"{RATE} bookings a second, {what}: ", end="")
        print(", ".join(f"{kind} {told([one[what] for one in steady[kind]], 'ms', 1)}" for kind in kinds), end="")
        print("; without / with {median} ({min} to {max})".format(**ratio(steady["without"], steady["with"], what)))
    print("most bookings a second, in organizations where nobody listens: ", end="")
    print(", ".join(f"{kind} {told([one['rate'] for one in most[kind]])}" for kind in kinds), end="")
    print("; with / without {median} ({min} to {max})".format(**ratio(most["with"], most["without"])))
    print(f"load average {os.getloadavg()}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.streams", description="Measure the service with streams.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each run")
    chosen = parser.parse_args()
    needed = RATE * (2 * chosen.rounds * chosen.seconds + 4)
    assert needed <= SLOTS, f"{needed:,.0f} slots are needed, of {SLOTS:,}"
    return chosen


async def _listening_organizations(stage: Stage) -> None:
    connection = await asyncpg.connect(stage.postgres.superuser_url(OURS.name))
    try:
        await connection.execute((HERE / "streams.sql").read_text())
        await connection.execute("VACUUM ANALYZE agents, applicants, slots")
    finally:
        await connection.close()


def _requests() -> Sequence[bytes]:
    subjects = []
    for organization in range(ORGANIZATIONS):
        for number, who in enumerate(PEOPLE):
            subjects.append(f"listening-{who}-{organization * 4 + number - 2 if who == 'person' else organization}")
    return [_request("GET", "/stream", subject) for subject in subjects for _ in range(EACH)]


def _request(method: str, path: str, subject: str, body: str = "") -> bytes:
    token = mint(SECRET, subject=subject, lifetime=timedelta(days=1))
    content = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return (
        f"{method} /api/v1{path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n{content}\r\n{body}"
    ).encode()


def _tell(name: str, seconds: Sequence[float]) -> None:
    found = sorted(seconds)
    print(f"{name}: {len(found):,} heard after p50 {_at(found, 0.5):.2f} s, p99 {_at(found, 0.99):.2f} s", flush=True)


def _at(found: Sequence[float], part: float) -> float:
    return found[int(len(found) * part)] if found else float("nan")


if __name__ == "__main__":
    main()
