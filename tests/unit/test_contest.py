"""Look, decide, write guarded: what the loser of a race learns."""

import asyncio
from uuid import UUID

import pytest

from booking.adapters.turns import Turns
from booking.domain.keys import Key
from booking.domain.refusals import Unavailable
from booking.domain.visits.refusals import SlotTaken
from booking.service.ports import Lost
from booking.service.retrying import LOOKS, retry_each_when_lost, retry_when_lost


async def test_who_loses_looks_again_and_learns_why() -> None:
    looks = 0

    async def attempt() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise Lost
        raise SlotTaken

    with pytest.raises(SlotTaken):
        await retry_when_lost(attempt)
    assert looks == 2


async def test_who_loses_again_and_again_is_asked_to_come_back() -> None:
    looks = 0

    async def attempt() -> None:
        nonlocal looks
        looks += 1
        raise Lost

    with pytest.raises(Unavailable):
        await retry_when_lost(attempt)
    assert looks == LOOKS


async def test_of_a_crowd_everybody_comes_to_their_turn_and_few_try_in_vain() -> None:
    """Each who writes makes all others lose who had looked before; had they all looked again at once, most had lost."""
    turns, version, looks = Turns(), 0, 0

    async def attempt() -> None:
        nonlocal version, looks
        seen, looks = version, looks + 1
        await asyncio.sleep(0)
        if seen != version:
            raise Lost
        version += 1

    await asyncio.gather(*(retry_when_lost(attempt, turns.of("it")) for _ in range(100)))
    assert (version, looks) == (100, 199)


async def test_whoever_wants_several_turns_waits_for_nobody_who_waits_for_them() -> None:
    turns, done = Turns(), []

    async def both(first: str, second: str) -> None:
        async with turns.of(first, second, first):
            await asyncio.sleep(0)
            done.append(first)

    async with asyncio.timeout(5):
        await asyncio.gather(*(both(*pair) for _ in range(10) for pair in ("ab", "ba")))
    assert sorted(done) == 10 * ["a"] + 10 * ["b"]
    assert not turns._locks, "nobody is in a queue any more, and none is kept"


KEYS = [(UUID(int=1), UUID(int=number)) for number in range(4)]


async def test_a_slot_at_fault_keeps_no_other_from_its_turn_and_is_told_at_the_end() -> None:
    done: list[Key] = []

    async def attempt(key: Key) -> None:
        if key in KEYS[1:3]:
            raise ValueError(key[1].int)
        done.append(key)

    with pytest.raises(ValueError, match=r"^1$"):
        await retry_each_when_lost(KEYS, attempt)
    assert done == [KEYS[0], KEYS[3]]


async def test_an_outage_ends_a_round_at_once() -> None:
    tried: list[Key] = []

    async def attempt(key: Key) -> None:
        tried.append(key)
        raise Unavailable

    with pytest.raises(Unavailable):
        await retry_each_when_lost(KEYS, attempt)
    assert tried == KEYS[:1]
