"""What PostgreSQL itself makes impossible, whichever statement tries: oversold slots, people in two places."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from booking.adapters.postgres.engine.database import Database
from tests.builders import organization
from tests.support.stores import postgres_store

CLAIM = """
    INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, notes, place, capacity, start_time,
                          end_time, deadline)
    SELECT organization_id, $2, id, $3, $4::text, '', $5, $6, start_time, end_time,
           CASE WHEN $4::text IN ('held', 'offered', 'pending_approval') THEN now() END
    FROM slots WHERE id = $1"""


class Ledger:
    """The bare tables, as their owner sees them."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]", slots: list[UUID], people: list[UUID]) -> None:
        self.connection, self.slots, self.people = connection, slots, people

    async def claim(
        self, slot: int, person: int, place: int | None = 1, capacity: int | None = 2, status: str = "confirmed"
    ) -> UUID:
        claim_id = uuid4()
        await self.connection.execute(CLAIM, self.slots[slot], claim_id, self.people[person], status, place, capacity)
        return claim_id


@pytest.fixture
async def ledger(database: Database, owner_url: str) -> AsyncIterator[Ledger]:
    """Two slots of two places, at the same time, with nobody in them, and four people."""
    agency = organization(postgres_store(database))
    slots = [await agency.slot(await agency.agent(), capacity=2) for _ in range(2)]
    people = [(await agency.applicant()).applicants[0].id for _ in range(4)]
    connection = await asyncpg.connect(owner_url)
    await connection.execute(
        "UPDATE slots SET start_time = date_trunc('day', start_time) + interval '1 day', "
        "end_time = date_trunc('day', start_time) + interval '25 hours', "
        "busy_until = date_trunc('day', start_time) + interval '25 hours'"
    )
    yield Ledger(connection, [slot.id for slot in slots], people)
    await connection.close()


async def test_a_place_is_claimed_once(ledger: Ledger) -> None:
    await ledger.claim(0, 0, status="held")
    with pytest.raises(asyncpg.UniqueViolationError):
        await ledger.claim(0, 1, status="confirmed")


@pytest.mark.parametrize("status", ["held", "offered", "pending_approval", "confirmed"])
async def test_no_slot_has_more_live_claims_than_places(ledger: Ledger, status: str) -> None:
    await ledger.claim(0, 0, place=1, status=status)
    await ledger.claim(0, 1, place=2, status=status)
    with pytest.raises(asyncpg.CheckViolationError):
        await ledger.claim(0, 2, place=3, status=status)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await ledger.claim(0, 2, place=3, capacity=3, status=status)
    with pytest.raises(asyncpg.CheckViolationError):
        await ledger.claim(0, 2, place=None, status=status)
    with pytest.raises(asyncpg.CheckViolationError):
        await ledger.claim(0, 2, place=2, capacity=None, status=status)


async def test_the_capacity_cannot_be_lowered_below_a_claimed_place(ledger: Ledger) -> None:
    await ledger.claim(0, 0, place=2)
    with pytest.raises(asyncpg.CheckViolationError):
        await ledger.connection.execute("UPDATE slots SET capacity = 1")
    await ledger.connection.execute("UPDATE slots SET capacity = 5")
    assert await ledger.connection.fetchval("SELECT capacity FROM bookings") == 5


async def test_nobody_has_two_live_claims_on_a_slot(ledger: Ledger) -> None:
    await ledger.claim(0, 0, place=1, status="offered")
    with pytest.raises(asyncpg.UniqueViolationError):
        await ledger.claim(0, 0, place=2, status="confirmed")


@pytest.mark.parametrize("status", ["held", "pending_approval", "confirmed"])
async def test_nobody_is_in_two_places_at_once(ledger: Ledger, status: str) -> None:
    await ledger.claim(0, 0)
    await ledger.claim(1, 1)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await ledger.claim(1, 0, place=2, status=status)
    await ledger.claim(1, 0, place=2, status="offered")


@pytest.mark.parametrize("way", ["bound", "over", "of_the_first"])
async def test_every_claim_has_a_slot_that_there_is(ledger: Ledger, way: str) -> None:
    """By its times and capacity where it is bound to them, and else by itself."""
    claim_id = await ledger.claim(0, 0)
    others = {
        "bound": "capacity = 2",
        "over": "status = 'cancelled_by_agent', capacity = NULL",
        "of_the_first": "start_time = NULL, end_time = NULL",
    }
    await ledger.connection.execute(f"UPDATE bookings SET {others[way]} WHERE id = $1", claim_id)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await ledger.connection.execute("UPDATE bookings SET slot_id = $2 WHERE id = $1", claim_id, uuid4())
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await ledger.connection.execute("DELETE FROM slots WHERE id = $1", ledger.slots[0])


