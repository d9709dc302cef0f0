"""Limits over all processes together: so many requests a minute, and not many more, whoever counts."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from booking.domain.rate_limit import WINDOW, Block, Spender
from booking.domain.refusals import RateLimited, Unavailable
from booking.service.ports import Lease
from booking.service.rate_limits import SHARE, Limit
from tests.support.worlds import World

ROOM = 10  # seconds that a test needs


class Counted:
    """Budgets that count how often they are asked; the clock stands still until it is moved."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked = 0
        self.time = 0.0

    async def lease(self, spender: Spender, count: int, limit: int) -> Block:
        self.asked += 1
        return await self.world.store.budgets.lease(spender, count, limit)

    async def forget(self, lease: Lease) -> int:
        return await self.world.store.budgets.forget(lease)

    def limit(self, limit: int) -> Limit:
        return Limit("person", self, limit, monotonic=lambda: self.time)


async def into_a_minute() -> None:
    """So that no test stands astride of two: minutes go by the real clock."""
    left = 60 - datetime.now(UTC).second
    if left <= ROOM:
        await asyncio.sleep(left)


async def spent(limit: Limit, spender: Spender, at_most: int) -> int:
    for count in range(at_most):
        try:
            await limit.spend(spender)
        except RateLimited:
            return count
    return at_most


async def test_a_minute_s_budget_is_shared_and_the_next_minute_has_its_own(world: World) -> None:
    await into_a_minute()
    person, other = Spender(uuid4(), "ada"), Spender(uuid4(), "ada")
    budgets = world.store.budgets
    first = await budgets.lease(person, 70, 100)
    assert (first.granted, first.rest) == (70, 30)
    assert 0 < first.seconds <= WINDOW.total_seconds()
    assert [(await budgets.lease(person, 70, 100)).granted for _ in range(2)] == [30, 0]
    assert (await budgets.lease(other, 70, 100)).granted == 70
    await world.jump(WINDOW)
    assert (await budgets.lease(person, 70, 100)).granted == 0, "no clock that a test moves gives a second budget"
    await world.minutes_pass(1)
    assert (await budgets.lease(person, 70, 100)).granted == 70


async def test_minutes_that_are_over_are_forgotten(world: World) -> None:
    await world.store.budgets.lease(Spender(uuid4(), ""), 1, 10)
    lease = await world.store.leases.take("forgetting budgets", WINDOW, None)
    assert lease is not None
    assert await world.store.budgets.forget(lease) == 0
    await world.minutes_pass(4)
    assert [await world.store.budgets.forget(lease) for _ in range(2)] == [1, 0]


async def test_one_process_gives_out_its_limit_and_a_block_more_at_the_most(world: World) -> None:
    await into_a_minute()
    budgets, person = Counted(world), Spender(uuid4(), "ada")
    limit = budgets.limit(200)
    assert 200 <= await spent(limit, person, 1000) <= 200 + 200 // SHARE
    with pytest.raises(RateLimited) as refused:
        await limit.spend(person)
    assert 1 <= refused.value.allowance.reset <= 61


async def test_four_processes_give_out_one_limit_and_a_block_each_at_the_most(world: World) -> None:
    await into_a_minute()
    budgets, person = Counted(world), Spender(uuid4(), "ada")
    processes = [budgets.limit(400) for _ in range(4)]
    given = sum(await asyncio.gather(*(spent(limit, person, 1000) for limit in processes)))
    assert 400 <= given <= 400 + 4 * 400 // SHARE


async def test_whoever_asks_little_costs_no_write(world: World) -> None:
    budgets = Counted(world)
    limit = budgets.limit(200)
    for number in range(20):
        assert await spent(limit, Spender(uuid4(), str(number)), 200 // SHARE // 2 - 1) == 200 // SHARE // 2 - 1
    assert budgets.asked == 0


async def test_what_is_left_goes_down_and_begins_anew_with_the_minute(world: World) -> None:
    await into_a_minute()
    budgets, person = Counted(world), Spender(uuid4(), "ada")
    limit = budgets.limit(100)
    told = [await limit.spend(person) for _ in range(40)]
    assert [one.remaining for one in told] == sorted((one.remaining for one in told), reverse=True)
    assert {one.limit for one in told} == {100}
    assert told[0].remaining == 99
    budgets.time += 61
    assert (await limit.spend(person)).remaining == 99


async def test_while_the_database_is_away_nobody_is_refused_for_it() -> None:
    class Away:
        async def lease(self, *_: object) -> Block:
            raise Unavailable

        async def forget(self, _: Lease) -> int:
            raise Unavailable

    limit = Limit("person", Away(), 20)
    assert await spent(limit, Spender(UUID(int=1), "ada"), 200) == 200


async def test_the_spender_whose_minute_began_first_is_forgotten_first(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    monkeypatch.setattr("booking.service.rate_limits.MOST_KNOWN", 2)
    limit = Counted(world).limit(1000)
    one, two, three = [Spender(uuid4(), str(number)) for number in range(3)]
    for spender in (one, two, three):
        await limit.spend(spender)
    assert (await limit.spend(two)).remaining == 998
    assert (await limit.spend(one)).remaining == 999
