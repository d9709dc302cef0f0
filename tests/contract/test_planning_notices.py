"""Agents are told of what their schedules and calendars ran into: of all together, and of nothing that is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from booking.domain.notices.plan import PlanSettings
from booking.domain.paging import Window
from booking.domain.planning.agent_calendar import Busy
from booking.domain.values import replace
from tests.builders import HOUR
from tests.contract.test_agent_calendars import DAY, QUARTER, URL, Elsewhere
from tests.contract.test_notices import EVE, Scene, Told
from tests.contract.test_schedule_changes import ALL as ALL_OF_IT
from tests.contract.test_schedule_revisions import every, revise
from tests.support.schedules import NIGHT, PAGE, daily, fill, make
from tests.support.worlds import World

MINUTE = timedelta(minutes=1)
SIX = NIGHT.replace(hour=6, minute=0)


@pytest.fixture
async def scene(world: World) -> Scene:
    await world.stop(NIGHT)
    return await Scene(world).begin()


async def told_at(scene: Scene, at: datetime) -> Told:
    await scene.world.stop(at)
    return await scene.told()


def listed(scene: Scene) -> Sequence[datetime]:
    """When the slots begin that the last message lists."""
    return [one.start_time for one in scene.words.facts[-1].visits]


async def offer(scene: Scene, start: datetime) -> None:
    await scene.agency.slots.offer(scene.agent, uuid4(), start, start + HOUR)


async def test_slots_that_schedules_skip_within_five_minutes_are_one_message(scene: Scene) -> None:
    agency, admin, eve = scene.agency, await scene.agency.admin(), scene.agent.as_agent().id
    for day in (0, 1, 3):
        await offer(scene, SIX + day * DAY)
    own = await make(agency, scene.agent, daily(horizon_days=3))
    assert await told_at(scene, NIGHT + 5 * MINUTE) == []  # who makes a schedule has seen what it skips
    await make(agency, admin, replace(daily(horizon_days=3), agent_id=eve))
    await scene.world.stop(NIGHT + 9 * MINUTE)
    await make(agency, admin, replace(daily(horizon_days=2), agent_id=eve))
    await scene.plan()
    await agency.notice_plans.put(admin, PlanSettings(), expected=None)
    while await scene.notices.sweep():
        pass
    assert await scene.told() == []
    assert await told_at(scene, NIGHT + 10 * MINUTE) == [(EVE, "slots_skipped agent agent")]
    assert listed(scene) == [SIX, SIX, SIX + DAY, SIX + DAY, SIX + 2 * DAY]

    await scene.world.stop(NIGHT + DAY)
    await fill(agency)
    assert {one.state for one in (await agency.store.schedules.occurrences(own.key, Window(), PAGE)).items} == {
        "made",
        "skipped",
    }
    assert await told_at(scene, NIGHT + DAY + 5 * MINUTE) == [(EVE, "slots_skipped agent system")]
    assert listed(scene) == [SIX + 2 * DAY, SIX + 3 * DAY, SIX + 3 * DAY]

    await scene.world.stop(NIGHT + 2 * DAY)
    await offer(scene, SIX + 4 * DAY)
    await fill(agency)
    await agency.agents.remove(admin, eve, PAGE)
    await fill(agency)
    assert await told_at(scene, NIGHT + 2 * DAY + 5 * MINUTE) == []
    assert [end.state for end in scene.ends] == ["sent", "sent", "obsolete"]


async def test_a_calendar_that_is_busy_over_slots_is_told_of_once_and_so_is_one_that_cannot_be_read(
    scene: Scene,
) -> None:
    agency, elsewhere, eve = scene.agency, Elsewhere(), scene.agent.as_agent().id
    service = agency.agent_calendars(elsewhere)
    await service.put(scene.agent, eve, URL)
    lease = await agency.store.leases.take("reading calendars", timedelta(hours=90), None)
    assert lease is not None
    clock = NIGHT

    async def read(after: timedelta = QUARTER) -> Told:
        nonlocal clock
        clock += after
        await scene.world.stop(clock)
        assert await service.step(lease) == 1
        return await scene.told()

    for day in (1, 2, 3):
        await offer(scene, SIX + day * DAY)
    first, second, third = (Busy(SIX + day * DAY, SIX + day * DAY + HOUR / 2) for day in (1, 2, 3))
    elsewhere.becomes(first, second)
    assert await read() == [(EVE, "calendar_conflict agent system")]
    assert listed(scene) == [SIX + DAY, SIX + 2 * DAY]
    elsewhere.becomes(first, second, third)
    assert await read() == [(EVE, "calendar_conflict agent system")]
    assert listed(scene) == [SIX + 3 * DAY]
    elsewhere.becomes(first, second, third)
    assert await read() == []

    elsewhere.busy = None
    assert await read() == []
    since = clock
    assert await read(DAY) == [(EVE, "calendar_unreadable agent system")]
    assert scene.words.facts[-1].failing_since == since
    assert await read() == []


async def test_what_is_over_by_the_time_of_telling_is_not_told(scene: Scene) -> None:
    """A slot that is gone, and a calendar that is."""
    agency, elsewhere, eve = scene.agency, Elsewhere(), scene.agent.as_agent().id
    service = agency.agent_calendars(elsewhere)
    lease = await agency.store.leases.take("reading calendars", timedelta(hours=90), None)
    assert lease is not None
    slot = (await agency.slots.offer(scene.agent, uuid4(), SIX, SIX + HOUR)).slot
    await service.put(scene.agent, eve, URL)
    elsewhere.becomes(Busy(SIX, SIX + HOUR))
    await service.step(lease)
    await scene.plan()
    await agency.slots.cancel(scene.agent, slot.id)
    assert await scene.told() == []

    elsewhere.busy = None
    for after in (QUARTER, DAY + QUARTER):
        await scene.world.stop(NIGHT + after)
        await service.step(lease)
    await scene.plan()
    await service.remove(scene.agent, eve)
    assert await scene.told() == []
    assert {(end.kind, end.state) for end in scene.ends} == {
        ("calendar_conflict", "obsolete"),
        ("calendar_unreadable", "obsolete"),
    }


async def test_what_a_changed_schedule_finds_in_its_way_is_told_whenever_it_was_decided_on_before(scene: Scene) -> None:
    agency, admin, eve = scene.agency, await scene.agency.admin(), scene.agent
    schedule = await make(agency, admin, replace(daily(horizon_days=3), agent_id=eve.as_agent().id))
    await revise(agency, admin, schedule, ALL_OF_IT, {"rules": every(2)})
    await offer(scene, SIX + DAY)
    assert await told_at(scene, NIGHT + 20 * MINUTE) == [(EVE, "slots_withdrawn agent agent")]
    await revise(agency, admin, schedule, ALL_OF_IT, {"rules": every(1)})
    assert await told_at(scene, NIGHT + 30 * MINUTE) == [(EVE, "slots_skipped agent agent")]
    assert listed(scene) == [SIX + DAY]
