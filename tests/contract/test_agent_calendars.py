"""An agent's own calendar, read by its URL: its busy times become blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from booking.domain.paging import Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning.agent_calendar import Busy
from booking.domain.planning.refusals import BlockOfCalendar, CalendarNotFound
from booking.domain.refusals import InvalidRequest
from booking.domain.values import replace
from booking.domain.visits.refusals import AgentBlocked
from booking.service.planning.agent_calendars import AT_ONCE, AgentCalendarService, Reading, Unreadable, Validators
from booking.service.ports import Lease
from tests.builders import HOUR, Organization, organization
from tests.support.worlds import World

URL = "https://calendar.example.com/secret-words/basic.ics"
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


@dataclass
class Elsewhere:
    """A calendar at its server: None is one that cannot be read."""

    busy: Sequence[Busy] | None = ()
    version: int = 0
    asked: list[tuple[str, str | None, str]] = field(default_factory=list)

    async def read(self, url: str, known: Validators, *, zone: str, since: datetime, until: datetime) -> Reading:
        self.asked.append((url, known.etag, zone))
        assert until - since == timedelta(days=366)
        if self.busy is None:
            raise Unreadable
        now = Validators(str(self.version), "yesterday")
        return Reading(None if known == now else self.busy, now)

    def becomes(self, *busy: Busy) -> None:
        self.busy, self.version = busy, self.version + 1


@dataclass
class Scene:
    world: World
    agency: Organization
    agent: Caller
    elsewhere: Elsewhere
    service: AgentCalendarService
    lease: Lease
    passed: timedelta = timedelta()

    @classmethod
    async def begin(cls, world: World) -> "Scene":
        agency, elsewhere = organization(world.store), Elsewhere()
        agent = await agency.agent()
        lease = await world.store.leases.take("reading calendars", timedelta(hours=90), None)
        assert lease is not None
        service = agency.agent_calendars(elsewhere)
        await service.put(agent, agent.as_agent().id, URL)
        return cls(world, agency, agent, elsewhere, service, lease)

    async def read(self, after: timedelta = QUARTER) -> int:
        """Read what is due a while later."""
        self.passed += after
        await self.world.jump(self.passed)
        return await self.service.step(self.lease)

    async def blocks(self) -> list[tuple[datetime, datetime, bool, bool]]:
        paging = Paging(after=None, limit=99)
        page = await self.agency.blocks.list(self.agent, self.agent.as_agent().id, window=Window(), paging=paging)
        return [(one.start_time, one.end_time, one.of_calendar, one.conflict) for one in page.items]

    async def told(self) -> list[str]:
        return [kind.split(".")[1] for kind, *_ in await self.world.events() if kind.startswith("agent_calendar.")]

    async def offer(self, start: datetime) -> object:
        return await self.agency.slots.offer(self.agent, uuid4(), start, start + HOUR)


async def test_busy_times_become_blocks_and_end_with_them_and_with_the_calendar(world: World) -> None:
    s = await Scene.begin(world)
    at = await world.store.now() + 20 * HOUR
    s.elsewhere.becomes(Busy(at, at + 2 * HOUR), Busy(at + 5 * HOUR, at + 6 * HOUR))
    assert await s.read() == 1
    assert await s.read(timedelta()) == 0
    assert await s.blocks() == [(at, at + 2 * HOUR, True, False), (at + 5 * HOUR, at + 6 * HOUR, True, False)]
    with pytest.raises(AgentBlocked):
        await s.offer(at + HOUR)
    paging = Paging(after=None, limit=1)
    (first, *_) = (await s.agency.blocks.list(s.agent, s.agent.as_agent().id, window=Window(), paging=paging)).items
    with pytest.raises(BlockOfCalendar):
        await s.agency.blocks.remove(s.agent, s.agent.as_agent().id, first.id)
    s.elsewhere.becomes(Busy(at, at + 2 * HOUR))
    await s.read()
    await s.offer(at + 5 * HOUR)
    found = await s.service.get(s.agent, s.agent.as_agent().id)
    assert (found.host, found.failing_since) == ("calendar.example.com", None)
    await s.service.remove(s.agent, s.agent.as_agent().id)
    assert await s.blocks() == []
    await s.offer(at)
    with pytest.raises(CalendarNotFound):
        await s.service.remove(s.agent, s.agent.as_agent().id)
    with pytest.raises(CalendarNotFound):
        await s.service.get(s.agent, s.agent.as_agent().id)
    assert await s.told() == ["set", "removed"]


async def test_what_is_over_a_slot_is_kept_as_a_conflict_and_told_once_until_the_slot_is_gone(world: World) -> None:
    s = await Scene.begin(world)
    slot = await s.agency.slot(s.agent, starts_in=20 * HOUR)
    start, end = slot.start_time - HOUR, slot.end_time + HOUR
    s.elsewhere.becomes(Busy(start, end))
    await s.read()
    parts = [(start, slot.start_time, True, False), (slot.start_time, slot.end_time, True, True)]
    assert await s.blocks() == [*parts, (slot.end_time, end, True, False)]
    with pytest.raises(AgentBlocked):
        await s.offer(slot.end_time)
    await s.read()
    assert await s.told() == ["set", "conflicting"]
    await s.agency.slots.cancel(s.agent, slot.id)
    await s.read()
    assert await s.blocks() == [(start, end, True, False)]
    with pytest.raises(AgentBlocked):
        await s.offer(slot.start_time)


async def test_an_event_that_is_just_a_slot_blocks_it_once_the_slot_is_cancelled(world: World) -> None:
    s = await Scene.begin(world)
    slot = await s.agency.slot(s.agent, starts_in=20 * HOUR)
    s.elsewhere.becomes(Busy(slot.start_time, slot.end_time))
    await s.read()
    await s.agency.slots.cancel(s.agent, slot.id)
    await s.read()
    with pytest.raises(AgentBlocked):
        await s.offer(slot.start_time)


async def test_blocks_of_a_calendar_that_cannot_be_read_stay_for_a_day_and_the_agent_is_told_once(world: World) -> None:
    s = await Scene.begin(world)
    busy = Busy(await world.store.now() + 90 * HOUR, await world.store.now() + 91 * HOUR)
    s.elsewhere.becomes(busy)
    await s.read()
    s.elsewhere.busy = None
    await s.read()
    await s.read(DAY - QUARTER)
    assert [len(await s.blocks()), await s.told()] == [1, ["set"]]
    for _ in range(2):
        await s.read(QUARTER)
        assert [len(await s.blocks()), await s.told()] == [0, ["set", "unreadable"]]
    assert (await s.service.get(s.agent, s.agent.as_agent().id)).failing_since is not None
    s.elsewhere.busy = [busy]
    await s.read()
    assert len(await s.blocks()) == 1
    assert (await s.service.get(s.agent, s.agent.as_agent().id)).failing_since is None


async def test_it_is_asked_for_what_is_new_and_once_a_day_for_all_by_the_agencys_zone(world: World) -> None:
    s = await Scene.begin(world)
    admin = await s.agency.admin()
    details = replace(await s.agency.organizations.get(admin), time_zone="Europe/Berlin")
    await s.agency.organizations.put(admin, details, expected=None)
    for after in (QUARTER, QUARTER, DAY):
        await s.read(after)
    assert s.elsewhere.asked == [(URL, tag, "Europe/Berlin") for tag in (None, "0", None)]


async def test_a_reading_of_another_calendar_or_by_a_former_holder_changes_nothing(world: World) -> None:
    s = await Scene.begin(world)
    at = await world.store.now() + 20 * HOUR
    (due,) = await world.store.agent_calendars.take(AT_ONCE, s.lease)
    reading = Reading([Busy(at, at + HOUR)], Validators("x" * 2000, "y" * 100))
    former = s.lease._replace(token=s.lease.token - 1)
    await world.store.agent_calendars.apply(due, reading, former)
    await world.store.agent_calendars.fail(due, former)
    await s.service.put(s.agent, s.agent.as_agent().id, "webcal://other.example.com/")
    await world.store.agent_calendars.apply(due, reading, s.lease)
    await world.store.agent_calendars.fail(due, s.lease)
    found = await s.service.get(s.agent, s.agent.as_agent().id)
    assert [await s.blocks(), found.host, found.read_at, found.failing_since] == [[], "other.example.com", None, None]


async def test_a_calendar_is_the_agents_own_and_the_admins_and_ends_with_the_agent(world: World) -> None:
    s = await Scene.begin(world)
    whose, admin, colleague = s.agent.as_agent(), await s.agency.admin(), await s.agency.agent()
    for attempt in (
        lambda: s.service.put(colleague, whose.id, URL),
        lambda: s.service.get(colleague, whose.id),
        lambda: s.service.remove(colleague, whose.id),
    ):
        with pytest.raises(WrongRole):
            await attempt()
    for url in ("https://10.0.0.1/", "ftp://calendar.example.com/", "https://intern/"):
        with pytest.raises(InvalidRequest):
            await s.service.put(admin, whose.id, url)
    with pytest.raises(AgentNotFound):
        await s.service.put(admin, uuid4(), URL)
    s.elsewhere.becomes(Busy(await world.store.now() + 20 * HOUR, await world.store.now() + 21 * HOUR))
    await s.read()
    await world.store.agents.erase(whose.organization_id, whose.id)
    assert await s.read() == 0
    assert (
        await s.agency.blocks.list(admin, whose.id, window=Window(), paging=Paging(after=None, limit=9))
    ).items == []


async def test_a_calendar_whose_key_is_gone_is_as_one_that_cannot_be_read(world: World) -> None:
    s = await Scene.begin(world)
    await world.store.agent_calendars.put(
        (s.agency.organization_id, s.agent.as_agent().id), b"\x01sealed", "x.example", s.agent.acting_as_agent()
    )
    await s.read()
    assert s.elsewhere.asked == []
    assert (await s.service.get(s.agent, s.agent.as_agent().id)).failing_since is not None
