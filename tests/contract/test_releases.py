"""Visits without a word by the deadline are given on; where that may not be, their agents hear of it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from booking.domain.notices.handover import HandoverFault, HandoverRefused
from booking.domain.notices.link import LinkPurpose
from booking.domain.notices.notice import NoticeState, Recipient
from booking.domain.notices.plan import PlanSettings, Release
from booking.domain.notices.reference import Reference
from booking.domain.notices.report import Report
from booking.domain.notices.unsubscription import NoticeGroup, Unsubscription
from booking.domain.people.contact import Channel
from booking.domain.values import replace
from booking.domain.visits.allowed_actions import BookingView
from booking.domain.visits.booking import TAKE_BACK, Booking, BookingStatus
from booking.domain.visits.refusals import BookingNotConfirmed
from booking.service.notices.releases import ReleaseService
from booking.service.notices.reports import ReportService
from tests.builders import HOUR
from tests.contract.test_notices import ADA, BEN, EVE, Scene, Told
from tests.support.worlds import World

RELEASE = Release(before=3 * HOUR)
INSTANT = timedelta(milliseconds=1)
TELL = [(EVE, "unanswered agent system")]
RELEASED = [(ADA, "released applicant system"), (EVE, "released agent system")]


class Asked(Scene):
    """The agency asks a day ahead, and gives on what is unanswered three hours before; it hears of deliveries."""

    async def begin(self) -> "Asked":
        await super().begin()
        self.admin = await self.agency.admin()
        self.post.delivers = True
        await self.settle(release=RELEASE)
        return self

    async def settle(self, **settings: object) -> None:
        await self.agency.notice_plans.put(self.admin, PlanSettings(**settings), expected=None)  # type: ignore[arg-type]
        while await self.notices.sweep():
            pass

    async def asked(self) -> Booking:
        """A visit in thirty hours, of which its applicant was reminded."""
        booking = await self.visit(30 * HOUR)
        await self.told()
        assert (ADA, "reminder applicant system") in await self.after(7 * HOUR)
        assert self.reminder.asks
        return booking

    async def told(self) -> Told:
        """Return what is told of visits; an agent's day, which goes by the hour, is not."""
        return [one for one in await super().told() if not one[1].startswith("agent_day")]

    @property
    def reminder(self) -> Any:
        """The facts of the last reminder."""
        return [facts for facts in self.words.facts if facts.kind == "reminder"][-1]

    async def at_the_deadline(self, booking: Booking, beyond: timedelta = INSTANT) -> Told:
        """Return what is told once the deadline has passed."""
        now = await self.world.store.now()
        self.passed += booking.start_time - RELEASE.before + beyond - now
        await self.world.jump(self.passed)
        releases = ReleaseService(self.world.store.deadlines, self.world.store.rosters)
        while await releases.step():
            pass
        return await self.told()

    async def status(self, booking: Booking) -> BookingStatus:
        return (await self.agency.bookings.get(self.admin, booking.id)).booking.status


@pytest.fixture
async def scene(world: World) -> Asked:
    return await Asked(world).begin()


async def test_a_visit_without_an_answer_goes_on_to_who_waits_and_all_are_told(scene: Asked) -> None:
    booking = await scene.asked()
    asked = scene.reminder
    assert asked.deadline == booking.start_time - RELEASE.before
    await scene.agency.waitlists.join(scene.ben, booking.slot_id)
    told = await scene.at_the_deadline(booking)
    assert sorted(told) == sorted([*RELEASED, (BEN, "offer_made applicant system")])
    assert await scene.status(booking) is BookingStatus.CANCELLED_UNCONFIRMED
    released = next(facts for facts in scene.words.facts if facts.kind == "released")
    ended = (await scene.agency.bookings.get(scene.admin, booking.id)).booking
    assert released.deadline is not None
    assert abs(released.deadline - (ended.updated_at + TAKE_BACK)) < timedelta(seconds=1)
    assert await scene.at_the_deadline(booking, HOUR / 4) == []


async def test_the_message_of_a_release_has_the_link_that_takes_the_visit_back(scene: Asked) -> None:
    scene.sender.links = scene.agency.link_maker
    booking = await scene.asked()
    assert await scene.at_the_deadline(booking) == RELEASED
    facts = {one.recipient: one for one in scene.words.facts if one.kind == "released"}
    assert facts[Recipient.AGENT].links == {}
    ((purpose, url),) = facts[Recipient.APPLICANT].links.items()
    assert purpose is LinkPurpose.CONFIRM
    assert (await scene.agency.links.use(url.rpartition("/")[2])).done
    assert await scene.status(booking) is BookingStatus.CONFIRMED
    assert await scene.told() == [(ADA, "confirmed applicant applicant"), (EVE, "confirmed agent applicant")]


