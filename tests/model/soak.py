"""`make soak`: so many steps of the state machine over PostgreSQL, and what came of them as one table.

python -m tests.model.soak --steps 200000 --processes 2
python -m tests.model.soak --seed 1017                  what parted there, made as short as it can be
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
from dataclasses import dataclass

import asyncpg
import uvloop
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test as run

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from tests.model.clock import Clock
from tests.model.life import Life
from tests.model.machine import Machine
from tests.support.database import Server, server
from tests.support.stores import postgres_store
from tests.support.worlds import serving_url

STEPS = 80  # a life
LIVES = 40  # a seed, and a database: so that what one life left behind costs the next ones little

Tally = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Order:
    """What one process is to do: so many steps, until so many seconds are over."""

    number: int
    steps: int
    seconds: float


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


@contextmanager
def _seeds(tally: Tally) -> Iterator[Callable[..., str]]:
    """Runs the lives of a seed; gives how the service and its model parted, if they did."""
    with (
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        server() as running,
        migrated(runner, running) as template,
    ):

        def lives_of(chosen: int, *phases: Phase) -> str:
            budget = settings(
                max_examples=LIVES,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=[Phase.generate, *phases],
                suppress_health_check=list(HealthCheck),
            )
            with postgres_lives(runner, running, template, tally) as new_life:
                own = {"runner": runner, "new_life": staticmethod(new_life), "tally": tally}
                try:
                    run(seed(chosen)(type("ThisMachine", (Machine,), own)), settings=budget)
                except Exception as error:  # whatever it is, it is what this is for
                    return f"seed {chosen}: {''.join(traceback.format_exception(error))}"
            return ""

        yield lives_of


def soak(order: Order, results: "multiprocessing.Queue[tuple[Tally, list[str]]]") -> None:
    """In a process of its own. A seed that parted is told at once, and the others go on."""
    tally: Tally = Counter()
    faults = []
    chosen = 1_000 * order.number
    until = time.monotonic() + order.seconds
    with _seeds(tally) as lives_of:
        while sum(tally.values()) < order.steps and time.monotonic() < until:
            chosen += 1
            if fault := lives_of(chosen):
                faults.append(fault)
            print(f"seed {chosen}: {sum(tally.values())} steps {fault}", file=sys.stderr, flush=True)
    results.put((tally, faults))


def main() -> int:
    parser = argparse.ArgumentParser(description="The service and a model of it, side by side.")
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="at the most")
    parser.add_argument("--seed", type=int, help="only this one, and the shortest way to where they part")
    chosen = parser.parse_args()
    if chosen.seed is not None:
        with _seeds(Counter()) as lives_of:
            fault = lives_of(chosen.seed, Phase.shrink)
        print(fault or "they do not part")
        return 1 if fault else 0
    began = time.monotonic()
    found = _together(chosen.steps, chosen.processes, 60 * chosen.minutes)
    tally = sum((one for one, _ in found), Counter())
    faults = [fault for _, several in found for fault in several]
    _tell(tally, faults, time.monotonic() - began)
    return 1 if faults else 0


def _together(steps: int, processes: int, seconds: float) -> list[tuple[Tally, list[str]]]:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[tuple[Tally, list[str]]] = context.Queue()
    orders = [Order(number, -(-steps // processes), seconds) for number in range(processes)]
    started = [context.Process(target=soak, args=(order, results)) for order in orders]
    for process in started:
        process.start()
    found = [results.get() for _ in started]
    for process in started:
        process.join()
    return found


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
