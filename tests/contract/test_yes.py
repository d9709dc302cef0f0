"""YES to a message that asked: it confirms the visit that was meant, as the applicant's own act."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from booking.domain.events import Via
from booking.domain.notices.answer import Answer
from booking.domain.notices.handover import HandoverFault, HandoverUnknown
from booking.domain.notices.notice import NoticeState
from booking.domain.notices.plan import PlanSettings, Release
from booking.domain.notices.reference import Reference
from booking.domain.notices.report import Report
from booking.domain.paging import Paging
from booking.domain.people.contact import Channel
from booking.domain.visits.booking import Booking, BookingStatus
from booking.service.notices.answers import AnswerService, AskedVisit
from booking.service.notices.releases import ReleaseService
from tests.contract.test_notices import EVE
from tests.contract.test_phone_notices import DAY, PHONE, Texting
from tests.support.worlds import World

HOUR = timedelta(hours=1)
UNPROVED = "+4930777777"


class Chatting(Texting):
    """An agency that asks two days ahead, by WhatsApp, and gives on what is unanswered three hours before."""

    channel = Channel.WHATSAPP

    async def begin(self) -> "Chatting":
        await super().begin()
        self.sender.providers = {Channel.EMAIL: self.post, self.channel: self.phones}
        plan = PlanSettings(
            channels=(Channel.EMAIL, self.channel),
            offsets=(2 * DAY,),
            release=Release(before=3 * HOUR, trust_sent=True),
        )
        await self.agency.notice_plans.put(await self.agency.admin(), plan, expected=1)
        await self.told()
        return self

    async def asked(self, *starts_in: timedelta) -> Sequence[Booking]:
        """Visits of Ada's, each of which she was asked about a day later: the messages are in that order."""
        bookings = [await self.visit(one) for one in starts_in]
        await self.told()
        self.phones.taken()
        await self.after(DAY)
        assert self.phones.taken(), "she was asked"
        return bookings

    async def say(self, text: str = "YES", about: str | None = None, *, phone: str = PHONE, ago: int = 0) -> bool:
        at = await self.world.store.now() - timedelta(seconds=ago)
        answer = Answer(phone=phone, channel=Channel.WHATSAPP, text=text, at=at.replace(microsecond=0), about=about)
        return await self.agency.answers.hear(answer, "request-9")

    async def released(self) -> None:
        """The deadline passes of a visit that was booked three days ahead, and asked about."""
        await self.after(2 * DAY - 3.9 * HOUR)
        await ReleaseService(self.world.store.deadlines, self.world.store.rosters).step()

    async def coming(self, *bookings: Booking) -> Sequence[bool]:
        found = [(await self.agency.bookings.get(self.agent, one.id)).booking for one in bookings]
        return [one.attendance_confirmed_at is not None for one in found]


@pytest.fixture
async def scene(world: World) -> Chatting:
    return await Chatting(world).begin()


async def test_yes_confirms_the_visit_that_was_asked_about_and_both_are_told_at_once(scene: Chatting) -> None:
    (booking,) = await scene.asked(3 * DAY - HOUR)
    assert await scene.say("Sim!")
    assert await scene.coming(booking) == [True]
    assert (EVE, "attendance_confirmed agent applicant") in await scene.told()
    assert scene.phones.taken() == [(PHONE, "attendance_confirmed applicant")]
    listed = await scene.agency.history.list(scene.ada, booking.id, paging=Paging(after=None, limit=5))
    assert [(one.by.role, one.by.via) for one in listed.items] == [("applicant", None), ("applicant", Via.MESSAGE)]
    await scene.say()
    assert await scene.told() == []


async def test_of_several_visits_yes_confirms_only_that_of_the_message_which_it_answers(scene: Chatting) -> None:
    first, second = await scene.asked(3 * DAY - 2 * HOUR, 3 * DAY - HOUR / 2)
    await scene.say()
    await scene.say(about="accepted-9")
    assert await scene.coming(first, second) == [False, False]
    await scene.say(about="accepted-2")
    assert await scene.coming(first, second) == [False, True]
    await scene.say()
    assert await scene.coming(first, second) == [True, True]


async def test_a_message_of_unknown_outcome_is_known_by_the_report_of_its_delivery(scene: Chatting) -> None:
    booking = await scene.visit(3 * DAY - HOUR)
    await scene.told()
    scene.phones.fault = HandoverUnknown(HandoverFault.TIMED_OUT)
    await scene.after(DAY)
    (asked,) = [
        one
        for one in await scene.notices.of_booking(scene.agent, booking.id)
        if (one.channel, one.state) == (Channel.WHATSAPP, NoticeState.UNKNOWN)
    ]
    reference = Reference(organization_id=booking.organization_id, notice_id=asked.id)
    report = Report(reference=reference, state=NoticeState.DELIVERED, provider_id="wamid.7")
    assert await scene.world.store.reports.save(report)
    await scene.say(about="wamid.7")
    assert await scene.coming(booking) == [True]


