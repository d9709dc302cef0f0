"""What one process puts in order by itself, two can only by the database's locks."""

import asyncio

from booking.adapters.postgres.database import Database
from booking.adapters.postgres.store import postgres_store
from booking.domain.booking import Booking
from booking.domain.errors import BookingLimit, HoldLimit, SlotTaken
from booking.domain.policy import Settings
from tests.builders import HOUR, Organization, organization
from tests.support.worlds import serving_url

ROUNDS = 20


async def test_a_limit_holds_over_two_slots_that_one_person_books_at_two_processes_at_once(
    database: Database, owner_url: str
) -> None:
    """T84."""
    elsewhere = Database(await serving_url(owner_url))
    here = organization(postgres_store(database))
    there = Organization(postgres_store(elsewhere), here.organization_id)
    await here.policies.put(await here.admin(), Settings(max_live_bookings=1), expected=None)
    agent = await here.agent()
    for number in range(ROUNDS):
        person = await here.applicant()
        slots = [await here.slot(agent, starts_in=HOUR * (3 * number + turn)) for turn in (1, 2)]
        told = await asyncio.gather(
            here.book(person, slots[0].id), there.book(person, slots[1].id), return_exceptions=True
        )
        assert [type(one) for one in told if isinstance(one, Exception)] == [BookingLimit]
        assert sum(isinstance(one, Booking) for one in told) == 1
    await elsewhere.close()


async def test_nobody_keeps_more_places_than_they_may_by_asking_two_processes_at_once(
    database: Database, owner_url: str
) -> None:
    """T84."""
    elsewhere = Database(await serving_url(owner_url))
    here = organization(postgres_store(database))
    there = Organization(postgres_store(elsewhere), here.organization_id)
    await here.policies.put(await here.admin(), Settings(max_live_holds=1), expected=None)
    agent = await here.agent()
    for number in range(ROUNDS):
        person = await here.applicant()
        slots = [await here.slot(agent, starts_in=HOUR * (3 * number + turn)) for turn in (1, 2)]
        told = await asyncio.gather(
            here.holds.hold(person, slots[0].id), there.holds.hold(person, slots[1].id), return_exceptions=True
        )
        assert [type(one) for one in told if isinstance(one, Exception)] == [HoldLimit]
    await elsewhere.close()


async def test_of_two_who_want_one_place_at_two_processes_at_once_one_gets_it(
    database: Database, owner_url: str
) -> None:
    """T3."""
    elsewhere = Database(await serving_url(owner_url))
    here = organization(postgres_store(database))
    there = Organization(postgres_store(elsewhere), here.organization_id)
    agent = await here.agent()
    for number in range(ROUNDS):
        one, other = await here.applicant(), await here.applicant()
        slot = await here.slot(agent, starts_in=HOUR * (2 * number + 1))
        told = await asyncio.gather(here.book(one, slot.id), there.book(other, slot.id), return_exceptions=True)
        assert [type(one) for one in told if isinstance(one, Exception)] == [SlotTaken]
    await elsewhere.close()
