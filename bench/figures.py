"""What is asked for in seconds, not beside anybody: the start, the rush for one slot, the screenings of a month."""

import asyncio
from pathlib import Path

import asyncpg

from bench.results import OURS, told
from bench.rivals import RIVALS, rush, slot
from bench.screenings import screenings_a_second
from bench.stage import Stage
from bench.targets import Target, ours

ORGANIZATIONS = 5
STARTS = 3


def starts(stage: Stage, folder: Path) -> dict[str, list[float]]:
    """Seconds to the first 200, of each release in turn."""
    took: dict[str, list[float]] = {}
    for _ in range(STARTS):
        for release in stage.releases:
            with ours(stage, folder, release=release) as fresh:
                took.setdefault(release.name, []).append(fresh.started_within)
    return took


def rivals(stage: Stage, target: Target, people: list[str], rounds: int) -> dict[str, str]:
    """For one slot after the other, from the last one on."""
    conflicts = []
    answers: set[str] = set()
    for number in range(stage.slots - rounds, stage.slots):
        hot = rush(target, slot(number), people[number % ORGANIZATIONS :: ORGANIZATIONS])
        conflicts.append(hot.p99)
        answers.add(", ".join(f"{count:,} x {status}" for status, count in sorted(hot.answers.items())))
    return {f"{RIVALS:,} rivals for one slot": f"{' or '.join(answers)}; p99 of the conflicts {told(conflicts, 'ms')}"}


def month(stage: Stage, folder: Path, screenings: int) -> dict[str, str]:
    tenths = screenings_a_second(stage, folder, screenings)
    return {f"{screenings:,} screenings, by one consumer": f"{told(tenths)} a second"}


def heap_only(stage: Stage) -> dict[str, str]:
    return {"of the changes of slots, heap-only (HOT)": f"{asyncio.run(_heap_only(stage)):.0%}"}


async def _heap_only(stage: Stage) -> float:
    connection = await asyncpg.connect(stage.postgres.superuser_url(OURS))
    try:
        share: float = await connection.fetchval(
            "SELECT n_tup_hot_upd::float / greatest(n_tup_upd, 1) FROM pg_stat_user_tables WHERE relname = 'slots'"
        )
        return share
    finally:
        await connection.close()
