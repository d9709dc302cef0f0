"""Outbox of a development instance: what was sent is kept and shown, and no page of others gets at it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from booking.adapters.mail import catcher as catching
from booking.adapters.mail.catcher import Catcher, Caught, PhoneCatcher
from booking.domain.notices.email import Attachment, Email
from booking.domain.notices.handover import Handed, HandoverFailed, HandoverFault
from booking.domain.notices.short_message import ShortMessage, ShortWords
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency, Claims
from booking.domain.people.contact import Channel
from booking.domain.values import replace
from booking.entrypoints.dev.control import control
from booking.entrypoints.dev.outbox_pages import message_html
from tests.support.mail import Phones

pytestmark = pytest.mark.anyio

AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
AGENCY = uuid4()
EMAIL = Email(
    message_id="notice-1",
    to="ida@example.com",
    to_name="Ida Bell",
    from_name="Elm & Oak",
    subject="Confirmed: <b>Łódź</b>",
    text="See you <there>.",
    html="<html><head><title>x</title></head><body><script>alert(1)</script></body></html>",
    headers={"List-Unsubscribe": "<https://booking.example/l/abc>"},
    attachments=[
        Attachment(name='vi"sit\r\n.ics', media_type="text/calendar", content=b"BEGIN:VCALENDAR", method="REQUEST")
    ],
    kind="confirmed",
)


async def at() -> datetime:
    return AT


class Tokens:
    async def verify(self, token: str) -> Claims:
        role = AgentRole.ADMIN if token == "admin" else AgentRole.MEMBER
        return Claims(subject="s", email=None, email_vouched=False, agency=Agency(organization_id=AGENCY, role=role))


@pytest.fixture
def outbox() -> Catcher:
    return Catcher("visits@booking.example", at)


def client(outbox: Catcher, *, exposed: bool = False, base_url: str = "http://127.0.0.1:8000") -> httpx.AsyncClient:
    unused: Any = None
    app: Any = control(
        organization_id=AGENCY,
        tokens=unused if not exposed else Tokens(),
        mint=unused,
        owner_url="",
        reset=unused,
        exposed=exposed,
        outbox=outbox,
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url)


@pytest.fixture
async def http(outbox: Catcher) -> AsyncIterator[httpx.AsyncClient]:
    async with client(outbox) as made:
        yield made


async def test_what_is_sent_is_kept_and_counts_as_delivered(outbox: Catcher) -> None:
    assert await outbox.send(EMAIL) == Handed(provider_id="dev-1", delivered=True)
    [one] = await outbox.find(lambda _: True)
    assert (one.number, one.at, one.email, one.sender) == (1, AT, EMAIL, "visits@booking.example")
    assert one.source.startswith(
        b"List-Unsubscribe: <https://booking.example/l/abc>\r\nDate: Tue, 01 Dec 2026 09:30:00 +0000\r\n"
    )
    assert outbox.room() > 0


async def test_the_oldest_go(outbox: Catcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catching, "MOST", 2)
    outbox = Catcher("visits@booking.example", at)
    for _ in range(3):
        await outbox.send(EMAIL)
    assert [one.number for one in await outbox.find(lambda _: True)] == [3, 2]
    assert (outbox.get(1), outbox.get(2) is not None) == (None, True)


async def test_a_configured_server_gets_it_as_well_and_its_word_counts() -> None:
    sent: list[Email] = []

    class Provider:
        def room(self) -> int:
            return 7

        async def send(self, email: Email) -> Handed:
            if email.to == "no@example.com":
                raise HandoverFailed(HandoverFault.CLOSED)
            sent.append(email)
            return Handed(provider_id="theirs")

    outbox = Catcher("visits@booking.example", at, Provider())
    assert (outbox.room(), await outbox.send(EMAIL), sent) == (7, Handed(provider_id="theirs"), [EMAIL])
    with pytest.raises(HandoverFailed):
        await outbox.send(replace(EMAIL, to="no@example.com"))
    assert len(await outbox.find(lambda _: True)) == 1


async def test_a_page_lists_the_messages_and_nothing_of_them_is_markup(
    outbox: Catcher, http: httpx.AsyncClient
) -> None:
    await outbox.send(EMAIL)
    await outbox.send(replace(EMAIL, to="eva@example.com", subject="Second", kind=None))
    shown = await http.get("/dev/outbox")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Confirmed: &lt;b&gt;Łódź&lt;/b&gt;" in shown.text
    assert shown.text.index("Second") < shown.text.index("Confirmed")
    assert "2026-12-01 09:30:00 UTC" in shown.text
    found = await http.get("/dev/outbox", params={"to": "EVA@example.com "})
    assert ("Second" in found.text, "Confirmed" in found.text) == (True, False)


async def test_an_empty_outbox_says_how_to_fill_it(http: httpx.AsyncClient) -> None:
    assert "Nothing has been sent yet" in (await http.get("/dev/outbox")).text
    assert "Nothing has been sent to &lt;x&gt;" in (await http.get("/dev/outbox?to=<x>")).text


async def test_a_message_is_shown_with_its_parts(outbox: Catcher, http: httpx.AsyncClient) -> None:
    for _ in range(3):
        await outbox.send(EMAIL)
    shown = (await http.get("/dev/outbox/2")).text
    for part in (
        "Confirmed: &lt;b&gt;Łódź&lt;/b&gt;</h1>",
        "Elm &amp; Oak &lt;visits@booking.example&gt;",
        "See you &lt;there&gt;.",
        "Message-ID: &lt;notice-1@booking.example&gt;",
        '<a href="/dev/outbox/3">Newer</a>',
        '<a href="/dev/outbox/1">Older</a>',
        'sandbox="allow-popups allow-popups-to-escape-sandbox" src="/dev/outbox/2/html"',
        '<a href="/dev/outbox/2/attachments/1">',
    ):
        assert part in shown
    assert "<script" not in shown


async def test_pages_run_no_script_and_messages_load_nothing(outbox: Catcher, http: httpx.AsyncClient) -> None:
    await outbox.send(EMAIL)
    policies = {
        path: (await http.get(f"/dev/outbox{path}")).headers["content-security-policy"].split("; ")
        for path in ("", "/1", "/1/html", "/1/source", "/1/attachments/1")
    }
    assert all("default-src 'none'" in policy for policy in policies.values())
    assert not [policy for policy in policies.values() if any("script" in rule or "http" in rule for rule in policy)]
    assert "frame-ancestors 'none'" in policies[""]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policies["/1/html"]
    assert "sandbox" in policies["/1/source"]
    assert "sandbox" in policies["/1/attachments/1"]


async def test_links_of_a_message_open_beside_it(outbox: Catcher, http: httpx.AsyncClient) -> None:
    await outbox.send(EMAIL)
    assert '<head><base target="_blank"><title>' in (await http.get("/dev/outbox/1/html")).text
    assert message_html("<p>x") == b'<base target="_blank"><p>x'


async def test_the_source_and_the_attachments_can_be_had(outbox: Catcher, http: httpx.AsyncClient) -> None:
    await outbox.send(EMAIL)
    source = await http.get("/dev/outbox/1/source")
    assert (source.headers["content-type"], source.content) == ("text/plain; charset=utf-8", outbox.get(1).source)  # type: ignore[union-attr]
    file = await http.get("/dev/outbox/1/attachments/1")
    assert file.content == b"BEGIN:VCALENDAR"
    assert file.headers["content-disposition"] == 'attachment; filename="vi_sit__.ics"'
    assert file.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/2", "/2/html", "/2/source", "/2/attachments/1", "/1/attachments/2", "/1/attachments/0", "/x"]
)
async def test_what_is_not_there_is_not_found(outbox: Catcher, http: httpx.AsyncClient, path: str) -> None:
    await outbox.send(EMAIL)
    assert (await http.get(f"/dev/outbox{path}")).status_code == 404


async def test_suites_read_it_as_json(outbox: Catcher, http: httpx.AsyncClient) -> None:
    await outbox.send(EMAIL)
    await outbox.send(replace(EMAIL, kind="reminder"))
    [one] = (await http.get("/dev/outbox.json", params={"to": "Ida@example.com", "kind": "confirmed"})).json()[
        "messages"
    ]
    headers = one.pop("headers")
    assert one == {
        "number": 1,
        "at": "2026-12-01T09:30:00Z",
        "channel": "email",
        "kind": "confirmed",
        "from_address": "visits@booking.example",
        "from_name": "Elm & Oak",
        "to": "ida@example.com",
        "to_name": "Ida Bell",
        "reply_to": None,
        "subject": "Confirmed: <b>Łódź</b>",
        "text": EMAIL.text,
        "html": EMAIL.html,
        "attachments": [
            {"name": 'vi"sit\r\n.ics', "media_type": "text/calendar", "url": "/dev/outbox/1/attachments/1"}
        ],
        "url": "/dev/outbox/1",
    }
    assert (headers["Subject"], headers["List-Unsubscribe"]) == (
        "Confirmed: <b>Łódź</b>",
        "<https://booking.example/l/abc>",
    )
    after = (await http.get("/dev/outbox.json", params={"after": 1})).json()["messages"]
    assert [message["number"] for message in after] == [2]


async def test_a_message_to_a_phone_is_shown_with_what_the_provider_would_be_told(
    outbox: Catcher, http: httpx.AsyncClient
) -> None:
    words = ShortWords(text="Visit at São Bento.", template="booking_x", language="pt_PT")
    phone = PhoneCatcher(outbox, Channel.WHATSAPP)
    assert phone.room() > 0
    assert (await phone.send(ShortMessage(to="+351912345678", words=words, kind="confirmed"))).delivered
    [one] = (await http.get("/dev/outbox.json", params={"to": "+351912345678"})).json()["messages"]
    assert (one["channel"], one["to"], one["text"], one["html"]) == ("whatsapp", "+351912345678", words.text, "")
    assert one["headers"] == {
        "Channel": "whatsapp",
        "To": "+351912345678",
        "Template": "booking_x",
        "Language": "pt_PT",
    }
    shown = await http.get("/dev/outbox/1")
    assert "Visit at São Bento." in shown.text
    assert "Template: booking_x" in shown.text


async def test_a_provider_to_phones_gets_all_of_it_as_well(outbox: Catcher) -> None:
    then = Phones()
    phone = PhoneCatcher(outbox, Channel.SMS, then)
    message = ShortMessage(to="+351912345678", words=ShortWords(text="Hi", template="x", language="en"))
    assert (await phone.send(message)).provider_id == "accepted-1"
    assert (phone.room(), then.messages) == (100, [message])


async def test_a_message_is_waited_for(outbox: Catcher) -> None:
    looked = asyncio.Event()

    def wanted(one: Caught) -> bool:
        looked.set()
        return one.email.to == "ida@example.com"

    await outbox.send(replace(EMAIL, to="eva@example.com"))
    async with asyncio.timeout(10):
        asked = asyncio.create_task(outbox.find(wanted, 20))
        await looked.wait()
        await outbox.send(replace(EMAIL, to="udo@example.com"))
        await outbox.send(EMAIL)
        assert [one.number for one in await asked] == [3]
    assert await outbox.find(lambda _: False, 0.01) == []


async def test_a_suite_waits_for_a_message(outbox: Catcher, http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(10):
        asked = asyncio.create_task(http.get("/dev/outbox.json", params={"to": "ida@example.com", "wait": 20}))
        await outbox.send(EMAIL)
        assert [one["number"] for one in (await asked).json()["messages"]] == [1]
    nothing = await http.get("/dev/outbox.json", params={"to": "no@example.com", "wait": 0})
    assert nothing.json() == {"messages": []}


@pytest.mark.parametrize("query", ["wait=21", "wait=x", "after=-1", "cc=ida@example.com"])
async def test_a_question_that_is_none_is_refused(http: httpx.AsyncClient, query: str) -> None:
    assert (await http.get(f"/dev/outbox.json?{query}")).status_code == 400


async def test_it_is_emptied_by_suites_and_by_a_button(outbox: Catcher, http: httpx.AsyncClient) -> None:
    await outbox.send(EMAIL)
    assert (await http.delete("/dev/outbox")).status_code == 204
    assert await outbox.find(lambda _: True) == []
    await outbox.send(EMAIL)
    own = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    done = await http.post("/dev/outbox/empty", headers=own)
    assert (done.status_code, done.headers["location"]) == (303, "/dev/outbox")
    assert await outbox.find(lambda _: True) == []


EVIL = "https://evil.example"
NAVIGATED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "", {"Host": "evil.example:8000"}),
        ("GET", ".json", {"Host": "127.0.0.1.evil.example:8000"}),
        ("GET", ".json", {"Host": "127.0.0.1:8000.evil.example"}),
        ("GET", ".json", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}),
        ("GET", ".json", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}),
        ("GET", ".json", {"Origin": EVIL}),
        ("GET", ".json", {"Origin": "null"}),
        ("GET", "/1", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}),
        ("POST", "/empty", {"Origin": EVIL}),
        ("POST", "/empty", {"Sec-Fetch-Site": "cross-site"} | NAVIGATED),
        ("DELETE", "", {"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site"}),
    ],
)
async def test_no_page_of_others_gets_at_it(
    outbox: Catcher, http: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]
) -> None:
    await outbox.send(EMAIL)
    answer = await http.request(method, f"/dev/outbox{path}", headers=headers)
    assert (answer.status_code, "Ida" in answer.text) == (403, False)
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert len(await outbox.find(lambda _: True)) == 1


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "none"} | NAVIGATED, {"Sec-Fetch-Site": "cross-site"} | NAVIGATED, {"Host": "localhost:1"}],
)
async def test_a_person_opens_it_by_its_address_or_by_a_link(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await http.get("/dev/outbox", headers=headers)).status_code == 200


async def test_an_exposed_instance_wants_the_admins_token_under_other_names(outbox: Catcher) -> None:
    async with client(outbox, exposed=True, base_url="http://booking:8000") as http:
        assert (await http.get("/dev/outbox.json")).status_code == 401
        assert (await http.get("/dev/outbox.json", headers={"Authorization": "Bearer member"})).status_code == 403
        assert (await http.get("/dev/outbox.json", headers={"Authorization": "Bearer admin"})).status_code == 200
        assert (await http.get("http://localhost:8000/dev/outbox")).status_code == 200
