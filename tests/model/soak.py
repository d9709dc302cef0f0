"""`make soak`: so many steps of the state machine over PostgreSQL, and what came of them as one table.

python -m tests.model.soak --steps 200000 --processes 2
"""

import argparse
import asyncio
import multiprocessing
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import asyncpg
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test as run

from booking.adapters.postgres.database import Database
from booking.adapters.postgres.migrations import migrate
from booking.adapters.postgres.store import postgres_store
from tests.model.life import Clock, Life
from tests.model.machine import Machine
from tests.support.database import Server, server
from tests.support.worlds import serving_url

STEPS = 50  # a life

Tally = Counter[tuple[str, str]]


@contextmanager
def migrated(runner: asyncio.Runner, running: Server) -> Iterator[str]:
    """The name of a database to make others from."""

    async def prepare(url: str) -> None:
        await migrate(url, await serving_url(url))

    made = running.template(prepare)
    yield runner.run(made.__aenter__())
    runner.run(made.__aexit__(None, None, None))


@contextmanager
def postgres_lives(
    runner: asyncio.Runner, running: Server, template: str, tally: Tally
) -> Iterator[Callable[[], Life]]:
    """Lives in one database of their own, each an organization."""
    fresh = running.fresh(template)
    url = runner.run(fresh.__aenter__())
    owner = runner.run(asyncpg.connect(url))
    database = Database(runner.run(serving_url(url)))
    clock, store = Clock.of_postgres(owner), postgres_store(database)
    try:
        yield lambda: Life(store, clock, tally)
    finally:
        runner.run(database.close())
        runner.run(owner.close())
        runner.run(fresh.__aexit__(None, None, None))


def soak(steps: int, number: int, results: "multiprocessing.Queue[tuple[Tally, str]]") -> None:
    """In a process of its own: lives until so many deeds are done, each run of them by a seed that is told."""
    tally: Tally = Counter()
    fault = ""
    turn = 0
    with asyncio.Runner() as runner, server() as running, migrated(runner, running) as template:
        while sum(tally.values()) < steps and not fault:
            turn += 1
            chosen = 1_000 * number + turn
            with postgres_lives(runner, running, template, tally) as new_life:
                own = {"runner": runner, "new_life": staticmethod(new_life), "tally": tally}
                machine = seed(chosen)(type("ThisMachine", (Machine,), own))
                lives = max(1, min(60, (steps - sum(tally.values())) // STEPS + 1))
                try:
                    run(machine, settings=_budget(lives))
                except BaseException as error:  # whatever it is, it is what this is for
                    fault = f"seed {chosen}, {lives} lives: {''.join(traceback.format_exception(error))}"
            print(f"process {number}: {sum(tally.values())} steps {fault}", file=sys.stderr, flush=True)
    results.put((tally, fault))


def _budget(lives: int) -> settings:
    return settings(
        max_examples=lives,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="The service and a model of it, side by side.")
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[tuple[Tally, str]] = context.Queue()
    began = time.monotonic()
    share = -(-chosen.steps // chosen.processes)
    processes = [context.Process(target=soak, args=(share, number, results)) for number in range(chosen.processes)]
    for process in processes:
        process.start()
    found = [results.get() for _ in processes]
    for process in processes:
        process.join()
    tally = sum((one for one, _ in found), Counter())
    faults = [fault for _, fault in found if fault]
    _tell(tally, faults, time.monotonic() - began)
    return 1 if faults else 0


def _tell(tally: Tally, faults: list[str], seconds: float) -> None:
    steps = sum(tally.values())
    print(f"{steps} steps in {seconds:.0f} s ({steps / seconds:.0f} a second), divergences: {len(faults)}\n")
    print("| deed | done | refused |\n|---|---|---|")
    for deed in sorted({deed for deed, _ in tally}):
        refused = sorted(((count, code) for (one, code), count in tally.items() if one == deed and code != "fine"))
        told = ", ".join(f"`{code}` {count}" for count, code in reversed(refused))
        print(f"| {deed} | {tally[deed, 'fine']} | {told} |")
    for fault in faults:
        print(f"\n{fault}")


if __name__ == "__main__":
    sys.exit(main())
