"""Horizons of schedules: each day comes once, and nothing that was decided on is made again."""

from datetime import datetime
from uuid import uuid4

import pytest

from booking.domain.paging import Window
from booking.domain.people.agent import AgentRole
from booking.domain.planning.agent_schedule import ScheduleStatus
from booking.domain.properties.property import PropertyStatus
from booking.domain.values import replace
from tests.builders import HOUR, Organization, claims, organization
from tests.support.schedules import DAY, NIGHT, PAGE, daily, fill, make, states
from tests.support.worlds import World


@pytest.fixture
async def agency(world: World) -> Organization:
    await world.stop(NIGHT)
    return organization(world.store)


async def test_each_day_comes_once_and_a_clash_skips_one_slot_and_not_the_next(
    world: World, agency: Organization
) -> None:
    agent = await agency.agent()
    schedule = await make(agency, agent, daily(horizon_days=3))
    (first, *_) = (await agency.store.schedules.occurrences(schedule.key, Window(), PAGE)).items
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
    schedule = await make(agency, agent, daily(horizon_days=3))
    for day, status, last in ((1, PropertyStatus.ARCHIVED, "29"), (2, PropertyStatus.ACTIVE, "31")):
        await agency.properties.put(agent, agency.property(schedule.property_id, status=status), expected=None)
        await world.stop(NIGHT + day * DAY)
        await fill(agency)
        assert list(await states(agency, schedule))[-1] == last


async def test_a_schedule_ends_with_the_role_of_its_agent(world: World, agency: Organization) -> None:
    await agency.store.agents.provision("operated", agency.organization_id, AgentRole.MEMBER)
    agent = await agency.identity.identify(claims("operated"), "request-1")
    schedule = await make(agency, agent, daily(horizon_days=3))
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
    admin, wanted = await agency.admin(), daily(horizon_days=3)
    schedule = await make(agency, await agency.agent(), wanted)
    await agency.withdrawals.withdraw(admin, wanted.property_id)
    ended = await agency.schedules.get(admin, schedule.id)
    assert (ended.status, ended.version) == (ScheduleStatus.ENDED, schedule.version + 1)
    assert ("schedule.ended", "active", "ended") in await world.events()
