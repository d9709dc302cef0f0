"""Lists of many rows: a page reads no more than may be filtered, and says so where that is not enough."""

from uuid import UUID, uuid4

import pytest

from booking.adapters.postgres.engine.database import Database
from booking.domain.choices import BookingChoice, BookingOrder, SlotChoice
from booking.domain.paging import Paging, Total, Window
from booking.domain.refusals import ListTooBroad
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.slot import SlotStatus
from tests.builders import HOUR, organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

MANY = """
WITH made AS (
    INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status, cancelled_at)
    SELECT a.organization_id, gen_random_uuid(), $1, a.id, now() + n * interval '1 hour',
           now() + (n + 1) * interval '1 hour', 'cancelled', now()
    FROM agents a, generate_series(1, 20000) n
    RETURNING *
)
INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, notes, place, capacity, start_time, end_time)
SELECT made.organization_id, gen_random_uuid(), made.id, p.id, 'cancelled_by_agent', '', NULL, NULL, start_time,
       end_time
FROM made, applicants p
"""
ANY_TIME = Window()
TWENTY = Paging(after=None, limit=20)


async def test_of_twenty_thousand_a_page_is_found_or_a_shorter_time_asked_for(
    database: Database, owner_url: str
) -> None:
    agency = organization(postgres_store(database))
    agent, person = await agency.agent(), await agency.applicant()
    property_id: UUID = uuid4()
    await as_owner(owner_url, MANY, property_id)
    rare = BookingChoice(property_id=property_id, statuses=(BookingStatus.CONFIRMED,))
    common = BookingChoice(property_id=property_id, statuses=(BookingStatus.CANCELLED_BY_AGENT,))
    near = Window(until=await agency.store.now() + 4_999 * HOUR)

    async def listed(chosen: BookingChoice, window: Window = ANY_TIME) -> tuple[int, Total | None]:
        page = await agency.bookings.list(agent, chosen, side=None, window=window, paging=TWENTY)
        return len(page.items), page.total

    assert (await listed(BookingChoice()))[0] == (await listed(common))[0] == 20
    for broad in (rare, BookingChoice(order=BookingOrder.NEWEST), BookingChoice(needs_review=True)):
        with pytest.raises(ListTooBroad):
            await listed(broad)
    empty = SlotChoice(property_id=property_id, statuses=(SlotStatus.BOOKED,))
    with pytest.raises(ListTooBroad):
        await agency.slots.list(agent, empty, window=Window(), paging=TWENTY)
    assert await listed(BookingChoice(with_total=True)) == (20, Total(count=10_000, exact=False))
    for narrow in (rare, BookingChoice(needs_review=True)):
        assert (await listed(narrow, near))[0] == 0
    assert (await listed(BookingChoice(order=BookingOrder.NEWEST), near))[0] == 20
    assert await listed(BookingChoice(with_total=True), near) == (20, Total(count=4_999, exact=True))
    own = BookingChoice(statuses=(BookingStatus.CANCELLED_BY_AGENT,), with_total=True)
    theirs = await agency.bookings.list(person, own, side=None, window=near, paging=TWENTY)
    assert (len(theirs.items), theirs.total) == (20, Total(count=4_999, exact=True))
