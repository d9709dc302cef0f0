"""Figures of visits; the same in memory, where they are counted anew each time, and in PostgreSQL, by cells."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest

from booking.domain.figures.figures import Figures
from booking.domain.figures.periods import ReportGroup
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.properties.policy import Settings
from booking.domain.refusals import InvalidRequest, ListTooBroad
from booking.domain.values import replace
from booking.domain.visits.booking import Outcome
from booking.service.figures.figures import FigureService
from tests.builders import HOUR, Organization, organization, screening
from tests.support.worlds import World

DAY = timedelta(days=1)


async def followed(agency: Organization) -> None:
    await agency.store.outbox.place(1_000)
    while await agency.cells.step():
        pass


async def figures(
    agency: Organization, caller: Caller, group: ReportGroup, zone: str = "UTC"
) -> Mapping[object, Figures]:
    now = datetime.now(UTC)
    report = await agency.figures.report(caller, group, since=now - 2 * DAY, until=now + 9 * DAY, time_zone=zone)
    return {one.label.key: one.figures for one in report.rows if one.figures != Figures()}


async def test_figures_tell_what_came_of_the_visits_of_a_home_and_a_rebuild_tells_the_same(world: World) -> None:
    agency = organization(world.store)
    admin, agent, colleague, home = await agency.admin(), await agency.agent(), await agency.agent(), uuid4()
    await agency.policies.put(admin, Settings(cancel_when_ineligible=True), expected=0)
    people = [await agency.applicant() for _ in range(6)]
    slot = await agency.slot(agent, property_id=home, capacity=5, starts_in=5 * HOUR)
    seen, missed, _, cancelled, refused = [await agency.book(one, slot.id) for one in people[:5]]
    await agency.waitlists.join(people[5], slot.id)
    await agency.bookings.cancel(people[3], cancelled.id)
    await agency.book(people[5], slot.id)
    await agency.bookings.cancel(agent, refused.id)
    elsewhere = await agency.slot(agent, property_id=home, starts_in=30 * HOUR)
    moving = await agency.book(people[3], elsewhere.id)
    taken = await agency.slot(colleague, property_id=home, starts_in=40 * HOUR)
    await agency.bookings.reschedule(people[3], moving.id, taken.id)
    ended = await agency.slot(agent, property_id=home, starts_in=50 * HOUR)
    await agency.slots.cancel(agent, ended.id)
    screened = await agency.slot(colleague, starts_in=60 * HOUR)
    email = f"{uuid4()}@example.com"
    risky = await agency.applicant(email)
    await agency.book(risky, screened.id)
    (person,) = risky.as_applicants()
    await agency.screen(
        screening(agency.organization_id, external_id=person.external_id, email=email, risk_level=RiskLevel.HIGH)
    )
    await world.jump(5.5 * HOUR)
    await agency.bookings.record(agent, seen.id, Outcome.ATTENDED)
    await agency.bookings.record(agent, missed.id, Outcome.NO_SHOW)
    await followed(agency)
    agent_id, colleague_id = (one.agent.id for one in (agent, colleague) if one.agent)
    expected = Figures(
        slots=2,
        offered=6,
        booked=6,
        attended=1,
        no_show=1,
        not_recorded=2,
        by_applicant=1,
        by_agent=1,
        within_24_hours=2,
        waited=1,
        waited_booked=1,
    )
    for _ in range(2):
        homes = await figures(agency, admin, ReportGroup.PROPERTY)
        at_home, screened_one = homes[home], homes[screened.property_id]
        assert (at_home.slots, at_home.offered, at_home.booked, at_home.coming, at_home.moved) == (3, 7, 7, 1, 1)
        assert (screened_one.booked, screened_one.by_screening, screened_one.fill) == (1, 1, 0.0)
        agents = await figures(agency, admin, ReportGroup.AGENT)
        assert replace(agents[agent_id], lead_seconds=0) == expected
        assert (agents[agent_id].cancelled, agents[agent_id].fill, agents[agent_id].lead_hours) == (2, 0.667, 5.0)
        assert agents[colleague_id].moved == 1
        for one, key in ((agent, agent_id), (colleague, colleague_id)):
            assert await figures(agency, one, ReportGroup.AGENT) == {key: agents[key]}
        assert await agency.cells.rebuild(agency.organization_id, since=None, until=None) == 5


async def test_a_visit_is_of_the_hour_and_the_day_that_its_zone_s_clock_shows(world: World) -> None:
    agency = organization(world.store)
    admin, person, home = await agency.admin(), await agency.applicant(), uuid4()
    noon = datetime.combine(datetime.now(UTC).date() + 2 * DAY, time(12), UTC)
    for at in (noon, noon + timedelta(minutes=20), noon + 7 * HOUR):
        slot = (await agency.slots.offer(admin, home, at, at + timedelta(minutes=15))).slot
        await agency.book(person, slot.id)
    await followed(agency)
    kathmandu = await figures(agency, admin, ReportGroup.HOUR, "Asia/Kathmandu")
    assert {hour: one.booked for hour, one in kathmandu.items()} == {17: 1, 18: 1, 0: 1}
    days = await figures(agency, admin, ReportGroup.DAY, "Asia/Kathmandu")
    assert {day: one.booked for day, one in days.items()} == {noon.date(): 2, noon.date() + DAY: 1}


async def test_requests_that_came_to_nothing_are_told_apart(world: World) -> None:
    agency = organization(world.store)
    admin, person = await agency.admin(), await agency.applicant()
    await agency.policies.put(admin, Settings(approval_levels=(RiskLevel.LOW,)), expected=0)
    asked = await agency.book(person, (await agency.slot(admin, starts_in=30 * HOUR)).id)
    await agency.bookings.decline(admin, asked.id)
    await followed(agency)
    (found,) = (await figures(agency, admin, ReportGroup.AGENT)).values()
    assert found == Figures(slots=1, offered=1, declined=1)
    assert (found.fill, found.lead_hours) == (0.0, None)


async def test_ratings_of_a_whole_month_are_shown_of_five_people_or_more(world: World) -> None:
    agency = organization(world.store)
    admin, member, home = await agency.admin(), await agency.agent(), uuid4()
    slot = await agency.slot(member, property_id=home, capacity=5)
    people = [await agency.applicant() for _ in range(5)]
    visits = [await agency.book(one, slot.id) for one in people]
    month = slot.start_time.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    until = (month + timedelta(days=32)).replace(day=1)
    await world.jump(1.5 * HOUR)
    shown = []
    for person, visit in zip(people, visits, strict=True):
        await agency.bookings.record(member, visit.id, Outcome.ATTENDED)
        await agency.bookings.give_feedback(person, visit.id, rating=4, comment="")
        await followed(agency)
        report = await agency.figures.report(admin, ReportGroup.PROPERTY, since=month, until=until, time_zone=None)
        shown.append((report.rows[0].rating, report.total.rating))
    assert [one and one.mean for pair in shown for one in pair] == [None] * 8 + [4.0] * 2
    own = await agency.figures.report(member, ReportGroup.AGENT, since=month, until=until, time_zone=None)
    assert (own.rows[0].rating, own.total.rating) == shown[-1]
    homes = await agency.figures.report(member, ReportGroup.PROPERTY, since=month, until=until, time_zone=None)
    assert homes.rows[0].rating is None
    cut = await agency.figures.report(admin, ReportGroup.PROPERTY, since=month, until=until + HOUR, time_zone=None)
    assert (cut.rows[0].rating, cut.total.rating) == (None, None)


async def test_figures_are_for_agents_and_of_a_year_at_most(world: World) -> None:
    agency = organization(world.store)
    agent, now = await agency.agent(), datetime.now(UTC)
    with pytest.raises(WrongRole):
        await figures(agency, await agency.applicant(), ReportGroup.DAY)
    for until in (now, now + 367 * DAY):
        with pytest.raises(InvalidRequest):
            await agency.figures.report(agent, ReportGroup.DAY, since=now, until=until, time_zone=None)
    for starts_in in (HOUR, 2 * HOUR):
        await agency.slot(agent, starts_in=starts_in)
    await followed(agency)
    with pytest.raises(ListTooBroad):
        await FigureService(agency.store.figures, agency.store.organizations, most=1).report(
            agent, ReportGroup.PROPERTY, since=now, until=now + DAY, time_zone=None
        )
