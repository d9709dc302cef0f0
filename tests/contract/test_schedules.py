"""Schedules: previewed, made by the hash of the preview, and never made otherwise."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from booking.domain.paging import Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning import content_lines
from booking.domain.planning.agent_schedule import AgentSchedule, ScheduleChoice
from booking.domain.planning.change_plan import Hour
from booking.domain.planning.plan import Clash, ClashKind, ShownPlan
from booking.domain.planning.refusals import PlanStale, ScheduleNotFound
from booking.domain.planning.schedule import Rule, Schedule
from booking.domain.planning.slot_moves import Destination
from booking.domain.properties.policy import Settings
from booking.domain.properties.property import PropertyStatus
from booking.domain.properties.refusals import PropertyArchived
from booking.domain.values import replace
from booking.service.planning.schedules import Asked
from tests.builders import Organization, organization
from tests.support.worlds import World

SUNDAY = datetime(2027, 3, 28, tzinfo=UTC)  # Lisbon's clocks are put on at 01:00
FIRST_PAGE = Paging(after=None, limit=100)


def asked(
    start: str = "2027-03-27T00:30:00",
    *lines: str,
    until_time: str | None = "02:30",
    property_id: UUID | None = None,
    agent_id: UUID | None = None,
    days: int = 3,
    minutes: int = 60,
) -> Asked:
    recurrence = content_lines.read(datetime.fromisoformat(start), lines or ["RRULE:FREQ=DAILY"])
    end = time.fromisoformat(until_time) if until_time else None
    rules = (Rule(recurrence=recurrence, until_time=end),)
    schedule = Schedule(time_zone="Europe/Lisbon", rules=rules, slot_minutes=minutes, horizon_days=days)
    return Asked(property_id=property_id or uuid4(), agent_id=agent_id, schedule=schedule)


def told(shown: ShownPlan) -> Sequence[tuple[str, str | None, list[tuple[ClashKind, str | None]]]]:
    return [
        (f"{slot.occurrence:%d %H:%M}", slot.treated, [_clash(one) for one in shown.clashes.get(index, ())])
        for index, slot in enumerate(shown.plan.draft.slots)
    ]


def _clash(one: Clash) -> tuple[ClashKind, str | None]:
    assert (one.kind is ClashKind.BLOCK) is (one.slot_id is None and one.occurrence is None)
    return one.kind, f"{one.occurrence:%d %H:%M}" if one.occurrence else None


async def create(agency: Organization, by: Caller, wanted: Asked) -> AgentSchedule:
    plan = (await agency.schedules.preview(by, wanted)).plan
    return await agency.schedules.create(by, wanted, plan.hash)


async def states(agency: Organization, by: Caller, schedule_id: UUID) -> Sequence[tuple[str, str, str | None]]:
    page = await agency.schedules.occurrences(by, schedule_id, window=Window(), paging=FIRST_PAGE)
    return [(f"{one.occurrence:%d %H:%M}", one.state, one.reason) for one in page.items]


async def offered(agency: Organization, by: Caller, at: datetime, property_id: UUID | None = None) -> UUID:
    view = await agency.slots.offer(by, property_id or uuid4(), at, at + timedelta(hours=1))
    return view.slot.id


@pytest.fixture
async def agency(world: World) -> Organization:
    await world.stop(SUNDAY - timedelta(days=1, minutes=-15))
    return organization(world.store)


async def test_a_preview_names_each_slot_each_change_of_clocks_and_each_clash(agency: Organization) -> None:
    agent, wanted = await agency.agent(), asked(until_time="03:30")
    await agency.policies.put(await agency.admin(), Settings(buffer_seconds=1_800), expected=None)
    await offered(agency, agent, SUNDAY - timedelta(hours=20))
    await offered(agency, agent, SUNDAY + timedelta(minutes=30))
    await offered(agency, await agency.agent(), SUNDAY + timedelta(days=1), wanted.property_id)
    blocked = SUNDAY + timedelta(hours=26)
    await agency.blocks.create(agent, agent.as_agent().id, blocked, blocked + timedelta(hours=1), None)
    shown = await agency.schedules.preview(agent, wanted)
    assert told(shown) == [
        ("27 00:30", None, []),
        ("27 01:30", None, [(ClashKind.BUFFER, "27 00:30")]),
        ("27 02:30", None, []),
        ("28 00:30", None, [(ClashKind.AGENT, None)]),
        ("28 02:30", None, [(ClashKind.BUFFER, None)]),
        ("28 01:30", "gap_shifted", [(ClashKind.BUFFER, None)]),
        ("29 00:30", None, [(ClashKind.PROPERTY, None)]),
        ("29 01:30", None, [(ClashKind.PROPERTY, None)]),
        ("29 02:30", None, [(ClashKind.BLOCK, None)]),
    ]


async def test_what_was_previewed_is_made_and_what_clashes_is_skipped_and_told(
    world: World, agency: Organization
) -> None:
    agent, wanted = await agency.agent(), asked(minutes=30, until_time="01:30")
    await offered(agency, agent, SUNDAY - timedelta(minutes=20))
    plan = await agency.schedules.preview(agent, wanted)
    made = await agency.schedules.create(agent, wanted, plan.plan.hash)
    assert await states(agency, agent, made.id) == [
        ("27 00:30", "made", None),
        ("27 01:00", "made", None),
        ("28 00:30", "skipped", "slot_overlap"),
        ("28 01:00", "made", None),
        ("29 00:30", "made", None),
        ("29 01:00", "made", None),
    ]
    assert made == await agency.schedules.get(agent, made.id)
    happened = [kind for kind, *_ in await world.events() if kind.startswith("schedule")]
    assert happened == ["schedule.created", "schedule.slot_skipped"]


async def test_a_cancelled_slot_is_a_deleted_occurrence_and_a_page_ends_where_it_is_told(agency: Organization) -> None:
    agent = await agency.agent()
    made = await create(agency, agent, asked(until_time=None))
    first, *_ = (
        await agency.schedules.occurrences(agent, made.id, window=Window(), paging=Paging(after=None, limit=1))
    ).items
    assert first.slot_id is not None
    await agency.slots.cancel(agent, first.slot_id)
    assert [state for _, state, _ in await states(agency, agent, made.id)] == ["deleted", "made", "made"]
    page = await agency.schedules.occurrences(agent, made.id, window=Window(), paging=Paging(after=None, limit=2))
    rest = await agency.schedules.occurrences(agent, made.id, window=Window(), paging=Paging(after=page.next, limit=2))
    assert [f"{one.occurrence:%d}" for one in (*page.items, *rest.items)] == ["27", "28", "29"]
    assert rest.next is None


async def test_occurrences_of_a_time_tell_where_their_slots_are_and_a_slot_by_which_schedule_it_is(
    agency: Organization,
) -> None:
    agent = await agency.agent()
    made = await create(agency, agent, asked(until_time=None))
    other = await create(agency, agent, asked("2027-03-27T10:00:00", until_time=None))
    sunday = Window(since=SUNDAY, until=SUNDAY + timedelta(hours=12))
    (found,) = (await agency.schedules.occurrences(agent, made.id, window=sunday, paging=FIRST_PAGE)).items
    assert found.slot_id is not None
    assert found.hour == Hour(agent_id=made.agent_id, start_time=found.start_time, end_time=found.end_time)
    later = found.start_time + timedelta(hours=3)
    await agency.slot_moves.move(agent, found.slot_id, Destination(start_time=later))
    (moved,) = (await agency.schedules.occurrences(agent, made.id, window=sunday, paging=FIRST_PAGE)).items
    assert (moved.start_time, moved.hour and moved.hour.start_time) == (found.start_time, later)
    before, after = (Window(until=SUNDAY), Window(since=SUNDAY + timedelta(hours=12)))
    for window, day in ((before, "27"), (after, "29")):
        page = await agency.schedules.occurrences(agent, made.id, window=window, paging=FIRST_PAGE)
        assert [f"{one.occurrence:%d}" for one in page.items] == [day]
    of_slot = ScheduleChoice(slot_id=found.slot_id)
    assert (await agency.schedules.list(agent, of_slot, FIRST_PAGE)).items == [made]
    assert (await agency.schedules.list(await agency.agent(), of_slot, FIRST_PAGE)).items == []
    assert (await agency.schedules.list(agent, ScheduleChoice(slot_id=uuid4()), FIRST_PAGE)).items == []
    assert (await agency.schedules.list(agent, ScheduleChoice(), FIRST_PAGE)).items == [made, other]


async def test_what_changed_since_the_preview_is_told_with_the_new_plan_and_nothing_is_made(
    world: World, agency: Organization
) -> None:
    agent, admin, wanted = await agency.agent(), await agency.admin(), asked()
    plan = (await agency.schedules.preview(agent, wanted)).plan
    assert (await agency.schedules.preview(agent, wanted)).plan.hash == plan.hash
    await offered(agency, agent, SUNDAY)
    with pytest.raises(PlanStale) as refused:
        await agency.schedules.create(agent, wanted, plan.hash)
    new = refused.value.plan.plan
    assert list(new.refused) == [2]
    await agency.policies.put(admin, Settings(notice_seconds=60), expected=None)
    with pytest.raises(PlanStale):
        await agency.schedules.create(agent, wanted, new.hash)
    by_now = (await agency.schedules.preview(agent, wanted)).plan
    await world.stop(plan.draft.slots[0].start_time)
    with pytest.raises(PlanStale) as late:
        await agency.schedules.create(agent, wanted, by_now.hash)
    assert len(late.value.plan.plan.draft.slots) == len(plan.draft.slots) - 1
    assert (await agency.schedules.list(agent, ScheduleChoice(), FIRST_PAGE)).items == []


async def test_of_two_who_make_the_same_slots_one_is_told_that_the_plan_is_stale(agency: Organization) -> None:
    agent, wanted = await agency.agent(), asked()
    plan = (await agency.schedules.preview(agent, wanted)).plan
    both = await asyncio.gather(
        *(agency.schedules.create(agent, wanted, plan.hash) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["AgentSchedule", "PlanStale"]


async def test_a_member_plans_for_themselves_and_an_admin_for_all(agency: Organization) -> None:
    agent, colleague, admin = await agency.agent(), await agency.agent(), await agency.admin()
    own = asked(agent_id=agent.as_agent().id, until_time=None)
    with pytest.raises(WrongRole):
        await agency.schedules.preview(colleague, own)
    made = await create(agency, admin, own)
    for someone in (agent, admin):
        assert await agency.schedules.get(someone, made.id) == made
        assert (await agency.schedules.list(someone, ScheduleChoice(), FIRST_PAGE)).items == [made]
    elsewhere = ScheduleChoice(property_id=uuid4())
    assert (await agency.schedules.list(admin, elsewhere, FIRST_PAGE)).items == []
    assert (await agency.schedules.list(colleague, ScheduleChoice(), FIRST_PAGE)).items == []
    for missing in (made.id, uuid4()):
        with pytest.raises(ScheduleNotFound):
            await agency.schedules.occurrences(colleague, missing, window=Window(), paging=FIRST_PAGE)
    with pytest.raises(AgentNotFound):
        await agency.schedules.preview(admin, replace(own, agent_id=uuid4()))


async def test_an_archived_property_gets_no_schedule_even_one_that_begins_later(agency: Organization) -> None:
    agent, wanted = await agency.agent(), asked("2028-01-01T09:00:00", until_time=None)
    empty = await create(agency, agent, wanted)
    assert await states(agency, agent, empty.id) == []
    archived = agency.property(wanted.property_id, status=PropertyStatus.ARCHIVED)
    await agency.properties.put(agent, archived, expected=None)
    with pytest.raises(PropertyArchived):
        await agency.schedules.preview(agent, wanted)
