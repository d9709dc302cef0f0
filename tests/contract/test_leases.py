"""Leases: what one process of all does at a time, and what a holder may still write that stood still for too long."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from booking.domain.idempotency import KEPT
from booking.domain.rate_limit import Spender
from booking.service.audit import SealingService
from booking.service.ports import Lease
from tests.builders import HOUR, organization
from tests.contract.test_answers import answer_of, asked_in
from tests.support.worlds import World

SHORT = timedelta(seconds=0.1)


async def after(world: World, name: str) -> Lease:
    """The lease of the next holder, once it can be had."""
    async with asyncio.timeout(10):
        while (lease := await world.store.leases.take(name, HOUR, None)) is None:
            pass
    return lease


async def replaced(world: World, name: str) -> tuple[Lease, Lease]:
    """A holder whose time is over, and the one who came after."""
    stale = await world.store.leases.take(name, SHORT, None)
    assert stale is not None
    return stale, await after(world, name)


async def test_one_holds_a_lease_until_it_is_over_or_given_back(world: World) -> None:
    leases = world.store.leases
    mine = await leases.take("sealer", HOUR, None)
    assert mine == Lease("sealer", 1)
    assert await leases.take("sealer", HOUR, None) is None
    assert await leases.take("another", HOUR, None) == Lease("another", 1)
    assert await leases.take("sealer", HOUR, mine) == mine, "renewed"
    await leases.give_back(mine)
    assert await leases.take("sealer", HOUR, None) == Lease("sealer", 2)
    await leases.give_back(mine)
    assert await leases.take("sealer", HOUR, mine) is None


async def test_of_many_at_once_one_has_the_lease(world: World) -> None:
    for name in ("new", "over"):
        if name == "over":
            await world.store.leases.take(name, timedelta(), None)
        taken = await asyncio.gather(*(world.store.leases.take(name, HOUR, None) for _ in range(8)))
        assert sum(lease is not None for lease in taken) == 1


async def test_no_clock_that_a_test_moves_makes_two_holders(world: World) -> None:
    assert await world.store.leases.take("sealer", HOUR, None)
    await world.jump(timedelta(days=365))
    assert await world.store.leases.take("sealer", HOUR, None) is None


async def test_a_holder_who_was_replaced_has_nothing_to_renew(world: World) -> None:
    stale, holder = await replaced(world, "sealer")
    assert holder.token == stale.token + 1
    assert await world.store.leases.take("sealer", HOUR, stale) is None
    assert await world.store.leases.take("sealer", HOUR, holder) == holder


async def test_what_a_holder_writes_who_was_replaced_is_refused(world: World) -> None:
    store = world.store
    stale, holder = await replaced(world, "a job")
    await store.answers.once(asked_in([uuid4()], "ada"), answer_of(201))
    await store.budgets.lease(Spender(uuid4(), ""), 1, 10)
    await world.jump(2 * KEPT)
    await world.minutes_pass(4)
    assert [await store.answers.forget(lease) for lease in (stale, holder)] == [0, 1]
    assert [await store.budgets.forget(lease) for lease in (stale, holder)] == [0, 1]
    await organization(store).agent()
    await store.outbox.place(10)
    sealing = SealingService(store.trail, store.now, b"s" * 32)
    assert await sealing.seal(stale) is None
    assert await sealing.seal(holder) is not None
