"""Snapshots: lists that are read in pages are of one instant, take turns, and write nothing."""

import asyncio
from uuid import uuid4

import pytest

from booking.adapters.postgres import snapshots
from booking.adapters.postgres.engine.database import Database, Snapshot
from booking.adapters.postgres.snapshots import PostgresSnapshots
from booking.domain.choices import EVERY_BOOKING, EVERY_SLOT
from booking.domain.paging import Paging, Window
from booking.domain.refusals import ListTooBroad, Unavailable
from booking.service.delivery.exports import MOST_EXPORTED, Lists
from tests.builders import HOUR, organization
from tests.postgres.test_broad_lists import MANY
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

ALL = Paging(after=None, limit=100)
ANY_TIME = Window()


async def test_what_is_changed_between_two_pages_is_in_neither(database: Database) -> None:
    agency = organization(postgres_store(database))
    agent = await agency.agent()
    first, second = [await agency.slot(agent, starts_in=hours * HOUR) for hours in (2, 4)]

    async def read(lists: Lists) -> list[list[str]]:
        async def states() -> list[str]:
            page = await lists.slots.of_organization(agency.organization_id, EVERY_SLOT, window=ANY_TIME, paging=ALL)
            return [one.slot.status.value for one in page.items]

        before = await states()
        await agency.slots.cancel(agent, first.id)
        await agency.slots.cancel(agent, second.id)
        await agency.slot(agent, starts_in=6 * HOUR)
        return [before, await states()]

    snapshots = PostgresSnapshots(database)
    assert await snapshots.read(read) == [["available"] * 2] * 2
    page = await agency.slots.list(agent, window=ANY_TIME, paging=ALL)
    assert [view.slot.status.value for view in page.items] == ["cancelled", "cancelled", "available"]


async def test_a_snapshot_cannot_be_written_to(database: Database) -> None:
    async def write(snapshot: Snapshot) -> None:
        await snapshot.fetch("UPDATE slots SET reason = '' RETURNING id")

    with pytest.raises(Unavailable, match="25006"):
        await database.snapshot(write)
    assert await database.now()


async def test_two_are_read_at_once_and_a_third_waits_for_its_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, reading, go = PostgresSnapshots(database), asyncio.Semaphore(0), asyncio.Event()

    async def read(_: Lists) -> int:
        reading.release()
        await go.wait()
        return 1

    async def glance(_: Lists) -> None:
        pass

    tasks = [asyncio.create_task(found.read(read)) for _ in range(3)]
    try:
        for _ in range(2):
            await reading.acquire()
        monkeypatch.setattr(snapshots, "PATIENCE", 0.01)
        with pytest.raises(Unavailable):
            await found.read(glance)
    finally:
        go.set()
    assert await asyncio.gather(*tasks) == [1, 1, 1]


async def test_a_table_of_ten_thousand_rows_is_made_and_of_more_is_refused(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    agent = await agency.agent()
    await agency.applicant()
    await as_owner(owner_url, MANY, uuid4())
    start = await agency.store.now()

    async def count(hours: float) -> int:
        window = Window(until=start + hours * HOUR)
        parts = await agency.exports.bookings(agent, EVERY_BOOKING, len, side=None, window=window, time_zone=None)
        assert max(parts) == 100
        return sum(parts)

    assert await count(MOST_EXPORTED + 0.5) == MOST_EXPORTED
    with pytest.raises(ListTooBroad):
        await count(MOST_EXPORTED + 1.5)
