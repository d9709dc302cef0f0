"""A roster is decided on under its slot's lock; without it, what is decided would be about the past."""

import asyncio

import asyncpg

from booking.adapters.postgres.engine.database import Database
from booking.domain.events import CLOCK
from booking.domain.visits.roster import Roster
from tests.builders import organization
from tests.support.locks import waits
from tests.support.stores import postgres_store


async def test_nothing_is_decided_about_a_slot_that_another_transaction_has(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    slot = await agency.slot(await agency.agent())
    decided: list[Roster] = []

    def keep(roster: Roster) -> Roster:
        decided.append(roster)
        return roster

    owner = await asyncpg.connect(owner_url)
    try:
        holding = owner.transaction()
        await holding.start()
        await owner.execute("SELECT FROM slots FOR NO KEY UPDATE")
        change = asyncio.create_task(agency.store.rosters.change(slot.key, keep, CLOCK))
        assert await waits(owner_url, "slots", change)
        assert decided == []
        await holding.rollback()
        await change
    finally:
        await owner.close()
    assert len(decided) == 1
