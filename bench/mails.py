"""E-mails beside bookings: how many one worker writes and hands over, and what that costs those who book.

`python -m bench.mails`: as fast as one worker sends; then bookings at a steady rate, in turns without e-mail and beside
100 e-mails a second of others, with those that the bookings themselves cause on top.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import Process, SimpleQueue
from pathlib import Path

import asyncpg

from bench.__main__ import PEOPLE, token_of
from bench.pace import Pace
from bench.releases import OURS
from bench.stage import Stage, staged
from bench.targets import Target, ours

MAILS = 100.0  # a second, beside the bookings
BOOKINGS = 50.0  # a second
BOOKED = 5_000  # visits that mails are of, made before
PATIENCE = 120.0  # seconds

DUE = """
    INSERT INTO notices (organization_id, id, cause, kind, recipient, recipient_id, channel, booking_id, sequence,
                         slot_id, property_id, agent_id, actor_role, start_time, end_time, happened_at, due_at,
                         not_after)
    SELECT b.organization_id, gen_random_uuid(), gen_random_uuid()::text, 'confirmed', 'applicant', b.applicant_id,
           'email', b.id, b.sequence, s.id, s.property_id, s.agent_id, 'applicant', b.start_time, b.end_time,
           booking_now(), booking_now() + n * $2::interval, b.start_time
    FROM generate_series(0, $1::int - 1) n
    JOIN bookings b ON b.id = ('c0000000-0000-4000-8000-' || lpad(to_hex($3::int + n % $4::int), 12, '0'))::uuid
    JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id"""
WAITING = "SELECT count(*) FROM notices WHERE state IN ('queued', 'sending') AND due_at <= booking_now()"
SENT = "SELECT count(*) FROM notices WHERE state = 'sent'"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak as much of SMTP as accepts everything."""
    writer.write(b"220 bench\r\n")
    while line := await reader.readline():
        match line[:4].upper().strip():
            case b"EHLO" | b"HELO":
                writer.write(b"250-bench\r\n250 8BITMIME\r\n")
            case b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 accepted\r\n")
            case b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            case _:
                writer.write(b"250 well\r\n")
    writer.close()


def accept(told: "SimpleQueue[int]") -> None:
    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=1 << 20)
        told.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def mail_server() -> Iterator[dict[str, str]]:
    """Run a server of e-mail, and yield the settings that lead to it."""
    told: SimpleQueue[int] = SimpleQueue()
    process = Process(target=accept, args=(told,), daemon=True)
    process.start()
    try:
        yield {"BOOKING_SMTP_URL": f"smtp://127.0.0.1:{told.get()}", "BOOKING_MAIL_FROM": "bench@example.com"}
    finally:
        process.terminate()
        process.join()


async def due(stage: Stage, count: int, every: float) -> None:
    """Plan e-mails: the first one is due now, and one more each time."""
    connection = await asyncpg.connect(stage.postgres.superuser_url(OURS.name))
    try:
        await connection.execute(DUE, count, timedelta(seconds=every), stage.slots // 2, BOOKED)
    finally:
        await connection.close()


async def sent(stage: Stage) -> int:
    return await _count(stage, SENT)


async def all_sent(stage: Stage) -> float:
    """Return the seconds until nothing waits that is due."""
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE):
        while await _count(stage, WAITING):  # noqa: ASYNC110 - another process works
            await asyncio.sleep(0.02)
    return time.monotonic() - began


async def as_fast_as_can_be(stage: Stage, count: int) -> float:
    await due(stage, count, 0.0)
    return count / await all_sent(stage)


async def booked(target: Target, people: Sequence[str], seconds: float) -> Pace:
    await Pace(target, list(people), BOOKINGS).book(2)
    pace = Pace(target, list(people), BOOKINGS)
    await pace.book(seconds)
    return pace


async def beside(stage: Stage, target: Target, people: Sequence[str], seconds: float) -> tuple[Pace, float]:
    """Return the bookings, and the e-mails that were sent a second meanwhile."""
    await Pace(target, list(people), BOOKINGS).book(2)
    await due(stage, round(MAILS * seconds), 1 / MAILS)
    before, pace = await sent(stage), Pace(target, list(people), BOOKINGS)
    await pace.book(seconds)
    rate = (await sent(stage) - before) / seconds
    await all_sent(stage)
    return pace, rate


async def _count(stage: Stage, statement: str) -> int:
    connection = await asyncpg.connect(stage.postgres.superuser_url(OURS.name))
    try:
        return int(await connection.fetchval(statement))
    finally:
        await connection.close()


def p99(pace: Pace) -> float:
    """Return milliseconds."""
    assert pace.wrong == 0
    return statistics.quantiles(pace.took, n=100)[98] * 1e3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mails", type=int, default=5_000, help="that one worker sends as fast as it can")
    chosen = parser.parse_args()
    people = [token_of(number) for number in range(PEOPLE)]
    with tempfile.TemporaryDirectory(prefix="bench-") as name, mail_server() as environment:
        folder = Path(name)
        slots = int(2 * (20_000 + 5 * BOOKINGS * (chosen.seconds + 3) * 2 * chosen.rounds + BOOKED))
        with staged(folder / "postgres", slots, None) as stage:
            asyncio.run(stage.book(OURS.name, slots // 2, slots // 2 + BOOKED))
            used = Target(OURS.name, ("", 0), 0, 0).used
            with ours(stage, folder, 1, environment):
                asyncio.run(as_fast_as_can_be(stage, 500))
                rate = asyncio.run(as_fast_as_can_be(stage, chosen.mails))
                print(f"one worker sends {rate:,.0f} e-mails a second", flush=True)
            quiet, loud = list[float](), list[float]()
            for _ in range(chosen.rounds):
                with ours(stage, folder, 1) as target:
                    target.used = used
                    quiet.append(p99(asyncio.run(booked(target, people, chosen.seconds))))
                    used = target.used
                with ours(stage, folder, 1, environment) as target:
                    target.used = used
                    pace, rate = asyncio.run(beside(stage, target, people, chosen.seconds))
                    loud.append(p99(pace))
                    used = target.used
                print(
                    f"{BOOKINGS:.0f} bookings a second: p99 {quiet[-1]:.1f} ms without e-mail, "
                    f"{loud[-1]:.1f} ms beside {rate:,.0f} e-mails a second",
                    flush=True,
                )
            print(f"p99 beside e-mails: {statistics.median(loud) / statistics.median(quiet):.2f} times that without")
    return 0


if __name__ == "__main__":
    sys.exit(main())
