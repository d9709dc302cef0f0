"""What a list counts at its slots, and what metrics count."""

from uuid import uuid4

import asyncpg

from booking.adapters.postgres.audit import PostgresTrail
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.figures.cells import PostgresCells
from booking.adapters.postgres.planning.jobs import PostgresJobs
from booking.adapters.postgres.vitals import PostgresVitals
from booking.domain.paging import Paging, Window
from booking.service.audit import SealingService
from tests.builders import any_schedule, organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner


async def test_a_place_that_somebody_waits_for_is_not_listed_though_no_claim_is_left_on_its_slot(
    database: Database, owner_url: str
) -> None:
    """As where the only booking was moved away, and the worker has still to offer its place on."""
    agency = organization(postgres_store(database))
    agent, booked, waits, looks = (await agency.agent(), *[await agency.applicant() for _ in range(3)])
    property_id = uuid4()
    slot = await agency.slot(agent, property_id=property_id)
    await agency.book(booked, slot.id)
    await agency.waitlists.join(waits, slot.id)
    owner = await asyncpg.connect(owner_url)
    try:
        await owner.execute("DELETE FROM bookings WHERE slot_id = $1", slot.id)
        await owner.execute("UPDATE slots SET status = 'available' WHERE id = $1", slot.id)
    finally:
        await owner.close()
    page = await agency.slots.bookable(looks, property_id, window=Window(), paging=Paging(limit=10, after=None))
    assert page.items == []


async def test_what_planning_and_figures_have_still_to_do_is_counted(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    jobs, cells = PostgresJobs(database), PostgresCells(database)
    assert (await jobs.due(), await cells.lag()) == ({"schedules": 0, "calendars": 0, "jobs": 0}, 0)
    agent, admin, wanted = await agency.agent(), await agency.admin(), any_schedule()
    await agency.schedules.create(agent, wanted, (await agency.schedules.preview(agent, wanted)).plan.hash)
    await agency.agent_calendars().put(agent, agent.as_agent().id, "https://calendar.example.com/")
    slot = await agency.slot(agent)
    await agency.withdrawals.withdraw(admin, slot.property_id)
    while await agency.store.outbox.place(100):
        pass
    await as_owner(owner_url, "UPDATE schedules SET due_at = booking_now()")
    assert await jobs.due() == {"schedules": 1, "calendars": 1, "jobs": 1}
    assert 0 < await cells.lag() < 60
    while await cells.follow(100):
        pass
    assert await cells.lag() == 0


async def test_the_database_tells_its_version_its_last_year_and_how_long_events_wait_for_a_seal(
    database: Database, owner_url: str
) -> None:
    vitals, trail = await PostgresVitals(database).look(), PostgresTrail(database)
    (row,) = await database.fetch("SELECT current_setting('server_version'), extract(year FROM booking_now())::int")
    assert (vitals.version, vitals.replication_lag) == (row[0], None)
    assert vitals.partitions_end > row[1]
    assert await trail.lag() == 0
    agency = organization(postgres_store(database))
    await agency.slot(await agency.agent())
    while await agency.store.outbox.place(100):
        pass
    await as_owner(owner_url, "UPDATE events SET relayed_at = relayed_at - interval '1 hour'")
    assert 3600 <= await trail.lag() < 3700
    await SealingService(trail, database.now, b"s" * 32).seal()
    assert await trail.lag() == 0