@pytest.mark.parametrize("how", [{"text": "Yes, but later"}, {"phone": "+4930999999"}, {"ago": 9 * 3600 * 24}], ids=str)
async def test_no_other_word_no_other_phone_and_nothing_older_than_the_question_confirms(
    scene: Chatting, how: dict[str, object]
) -> None:
    (booking,) = await scene.asked(3 * DAY - HOUR)
    await scene.say(**how)  # type: ignore[arg-type]
    assert await scene.coming(booking) == [False]


async def moved(scene: Chatting, booking: Booking) -> None:
    later = await scene.agency.slot(scene.agent, starts_in=9 * DAY)
    await scene.agency.bookings.reschedule(scene.ada, booking.id, later.id)


async def unproved(scene: Chatting, _: Booking) -> None:
    await scene.agency.contacts.change(scene.ada, {"phone": UNPROVED})
    await scene.agency.contacts.change(scene.ben, {"phone": PHONE})


async def begun(scene: Chatting, _: Booking) -> None:
    await scene.after(2 * DAY)


@pytest.mark.parametrize("change", [moved, unproved, begun])
async def test_yes_is_for_the_visit_as_it_was_asked_about_before_it_begins_by_the_phone_that_was_proved(
    scene: Chatting, change: Callable[[Chatting, Booking], Awaitable[None]]
) -> None:
    (booking,) = await scene.asked(3 * DAY - HOUR)
    await change(scene, booking)
    for about in ("accepted-1", None):
        await scene.say(about=about)
        await scene.say(about=about, phone=UNPROVED)
    assert await scene.coming(booking) == [False]


@pytest.mark.parametrize(
    ("passed", "status"),
    [(timedelta(), BookingStatus.CONFIRMED), (HOUR / 2, BookingStatus.CANCELLED_UNCONFIRMED)],
    ids=["at once", "half an hour later"],
)
async def test_yes_after_the_release_takes_the_visit_back_for_half_an_hour(
    scene: Chatting, passed: timedelta, status: BookingStatus
) -> None:
    (booking,) = await scene.asked(3 * DAY - HOUR)
    await scene.released()
    await scene.after(passed)
    await scene.say()
    assert (await scene.agency.bookings.get(scene.ada, booking.id)).booking.status is status


async def test_who_was_asked_and_said_stop_keeps_the_visit(scene: Chatting) -> None:
    await scene.agency.contacts.change(scene.ada, {"channels": (Channel.WHATSAPP,)})
    (booking,) = await scene.asked(3 * DAY - HOUR)
    await scene.say("STOP")
    await scene.released()
    assert (await scene.agency.bookings.get(scene.ada, booking.id)).booking.status is BookingStatus.CONFIRMED
    assert (EVE, "unanswered agent system") in await scene.told()


@dataclass
class MovesAfterwards:
    """Answers that are looked up just before the visit is moved."""

    scene: Chatting
    booking: Booking

    async def save(self, answer: Answer) -> int:
        return await self.scene.world.store.phone_answers.save(answer)

    async def asked(self, answer: Answer) -> Sequence[AskedVisit]:
        found = await self.scene.world.store.phone_answers.asked(answer)
        await moved(self.scene, self.booking)
        return found


async def test_a_visit_that_moves_in_the_same_moment_is_not_confirmed(scene: Chatting) -> None:
    (booking,) = await scene.asked(3 * DAY - HOUR)
    answers = AnswerService(MovesAfterwards(scene, booking), scene.agency.bookings)
    answer = Answer(phone=PHONE, channel=Channel.WHATSAPP, text="YES", at=await scene.world.store.now())
    assert await answers.hear(answer)
    assert await scene.coming(booking) == [False]


class Texted(Chatting):
    channel = Channel.SMS


@pytest.mark.parametrize(
    ("linked", "status"), [(False, BookingStatus.CONFIRMED), (True, BookingStatus.CANCELLED_UNCONFIRMED)]
)
async def test_an_sms_asks_only_by_a_link_since_nobody_reads_answers_to_it(
    world: World, linked: bool, status: BookingStatus
) -> None:
    scene = await Texted(world).begin()
    scene.sender.links = scene.agency.link_maker if linked else None
    await scene.agency.contacts.change(scene.ada, {"channels": (Channel.SMS,)})
    (booking,) = await scene.asked(3 * DAY - HOUR)
    await scene.released()
    assert (await scene.agency.bookings.get(scene.ada, booking.id)).booking.status is status
