"""Claims beside a withdrawal: none succeeds that comes after its commit, and its job ends what was under way."""

import asyncio
from collections.abc import Awaitable

import asyncpg

from booking.adapters.postgres.engine.database import Database
from booking.domain.people.caller import Caller
from booking.domain.properties.refusals import PropertyWithdrawn
from booking.domain.refusals import Refusal
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.slot import Slot
from tests.builders import Organization, organization
from tests.contract.test_withdrawals import worked
from tests.support.locks import waits
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

EACH = 4
LEFT = """
    SELECT (SELECT count(*) FROM slots WHERE cancelled_at IS NULL) AS slots,
           (SELECT count(*) FROM bookings WHERE status IN ('held', 'offered', 'pending_approval', 'confirmed')) AS live,
           (SELECT count(*) FROM waitlist WHERE status IN ('waiting', 'offered')) AS waiting"""
TOLD = "SELECT type, count(*) FROM events WHERE booking_id IS NOT NULL OR type LIKE 'waitlist.%' GROUP BY type"
RIVAL = """
    INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, notes, place, capacity, start_time,
                          end_time)
    SELECT organization_id, gen_random_uuid(), id, $2, 'confirmed', '', 1, capacity, start_time, end_time
    FROM slots WHERE id = $1"""


async def test_of_claims_beside_a_withdrawal_none_is_left_and_none_comes_after_it(
    database: Database, elsewhere: Database, owner_url: str
) -> None:
    agency = organization(postgres_store(database))
    there = Organization(postgres_store(elsewhere), agency.organization_id)
    agent, admin = await agency.agent(), await agency.admin()
    full, *slots = await agency.slots_of(agent, 1 + 2 * EACH)
    await agency.book(await agency.applicant(), full.id)
    rivals, late = [[await agency.applicant() for _ in range(3 * EACH)] for _ in range(2)]
    barrier = asyncio.Barrier(3 * EACH + 1)

    async def together(deed: Awaitable[object]) -> str | None:
        await barrier.wait()
        return await code(deed)

    _, *outcomes = await asyncio.gather(
        together(agency.withdrawals.withdraw(admin, full.property_id)),
        *map(together, claims_of(there, rivals, full, slots)),
    )
    assert set(outcomes) <= {None, PropertyWithdrawn.code}
    assert {await code(deed) for deed in claims_of(agency, late, full, slots)} == {PropertyWithdrawn.code}
    await worked(agency)
    assert [tuple(row) for row in await as_owner(owner_url, LEFT)] == [(0, 0, 0)]
    told = {row["type"]: row["count"] for row in await as_owner(owner_url, TOLD)}
    booked, joined = outcomes[::3].count(None), outcomes[2::3].count(None)
    assert told.pop("booking.confirmed") == told.pop("booking.cancelled") == 1 + booked
    assert (told.get("waitlist.joined", 0), told.get("waitlist.skipped", 0)) == (joined, joined)
    assert {name: rows for name, rows in (await agency.store.auditor.violations()).items() if rows} == {}


async def test_a_booking_that_was_under_way_when_its_property_was_withdrawn_is_ended_by_the_job(
    database: Database, owner_url: str, patience: None
) -> None:
    agency = organization(postgres_store(database))
    agent, admin = await agency.agent(), await agency.admin()
    ada, ben = await agency.applicant(), await agency.applicant()
    (slot,) = await agency.slots_of(agent, 1)
    rival = await asyncpg.connect(owner_url)
    transaction = rival.transaction()
    await transaction.start()
    await rival.execute(RIVAL, slot.id, ben.applicants[0].id)
    booking = asyncio.create_task(agency.book(ada, slot.id))
    assert await waits(owner_url, "WITH plain AS", booking)  # it has found the slot open
    await agency.withdrawals.withdraw(admin, slot.property_id)
    await transaction.rollback()
    booked = await booking
    await worked(agency)
    ended = (await agency.bookings.get(ada, booked.id)).booking
    assert ended.status is BookingStatus.CANCELLED_BY_AGENT
    told = await as_owner(owner_url, "SELECT type FROM events WHERE booking_id = $1 ORDER BY seq", booked.id)
    assert [row["type"] for row in told] == ["booking.confirmed", "booking.cancelled"]
    await rival.close()


def claims_of(agency: Organization, people: list[Caller], full: Slot, slots: list[Slot]) -> list[Awaitable[object]]:
    """Book, hold and join in turn, each person another slot, but for those who wait for the full one."""
    made: list[Awaitable[object]] = []
    for number in range(EACH):
        first, second, third = people[3 * number : 3 * number + 3]
        made += [
            agency.book(first, slots[2 * number].id),
            agency.holds.hold(second, slots[2 * number + 1].id),
            agency.waitlists.join(third, full.id),
        ]
    return made


async def code(deed: Awaitable[object]) -> str | None:
    try:
        await deed
    except Refusal as refusal:
        return refusal.code
    return None
