"""The door to the pool: a moving queue is waited in, a standing one is not."""

import asyncio

import pytest

from booking.adapters.postgres.engine import pool as module
from booking.adapters.postgres.engine.pool import Admission
from booking.domain.refusals import Unavailable


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STANDSTILL", 0.05)


async def test_all_of_a_crowd_get_in_in_the_order_in_which_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STANDSTILL", 60.0)
    admission, seen, inside = Admission(2), [], 0

    async def visitor(number: int) -> None:
        nonlocal inside
        async with admission.passing():
            inside += 1
            assert inside <= 2
            seen.append(number)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(visitor(number) for number in range(500)))
    assert seen == list(range(500))


async def test_where_nobody_comes_out_those_who_wait_are_told() -> None:
    admission = Admission(1)
    async with admission.passing():
        with pytest.raises(Unavailable):
            async with admission.passing():
                pass
    async with admission.passing():
        pass


async def test_in_a_queue_that_moves_one_waits_longer_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    admission, over = Admission(1), asyncio.Event()

    async def slow() -> None:
        while not over.is_set():
            async with admission.passing():
                await asyncio.sleep(0.03)

    crowd = [asyncio.create_task(slow()) for _ in range(20)]
    await asyncio.sleep(0)
    monkeypatch.setattr(module, "PATIENCE", 2)  # less than those have who came before, and go on coming out
    with pytest.raises(Unavailable):
        async with admission.passing():
            pass
    over.set()
    await asyncio.gather(*crowd, return_exceptions=True)
    async with admission.passing():
        pass


async def test_whoever_gives_up_leaves_the_door_to_the_others() -> None:
    admission = Admission(1)
    async with admission.passing():
        waiting = asyncio.create_task(admission.passing().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with admission.passing():
        pass
