"""The life of visits, step by step beside a reference, in whichever order Hypothesis finds: for longer, `make soak`."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test as run

from tests.fakes import State, memory_store
from tests.model.clock import Clock
from tests.model.life import Life
from tests.model.machine import Machine
from tests.model.soak import migrated, postgres_lives
from tests.support.chance import examples
from tests.support.database import Server


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


def play(runner: asyncio.Runner, new_life: object, *, lives: int, steps: int) -> None:
    budget = settings(
        max_examples=examples(lives),
        stateful_step_count=steps,
        print_blob=True,
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    )
    own = {"runner": runner, "new_life": staticmethod(new_life), "tally": Counter()}  # type: ignore[arg-type]
    run(type("ThisMachine", (Machine,), own), settings=budget)


@pytest.mark.search
def test_the_store_in_memory_and_the_reference_never_part(runner: asyncio.Runner) -> None:
    def new_life() -> Life:
        state = State()
        return Life(memory_store(state), Clock.of_memory(state), Counter())

    play(runner, new_life, lives=60, steps=50)


@pytest.mark.search
def test_postgresql_and_the_reference_never_part(runner: asyncio.Runner, postgres: Server) -> None:
    with migrated(runner, postgres) as template, postgres_lives(runner, postgres, template, Counter()) as new_life:
        play(runner, new_life, lives=8, steps=30)
