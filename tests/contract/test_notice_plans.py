"""Notice plans: what an agency sets, what holds by it, and what becomes of notices that wait."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest

from booking.adapters.notifiers.notices import NoticeNotifier
from booking.domain.events import EventType
from booking.domain.notices.notice import Notice, NoticeKind, NoticeRecord, NoticeState, Recipient
from booking.domain.notices.plan import NoticePlan, PlanSettings, QuietHours, Release
from booking.domain.notices.situation import Situation, Visit
from booking.domain.people.contact import Channel
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import PreconditionFailed
from booking.domain.values import UNSET, UnsetType, replace
from booking.domain.visits.booking import Booking
from booking.entrypoints.relay import Relay
from booking.service.notices.notices import NoticeService
from booking.service.notices.plans import NoticePlanService
from tests.builders import HOUR, organization
from tests.contract.test_notices import ADA, DAY, REMINDED, Scene
from tests.support.worlds import World

NIGHT = QuietHours(since=time(21), until=time(8))
RELEASE = Release(before=3 * HOUR, trust_sent=True)


async def test_without_any_settings_the_usual_plan_holds(world: World) -> None:
    agency = organization(world.store)
    view = await agency.notice_plans.get(await agency.agent())
    assert (view.settings, view.effective) == (PlanSettings(), NoticePlan())
    assert (await agency.notice_plans.get(await agency.agent(), uuid4())).effective == NoticePlan()


async def test_a_property_overrides_some_fields_of_its_organizations_plan(world: World) -> None:
    agency = organization(world.store)
    admin, home = await agency.admin(), uuid4()
    usual = PlanSettings(offsets=(3 * HOUR,), quiet_hours=NIGHT, release=RELEASE)
    await agency.notice_plans.put(admin, usual, expected=0)
    own = PlanSettings(quiet_hours=None, channels=(Channel.SMS, Channel.EMAIL))
    view = await agency.notice_plans.put(admin, own, expected=0, property_id=home)
    assert (view.settings, view.above) == (replace(own, version=1), 1)
    assert view.effective == NoticePlan(offsets=(3 * HOUR,), channels=(Channel.SMS, Channel.EMAIL), release=RELEASE)
    assert await agency.notice_plans.get(admin, home) == view
    none = PlanSettings(offsets=(), release=None)
    found = (await agency.notice_plans.put(admin, none, expected=None, property_id=home)).effective
    assert found == NoticePlan(offsets=(), quiet_hours=NIGHT)
    assert (await agency.notice_plans.get(admin)).effective == NoticePlan(
        offsets=(3 * HOUR,), quiet_hours=NIGHT, release=RELEASE
    )
    assert await world.events() == [
        (EventType.NOTICE_PLAN_CHANGED, None, "1"),
        (EventType.NOTICE_PLAN_CHANGED, None, "1"),
        (EventType.NOTICE_PLAN_CHANGED, "1", "2"),
    ]


@pytest.mark.parametrize(("agency_says", "home_says"), [(False, True), (True, False), (False, UNSET), (UNSET, False)])
async def test_a_release_that_the_organization_or_the_property_forbids_is_forbidden(
    world: World, agency_says: bool | UnsetType, home_says: bool | UnsetType
) -> None:
    agency = organization(world.store)
    admin, home = await agency.admin(), uuid4()
    await agency.notice_plans.put(admin, PlanSettings(release=RELEASE, may_release=agency_says), expected=None)
    own = PlanSettings(release=RELEASE, may_release=home_says)
    view = await agency.notice_plans.put(admin, own, expected=None, property_id=home)
    assert (view.settings, view.effective) == (
        replace(own, version=1),
        NoticePlan(release=RELEASE, may_release=False),
    )
    assert (await agency.notice_plans.get(admin, uuid4())).effective.may_release is (agency_says is not False)
    assert view.effective.held_to.release is None


@pytest.mark.parametrize(
    ("agency_says", "home_says", "release"),
    [(UNSET, UNSET, RELEASE), (True, True, RELEASE), (False, True, None), (True, False, None)],
)
async def test_visits_are_planned_without_a_release_that_is_forbidden(
    scene: "Planned", agency_says: bool | UnsetType, home_says: bool | UnsetType, release: Release | None
) -> None:
    booking = await scene.visit()
    await scene.told()
    await scene.put(PlanSettings(release=RELEASE, may_release=agency_says))
    own, admin = PlanSettings(may_release=home_says), await scene.agency.admin()
    await scene.agency.notice_plans.put(admin, own, expected=None, property_id=booking.property_id)
    found = list[Release | None]()

    def decide(_: Visit, now: Situation) -> list[Notice]:
        found.append(now.plan.release)
        return []

    while await scene.world.store.notices.sweep(decide, 10):
        pass
    assert found == [release]


async def test_what_is_shown_with_a_plan_changes_with_the_organizations_and_with_the_channels(world: World) -> None:
    agency = organization(world.store)
    admin, home = await agency.admin(), uuid4()
    before = await agency.notice_plans.get(admin, home)
    await agency.notice_plans.put(admin, PlanSettings(), expected=None)
    after = await agency.notice_plans.get(admin, home)
    with_more = NoticePlanService(world.store.notice_plans, tuple(Channel))
    seen = {before.beside, after.beside, (await with_more.get(admin, home)).beside}
    assert len(seen) == 3


async def test_of_two_admins_who_saw_the_same_plan_one_is_told(world: World) -> None:
    agency = organization(world.store)
    admins = [await agency.admin() for _ in range(3)]
    outcomes = await asyncio.gather(
        *(agency.notice_plans.put(admin, PlanSettings(offsets=()), expected=0) for admin in admins),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["PlanView", "PreconditionFailed", "PreconditionFailed"]
    for stale in (0, 2):
        with pytest.raises(PreconditionFailed):
            await agency.notice_plans.put(admins[0], PlanSettings(), expected=stale)
    with pytest.raises(PreconditionFailed):
        await agency.notice_plans.put(admins[0], PlanSettings(), expected=5, property_id=uuid4())


async def test_a_plan_is_an_admins_to_set_and_an_agents_to_see(world: World) -> None:
    agency = organization(world.store)
    with pytest.raises(WrongRole):
        await agency.notice_plans.put(await agency.agent(), PlanSettings(), expected=None)
    with pytest.raises(WrongRole):
        await agency.notice_plans.get(await agency.applicant())


class Planned(Scene):
    """The same agency, whose plan changes."""

    async def put(self, settings: PlanSettings) -> None:
        await self.agency.notice_plans.put(await self.agency.admin(), settings, expected=None)

    async def changed(self, settings: PlanSettings) -> None:
        """Change the plan, and wait until all is planned by it."""
        await self.put(settings)
        while await self.notices.sweep():
            pass

    async def reminders(self, booking: Booking) -> list[NoticeRecord]:
        """Return the reminders that wait."""
        found = await self.notices.of_booking(self.agent, booking.id)
        return [one for one in found if one.kind is NoticeKind.REMINDER and one.state is NoticeState.QUEUED]


@pytest.fixture
async def scene(world: World) -> Planned:
    scene = Planned(world)
    await scene.begin()
    return scene


async def test_a_new_plan_is_that_of_visits_that_were_booked_before(scene: Planned) -> None:
    booking = await scene.visit(4 * DAY)
    await scene.told()
    at = booking.start_time
    for offsets in ((3 * DAY, 2 * HOUR), (2 * DAY,), (), (2 * DAY, 5 * HOUR)):
        await scene.changed(PlanSettings(offsets=offsets))
        assert [at - one.due_at for one in await scene.reminders(booking)] == list(offsets)
    told = [one for _ in range(20) for one in await scene.after(5 * HOUR)]
    assert [one for one in told if one[0] == ADA] == REMINDED * 2


async def test_reminders_that_wait_are_moved_before_new_quiet_hours_and_back(scene: Planned) -> None:
    booking = await scene.visit(4 * DAY)
    await scene.told()
    due = booking.start_time - 2 * HOUR
    around = QuietHours(since=(due - HOUR).time(), until=(due + HOUR).time())
    for quiet, expected in ((around, due - HOUR - timedelta(minutes=1)), (None, due)):
        await scene.changed(PlanSettings(offsets=(2 * HOUR,), quiet_hours=quiet))
        assert [one.due_at for one in await scene.reminders(booking)] == [expected]


async def test_the_day_of_an_agent_waits_for_the_end_of_the_agencys_quiet_hours(scene: Planned) -> None:
    seven = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0) + 3 * DAY
    await scene.put(PlanSettings(quiet_hours=QuietHours(since=time(21), until=time(9))))
    visit = await scene.visit(seven + 6 * HOUR - datetime.now(UTC))
    own, admin = PlanSettings(quiet_hours=None), await scene.agency.admin()
    await scene.agency.notice_plans.put(admin, own, expected=None, property_id=visit.property_id)
    assert ("eve@example.com", "agent_day agent system") not in await scene.after(seven + HOUR - datetime.now(UTC))
    assert ("eve@example.com", "agent_day agent system") in await scene.after(HOUR)


async def test_what_waits_for_the_end_of_quiet_hours_goes_as_they_are_now(scene: Planned) -> None:
    now = datetime.now(UTC)
    quiet = [QuietHours(since=(now - HOUR).time(), until=(now + hours * HOUR).time()) for hours in (2, 4)]
    await scene.put(PlanSettings(quiet_hours=quiet[0]))
    booking = await scene.visit()
    assert await scene.told() == [(ADA, "confirmed applicant applicant")]
    for hours in quiet:
        await scene.changed(PlanSettings(quiet_hours=hours))
        _, waiting, *_ = await scene.notices.of_booking(scene.agent, booking.id)
        assert (waiting.state, waiting.due_at.time()) == (NoticeState.QUEUED, hours.until)
    await scene.changed(PlanSettings(quiet_hours=None))
    assert [one for one in await scene.told() if one[0] != ADA] == [("eve@example.com", "confirmed agent applicant")]


async def test_what_the_plan_has_no_more_is_not_sent(scene: Planned) -> None:
    """Although nobody has gone through the visits yet."""
    await scene.visit(2 * DAY)
    await scene.plan()
    await scene.put(PlanSettings(channels=()))
    assert await scene.told() == []
    await scene.put(PlanSettings(offsets=(HOUR,)))
    assert [one for one in await scene.after(DAY + timedelta(minutes=1)) if one[0] == ADA] == []
    assert {end.state for end in scene.ends} == {NoticeState.OBSOLETE}


async def test_a_further_channel_tells_nothing_of_what_happened_before_it_was_configured(scene: Planned) -> None:
    """Although that was not handed on yet; the visit's reminders go by both."""
    await scene.put(PlanSettings(channels=(Channel.EMAIL, Channel.SMS)))
    before = await scene.visit(3 * DAY)
    await scene.world.jump(timedelta(minutes=1))
    await scene.world.configure(Channel.SMS)
    since = await scene.visit(5 * DAY)
    await scene.plan()
    told = [
        [one for one in await scene.notices.of_booking(scene.agent, booking.id) if one.recipient is Recipient.APPLICANT]
        for booking in (before, since)
    ]
    by_email, by_sms = (Counter((one.kind, one.channel) for one in of) for of in told)
    reminded = Counter({(NoticeKind.REMINDER, Channel.EMAIL): 2, (NoticeKind.REMINDER, Channel.SMS): 2})
    assert by_email == reminded + Counter({(NoticeKind.CONFIRMED, Channel.EMAIL): 1})
    assert by_sms == by_email + Counter({(NoticeKind.CONFIRMED, Channel.SMS): 1})


async def test_nothing_is_planned_by_a_channel_that_is_not_configured(scene: Planned) -> None:
    by_email = NoticeService(scene.world.store.notices, scene.world.store.bookings, (Channel.EMAIL,))
    scene.relay = Relay(scene.world.store.outbox, {"notices": NoticeNotifier(by_email)})
    await scene.put(PlanSettings(channels=(Channel.EMAIL, Channel.SMS)))
    booking = await scene.visit()
    await scene.plan()
    assert {one.channel for one in await scene.notices.of_booking(scene.agent, booking.id)} == {Channel.EMAIL}
    await scene.changed(PlanSettings(channels=(Channel.EMAIL, Channel.SMS)))
    channels = {one.channel for one in await scene.reminders(booking)}
    assert channels == {Channel.EMAIL, Channel.SMS}