async def test_what_ends_by_itself_has_a_deadline_and_nothing_else_has(ledger: Ledger) -> None:
    claim_id = await ledger.claim(0, 0, status="held")
    with pytest.raises(asyncpg.CheckViolationError):
        await ledger.connection.execute("UPDATE bookings SET deadline = NULL WHERE id = $1", claim_id)
    with pytest.raises(asyncpg.CheckViolationError):
        await ledger.connection.execute("UPDATE bookings SET status = 'confirmed' WHERE id = $1", claim_id)


@pytest.mark.parametrize(
    "change",
    [
        "rating = 6, comment = '', feedback_at = now(), outcome = 'attended', outcome_at = now()",
        "rating = 5, comment = '', outcome = 'attended', outcome_at = now()",
        "rating = 5, comment = '', feedback_at = now()",
        "outcome = 'attended'",
        "outcome = 'bored', outcome_at = now()",
        "outcome = 'attended', outcome_at = now(), status = 'declined'",
        "status = 'maybe'",
        "sequence = -1",
        "reason = repeat('x', 501)",
        "comment = repeat('x', 2001), rating = 5, feedback_at = now(), outcome = 'attended', outcome_at = now()",
    ],
)
async def test_what_cannot_be_of_a_booking_cannot_be_written(ledger: Ledger, change: str) -> None:
    await ledger.claim(0, 0)
    with pytest.raises(asyncpg.CheckViolationError):
        await ledger.connection.execute(f"UPDATE bookings SET {change}")


async def test_one_offer_answers_one_entry_and_nobody_waits_twice(ledger: Ledger) -> None:
    offer = await ledger.claim(0, 0, status="offered")
    enter = """INSERT INTO waitlist (organization_id, id, slot_id, applicant_id, status, offer_id)
               SELECT organization_id, gen_random_uuid(), id, $2, $3, $4 FROM slots WHERE id = $1"""
    await ledger.connection.execute(enter, ledger.slots[0], ledger.people[0], "offered", offer)
    with pytest.raises(asyncpg.UniqueViolationError):
        await ledger.connection.execute(enter, ledger.slots[0], ledger.people[1], "offered", offer)
    with pytest.raises(asyncpg.UniqueViolationError):
        await ledger.connection.execute(enter, ledger.slots[0], ledger.people[0], "waiting", None)
    with pytest.raises(asyncpg.CheckViolationError):
        await ledger.connection.execute(enter, ledger.slots[0], ledger.people[1], "offered", None)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await ledger.connection.execute(enter, ledger.slots[0], ledger.people[1], "offered", uuid4())


@pytest.mark.parametrize(
    "rule",
    [
        "notice_seconds = -1",
        "horizon_days = 0",
        "max_live_bookings = 0",
        "buffer_seconds = 86401",
        "hold_seconds = 0",
        "max_live_holds = 101",
        "offer_seconds = 0",
        "approval_levels = ARRAY['low']",
        "approval_seconds = 0",
        "approval_before_start_seconds = -1",
        "version = -1",
    ],
)
async def test_a_policy_that_cannot_be_kept_cannot_be_written(ledger: Ledger, rule: str) -> None:
    await ledger.connection.execute("INSERT INTO policies (organization_id, version) VALUES ($1, 1)", uuid4())
    with pytest.raises(asyncpg.CheckViolationError):
        await ledger.connection.execute(f"UPDATE policies SET {rule}")


async def test_an_organization_has_one_policy_of_its_own(ledger: Ledger) -> None:
    organization_id = uuid4()
    await ledger.connection.execute("INSERT INTO policies (organization_id, version) VALUES ($1, 1)", organization_id)
    with pytest.raises(asyncpg.UniqueViolationError):
        await ledger.connection.execute(
            "INSERT INTO policies (organization_id, version) VALUES ($1, 1)", organization_id
        )


async def test_the_buffer_after_a_visit_is_kept_free_for_its_agent(ledger: Ledger) -> None:
    copy = """INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status)
              SELECT organization_id, gen_random_uuid(), gen_random_uuid(), agent_id, end_time,
              end_time + interval '1 hour',
              'available' FROM slots WHERE id = $1"""
    await ledger.connection.execute("UPDATE slots SET busy_until = end_time + interval '1 minute'")
    with pytest.raises(asyncpg.ExclusionViolationError):
        await ledger.connection.execute(copy, ledger.slots[0])
    await ledger.connection.execute("UPDATE slots SET busy_until = NULL")
    await ledger.connection.execute(copy, ledger.slots[0])
