"""Proof of a phone: the same in memory and in PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest

from booking.adapters.ids import new_id
from booking.domain.notices.answer import Answer
from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused, HandoverUnknown
from booking.domain.notices.refusals import PhoneChannelNotConfigured, PhoneRefused, PhoneStopped, TooManyPaidMessages
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel, Contact
from booking.domain.people.organization import Organization as Details
from booking.domain.people.refusals import PhoneCodeInvalid, PhoneMissing, TooManyPhoneCodes, WrongRole
from booking.domain.refusals import Refusal, Unavailable
from booking.service.notices.phones import PhoneService, SentCode
from tests.builders import Organization, claims, organization, screening
from tests.support.mail import Phones, PlainPhoneWords
from tests.support.worlds import World

PHONE, OTHER = "+4930123456", "+4930999999"
DAY = timedelta(days=1)


@dataclass
class Scene:
    world: World
    agency: Organization
    codes: Iterator[int] = field(default_factory=lambda: count(111_111, 111_111))
    sent: Phones = field(default_factory=Phones)
    cap: int = 0

    @property
    def service(self) -> PhoneService:
        return PhoneService(
            phones=self.world.store.phones,
            providers={Channel.SMS: self.sent},
            words=PlainPhoneWords,
            new_id=new_id,
            new_code=lambda: str(next(self.codes)),
            cap=self.cap,
        )

    async def person(self, phone: str | None = PHONE) -> Caller:
        caller = await self.agency.applicant(f"{uuid4()}@example.com")
        await self.agency.contacts.change(caller, {"phone": phone})
        return caller

    async def refused(self, caller: Caller, code: str) -> bool:
        try:
            await self.service.prove(caller, code)
        except PhoneCodeInvalid:
            return True
        return False


@pytest.fixture
async def scene(world: World) -> Scene:
    return Scene(world, organization(world.store))


async def test_a_code_proves_the_phone_for_all_agencies_until_another_phone_is_set(scene: Scene) -> None:
    other, email = organization(scene.world.store), f"{uuid4()}@example.com"
    for agency in (scene.agency, other):
        await agency.screen(screening(agency.organization_id, email=email, phone=PHONE, locale="pt"))
    caller = await scene.agency.identity.identify(claims(email=email), None)
    assert await scene.service.send_code(caller, None) == SentCode(Channel.SMS, PHONE, timedelta(minutes=10))
    (message,) = scene.sent.messages
    assert (message.to, message.words.text, message.words.language) == (PHONE, "111111", "pt")
    assert not (await scene.agency.contacts.get(caller)).phone_proved
    proved = Contact(phone=PHONE, proved_phone=PHONE, locale="pt", own=frozenset({"phone"}))
    assert await scene.service.prove(caller, "111111") == proved
    for applicant in caller.applicants:
        assert await scene.world.store.contacts.newest([(applicant.organization_id, applicant.id)]) == proved
    assert not (await scene.agency.contacts.change(caller, {"phone": OTHER})).phone_proved
    assert not (await scene.agency.contacts.change(caller, {"phone": None})).phone_proved
    assert (await scene.agency.contacts.change(caller, {"phone": PHONE})).phone_proved


async def test_a_code_is_told_in_the_agencys_language_where_the_person_has_said_none(scene: Scene) -> None:
    details = Details(id=scene.agency.organization_id, locale="es")
    await scene.agency.organizations.put(await scene.agency.admin(), details, expected=None)
    await scene.service.send_code(await scene.person(), Channel.SMS)
    assert scene.sent.messages[0].words.language == "es"


async def test_only_the_newest_code_proves_and_only_once_for_ten_minutes_and_this_phone(scene: Scene) -> None:
    caller = await scene.person()
    assert await scene.refused(caller, "111111")
    await scene.service.send_code(caller, None)
    await scene.service.send_code(caller, None)
    assert await scene.refused(caller, "111111")
    await scene.service.prove(caller, "222222")
    assert await scene.refused(caller, "222222")
    await scene.agency.contacts.change(caller, {"phone": OTHER})
    await scene.service.send_code(caller, None)
    await scene.agency.contacts.change(caller, {"phone": "+4930777777"})
    assert await scene.refused(caller, "333333")
    await scene.agency.contacts.change(caller, {"phone": OTHER})
    await scene.world.jump(timedelta(minutes=10))
    assert await scene.refused(caller, "333333")


async def test_after_five_wrong_ones_a_code_proves_nothing(scene: Scene) -> None:
    caller = await scene.person()
    await scene.service.send_code(caller, None)
    for _ in range(4):
        assert await scene.refused(caller, "000000")
    await scene.service.send_code(caller, None)
    for _ in range(5):
        assert await scene.refused(caller, "000000")
    assert await scene.refused(caller, "222222")


async def test_a_person_and_a_phone_have_five_codes_a_day(scene: Scene) -> None:
    caller, other = await scene.person(), await scene.person()
    for _ in range(4):
        await scene.service.send_code(caller, None)
    await scene.service.send_code(other, None)
    for one in (caller, other):
        with pytest.raises(TooManyPhoneCodes) as refused:
            await scene.service.send_code(one, None)
        assert refused.value.allowance.limit == 5
        assert DAY.total_seconds() - 60 < refused.value.allowance.reset <= DAY.total_seconds()
    await scene.agency.contacts.change(other, {"phone": OTHER})
    for _ in range(4):
        await scene.service.send_code(other, None)
    with pytest.raises(TooManyPhoneCodes):
        await scene.service.send_code(other, None)
    await scene.world.jump(DAY)
    await scene.service.send_code(caller, None)
    assert len(scene.sent.messages) == 10


async def test_paid_messages_of_an_organization_have_a_cap_each_day(scene: Scene) -> None:
    scene.cap = 2
    caller = await scene.person()
    for _ in range(2):
        await scene.service.send_code(caller, None)
    for _ in range(2):
        with pytest.raises(TooManyPaidMessages) as refused:
            await scene.service.send_code(caller, None)
    assert (refused.value.allowance.limit, refused.value.allowance.remaining) == (2, 0)
    assert 0 < refused.value.allowance.reset <= DAY.total_seconds()
    await scene.world.jump(DAY)
    await scene.service.send_code(caller, None)
    assert len(scene.sent.messages) == 3


async def test_without_a_phone_or_a_provider_there_is_no_code(scene: Scene) -> None:
    with pytest.raises(PhoneMissing):
        await scene.service.send_code(await scene.person(None), None)
    with pytest.raises(PhoneChannelNotConfigured):
        await scene.service.send_code(await scene.person(), Channel.WHATSAPP)
    with pytest.raises(WrongRole):
        await scene.service.send_code(await scene.agency.agent(), None)
    with pytest.raises(WrongRole):
        await scene.service.prove(await scene.agency.agent(), "111111")
    assert scene.sent.messages == []


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        (HandoverRefused(HandoverFault.ADDRESS_REFUSED), PhoneRefused),
        (HandoverRefused(HandoverFault.OPTED_OUT), PhoneStopped),
        (HandoverFailed(HandoverFault.DEFERRED), Unavailable),
        (HandoverUnknown(HandoverFault.TIMED_OUT), Unavailable),
        (TimeoutError(), Unavailable),
    ],
    ids=str,
)
async def test_a_code_that_does_not_reach_the_phone_is_said(
    scene: Scene, fault: Exception, refusal: type[Refusal]
) -> None:
    scene.sent.fault = fault
    with pytest.raises(refusal):
        await scene.service.send_code(await scene.person(), None)


async def test_codes_are_forgotten_after_a_day_and_with_the_person(scene: Scene) -> None:
    gone, caller = await scene.person(), await scene.person(OTHER)
    for one in (gone, caller):
        await scene.service.send_code(one, None)
    await scene.agency.applicants.erase(scene.agency.organization_id, gone.applicants[0].id)
    lease = await scene.world.store.leases.take("forgetting codes", DAY, None)
    assert lease
    assert await scene.world.store.phones.forget(lease) == 0
    await scene.world.jump(2 * DAY)
    assert await scene.world.store.phones.forget(lease) >= 1
    assert await scene.refused(caller, "222222")


async def test_a_login_that_is_taken_away_leaves_no_proof(scene: Scene) -> None:
    caller = await scene.person()
    await scene.service.send_code(caller, None)
    assert (await scene.service.prove(caller, "111111")).phone_proved
    (applicant,) = caller.applicants
    await scene.agency.applicants.unlink(applicant.organization_id, applicant.id)
    assert not (await scene.world.store.contacts.newest([(applicant.organization_id, applicant.id)])).phone_proved


async def test_a_code_by_one_channel_forgives_no_stop_by_another(scene: Scene) -> None:
    caller = await scene.person()
    await scene.service.send_code(caller, None)
    at = await scene.world.store.now()
    for channel, text in ((Channel.WHATSAPP, "STOP"), (Channel.SMS, "Thank you")):
        answer = Answer(phone=PHONE, channel=channel, text=text, at=at)
        assert await scene.agency.answers.hear(answer)
    await scene.service.prove(caller, "111111")
    whatsapp = replace(scene.service, providers={Channel.WHATSAPP: scene.sent})
    with pytest.raises(PhoneStopped):
        await whatsapp.send_code(caller, None)
