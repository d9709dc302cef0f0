"""Offers and changes of plan at once, from many connections: none of them waits in a circle."""

import asyncio
from collections import Counter
from uuid import uuid4

import asyncpg

from booking.adapters.postgres.engine.database import Database
from booking.domain.planning.slot_moves import Destination
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.refusals import SlotOverlap
from tests.builders import HOUR, organization
from tests.support.locks import WAITING
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

ROUNDS = 40
RIVALS = 10
MOVES, TURNS = 4, 3


async def test_overlapping_offers_at_once_never_deadlock(database: Database, owner_url: str) -> None:
    """Bare inserts under two exclusion constraints do, since each waits for the other's row."""
    agency = organization(postgres_store(database))
    agents = [await agency.agent() for _ in range(2)]
    properties = [uuid4(), uuid4()]
    start = await agency.store.now() + HOUR
    for turn in range(ROUNDS):
        at = start + turn * HOUR
        outcomes = await asyncio.gather(
            *(
                agency.slots.offer(agents[rival % 2], properties[rival // 2 % 2], at, at + HOUR)
                for rival in range(RIVALS)
            ),
            return_exceptions=True,
        )
        kinds = Counter(map(type, outcomes))
        assert kinds.keys() == {SlotView, SlotOverlap}
        assert 1 <= kinds[SlotView] <= 2
    assert await deadlocks(database, owner_url) == 0


async def test_changes_of_plan_at_once_never_deadlock(database: Database, owner_url: str, patience: None) -> None:
    """Each locks three agents. That of the middle is held until some wait: by then they have those before it."""
    agency = organization(postgres_store(database))
    admin, agents = await agency.admin(), [await agency.agent() for _ in range(2)]
    ids = [agent.as_agent().id for agent in agents]
    slots = [await agency.slot(agents[number % 2], starts_in=(2 + 2 * number) * HOUR) for number in range(MOVES)]
    holder = await asyncpg.connect(owner_url)
    for turn in range(TURNS):
        async with holder.transaction():
            middle = sorted([admin.as_agent().id, *ids])[1]
            await holder.execute("SELECT FROM agents WHERE id = $1 FOR UPDATE", middle)
            moves = [
                asyncio.create_task(agency.slot_moves.move(admin, slot.id, Destination(agent_id=taker)))
                for slot, taker in zip(slots, ids[:: 1 if turn % 2 else -1] * MOVES, strict=False)
            ]
            while (await as_owner(owner_url, WAITING, "FROM agents"))[0]["waiting"] < MOVES:
                pass
        await asyncio.gather(*moves)
    await holder.close()
    assert await deadlocks(database, owner_url) == 0


async def deadlocks(database: Database, owner_url: str) -> int:
    await database.close()
    (row,) = await as_owner(owner_url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(row["deadlocks"])
