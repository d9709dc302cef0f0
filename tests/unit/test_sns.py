"""SMS by SNS: handed to moto as to AWS, and every answer of the API is an outcome in a word."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import pytest
from moto.server import ThreadedMotoServer
from moto.sns.models import sns_backends
from structlog.testing import capture_logs

from booking.adapters.phones import sns
from booking.adapters.phones.sns import SnsMessages
from booking.config.phone_providers import SmsSettings
from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused, HandoverUnknown
from booking.domain.notices.short_message import ShortMessage, ShortWords
from tests.support.answers import Answers, answering

pytestmark = pytest.mark.anyio

PHONE = "+351912345678"
MESSAGE = ShortMessage(to=PHONE, words=ShortWords(text="Your visit is confirmed.", template="x", language="en"))
WANTED = (
    200,
    "<R><CheckIfPhoneNumberIsOptedOutResult><isOptedOut>false</isOptedOut></CheckIfPhoneNumberIsOptedOutResult></R>",
)
OPTED_OUT = (200, WANTED[1].replace("false", "true"))
TAKEN = (200, "<R><PublishResult><MessageId>m-1</MessageId></PublishResult></R>")


def refusal(status: int, code: str, message: str = "") -> tuple[int, str]:
    return status, f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@asynccontextmanager
async def sending(monkeypatch: pytest.MonkeyPatch, url: str, sender: str | None = None) -> AsyncIterator[SnsMessages]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    made = SnsMessages(SmsSettings(region="eu-west-1", sender=sender))
    try:
        async with asyncio.timeout(20):
            yield made
    finally:
        await made.aclose()


@asynccontextmanager
async def answered(
    monkeypatch: pytest.MonkeyPatch, *answers: tuple[int, str] | None, sender: str | None = None
) -> AsyncIterator[tuple[SnsMessages, Answers]]:
    async with answering(*answers) as api, sending(monkeypatch, api.url, sender) as messages:
        yield messages, api


async def test_a_message_is_handed_over_as_it_stands_but_not_to_a_phone_that_has_said_stop(
    moto: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = "+351912345699"  # as moto has it
    async with sending(monkeypatch, moto) as messages:
        handed = await messages.send(MESSAGE)
        with pytest.raises(HandoverRefused, match=HandoverFault.OPTED_OUT):
            await messages.send(ShortMessage(to=stopped, words=MESSAGE.words))
    sent = sns_backends["123456789012"]["eu-west-1"].sms_messages
    assert sent == {handed.provider_id: (PHONE, "Your visit is confirmed.")}


@pytest.mark.parametrize(
    ("sender", "attributes"),
    [
        (None, {"AWS.SNS.SMS.SMSType": "Transactional"}),
        ("CasaClara", {"AWS.SNS.SMS.SMSType": "Transactional", "AWS.SNS.SMS.SenderID": "CasaClara"}),
        ("+351210000000", {"AWS.SNS.SMS.SMSType": "Transactional", "AWS.MM.SMS.OriginationNumber": "+351210000000"}),
    ],
)
async def test_it_is_no_advertisement_and_shows_its_sender(
    monkeypatch: pytest.MonkeyPatch, sender: str | None, attributes: dict[str, str]
) -> None:
    async with answered(monkeypatch, WANTED, TAKEN, sender=sender) as (messages, api):
        assert (await messages.send(MESSAGE)).provider_id == "m-1"
    asked = {name: value for name, [value] in parse_qs(api.asked[1].body.decode()).items()}
    entries = range(1, len(attributes) + 1)
    told = [f"MessageAttributes.entry.{number}" for number in entries]
    assert {asked[f"{one}.Name"]: asked[f"{one}.Value.StringValue"] for one in told} == attributes
    assert (asked["PhoneNumber"], asked["Message"]) == (PHONE, MESSAGE.words.text)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refusal(400, "InvalidParameter", "PhoneNumber is not valid"), HandoverRefused(HandoverFault.ADDRESS_REFUSED)),
        (refusal(400, "InvalidParameter", "Message too long"), HandoverRefused(HandoverFault.MESSAGE_REFUSED)),
        (refusal(400, "OptedOut"), HandoverRefused(HandoverFault.OPTED_OUT)),
        (refusal(403, "AuthorizationError"), HandoverFailed(HandoverFault.LOGIN_REFUSED)),
        (refusal(400, "Throttled"), HandoverFailed(HandoverFault.DEFERRED)),
        (refusal(429, "TooMany"), HandoverFailed(HandoverFault.DEFERRED)),
        (refusal(500, "InternalError"), HandoverFailed(HandoverFault.DEFERRED)),
        (None, HandoverUnknown(HandoverFault.CLOSED)),
        (Answers.HANGS, HandoverUnknown(HandoverFault.TIMED_OUT)),
    ],
    ids=str,
)
async def test_an_answer_says_whether_it_was_sent_and_none_leaves_it_open(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str] | None, outcome: Exception
) -> None:
    monkeypatch.setattr(sns, "DEADLINE", 0.5)
    with capture_logs() as logs:
        async with answered(monkeypatch, WANTED, answer) as (messages, api):
            with pytest.raises(type(outcome)) as told:
                await messages.send(MESSAGE)
    assert (told.value.args, len(api.asked)) == (outcome.args, 2)
    assert PHONE not in str(logs)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (None, HandoverFault.CLOSED),
        (refusal(403, "AuthorizationError"), HandoverFault.LOGIN_REFUSED),
    ],
    ids=str,
)
async def test_where_nobody_can_say_whether_a_phone_wants_it_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str] | None, fault: HandoverFault
) -> None:
    async with answered(monkeypatch, answer) as (messages, api):
        with pytest.raises(HandoverFailed, match=fault):
            await messages.send(MESSAGE)
    assert len(api.asked) == 1


async def test_a_provider_that_cannot_be_reached_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with capture_logs() as logs:
        async with sending(monkeypatch, "http://127.0.0.1:1") as messages:
            assert messages.room() == 50
            for _ in range(2):
                with pytest.raises(HandoverFailed, match=HandoverFault.NOT_CONNECTED):
                    await messages.send(MESSAGE)
    assert [(one["event"], one["fault"], one["server"]) for one in logs] == [
        ("phone messages failing", "not_connected", "sns eu-west-1")
    ]
