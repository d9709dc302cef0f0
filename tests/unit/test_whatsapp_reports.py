"""Reports of WhatsApp over HTTP: signed by Meta for the one number, and of no effect otherwise."""

import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from booking.config import InboundSettings
from booking.config.phone_providers import WhatsAppSettings
from booking.domain.notices.answer import Answer, Meaning
from booking.domain.notices.attempt import NoticeEnd
from booking.domain.notices.notice import NoticeKind, NoticeState
from booking.domain.notices.reference import Reference
from booking.domain.notices.report import Report
from booking.domain.people.contact import Channel
from booking.entrypoints.messages import whatsapp_reports
from booking.service.notices.answers import AskedVisit
from tests.builders import Organization
from tests.fakes.phones import MemoryAnswersOfPhones
from tests.fakes.reports import MemoryReports
from tests.support.messages import counted
from tests.support.office import HOME, Office

PATH = "/api/v1/inbound/deliveries/whatsapp"
NUMBER, SECRET, WORD = "123456789", "s" * 32, "w" * 32
REFERENCE = Reference(organization_id=UUID(int=1), notice_id=UUID(int=2))
META = WhatsAppSettings(
    url=f"https://graph.facebook.com/v23.0/{NUMBER}", token="t" * 32, app_secret=SECRET, verify_token=WORD
)
AT = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)


class Door:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reports: list[Report] = []
        self.answers: list[Answer] = []
        monkeypatch.setattr(MemoryReports, "save", lambda _, report: self.report(report))
        monkeypatch.setattr(MemoryAnswersOfPhones, "save", lambda _, answer: self.answer(answer))
        self.office = Office(inbound=InboundSettings(whatsapp=META))

    async def report(self, report: Report) -> NoticeEnd | None:
        self.reports.append(report)
        return NoticeEnd(kind=NoticeKind.REMINDER, channel=Channel.WHATSAPP, state=report.state)

    async def answer(self, answer: Answer) -> int:
        self.answers.append(answer)
        return 0

    async def post(self, body: bytes, *signatures: str) -> httpx.Response:
        given = signatures or (signature(body),)
        headers = [(b"X-Hub-Signature-256", one.encode("latin-1")) for one in given]
        async with self.office.client() as http:
            return await http.post(PATH, content=body, headers=headers)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)


def signature(body: bytes) -> str:
    return f"sha256={hmac.new(SECRET.encode(), body, 'sha256').hexdigest()}"


def notified(number: str = NUMBER, **value: Any) -> bytes:
    told = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": number}, **value}
    return json.dumps(
        {"object": "x", "entry": [{"id": "1", "changes": [{"field": "messages", "value": told}]}]}
    ).encode()


def status(state: str, *codes: int, reference: object = REFERENCE) -> dict[str, Any]:
    errors = [{"code": code, "title": "about +4915112345678"} for code in codes]
    said = {"id": "wamid.1", "recipient_id": "4915112345678", "timestamp": "1", "errors": errors}
    return {"status": state, "biz_opaque_callback_data": str(reference), **said}


def written(text: str = "Stop!", **more: Any) -> dict[str, Any]:
    return {
        "from": "4915112345678",
        "timestamp": str(int(AT.timestamp())),
        "type": "text",
        "text": {"body": text},
    } | more


@pytest.mark.parametrize(
    ("told", "report"),
    [
        (status("sent"), Report(reference=REFERENCE, state=NoticeState.SENT, provider_id="wamid.1")),
        (status("delivered"), Report(reference=REFERENCE, state=NoticeState.DELIVERED, provider_id="wamid.1")),
        (status("read"), Report(reference=REFERENCE, state=NoticeState.DELIVERED, provider_id="wamid.1")),
        (
            status("failed", 131047),
            Report(reference=REFERENCE, state=NoticeState.FAILED, reason="message_refused"),
        ),
        (
            status("failed", 131026),
            Report(
                reference=REFERENCE,
                state=NoticeState.BOUNCED,
                reason="address_refused",
                suppresses=["+4915112345678"],
            ),
        ),
    ],
    ids=lambda one: one["status"] if isinstance(one, dict) else "",
)
async def test_a_signed_report_is_heard(door: Door, told: dict[str, Any], report: Report) -> None:
    answer = await door.post(notified(statuses=[told]))
    assert (answer.status_code, answer.content, door.reports) == (204, b"", [report])


async def test_an_answer_is_heard_as_text_or_as_a_button(door: Door) -> None:
    pressed = written(text="", type="button", button={"text": "START", "payload": "x"})
    assert (await door.post(notified(messages=[written(), pressed]))).status_code == 204
    assert door.answers == [
        Answer(phone="+4915112345678", channel=Channel.WHATSAPP, text=text, at=AT) for text in ("Stop!", "START")
    ]


