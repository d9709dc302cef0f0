"""Changes of a schedule beside each other, beside the horizon, and beside bookings of its slots."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from booking.adapters.postgres.engine.database import Database
from booking.domain.paging import Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.planning.agent_schedule import AgentSchedule
from booking.domain.planning.schedule_change import ChangeScope, Target
from booking.domain.planning.schedule_revision import Revision
from booking.domain.refusals import Refusal
from booking.domain.values import replace
from booking.domain.visits.booking import Booking
from booking.service.planning.schedule_changes import Change, ScheduleChanged
from tests.builders import Organization, any_schedule, organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

ROUNDS = 4
LEFT = """
SELECT o.occurrence, s.cancelled_at IS NULL AS there,
       (SELECT count(*) FROM bookings b WHERE b.slot_id = s.id AND b.status = 'confirmed') AS booked
FROM schedule_occurrences o JOIN slots s ON s.id = o.slot_id
WHERE o.schedule_id = $1 ORDER BY o.occurrence"""
THERE = """
SELECT extract(epoch FROM s.end_time - s.start_time)::integer / 60 AS minutes,
       (SELECT count(*) FROM bookings b WHERE b.slot_id = s.id AND b.status = 'confirmed') AS booked
FROM slots s WHERE s.property_id = $1 AND s.cancelled_at IS NULL"""


async def test_of_two_changes_one_is_done_and_who_books_meanwhile_keeps_the_place_and_nobody_waits_in_a_circle(
    database: Database, elsewhere: Database, owner_url: str
) -> None:
    here = organization(postgres_store(database))
    there = Organization(postgres_store(elsewhere), here.organization_id)
    admin = await here.admin()
    for _ in range(ROUNDS):
        agent, wanted, at = await here.agent(), any_schedule(), await here.store.now()
        visitors = [await here.applicant() for _ in range(3)]
        (rule,) = wanted.schedule.rules
        rule = replace(rule, recurrence=replace(rule.recurrence, count=None))
        wanted = replace(wanted, schedule=replace(wanted.schedule, rules=(rule,), horizon_days=5))
        made = (await here.schedules.preview(agent, wanted)).plan
        of = await here.schedules.create(agent, wanted, made.hash)
        first, second, third = (made.draft.wanted[index].id for index in range(3))
        longer = replace(of, schedule=replace(of.schedule, horizon_days=20))
        further = await here.horizons.drafting.draft(longer, at, await here.store.horizons.decided_on(of.key))
        since = made.draft.slots[1].occurrence
        following = Target(scope=ChangeScope.FOLLOWING, occurrence=since)
        outcomes = await _together(
            here.schedule_changes.delete(agent, of.id, Change(target=Target(scope=ChangeScope.ALL), version=1)),
            there.schedule_changes.delete(admin, of.id, Change(target=following, version=1)),
            there.store.horizons.fill(further, at + timedelta(days=1)),
            here.book(visitors[0], first),
            there.book(visitors[1], second),
            here.book(visitors[2], third),
        )
        changes, booked = outcomes[:2], [not isinstance(one, Refusal) for one in outcomes[3:]]
        assert sorted(type(one).__name__ for one in changes) == ["PreconditionFailed", "ScheduleChanged"]
        cut = isinstance(changes[1], ScheduleChanged)
        left = await as_owner(owner_url, LEFT, of.id)
        assert [row["booked"] == 1 for row in left[:3]] == booked
        assert all(row["there"] for row in left if row["booked"])
        assert [row["occurrence"] for row in left if row["there"] and not row["booked"]] == (
            [left[0]["occurrence"]] if cut and not booked[0] else []
        )


async def test_of_two_revisions_one_is_done_and_who_books_meanwhile_keeps_the_place(
    database: Database, elsewhere: Database, owner_url: str
) -> None:
    here = organization(postgres_store(database))
    there = Organization(postgres_store(elsewhere), here.organization_id)
    for _ in range(ROUNDS):
        agent, visitors = await here.agent(), [await here.applicant() for _ in range(2)]
        of = await _made(here, agent)
        found = (await here.store.schedules.occurrences(of.key, Window(), Paging(after=None, limit=10))).items
        first, second = [one.slot_id for one in found if one.slot_id][:2]
        longer = replace(of, schedule=replace(of.schedule, horizon_days=20))
        at, known = await here.store.now(), await here.store.horizons.decided_on(of.key)
        further = await here.horizons.drafting.draft(longer, at, known)
        following = Target(scope=ChangeScope.FOLLOWING, occurrence=found[0].occurrence)
        outcomes = await _together(
            _revised(here, agent, of, Target(scope=ChangeScope.ALL), 30),
            _revised(there, agent, of, following, 45),
            there.store.horizons.fill(further, at + timedelta(days=1)),
            here.book(visitors[0], first),
            there.book(visitors[1], second),
        )
        assert sorted(type(one).__name__ for one in outcomes[:2]) == ["PreconditionFailed", "ScheduleChanged"]
        minutes = 30 if isinstance(outcomes[0], ScheduleChanged) else 45
        slots = await as_owner(owner_url, THERE, of.property_id)
        booked = sum(isinstance(one, Booking) for one in outcomes[3:])
        assert sum(row["booked"] for row in slots) == booked
        assert len(slots) == len(found)
        assert {row["minutes"] for row in slots if not row["booked"]} <= {minutes}


async def _made(agency: Organization, agent: Caller) -> AgentSchedule:
    wanted = any_schedule()
    plan = (await agency.schedules.preview(agent, wanted)).plan
    return await agency.schedules.create(agent, wanted, plan.hash)


def _revised(
    agency: Organization, by: Caller, of: AgentSchedule, target: Target, minutes: int
) -> Awaitable[ScheduleChanged]:
    change, revision = Change(target=target, version=1), Revision(terms={"slot_minutes": minutes})
    return agency.schedule_changes.revise(by, of.id, change, revision)


async def _together(*deeds: Awaitable[object]) -> list[object]:
    barrier = asyncio.Barrier(len(deeds))

    async def one(deed: Awaitable[object]) -> object:
        await barrier.wait()
        try:
            return await deed
        except Refusal as refusal:
            return refusal

    return list(await asyncio.gather(*(one(deed) for deed in deeds)))
