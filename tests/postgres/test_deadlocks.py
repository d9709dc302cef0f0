"""Offers at once, from many connections: none of them waits in a circle."""

import asyncio
from collections import Counter
from uuid import uuid4

from booking.adapters.postgres.engine.database import Database
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.refusals import SlotOverlap
from tests.builders import HOUR, organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

ROUNDS = 40
RIVALS = 10


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
    await database.close()
    (row,) = await as_owner(owner_url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert row["deadlocks"] == 0
