"""Texts of an agency's own: plain text, with facts in place of names from a closed list, and nothing else."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from booking.adapters.words import JinjaWords, catalogs
from booking.adapters.words.samples import AGENCY, VISIT, sample
from booking.domain.notices.calendar import CalendarEntry
from booking.domain.notices.facts import Message
from booking.domain.notices.notice import RECIPIENTS, NoticeKind, Recipient
from booking.domain.notices.template import (
    LARGEST_BODY,
    Language,
    NoticeTemplate,
    OwnText,
    Placeholder,
    TemplateKey,
    placeholders,
)
from booking.domain.people.agent import AgentRole
from booking.domain.refusals import InvalidRequest
from booking.domain.values import replace
from booking.domain.visits.booking import BookingStatus
from tests.support.office import Office

WORDS = JinjaWords()
PAIRS = [(kind, recipient) for kind, recipients in RECIPIENTS.items() for recipient in recipients]
CONFIRMED = NoticeKind.CONFIRMED
LEFT = CalendarEntry(
    booking_id=UUID(int=1), booking_sequence=1, booking_status=BookingStatus.CONFIRMED, at=VISIT.start_time, left=True
)
PATH = "/api/v1/notice-templates"


def told(*texts: OwnText, kind: NoticeKind = CONFIRMED, locale: str = "en-GB", **other: Any) -> Message:
    facts = sample(kind, RECIPIENTS[kind][0], locale)
    return WORDS.render(replace(facts, texts=texts, **other))


def paragraphs(message: Message) -> Sequence[str]:
    """The paragraphs between greeting and details."""
    return message.text.split("Hello Ana Ribeiro,\n\n")[1].split("\n\nWhen: ")[0].split("\n\n")


def refusals(text: OwnText, kind: NoticeKind = CONFIRMED, recipient: Recipient = Recipient.APPLICANT) -> list[Any]:
    template = NoticeTemplate(key=TemplateKey(UUID(int=1), kind, recipient, None), text=text)
    try:
        template.require_sound()
    except InvalidRequest as refused:
        return [(one.pointer, one.code) for one in refused.faults]
    return []


def test_languages_are_those_that_there_are_texts_in() -> None:
    assert set(Language) == set(catalogs.load())


@pytest.mark.parametrize(("kind", "recipient"), PAIRS)
def test_each_placeholder_of_a_kind_stands_for_something(kind: NoticeKind, recipient: Recipient) -> None:
    known = placeholders(kind, recipient)
    facts = replace(sample(kind, recipient, "en"), to_name="Ana")
    facts = replace(facts, deadline=facts.deadline or facts.at)
    if recipient is Recipient.AGENT and facts.visit:
        facts = replace(facts, visit=replace(facts.visit, agent_name="Marta", agent_phone="+351912345678"))
    if Placeholder.GIVEN_TO in known:
        facts = replace(facts, entry=LEFT)
    texts = [OwnText(body="\n".join(f"<{one}> is {{{one}}}" for one in known))]
    said = [line for line in WORDS.render(replace(facts, texts=texts)).text.splitlines() if line.startswith("<")]
    assert [line.split(" is ")[0] for line in said] == [f"<{one}>" for one in known]
    assert all(line.split(" is ")[1] for line in said)


def test_own_words_take_the_place_of_usual_ones_and_the_details_stay() -> None:
    message = told(OwnText(subject="{date}: {place}", heading="Until then, {name}", body="One.\n\n Two, {zone}.\n"))
    usual = told()
    assert message.subject == "Monday, 29 March 2027: T2 with a balcony, Rua das Flores 12"
    assert message.text.startswith("Until then, Ana Ribeiro\n\nHello Ana Ribeiro,\n\n")
    assert paragraphs(message) == ["One.", "Two, Western European Summer Time."]
    assert message.text.split("When: ")[1] == usual.text.split("When: ")[1]
    assert told(OwnText(body="One.")).subject == usual.subject


def test_a_line_with_a_name_that_stands_for_nothing_is_left_out_and_then_what_is_usual_stays() -> None:
    visit = replace(VISIT, meeting_point=None, label=None, area=None)
    message = told(OwnText(subject="At {place}", body="Welcome.\nMeet at {meeting_point}."), visit=visit)
    usual = told(visit=visit)
    assert paragraphs(message) == ["Welcome."]
    assert message.subject == usual.subject
    assert told(OwnText(body="{meeting_point}"), visit=visit) == usual


def test_an_agent_whom_a_visit_has_left_is_told_so_in_own_words_for_that_or_else_in_usual_ones() -> None:
    facts = replace(sample(NoticeKind.MOVED, Recipient.AGENT, "en"), to_name="Ana Ribeiro", visit=VISIT)

    def said(body: str, **other: Any) -> Sequence[str]:
        return paragraphs(WORDS.render(replace(facts, texts=[OwnText(body=body)], **other)))

    own, both = "It is yours.", "It has moved.\n{given_to} has it."
    usual = ["This visit was moved to a colleague: you have nothing more to do with it."]
    assert (said(own), said(both)) == ([own], ["It has moved."])
    assert (said(own, entry=LEFT), said(both, entry=LEFT)) == (
        usual,
        ["It has moved.", f"{VISIT.agent_name} has it."],
    )
    assert said(both, entry=LEFT, visit=replace(VISIT, agent_name=None)) == usual


def test_a_reminder_asks_whether_one_is_coming_whatever_the_agencys_words_are() -> None:
    deadline = VISIT.start_time - timedelta(hours=3)
    asked = told(OwnText(body="Ring twice."), kind=NoticeKind.REMINDER, asks=True, deadline=deadline)
    assert [line.split("?")[0] for line in paragraphs(asked)] == ["Ring twice.", "Are you coming"]
    assert paragraphs(told(OwnText(body="Ring twice."), kind=NoticeKind.REMINDER)) == ["Ring twice."]


def test_a_text_is_of_the_language_of_its_message_or_else_of_all() -> None:
    of_all, portuguese = OwnText(body="For all."), OwnText(language=Language.PT, body="Para todos.")
    assert "Para todos." in told(of_all, portuguese, locale="pt-BR").text
    assert "For all." in told(of_all, portuguese, locale="es").text
    assert told(portuguese, locale="es") == told(locale="es")


def test_what_people_wrote_is_neither_run_nor_put_in_twice_nor_ends_a_line() -> None:
    name = "Eve {address}\r\nBcc: all@example.com <script>alert(1)</script> {{ 7 * 7 }} {% raw %}"
    text = OwnText(subject="For {name}", body="Dear {name}!\n<b>Bold</b> & {agency}")
    message = told(text, to_name=name, agency=replace(AGENCY, name="<i>Us</i>\r\n"))
    line = "Eve {address} Bcc: all@example.com <script>alert(1)</script> {{ 7 * 7 }} {% raw %}"
    assert message.subject == "For Eve {address} Bcc: all@example.com…"
    assert f"\nDear {line}!\n\n<b>Bold</b> & <i>Us</i>\n" in message.text
    assert "<script>alert" not in message.html
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; &lt;i&gt;Us&lt;/i&gt;" in message.html


@pytest.mark.parametrize(
    "body",
    [
        "{nobody}",
        "{ name }",
        "{{ name }}",
        "{name",
        "name}",
        "{}",
        "{name!r}",
        "{name.__class__}",
        "{% if 1 %}",
        "{reason}",
    ],
)
def test_braces_stand_around_nothing_but_the_names_of_this_kind(body: str) -> None:
    assert refusals(OwnText(body=body)) == [("#/body", "not_one_of")]


def test_a_text_is_refused_with_all_its_faults_and_is_not_more_than_4_kilobytes() -> None:
    assert refusals(OwnText(subject="{x}", heading="}", body="{y}" + "é" * 2048)) == [
        ("#/subject", "not_one_of"),
        ("#/heading", "not_one_of"),
        ("#/body", "wrong_length"),
        ("#/body", "not_one_of"),
    ]
    assert refusals(OwnText(subject="{date}", body="é" * (LARGEST_BODY // 2))) == []
    assert refusals(OwnText(body="{applicant_name}"), recipient=Recipient.AGENT) == []
    assert refusals(OwnText(body="{endpoint}"), NoticeKind.WEBHOOK_FAILING, Recipient.ORGANIZATION) == []
    assert refusals(OwnText(body="{place}"), NoticeKind.WEBHOOK_DISABLED, Recipient.ORGANIZATION) != []


async def test_a_text_is_written_looked_at_and_taken_back_over_http() -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}") as http:
        usual = await http.get(f"{PATH}/declined")
        assert usual.headers["etag"] == '"0"'
        assert usual.json()["notice_template"] == {
            "kind": "declined",
            "recipient": "applicant",
            "locale": None,
            "subject": None,
            "heading": None,
            "body": None,
            "placeholders": list(placeholders(NoticeKind.DECLINED, Recipient.APPLICANT)),
            "updated_at": None,
        }
        content = {"subject": "Not on {date}", "body": "Because: {reason}"}
        put = await http.put(f"{PATH}/declined?locale=en", json=content, headers={"If-Match": '"0"'})
        assert (put.status_code, put.headers["etag"]) == (200, '"1"')
        assert put.json() == (await http.get(f"{PATH}/declined?locale=en&recipient=applicant")).json()
        late = await http.put(f"{PATH}/declined?locale=en", json=content, headers={"If-Match": '"0"'})
        assert late.json()["code"] == "precondition_failed"
        shown = (await http.get(f"{PATH}/declined/preview?locale=en-GB")).json()["preview"]
        assert shown.keys() == {"kind", "recipient", "subject", "text", "html"}
        assert (shown["kind"], shown["subject"]) == ("declined", "Not on Monday, 29 March 2027")
        assert "\nBecause: The owner is at home on that day. The week after is fine.\n" in shown["text"]
        assert (await http.delete(f"{PATH}/declined?locale=en")).status_code == 204
        assert (await http.get(f"{PATH}/declined?locale=en")).json()["notice_template"]["body"] is None
        for path in (f"{PATH}/nonsense", f"{PATH}/nonsense/preview"):
            assert (await http.get(path)).json()["code"] == "not_found"
        odd = await http.get(f"{PATH}/declined?recipient=agent&locale=fr")
        assert [(one["parameter"], one["code"]) for one in odd.json()["errors"]] == [("locale", "not_one_of")]
        refused = await http.put(f"{PATH}/declined?recipient=organization", json=content)
        assert [(one["parameter"], one["code"]) for one in refused.json()["errors"]] == [("recipient", "not_one_of")]
