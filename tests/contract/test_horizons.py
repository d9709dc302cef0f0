"""Horizons of schedules: each day comes once, and nothing that was decided on is made again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from booking.domain.paging import Paging
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Caller
from booking.domain.planning.agent_schedule import AgentSchedule, ScheduleStatus
from booking.domain.properties.property import PropertyStatus
from booking.domain.values import replace
from booking.service.planning.schedules import Asked
from tests.builders import HOUR, Organization, any_schedule, claims, organization
from tests.support.worlds import World

DAY = timedelta(days=1)
ALL = Paging(after=None, limit=1_000)
NIGHT = datetime.fromisoformat("2027-03-27T00:30:00Z")


def daily(**terms: Any) -> Asked:
    """An hour at six each day, three days ahead."""
    wanted = any_schedule()
    (rule,) = wanted.schedule.rules
    rule = replace(
        rule, recurrence=replace(rule.recurrence, start=datetime.fromisoformat("2027-03-27T06:00"), count=None)
    )
    terms = {"horizon_days": 3, **terms}
    return replace(wanted, schedule=replace(wanted.schedule, rules=(rule,), **terms))


async def make(agency: Organization, by: Caller, wanted: Asked) -> AgentSchedule:
    plan = (await agency.schedules.preview(by, wanted)).plan
    return await agency.schedules.create(by, wanted, plan.hash)


async def fill(agency: Organization) -> None:
    lease = await agency.store.leases.take("filling horizons", timedelta(minutes=1), None)
    assert lease is not None
    while await agency.horizons.step(lease):
        pass
    await agency.store.leases.give_back(lease)


async def states(agency: Organization, schedule: AgentSchedule) -> dict[str, str]:
    page = await agency.store.schedules.occurrences(schedule.key, ALL)
    return {f"{one.occurrence:%d}": one.state for one in page.items}


@pytest.fixture
async def agency(world: World) -> Organization:
    await world.stop(NIGHT)
    return organization(world.store)


async def test_each_day_comes_once_and_a_clash_skips_one_slot_and_not_the_next(
    world: World, agency: Organization
) -> None:
    agent = await agency.agent()
    schedule = await make(agency, agent, daily())
    (first, *_) = (await agency.store.schedules.occurrences(schedule.key, ALL)).items
    assert first.slot_id is not None
    await agency.slots.cancel(agent, first.slot_id)
    taken = NIGHT + 3 * DAY + 6 * HOUR
    await agency.slots.offer(agent, uuid4(), taken, taken + HOUR)
    await fill(agency)
    assert await states(agency, schedule) == {"27": "deleted", "28": "made", "29": "made"}
    await world.stop(NIGHT + 2 * DAY)
    for _ in range(2):
        await fill(agency)
        assert await states(agency, schedule) == {
            "27": "deleted",
            "28": "made",
            "29": "made",
            "30": "skipped",
            "31": "made",
        }


async def test_the_rest_of_a_large_plan_is_made_by_the_next_step(agency: Organization) -> None:
    agent, wanted = await agency.agent(), daily(horizon_days=7, slot_minutes=10)
    (rule,) = wanted.schedule.rules
    rule = replace(rule, until_time=datetime.fromisoformat("2027-03-27T23:00").time())
    schedule = await make(agency, agent, replace(wanted, schedule=replace(wanted.schedule, rules=(rule,))))
    assert set(await states(agency, schedule)) == {"27", "28", "29", "30", "31"}
    await fill(agency)
    assert set(await states(agency, schedule)) == {"27", "28", "29", "30", "31", "01", "02"}


async def test_at_an_archived_property_nothing_is_made_until_it_is_active_again(
    world: World, agency: Organization
) -> None:
    agent = await agency.agent()
    schedule = await make(agency, agent, daily())
    for day, status, last in ((1, PropertyStatus.ARCHIVED, "29"), (2, PropertyStatus.ACTIVE, "31")):
        await agency.properties.put(agent, agency.property(schedule.property_id, status=status), expected=None)
        await world.stop(NIGHT + day * DAY)
        await fill(agency)
        assert list(await states(agency, schedule))[-1] == last


async def test_a_schedule_ends_with_the_role_of_its_agent(world: World, agency: Organization) -> None:
    await agency.store.agents.provision("operated", agency.organization_id, AgentRole.MEMBER)
    agent = await agency.identity.identify(claims("operated"), "request-1")
    schedule = await make(agency, agent, daily())
    await agency.store.agents.remove("operated")
    await world.stop(NIGHT + DAY)
    await fill(agency)
    ended = await agency.schedules.get(await agency.admin(), schedule.id)
    assert (ended.status, ended.version) == (ScheduleStatus.ENDED, 2)
    assert list(await states(agency, schedule)) == ["27", "28", "29"]
    assert ("schedule.ended", "active", "ended") in await world.events()


async def test_a_schedule_ends_with_the_withdrawal_of_its_property_and_that_is_told(
    world: World, agency: Organization
) -> None:
    admin, wanted = await agency.admin(), daily()
    schedule = await make(agency, await agency.agent(), wanted)
    await agency.withdrawals.withdraw(admin, wanted.property_id)
    ended = await agency.schedules.get(admin, schedule.id)
    assert (ended.status, ended.version) == (ScheduleStatus.ENDED, schedule.version + 1)
    assert ("schedule.ended", "active", "ended") in await world.events()
