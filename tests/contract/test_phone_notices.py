"""Notices to phones: to proved ones alone, as many as are paid for, and never twice."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from booking.domain.notices.answer import Answer
from booking.domain.notices.attempt import LEASE
from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused, HandoverUnknown
from booking.domain.notices.link import LinkPurpose
from booking.domain.notices.notice import NoticeState
from booking.domain.notices.plan import PlanSettings, Release
from booking.domain.notices.refusals import PhoneStopped
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel
from tests.builders import CODE
from tests.contract.test_notices import ADA, EVE, Scene
from tests.support.mail import Phones
from tests.support.worlds import World

PHONE = "+4930123456"
DAY = timedelta(days=1)
CONFIRMED = (PHONE, "confirmed applicant")
DOUBT = (EVE, "outcome_unknown agent system")


class Texting(Scene):
    """An agency that tells by e-mail and SMS; Ada has proved her phone, and Ben has not."""

    async def begin(self) -> "Texting":
        await super().begin()
        self.phones = Phones()
        self.sender.providers = {Channel.EMAIL: self.post, Channel.SMS: self.phones}
        plan = PlanSettings(channels=(Channel.EMAIL, Channel.SMS), offsets=())
        await self.agency.notice_plans.put(await self.agency.admin(), plan, expected=None)
        await self.proved(self.ada)
        await self.agency.contacts.change(self.ben, {"phone": "+4930999999"})
        await self.told()
        self.ends.clear()
        return self

    async def proved(self, person: Caller) -> None:
        await self.agency.contacts.change(person, {"phone": PHONE})
        await self.agency.phones.send_code(person, None)
        await self.agency.phones.prove(person, CODE)

    def states(self) -> Sequence[tuple[NoticeState, str]]:
        return [(end.state, end.kind) for end in self.ends if end.channel is Channel.SMS]


@pytest.fixture
async def scene(world: World) -> Texting:
    return await Texting(world).begin()


async def test_an_applicant_is_told_by_the_phone_that_is_proved_and_the_agent_by_e_mail_alone(scene: Texting) -> None:
    await scene.visit()
    assert [one[0] for one in await scene.told()] == [ADA, EVE]
    assert scene.phones.taken() == [CONFIRMED]
    assert scene.states() == [(NoticeState.SENT, "confirmed")]


@pytest.mark.parametrize(
    "change",
    [{"phone": "+4930777777"}, {"phone": None}, {"channels": (Channel.EMAIL,)}],
    ids=str,
)
async def test_nothing_is_sent_to_a_phone_that_is_not_proved_or_not_wanted(
    scene: Texting, change: dict[str, object]
) -> None:
    await scene.agency.contacts.change(scene.ada, change)
    await scene.visit()
    await scene.visit(4 * DAY, scene.ben)
    await scene.told()
    assert scene.phones.taken() == []
    assert scene.states() == [(NoticeState.SUPPRESSED, "confirmed")] * 2


async def test_what_may_have_been_accepted_is_not_sent_again_and_the_agent_is_told(scene: Texting) -> None:
    for days, fault in enumerate((HandoverUnknown(HandoverFault.TIMED_OUT), TimeoutError(), RuntimeError()), 3):
        scene.phones.fault = fault
        await scene.visit(days * DAY)
        assert DOUBT in [*await scene.told(), *await scene.told()]
        scene.phones.fault = None
        assert await scene.after(timedelta(hours=1)) == []
        assert scene.phones.taken() == []
    assert scene.states() == [(NoticeState.UNKNOWN, "confirmed")] * 3


async def test_a_message_whose_sender_died_is_not_sent_again(scene: Texting) -> None:
    booking = await scene.visit()
    await scene.plan()
    queue = scene.world.store.notice_queue
    lost, _ = await queue.take({Channel.SMS: 10}, timedelta(), 0)
    assert [one.address for one in lost] == [PHONE]
    again, ended = await queue.take({Channel.SMS: 10}, LEASE, 0)
    assert again == []
    assert [(end.state, end.channel) for end in ended] == [(NoticeState.UNKNOWN, Channel.SMS)]
    assert DOUBT in await scene.told()
    assert scene.phones.taken() == []
    listed = await scene.notices.of_booking(scene.agent, booking.id)
    assert [one.reason for one in listed if one.channel is Channel.SMS] == ["no_outcome"]


async def test_what_has_not_left_is_tried_again(scene: Texting) -> None:
    scene.phones.fault = HandoverFailed(HandoverFault.DEFERRED)
    await scene.visit()
    await scene.told()
    scene.phones.fault = None
    await scene.after(timedelta(minutes=2))
    assert scene.phones.taken() == [CONFIRMED]


@pytest.mark.parametrize(
    ("fault", "states"),
    [
        (HandoverFault.ADDRESS_REFUSED, [NoticeState.BOUNCED, NoticeState.SUPPRESSED]),
        (HandoverFault.OPTED_OUT, [NoticeState.SUPPRESSED, NoticeState.SENT]),
        (HandoverFault.MESSAGE_REFUSED, [NoticeState.FAILED, NoticeState.SENT]),
    ],
)
async def test_a_phone_that_gets_nothing_is_left_alone(
    scene: Texting, fault: HandoverFault, states: Sequence[NoticeState]
) -> None:
    scene.phones.fault = HandoverRefused(fault)
    await scene.visit()
    await scene.told()
    scene.phones.fault = None
    await scene.visit(4 * DAY)
    await scene.told()
    assert [state for state, _ in scene.states()] == states


async def test_an_organization_sends_no_more_than_the_days_cap(scene: Texting) -> None:
    scene.sender.paid_messages = 3  # of which the code was one
    for days in (3, 4, 5):
        await scene.visit(days * DAY)
    await scene.told()
    assert scene.phones.taken() == [CONFIRMED] * 2
    assert sorted(scene.states()) == [(NoticeState.SENT, "confirmed")] * 2 + [(NoticeState.SUPPRESSED, "confirmed")]
    await scene.after(DAY)
    scene.phones.taken()
    await scene.visit(6 * DAY)
    await scene.told()
    assert scene.phones.taken() == [CONFIRMED]


async def test_stop_is_obeyed_by_its_channel_until_start(scene: Texting) -> None:
    answers, at = scene.agency.answers, await scene.world.store.now()

    async def said(text: str, seconds: int, channel: Channel = Channel.SMS) -> bool:
        later = at + timedelta(seconds=seconds)
        return await answers.hear(Answer(phone=PHONE, channel=channel, text=text, at=later))

    async def told(days: int) -> Sequence[tuple[str, str]]:
        await scene.visit(days * DAY)
        await scene.told()
        return scene.phones.taken()

    assert await said("Stop", 1, Channel.WHATSAPP)
    assert await told(3) == [CONFIRMED]
    assert await said("STOP", 2)
    assert await told(4) == []
    with pytest.raises(PhoneStopped):
        await scene.agency.phones.send_code(scene.ada, None)
    assert not await said("start", 1)
    assert await told(5) == []
    assert await said("Start", 3)
    assert await told(6) == [CONFIRMED]
    assert not await answers.hear(Answer(phone="+4930111111", channel=Channel.SMS, text="STOP", at=at))


async def test_a_proved_phone_gets_messages_again_unless_it_has_said_stop(scene: Texting) -> None:
    async def refused(starts_in: timedelta) -> None:
        scene.phones.fault = HandoverRefused(HandoverFault.ADDRESS_REFUSED)
        await scene.visit(starts_in)
        await scene.told()
        scene.phones.fault = None

    await refused(3 * DAY)
    await scene.proved(scene.ada)
    await scene.visit(4 * DAY)
    await scene.told()
    assert scene.phones.taken() == [CONFIRMED]
    await refused(5 * DAY)
    stop = Answer(phone=PHONE, channel=Channel.SMS, text="STOP", at=await scene.world.store.now())
    assert await scene.agency.answers.hear(stop)
    with pytest.raises(PhoneStopped):
        await scene.agency.phones.send_code(scene.ada, None)


async def test_whatsapp_takes_any_text_for_a_day_after_the_person_wrote(scene: Texting) -> None:
    scene.sender.providers = {Channel.WHATSAPP: scene.phones}
    plan = PlanSettings(channels=(Channel.WHATSAPP,), offsets=())
    await scene.agency.notice_plans.put(await scene.agency.admin(), plan, expected=1)
    at = await scene.world.store.now()
    answer = Answer(phone=PHONE, channel=Channel.WHATSAPP, text="Thanks", at=at)
    found = []
    for days in (3, 4, 5):
        await scene.visit(days * DAY)
        await scene.told()
        found += [one.free for one in scene.phones.messages]
        scene.phones.taken()
        if days == 3:
            await scene.agency.answers.hear(answer)
        elif days == 4:
            await scene.after(DAY)
    assert found == [False, True, False]


async def test_a_phone_that_is_asked_has_the_link_that_answers(scene: Texting) -> None:
    plan = PlanSettings(
        channels=(Channel.SMS,), offsets=(2 * DAY,), release=Release(before=timedelta(hours=3), trust_sent=True)
    )
    await scene.agency.notice_plans.put(await scene.agency.admin(), plan, expected=1)
    booking = await scene.visit()
    await scene.plan()
    await scene.world.jump(timedelta(hours=25))
    attempts, _ = await scene.world.store.notice_queue.take({Channel.SMS: 9}, LEASE, 0)
    found = await scene.agency.link_maker.given(attempts)
    assert [(one.kind, one.facts.asks, set(one.facts.links)) for one in found] == [
        ("reminder", True, {LinkPurpose.CONFIRM}),
    ]
    await scene.agency.links.use(found[0].facts.links[LinkPurpose.CONFIRM].rpartition("/")[2])
    assert (await scene.agency.bookings.get(scene.ada, booking.id)).booking.attendance_confirmed_at
