"""Absences in PostgreSQL, beside people who book, colleagues who offer, and colleagues who are absent themselves."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from itertools import pairwise
from uuid import uuid4

from booking.adapters.postgres.engine.database import Database
from booking.domain.people.caller import Caller
from booking.domain.planning.absence import Absence, HandOver, Left
from booking.domain.planning.job import Job
from booking.domain.refusals import Refusal
from booking.domain.visits.booking import Booking
from booking.domain.visits.slot import Slot
from tests.builders import HOUR, Organization, organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

ROUNDS = 6
LIVE = """
    SELECT s.agent_id, s.start_time, s.end_time, b.id AS booking_id, b.sequence,
           (SELECT count(*) FROM events e WHERE e.booking_id = b.id AND e.type = 'booking.rescheduled') AS moves
    FROM slots s
    LEFT JOIN bookings b ON b.organization_id = s.organization_id AND b.slot_id = s.id AND b.status = 'confirmed'
    WHERE s.cancelled_at IS NULL ORDER BY s.agent_id, s.start_time"""
OLDER = """
    INSERT INTO agent_times (organization_id, agent_id, kind, id, during)
    VALUES ($1, $2, 'slot', gen_random_uuid(), tstzrange($3, $4)) ON CONFLICT DO NOTHING RETURNING id"""


def away(agent: Caller, first: Slot, last: Slot, left: Left = Left.KEEP) -> Absence:
    return Absence(
        agent_id=agent.as_agent().id,
        start_time=first.start_time,
        end_time=last.end_time,
        hand_over=HandOver.ANY,
        left=left,
    )


async def absent(agency: Organization, agent: Caller, absence: Absence) -> Job | None:
    job = (await agency.absences.begin(agent, absence)).job
    while job is not None and await agency.absences.step(job):
        job = await agency.jobs.get(agent, job.id)
    return job


async def test_two_who_are_absent_at_once_and_a_colleague_who_offers_and_people_who_book_are_never_in_two_places(
    database: Database, elsewhere: Database, owner_url: str
) -> None:
    here = organization(postgres_store(database))
    there = Organization(postgres_store(elsewhere), here.organization_id)
    one, two, three = [await here.agent() for _ in range(3)]
    people = [await here.applicant() for _ in range(3)]
    booked: set[object] = set()
    for turn in range(ROUNDS):
        at = (1 + 4 * turn) * HOUR
        own = [await here.slot(one, starts_in=at + n * HOUR / 2, lasts=HOUR / 2) for n in range(2)]
        other = await here.slot(two, starts_in=at + HOUR / 4, lasts=HOUR / 2)
        barrier = asyncio.Barrier(6)

        async def together(deed: Awaitable[object], barrier: asyncio.Barrier = barrier) -> object:
            await barrier.wait()
            try:
                return await deed
            except Refusal as refusal:
                return refusal

        start = own[0].start_time
        outcomes = await asyncio.gather(
            together(absent(here, one, away(one, own[0], own[1]))),
            together(absent(there, two, away(two, own[0], other, Left.CANCEL))),
            together(there.slots.offer(three, uuid4(), start, start + HOUR / 2)),
            *(
                together(agency.book(person, slot.id))
                for agency, person, slot in zip((here, there, here), people, (*own, other), strict=True)
            ),
        )
        assert all(isinstance(outcome, Job) for outcome in outcomes[:2])
        booked |= {outcome.id for outcome in outcomes if isinstance(outcome, Booking)}
    rows = await as_owner(owner_url, LIVE)
    assert all(row["sequence"] == row["moves"] for row in rows if row["booking_id"])
    by_agent = [(row["agent_id"], row["start_time"], row["end_time"]) for row in rows]
    assert all(now[0] != after[0] or now[2] <= after[1] for now, after in pairwise(by_agent))
    ended = await as_owner(owner_url, "SELECT id, status FROM bookings WHERE status <> 'confirmed'")
    assert booked == {row["booking_id"] for row in rows if row["booking_id"]} | {row["id"] for row in ended}
    assert {row["status"] for row in ended} <= {"cancelled_by_agent"}
    assert Counter(row["moves"] for row in rows)[1] + len(ended) > 0
    await database.close()
    await elsewhere.close()
    (row,) = await as_owner(owner_url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert row["deadlocks"] == 0


async def test_the_database_holds_the_time_of_an_absence_once_no_slot_is_left_there(
    database: Database, owner_url: str
) -> None:
    agency = organization(postgres_store(database))
    agent, colleague = await agency.agent(), await agency.agent()
    first = await agency.slot(agent)
    job = await absent(agency, agent, away(agent, first, first))
    assert job is not None
    assert (await agency.see(colleague, first.id)).agent_id == colleague.as_agent().id
    whose = agency.organization_id, agent.as_agent().id
    assert await as_owner(owner_url, OLDER, *whose, first.start_time, first.end_time) == []
    await agency.absences.step(job)  # settled again, it is no change
    await agency.blocks.remove(agent, whose[1], job.id)
    await agency.absences.step(job)
    assert len(await as_owner(owner_url, OLDER, *whose, first.start_time, first.end_time)) == 1
