"""Subscribers beside bookings: how fast they hear of what two workers book, and how old the oldest unheard event gets.

`python -m bench.keeping_up`: as fast as the workers book, heard by the log; then 200 bookings a second for a minute,
heard by a webhook with 20 in flight, too, and by a bus that takes batches of ten.
"""

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from bench.__main__ import PEOPLE, token_of
from bench.pace import Pace
from bench.releases import HERE, OURS
from bench.runs import Run, run
from bench.stage import Stage, staged
from bench.targets import Target, ours

OLDEST = """
    SELECT found.kind, extract(epoch FROM clock_timestamp() - min(found.at))::float AS age FROM (
        SELECT 'unplaced' AS kind, (SELECT occurred_at FROM events WHERE position IS NULL ORDER BY seq LIMIT 1) AS at
        UNION ALL
        SELECT s.kind, CASE WHEN s.organization_id = '00000000-0000-0000-0000-000000000000'
            THEN (SELECT e.occurred_at FROM events e WHERE e.position > s.position ORDER BY e.position LIMIT 1)
            ELSE (SELECT e.occurred_at FROM events e
                  WHERE e.organization_id = s.organization_id AND e.organization_position > s.position
                  ORDER BY e.organization_position LIMIT 1) END
        FROM subscriptions s
        UNION ALL
        SELECT s.kind, d.occurred_at FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id) found
    WHERE found.at IS NOT NULL GROUP BY found.kind"""
HEARD = "SELECT position FROM subscriptions WHERE kind = 'log'"
ATTEMPTS = "SELECT count(*) AS all, count(failure) AS failed FROM webhook_attempts"
RATE, FOR = 200.0, 60.0  # bookings a second, seconds
ORGANIZATION = "90000000-0000-4000-8000-000000000000"


@dataclass
class Ages:
    """Age of the oldest event that has no position, or that a kind of subscriber has not heard; ten times a second."""

    url: str
    found: list[dict[str, float]] = field(default_factory=list)

    async def sample(self, until: asyncio.Event) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            while not until.is_set():
                self.found.append({row["kind"]: row["age"] for row in await connection.fetch(OLDEST)})
                await asyncio.sleep(0.1)
        finally:
            await connection.close()

    def told(self) -> str:
        """Say how old the oldest one was, in seconds."""
        kinds = sorted({kind for one in self.found for kind in one})
        whole = {"any": [max(one.values(), default=0.0) for one in self.found]}
        of = whole | {kind: [one.get(kind, 0.0) for one in self.found] for kind in kinds}
        return "; ".join(
            f"{kind}: p50 {statistics.median(ages):.2f}, p99 {statistics.quantiles(ages, n=100)[98]:.2f}"
            for kind, ages in of.items()
        )


async def beside_bookings(stage: Stage, target: Target, tokens: Path, seconds: float) -> tuple[Run, float, float, Ages]:
    """Return the run, the events that the log heard a second meanwhile, how long it took it to end, and the ages."""
    url = stage.postgres.superuser_url(OURS.name)
    over, ages = asyncio.Event(), Ages(url)
    sampling = asyncio.create_task(ages.sample(over))
    before, began = await _heard(url), time.monotonic()
    found = await asyncio.to_thread(run, target, "book", seconds, tokens, stage.postgres.pid)
    heard, took = await _heard(url) - before, time.monotonic() - began
    ended = time.monotonic()
    over.set()
    await sampling
    await stage.settled()
    return found, heard / took, time.monotonic() - ended, ages


async def with_subscribers(stage: Stage, target: Target, people: Sequence[str], seconds: float) -> str:
    url = stage.postgres.superuser_url(OURS.name)
    over, ages, pace = asyncio.Event(), Ages(url), Pace(target, list(people), RATE)
    sampling = asyncio.create_task(ages.sample(over))
    began = time.monotonic()
    await pace.book(seconds)
    took = time.monotonic() - began
    over.set()
    await sampling
    connection = await asyncpg.connect(url)
    while await connection.fetch(OLDEST):  # noqa: ASYNC110 - another process works
        await asyncio.sleep(0.05)
    (attempts,) = await connection.fetch(ATTEMPTS)
    await connection.close()
    late = sorted(pace.took)
    return (
        f"booked {len(late) / took:,.0f} a second (p99 {late[len(late) * 99 // 100] * 1e3:.0f} ms, {pace.wrong} wrong) "
        f"beside a webhook ({attempts['all']:,} calls, {attempts['failed']} failed) and a bus; "
        f"oldest unheard, in s: {ages.told()}"
    )


@contextmanager
def subscribers(stage: Stage) -> Iterator[None]:
    words = [sys.executable, "-m", "bench.subscribers", stage.url(OURS), ORGANIZATION]
    process = subprocess.Popen(
        words, env=os.environ | OURS.environment, cwd=HERE, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


async def _heard(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(HEARD))
    finally:
        await connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steady", type=float, default=FOR, help="seconds of 200 bookings a second")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        tokens = folder / "tokens"
        people = [token_of(number) for number in range(PEOPLE)]
        tokens.write_text("".join(f"{token}\n" for token in people))
        slots = int(2 * (20_000 + 4_000 * chosen.seconds * (chosen.rounds + 1) + 5 * RATE * chosen.steady))
        with staged(folder / "postgres", slots, None) as stage, ours(stage, folder) as target:
            run(target, "book", 3, tokens, stage.postgres.pid)
            asyncio.run(stage.settled())
            for _ in range(chosen.rounds):
                found, heard, after, ages = asyncio.run(beside_bookings(stage, target, tokens, chosen.seconds))
                print(
                    f"booked {found.rate:,.0f} a second (p99 {found.p99:.0f} ms, {found.wrong} wrong), the log heard "
                    f"{heard:,.0f}, and the rest {after:.1f} s after; oldest unheard, in s: {ages.told()}",
                    flush=True,
                )
            if chosen.steady:
                with subscribers(stage):
                    print(asyncio.run(with_subscribers(stage, target, people, chosen.steady)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