async def test_who_takes_it_back_is_told_and_not_asked_again(scene: Asked) -> None:
    booking = await scene.asked()
    await scene.at_the_deadline(booking)
    again = (await scene.agency.bookings.take_back(scene.ada, booking.id)).booking
    assert await scene.told() == [(ADA, "confirmed applicant applicant"), (EVE, "confirmed agent applicant")]
    assert await scene.at_the_deadline(again, HOUR / 2) == []
    assert [facts.asks for facts in scene.words.facts if facts.kind == "reminder"] == [True]


async def test_a_plan_that_trusts_releases_what_was_only_sent(scene: Asked) -> None:
    scene.post.delivers = False
    await scene.settle(release=replace(RELEASE, trust_sent=True))
    booking = await scene.asked()
    assert await scene.at_the_deadline(booking) == RELEASED
    assert await scene.status(booking) is BookingStatus.CANCELLED_UNCONFIRMED


async def test_a_plan_that_trusts_goes_by_the_sending_though_the_delivery_is_told_late(scene: Asked) -> None:
    scene.post.delivers = False
    await scene.settle(release=replace(RELEASE, trust_sent=True))
    booking = await scene.asked()
    await scene.after(19 * HOUR)
    listed = await scene.notices.of_booking(scene.agent, booking.id)
    (question,) = [one.id for one in listed if one.kind == "reminder" and one.state == "sent"]
    reference = Reference(organization_id=booking.organization_id, notice_id=question)
    assert await ReportService(scene.world.store.reports, scene.ends.append).hear(
        Report(reference=reference, state=NoticeState.DELIVERED)
    )
    assert await scene.at_the_deadline(booking) == RELEASED


async def test_until_the_deadline_nothing_is_released(scene: Asked) -> None:
    booking = await scene.asked()
    assert await scene.at_the_deadline(booking, -timedelta(seconds=30)) == []
    assert await scene.status(booking) is BookingStatus.CONFIRMED


async def test_an_answer_in_the_very_instant_of_the_deadline_is_in_time(scene: Asked) -> None:
    booking = await scene.asked()
    deadline = booking.start_time - RELEASE.before
    releases = ReleaseService(scene.world.store.deadlines, scene.world.store.rosters)
    await scene.world.stop(deadline)
    assert await releases.step() == 0
    answered = (await scene.agency.bookings.confirm_attendance(scene.ada, booking.id)).booking
    assert (answered.status, answered.attendance_confirmed_at) == (BookingStatus.CONFIRMED, deadline)
    await scene.world.stop(deadline + timedelta(microseconds=1))
    await releases.step()
    assert (await scene.agency.bookings.get(scene.admin, booking.id)).booking == answered


async def test_the_first_instant_after_the_deadline_is_too_late(scene: Asked) -> None:
    booking = await scene.asked()
    await scene.world.stop(booking.start_time - RELEASE.before + timedelta(microseconds=1))
    assert await ReleaseService(scene.world.store.deadlines, scene.world.store.rosters).step() == 1
    assert await scene.status(booking) is BookingStatus.CANCELLED_UNCONFIRMED


async def confirmed(scene: Asked, booking: Booking) -> BookingView:
    return await scene.agency.bookings.confirm_attendance(scene.ada, booking.id)


async def cancelled(scene: Asked, booking: Booking) -> None:
    await scene.agency.bookings.cancel(scene.ada, booking.id)


async def forbidden(scene: Asked, booking: Booking) -> BookingView:
    return await scene.agency.bookings.change_may_release(scene.agent, booking.id, False)


async def allowed_no_more(scene: Asked, _: Booking) -> None:
    await scene.settle(release=None)


async def not_at_this_property(scene: Asked, booking: Booking) -> None:
    forbidden = PlanSettings(may_release=False)
    await scene.agency.notice_plans.put(scene.admin, forbidden, expected=None, property_id=booking.property_id)


async def not_by_the_organization(scene: Asked, _: Booking) -> None:
    await scene.settle(release=RELEASE, may_release=False)


@pytest.mark.parametrize(
    "change", [confirmed, cancelled, forbidden, allowed_no_more, not_at_this_property, not_by_the_organization]
)
async def test_what_was_answered_or_ended_or_may_stay_is_neither_released_nor_told_of(
    scene: Asked, change: Callable[[Asked, Booking], Awaitable[object]]
) -> None:
    booking = await scene.asked()
    await change(scene, booking)
    await scene.told()
    before = await scene.status(booking)
    assert await scene.at_the_deadline(booking) == []
    assert await scene.status(booking) is before


async def test_a_visit_that_is_booked_after_its_deadline_is_not_asked_about(scene: Asked) -> None:
    booking = await scene.visit(2.5 * HOUR)
    await scene.told()
    assert await scene.after(HOUR) == [(ADA, "reminder applicant system")]
    assert not scene.reminder.asks
    assert await scene.at_the_deadline(booking, 2 * HOUR) == []