async def test_yes_says_that_the_applicant_is_coming(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    agency = Organization(door.office.store, HOME)
    person, slot = await agency.applicant(), await agency.slot(await agency.agent())
    booking = await agency.book(person, slot.id)
    visit = AskedVisit(booking_id=booking.id, sequence=booking.sequence, applicant=person.applicants[0])

    async def asked(_: MemoryAnswersOfPhones, answer: Answer) -> Sequence[AskedVisit]:
        return [visit] if answer.about == "wamid.1" else []

    monkeypatch.setattr(MemoryAnswersOfPhones, "asked", asked)
    for about, coming in (("wamid.2", False), ("wamid.1", True)):
        assert (await door.post(notified(messages=[written("Sim", context={"id": about})]))).status_code == 204
        found = (await agency.bookings.get(person, booking.id)).booking
        assert (found.attendance_confirmed_at is not None) is coming


async def test_an_answer_names_the_message_that_it_is_to(door: Door) -> None:
    contexts = [{"context": one} for one in ({"from": "351210000000", "id": "wamid.1"}, {"forwarded": True}, None)]
    await door.post(notified(messages=[written("Sim", **one) for one in contexts]))
    assert [one.about for one in door.answers] == ["wamid.1", None, None]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        notified(statuses=[status("delivered", reference="")]),
        notified(statuses=[status("delivered", reference="1_2")]),
        notified(statuses=[status("held_for_quality_assessment")]),
        notified(number="987", statuses=[status("delivered")], messages=[written()]),
        notified(messages=[written(**{"from": "49151/2"})]),
        notified(messages=[written(timestamp="soon")]),
        notified(messages=[written(timestamp="9" * 12)]),
        json.dumps({"entry": [{"changes": [{"value": {"statuses": "no"}}]}]}).encode(),
        notified(statuses=[status("delivered") | {"id": "wamid.\0"}]),
        notified(statuses=[status("failed", 131026) | {"recipient_id": "49\0"}]),
        notified(messages=[written("Sim", context={"id": "\0"})]),
        b'{"a":' + b"[" * 5_000,
    ],
)
async def test_all_else_that_is_signed_is_acknowledged_and_does_nothing(door: Door, body: bytes) -> None:
    assert (await door.post(body)).status_code == 204
    assert (door.reports, door.answers) == ([], [])


BODY = notified(statuses=[status("delivered")])


@pytest.mark.parametrize(
    "signatures",
    [
        ("",),
        (signature(BODY + b" "),),
        (signature(BODY).removeprefix("sha256="),),
        (signature(BODY), signature(BODY)),
        ("sha256=\u00e4",),
    ],
    ids=["none", "another body's", "without its kind", "twice", "of other letters"],
)
async def test_what_meta_has_not_signed_is_not_read(door: Door, signatures: tuple[str, ...]) -> None:
    answer = await door.post(BODY, *signatures)
    assert (answer.status_code, answer.json()["code"], door.reports) == (401, "signature_invalid", [])


async def test_reports_and_answers_are_counted_by_what_came_of_them(door: Door) -> None:
    before = counted("whatsapp")
    for body in (notified(statuses=[status("sent"), status("read")], messages=[written()]), b"{}"):
        await door.post(body)
    await door.post(BODY, "sha256=")
    assert counted("whatsapp") - before == {"registered": 2, "repeated": 1, "unknown": 1, "refused": 1}


async def test_a_body_has_an_end(door: Door) -> None:
    fitting, larger = (BODY + b" " * (256 * 1024 - len(BODY) + one) for one in (0, 1))
    assert (await door.post(fitting)).status_code == 204
    answer = await door.post(larger)
    assert (answer.status_code, answer.json()["detail"]) == (413, "at most 256 KiB")


@pytest.mark.parametrize(
    ("asked", "status_code", "told"),
    [
        ({"hub.verify_token": WORD}, 200, "1158201444"),
        ({"hub.verify_token": "other"}, 401, "signature_invalid"),
        ({"hub.verify_token": "ä"}, 401, "signature_invalid"),
        ({"hub.verify_token": WORD, "hub.mode": "unsubscribe"}, 400, "invalid_request"),
        ({"hub.verify_token": WORD, "hub.challenge": "<b>"}, 400, "invalid_request"),
        ({}, 400, "invalid_request"),
    ],
    ids=repr,
)
async def test_a_subscription_is_confirmed_by_the_operators_word(
    door: Door, asked: dict[str, str], status_code: int, told: str
) -> None:
    async with door.office.client() as http:
        answer = await http.get(PATH, params={"hub.mode": "subscribe", "hub.challenge": "1158201444"} | asked)
    assert answer.status_code == status_code
    assert (answer.text if status_code == 200 else answer.json()["code"]) == told
    assert answer.headers["Content-Type"].startswith("text/plain" if status_code == 200 else "application/problem")


async def test_words_are_not_tried_as_often_as_wanted() -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "other"}
    async with Office(inbound=InboundSettings(whatsapp=META, address_limit=2)).client() as http:
        answers = [await http.get(PATH, params=asked) for _ in range(3)]
    assert [one.json()["code"] for one in answers] == ["signature_invalid", "signature_invalid", "rate_limited"]


async def test_without_whatsapp_there_is_no_door() -> None:
    async with Office().client() as http:
        asked = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": WORD}
        for answer in (await http.get(PATH, params=asked), await http.post(PATH, content=BODY)):
            assert (answer.status_code, answer.json()["code"]) == (404, "inbound_not_configured")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("STOP", Meaning.STOP),
        (" Stop. ", Meaning.STOP),
        ("Parar!", Meaning.STOP),
        ("stop\u00a0all", Meaning.STOP),
        ("Começar", Meaning.START),
        ("start", Meaning.START),
        *((text, Meaning.YES) for text in ("YES", "yes!", "Sim.", "Sí", "si")),
        ("No, yes, stop", Meaning.OTHER),
        ("Don't stop", Meaning.OTHER),
        ("", Meaning.OTHER),
        ("I am coming", Meaning.OTHER),
    ],
)
def test_an_answer_means_stop_only_if_it_says_nothing_else(text: str, meaning: Meaning) -> None:
    assert Answer(phone="+4915112345678", channel=Channel.WHATSAPP, text=text, at=AT).meaning is meaning


def test_a_report_of_this_number_alone_is_decoded() -> None:
    assert whatsapp_reports.decode(BODY, "other") == ([], [])
