"""What a list counts at its slots."""

from uuid import uuid4

import asyncpg

from booking.adapters.postgres.engine.database import Database
from booking.domain.paging import Paging, Window
from tests.builders import organization
from tests.support.stores import postgres_store


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