@pytest.mark.parametrize(("rivals", "act"), [(0, confirmed), (1, confirmed), (1, forbidden)])
async def test_an_answer_or_a_prohibition_and_a_release_at_the_same_time_leave_one_truth(
    scene: Asked, rivals: int, act: Callable[[Asked, Booking], Awaitable[BookingView]]
) -> None:
    booking = await scene.asked()
    for one in [scene.ben][:rivals]:
        await scene.agency.waitlists.join(one, booking.slot_id)
    scene.passed += booking.start_time - RELEASE.before + INSTANT - await scene.world.store.now()
    await scene.world.jump(scene.passed)
    releases = ReleaseService(scene.world.store.deadlines, scene.world.store.rosters)
    answer, _ = await asyncio.gather(act(scene, booking), releases.step(), return_exceptions=True)
    now = (await scene.agency.bookings.get(scene.admin, booking.id)).booking
    if isinstance(answer, BookingNotConfirmed):
        assert now.status is BookingStatus.CANCELLED_UNCONFIRMED
        assert not now.attendance_confirmed_at
        assert now.may_release
    else:
        assert not isinstance(answer, BaseException)
        assert (now.status, now) == (BookingStatus.CONFIRMED, answer.booking)
    assert await releases.step() == 0
    assert (await scene.agency.bookings.get(scene.admin, booking.id)).booking == now


async def test_an_answer_is_told_to_both(scene: Asked) -> None:
    booking = await scene.asked()
    await confirmed(scene, booking)
    assert await scene.told() == [
        (ADA, "attendance_confirmed applicant applicant"),
        (EVE, "attendance_confirmed agent applicant"),
    ]


async def only_sent(scene: Asked) -> Booking:
    scene.post.delivers = False
    return await scene.asked()


async def too_late(scene: Asked) -> Booking:
    """The question arrives an hour and a half before the deadline."""
    await scene.settle(offsets=(4.5 * HOUR,), release=RELEASE)
    booking = await scene.visit(30 * HOUR)
    await scene.told()
    assert (ADA, "reminder applicant system") in await scene.after(25.6 * HOUR)
    assert scene.reminder.asks
    return booking


async def not_asked(scene: Asked) -> Booking:
    return await scene.visit(4 * HOUR)


async def unwanted(scene: Asked) -> Booking:
    booking = await scene.asked()
    await scene.agency.contacts.change(scene.ada, {"channels": [Channel.SMS]})
    return booking


async def suppressed(scene: Asked) -> Booking:
    booking = await scene.asked()
    scene.post.faults = lambda email: HandoverRefused(HandoverFault.ADDRESS_REFUSED) if email.to == ADA else None
    await scene.visit(72 * HOUR)
    return booking


async def unsubscribed(scene: Asked) -> Booking:
    booking = await scene.asked()
    one = Unsubscription(
        organization_id=booking.organization_id,
        recipient=Recipient.APPLICANT,
        recipient_id=booking.applicant_id,
        channel=Channel.EMAIL,
        group=NoticeGroup.REMINDERS,
    )
    await scene.world.store.unsubscriptions.add(one)
    return booking


async def moved(scene: Asked) -> Booking:
    booking = await scene.asked()
    there = await scene.agency.slot(scene.agent, starts_in=scene.passed + 20 * HOUR)
    return (await scene.agency.bookings.reschedule(scene.ada, booking.id, there.id)).booking


async def roomy(scene: Asked) -> Booking:
    booking = await scene.asked()
    await scene.agency.slots.resize(scene.agent, booking.slot_id, 2)
    return booking


@pytest.mark.parametrize("spared", [only_sent, too_late, not_asked, unwanted, unsubscribed, suppressed, moved, roomy])
async def test_a_visit_that_is_spared_is_told_to_its_agent_once(
    scene: Asked, spared: Callable[[Asked], Awaitable[Booking]]
) -> None:
    booking = await spared(scene)
    await scene.told()
    assert await scene.at_the_deadline(booking) == TELL
    assert await scene.status(booking) is BookingStatus.CONFIRMED
    assert await scene.at_the_deadline(booking, HOUR / 2) == []


async def test_a_visit_that_may_not_be_released_is_neither_asked_about_nor_told_of(scene: Asked) -> None:
    slot = await scene.agency.slot(scene.agent, starts_in=30 * HOUR)
    booking = await scene.agency.book(scene.agent, slot.id, applicant_id=scene.ada.applicants[0].id)
    await scene.told()
    assert (ADA, "reminder applicant system") in await scene.after(7 * HOUR)
    assert not scene.reminder.asks
    assert await scene.at_the_deadline(booking) == []
    assert await scene.status(booking) is BookingStatus.CONFIRMED
