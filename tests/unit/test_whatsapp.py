"""WhatsApp by Meta's API: what it is asked, and every answer is an outcome in a word."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from structlog.testing import capture_logs

from booking.adapters.phones import whatsapp
from booking.adapters.phones.whatsapp import WhatsApp
from booking.config.phone_providers import WhatsAppSettings
from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused, HandoverUnknown
from booking.domain.notices.reference import Reference
from booking.domain.notices.short_message import ShortMessage, ShortWords
from booking.domain.values import replace
from tests.support.answers import Answers, answering

pytestmark = pytest.mark.anyio

REFERENCE = Reference(organization_id=UUID(int=1), notice_id=UUID(int=2))
WORDS = ShortWords(
    text="Message from Elm: come at ten.", template="booking_confirmed", language="pt_PT", places={"agency": "Elm"}
)
MESSAGE = ShortMessage(to="+351912345678", words=WORDS, reference=REFERENCE)
TAKEN = (200, '{"messaging_product": "whatsapp", "messages": [{"id": "wamid.1"}]}')


def refusal(status: int, code: object) -> tuple[int, str]:
    return status, json.dumps({"error": {"message": "to +351912345678", "code": code}})


@asynccontextmanager
async def sending(*answers: tuple[int, str] | None) -> AsyncIterator[tuple[WhatsApp, Answers]]:
    async with answering(*answers) as api:
        settings = WhatsAppSettings(url=f"{api.url}/v23.0/12345", token="t" * 32, app_secret="", verify_token="")
        made = WhatsApp(settings)
        try:
            async with asyncio.timeout(10):
                yield made, api
        finally:
            await made.aclose()


async def asked(message: ShortMessage) -> Any:
    async with sending(TAKEN) as (provider, api):
        assert (await provider.send(message)).provider_id == "wamid.1"
    [one] = api.asked
    assert one.path == "/v23.0/12345/messages"
    assert f"Bearer {'t' * 32}" in one.head
    return json.loads(one.body)


async def test_a_notice_goes_by_its_template() -> None:
    assert await asked(MESSAGE) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+351912345678",
        "type": "template",
        "template": {
            "name": "booking_confirmed",
            "language": {"policy": "deterministic", "code": "pt_PT"},
            "components": [
                {"type": "body", "parameters": [{"type": "text", "parameter_name": "agency", "text": "Elm"}]}
            ],
        },
        "biz_opaque_callback_data": str(REFERENCE),
    }


async def test_within_a_day_of_the_persons_own_word_it_goes_as_text() -> None:
    told = await asked(replace(MESSAGE, free=True, reference=None))
    assert (told["type"], told["text"]) == ("text", {"body": WORDS.text, "preview_url": False})
    assert told.keys() & {"template", "biz_opaque_callback_data"} == set()


async def test_a_code_has_a_button_to_copy_it() -> None:
    code = {"type": "text", "text": "204917"}
    told = await asked(replace(MESSAGE, free=True, words=replace(WORDS, code="204917")))
    assert told["template"]["components"] == [
        {"type": "body", "parameters": [code]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [code]},
    ]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refusal(400, 131026), HandoverRefused(HandoverFault.ADDRESS_REFUSED)),
        (refusal(400, 131050), HandoverRefused(HandoverFault.OPTED_OUT)),
        (refusal(404, 132001), HandoverRefused(HandoverFault.MESSAGE_REFUSED)),
        (refusal(400, 131047), HandoverRefused(HandoverFault.MESSAGE_REFUSED)),
        (refusal(400, "odd"), HandoverRefused(HandoverFault.MESSAGE_REFUSED)),
        (refusal(401, 190), HandoverFailed(HandoverFault.LOGIN_REFUSED)),
        ((403, "<html>"), HandoverFailed(HandoverFault.LOGIN_REFUSED)),
        (refusal(403, 131031), HandoverFailed(HandoverFault.SENDER_REFUSED)),
        (refusal(400, 130429), HandoverFailed(HandoverFault.DEFERRED)),
        ((429, ""), HandoverFailed(HandoverFault.DEFERRED)),
        ((500, "[]"), HandoverFailed(HandoverFault.DEFERRED)),
        (None, HandoverUnknown(HandoverFault.CLOSED)),
        (Answers.HANGS, HandoverUnknown(HandoverFault.TIMED_OUT)),
    ],
    ids=str,
)
async def test_an_answer_says_whether_it_was_sent_and_none_leaves_it_open(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str] | None, outcome: Exception
) -> None:
    monkeypatch.setattr(whatsapp, "DEADLINE", httpx.Timeout(0.3))
    with capture_logs() as logs:
        async with sending(answer) as (provider, api):
            with pytest.raises(type(outcome)) as told:
                await provider.send(MESSAGE)
    assert (told.value.args, len(api.asked)) == (outcome.args, 1)
    assert "+351" not in str(logs)


@pytest.mark.parametrize("body", ["", "[]", '{"messages": []}', '{"messages": [{"id": 7}]}', '{"messages": [7]}'])
async def test_an_acceptance_without_a_name_is_one(body: str) -> None:
    async with sending((200, body)) as (provider, _):
        assert (await provider.send(MESSAGE)).provider_id is None


async def test_what_has_not_left_is_tried_again() -> None:
    settings = WhatsAppSettings(url="http://127.0.0.1:1/12345", token="t", app_secret="", verify_token="")
    with capture_logs() as logs:
        provider = WhatsApp(settings)
        assert provider.room() == 50
        with pytest.raises(HandoverFailed, match=HandoverFault.NOT_CONNECTED):
            await provider.send(MESSAGE)
        await provider.aclose()
    assert [(one["event"], one["fault"], one["server"]) for one in logs] == [
        ("phone messages failing", "not_connected", "whatsapp")
    ]
