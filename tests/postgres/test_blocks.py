"""Slots and blocks of one agent in PostgreSQL: a constraint holds them apart, also beside an older version."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import datetime
from uuid import uuid4

import asyncpg
import pytest

from booking.adapters.postgres.engine.database import Database
from booking.domain.paging import Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.planning.agent_calendar import Busy
from booking.domain.planning.block import Block
from booking.domain.planning.refusals import BlockOverlapsSlots
from booking.domain.visits.refusals import AgentBlocked, SlotOverlap
from booking.domain.visits.slot_batch import BatchMode, Offer, Refused
from tests.builders import HOUR, Organization, organization
from tests.contract.test_agent_calendars import URL, Elsewhere
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

ROUNDS = 25
BY_OTHERS = """
    INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, busy_until, capacity, status)
    VALUES ($1, $2, gen_random_uuid(), $3, $4, $5, $5, 1, 'available')"""
CANCELLED_BY_OTHERS = "UPDATE slots SET status = 'cancelled', cancelled_at = booking_now() WHERE id = $1"


def block(agency: Organization, by: Caller, at: datetime, of: Caller) -> Awaitable[Block]:
    return agency.blocks.create(by, of.as_agent().id, at, at + HOUR, None)


async def test_of_slots_and_a_block_at_once_from_two_processes_one_side_wins_and_nobody_waits_in_a_circle(
    database: Database, elsewhere: Database, owner_url: str
) -> None:
    here = organization(postgres_store(database))
    there = Organization(postgres_store(elsewhere), here.organization_id)
    admin, agent = await here.admin(), await here.agent()
    start = await here.store.now() + HOUR
    won: Counter[str] = Counter()
    for turn in range(ROUNDS):
        at, barrier = start + turn * HOUR, asyncio.Barrier(4)
        offer = Offer(property_id=uuid4(), start_time=at, end_time=at + HOUR, agent_id=agent.as_agent().id, capacity=1)

        async def together(deed: Awaitable[object], barrier: asyncio.Barrier = barrier) -> object:
            await barrier.wait()
            try:
                return await deed
            except (AgentBlocked, BlockOverlapsSlots, SlotOverlap) as refusal:
                return refusal

        outcomes = await asyncio.gather(
            together(block(here, agent, at, agent)),
            together(block(there, admin, at, agent)),
            together(there.slots.offer(agent, uuid4(), at, at + HOUR)),
            together(here.slot_batches.offer(admin, {0: offer}, BatchMode.EACH)),
        )
        kinds = Counter(_told(one) for one in outcomes)
        won.update(kinds.keys() & {"Block", "SlotView"})
        assert kinds in (
            {"Block": 2, "AgentBlocked": 2},
            {"SlotView": 1, "SlotOverlap": 1, "BlockOverlapsSlots": 2},
        )
    assert won.total() == ROUNDS
    await database.close()
    await elsewhere.close()
    (row,) = await as_owner(owner_url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert row["deadlocks"] == 0


def _told(outcome: object) -> str:
    if isinstance(outcome, dict):
        (outcome,) = outcome.values()
    if isinstance(outcome, Refused):
        outcome = outcome.refusal
    return type(outcome).__name__


async def test_slots_of_an_older_version_are_brought_in_when_a_block_is_made(
    database: Database, owner_url: str
) -> None:
    """It writes slots alone: what it offers is in the way of a block, and what it cancels no more."""
    agency = organization(postgres_store(database))
    agent = await agency.agent()
    whose, start = agent.as_agent(), await agency.store.now() + 9 * HOUR
    known = (await agency.slots.offer(agent, uuid4(), start, start + HOUR)).slot
    older = uuid4()
    await as_owner(owner_url, BY_OTHERS, agency.organization_id, older, whose.id, start + HOUR, start + 2 * HOUR)
    with pytest.raises(BlockOverlapsSlots) as refused:
        await agency.blocks.create(agent, whose.id, start, start + 2 * HOUR, None)
    assert [one.slot_id for one in refused.value.slots] == [known.id, older]
    for slot_id in (known.id, older):
        await as_owner(owner_url, CANCELLED_BY_OTHERS, slot_id)
    made = await agency.blocks.create(agent, whose.id, start, start + 2 * HOUR, None)
    times = await as_owner(owner_url, "SELECT kind, id FROM agent_times")
    assert [tuple(row) for row in times] == [("block", made.id)]
    await as_owner(owner_url, BY_OTHERS, agency.organization_id, uuid4(), whose.id, start, start + HOUR)
    page = await agency.blocks.list(agent, whose.id, window=Window(), paging=Paging(after=None, limit=9))
    assert [one.conflict for one in page.items] == [True]


async def test_a_slot_of_an_older_version_has_its_time_once_a_calendar_was_read(
    database: Database, owner_url: str
) -> None:
    agency, elsewhere, older = organization(postgres_store(database)), Elsewhere(), uuid4()
    agent, lease = await agency.agent(), await agency.store.leases.take("reading calendars", HOUR, None)
    assert lease is not None
    whose, start = agent.as_agent(), await agency.store.now() + 9 * HOUR
    await as_owner(owner_url, BY_OTHERS, agency.organization_id, older, whose.id, start, start + HOUR)
    elsewhere.becomes(Busy(start, start + 2 * HOUR))
    calendars = agency.agent_calendars(elsewhere)
    await calendars.put(agent, whose.id, URL)
    await calendars.step(lease)
    times = await as_owner(owner_url, "SELECT kind, lower(during) FROM agent_times ORDER BY kind")
    assert [tuple(row) for row in times] == [("block", start + HOUR), ("slot", start)]


async def test_the_database_itself_keeps_a_slot_and_a_block_apart(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    agent = await agency.agent()
    start = await agency.store.now() + 9 * HOUR
    view = await agency.slots.offer(agent, uuid4(), start, start + HOUR)
    booked = await agency.bookings.book(await agency.applicant(), view.slot.id)
    over = """INSERT INTO agent_times (organization_id, agent_id, kind, id, during)
              SELECT organization_id, agent_id, $1, gen_random_uuid(), during FROM agent_times"""
    with pytest.raises(asyncpg.ExclusionViolationError):
        await as_owner(owner_url, over, "block")
    assert booked.booking.slot_id == view.slot.id
    await agency.slots.cancel(agent, view.slot.id)
    assert await as_owner(owner_url, "SELECT FROM agent_times") == []
