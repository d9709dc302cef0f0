"""Words of notices: what each message says, in each language, whatever people have written into it."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from booking.adapters.words import JinjaWords, catalogs
from booking.adapters.words.samples import AGENCY, VISIT, sample
from booking.domain.notices.calendar import CalendarEntry
from booking.domain.notices.facts import Facts, Message
from booking.domain.notices.notice import RECIPIENTS, NoticeKind, Originator, Recipient
from booking.domain.values import replace
from booking.domain.visits.booking import BookingStatus
from booking.service.notices.words import Words
from tools.mails import PICTURE, picture

WORDS: Words = JinjaWords()
PAIRS = [(kind, recipient) for kind, recipients in RECIPIENTS.items() for recipient in recipients]
LANGUAGES = ("en", "es", "pt")
VOID = {"meta", "br", "img"}


class Page(HTMLParser):
    """Elements of a message, each with its attributes; the text that is seen; and elements that are left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open[-1] != "style":
            self.text.append(" ".join(data.split()))

    def links(self) -> list[str]:
        return [value or "" for _, given in self.elements for name, value in given.items() if name in ("href", "src")]


def golden(name: str) -> str:
    return (Path(__file__).parent / "messages" / f"{name}.txt").read_text()


def rendered(kind: NoticeKind, recipient: Recipient, locale: str = "en", **other: Any) -> Message:
    return WORDS.render(replace(sample(kind, recipient, locale), **other))


def confirmed(locale: str = "en-GB", **visit: Any) -> Facts:
    facts = sample(NoticeKind.CONFIRMED, Recipient.APPLICANT, locale)
    return replace(facts, visit=replace(VISIT, **visit))


def reminded(at: datetime, **visit: Any) -> Message:
    facts = sample(NoticeKind.REMINDER, Recipient.APPLICANT, "en-GB")
    return WORDS.render(replace(facts, at=at, visit=replace(VISIT, **visit)))


def when(message: Message) -> Sequence[str]:
    """The lines of the visit's day and time."""
    found = re.search(r"^When: (.*\n(?:  .*\n)*)", message.text, re.MULTILINE)
    assert found
    return [line.strip() for line in found[1].splitlines()]


def test_a_language_has_each_kind_for_each_recipient() -> None:
    assert set(catalogs.load()) == set(LANGUAGES)
    assert {(kind, recipient) for kind, recipient in PAIRS if rendered(kind, recipient)} == set(PAIRS)


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize(("kind", "recipient"), PAIRS)
def test_a_message_says_the_same_as_text_and_as_html_that_is_whole(
    kind: NoticeKind, recipient: Recipient, locale: str
) -> None:
    message = rendered(kind, recipient, locale)
    page = Page(message.html)
    assert page.open == []
    told = " ".join(page.text)
    lines = [line.removeprefix("* ").removeprefix("> ").strip() for line in message.text.splitlines()]
    said = [line.split(": ", 1)[-1].removesuffix(":") for line in lines if line not in ("", "--", AGENCY.website)]
    assert [line for line in said if line not in told] == []
    assert page.text[0] == message.subject
    assert dict(page.elements)["html"] == {"lang": locale}


@pytest.mark.parametrize(("kind", "recipient"), PAIRS)
@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_message_has_no_picture_but_the_logo_no_script_and_no_link_but_the_agencys(
    kind: NoticeKind, recipient: Recipient, locale: str
) -> None:
    logo = "https://casaclara.example/logo.png"
    page = Page(rendered(kind, recipient, locale, agency=replace(AGENCY, logo_url=logo)).html)
    known = {logo, f"mailto:{AGENCY.reply_to}", f"tel:{AGENCY.phone}", AGENCY.website}
    assert set(page.links()) <= known
    assert [given["src"] for tag, given in page.elements if tag == "img"] == [logo]
    assert {tag for tag, _ in page.elements} & {"script", "iframe", "form", "link", "object"} == set()


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_message_that_a_visit_does_not_need_has_a_link_to_unsubscribe(locale: str) -> None:
    url = "https://visits.example.com/u/abc"
    message = rendered(NoticeKind.REMINDER, Recipient.APPLICANT, locale, unsubscribe_url=url)
    assert url in Page(message.html).links()
    assert message.text.endswith(f":\n{url}\n")
    assert "/u/" not in rendered(NoticeKind.REMINDER, Recipient.APPLICANT, locale).text


def test_a_confirmation_reads_so_in_english() -> None:
    message = rendered(NoticeKind.CONFIRMED, Recipient.APPLICANT, "en-GB")
    assert message.subject == "Visit confirmed: T2 with a balcony, Rua das Flores 12, Mon 29 Mar, 14:30"
    assert message.text == golden("confirmed.applicant.en-GB")


def test_an_offer_reads_so_in_portuguese() -> None:
    facts = confirmed("pt-PT", address=None, directions=None, meeting_point=None, agent_name=None, agent_phone=None)
    deadline = facts.at + timedelta(hours=2)
    message = WORDS.render(replace(facts, kind=NoticeKind.OFFER_MADE, deadline=deadline, agency=UNKNOWN_AGENCY))
    assert message.subject == "Um lugar para si: T2 with a balcony, Rua das Flores 12, segunda, 29/03, 14:30"
    assert message.text == golden("offer_made.applicant.pt-PT")


def test_a_day_reads_so_in_spanish() -> None:
    message = rendered(NoticeKind.AGENT_DAY, Recipient.AGENT, "es")
    assert message.subject == "3 visitas el lunes, 29 de marzo de 2027, desde las 14:30"
    assert message.text == golden("agent_day.agent.es")


def test_a_visit_that_is_cancelled_after_a_screening_says_nothing_of_it_to_anybody() -> None:
    words = re.compile(r"screen|risk|eligib|triagem|risco|elegí|riesgo|filtr|verific", re.IGNORECASE)
    for recipient in RECIPIENTS[NoticeKind.CANCELLED]:
        for locale in LANGUAGES:
            message = rendered(NoticeKind.CANCELLED, recipient, locale, by=Originator.SCREENING, reason=None)
            assert not words.search(message.subject + message.text + re.sub("<[^>]*>", "", message.html))
            clock = rendered(NoticeKind.CANCELLED, recipient, locale, by=Originator.SYSTEM, reason=None)
            assert message == clock


@pytest.mark.parametrize("kind", [NoticeKind.CANCELLED, NoticeKind.MOVED])
@pytest.mark.parametrize("recipient", [Recipient.APPLICANT, Recipient.AGENT])
def test_who_did_it_is_told(kind: NoticeKind, recipient: Recipient) -> None:
    told = {rendered(kind, recipient, by=by, reason=None).text for by in (Originator.APPLICANT, Originator.AGENT)}
    assert len(told) == 2


def test_an_agent_whom_a_visit_has_left_is_not_asked_to_do_anything() -> None:
    entry = CalendarEntry(
        booking_id=UUID(int=1),
        booking_sequence=1,
        booking_status=BookingStatus.CONFIRMED,
        at=VISIT.start_time,
        left=True,
    )
    told = rendered(NoticeKind.MOVED, Recipient.AGENT, entry=entry, deadline=VISIT.start_time).text
    assert "This visit was moved to a colleague: you have nothing more to do with it." in told
    assert "takes place now" not in told
    assert "Please confirm" not in told


@pytest.mark.parametrize("recipient", [Recipient.APPLICANT, Recipient.AGENT])
def test_a_visit_that_was_moved_to_where_it_has_to_be_approved_is_no_confirmed_one(recipient: Recipient) -> None:
    deadline = VISIT.start_time - timedelta(hours=2)
    waits, moved = (rendered(NoticeKind.MOVED, recipient, deadline=at).text for at in (deadline, None))
    told = {
        Recipient.APPLICANT: "Your visit is not confirmed yet: the agent has to accept it first.\n\n"
        "You will hear from us by Monday, March 29, 2027, 12:30 PM.\n\n",
        Recipient.AGENT: "Please confirm or decline this request.\n\n"
        "Without an answer it ends on Monday, March 29, 2027, 12:30 PM.\n\n",
    }
    assert waits.replace(told[recipient], "", 1) == moved != waits


@pytest.mark.parametrize("recipient", RECIPIENTS[NoticeKind.SLOTS_WITHDRAWN])
def test_slots_are_withdrawn_with_their_property_or_by_a_colleague(recipient: Recipient) -> None:
    told = [
        rendered(NoticeKind.SLOTS_WITHDRAWN, recipient, by=by, **slots).text.split("\n")[4]
        for by in (Originator.SYSTEM, Originator.AGENT)
        for slots in ({}, {"visits": [VISIT]}, {"visits": (), "visit": VISIT})
    ]
    property_gone = (
        "This property is no longer offered. Its slots are cancelled, and so are visits that were booked in them."
    )
    assert told == [
        *[property_gone] * 3,
        "A colleague has cancelled these slots, and so visits that were booked in them.",
        *["A colleague has cancelled this slot, and so visits that were booked in it."] * 2,
    ]


def test_a_reason_is_told_as_its_writers() -> None:
    by_agency = rendered(NoticeKind.CANCELLED, Recipient.APPLICANT, by=Originator.AGENT, reason="Ill,\r\nsorry")
    by_visitor = rendered(NoticeKind.CANCELLED, Recipient.AGENT, by=Originator.APPLICANT, reason="Ill")
    assert "Message from the agency:\n> Ill,\n> sorry\n\n" in by_agency.text
    assert "Message from the visitor:\n> Ill\n\n" in by_visitor.text


def test_a_visit_is_called_today_or_tomorrow_by_the_propertys_midnight_alone() -> None:
    start = datetime(2027, 6, 10, 3, 30, tzinfo=UTC)  # 23:30 of the 9th in New York
    visit = {"start_time": start, "end_time": start + timedelta(minutes=30), "time_zone": "America/New_York"}
    told = [reminded(start - timedelta(hours=hours), **visit) for hours in (2, 23, 24, 47, 48)]
    assert [(message.subject.split(":")[0], message.text.split("\n")[4]) for message in told] == [
        ("Visit today", "It begins in 2 hours."),
        ("Visit today", "It begins in 23 hours."),
        ("Visit tomorrow", "It begins in 24 hours."),
        ("Visit tomorrow", "Here is when and where it takes place."),
        ("Your next visit", "Here is when and where it takes place."),
    ]
    soon = {"start_time": start + timedelta(hours=1), "end_time": start + timedelta(hours=2)}
    assert reminded(start - timedelta(hours=1), **(visit | soon)).subject.startswith("Visit tomorrow: ")


def test_minutes_are_told_where_hours_would_be_wrong() -> None:
    told = [reminded(VISIT.start_time - timedelta(minutes=minutes)).text for minutes in (1, 45, 99, 100, 0)]
    assert [text.split("\n")[4] for text in told] == [
        "It begins in 1 minute.",
        "It begins in 45 minutes.",
        "It begins in 99 minutes.",
        "It begins in 2 hours.",
        "Here is when and where it takes place.",
    ]


def test_both_hours_of_the_night_in_which_clocks_go_back_can_be_told_apart() -> None:
    first = datetime(2027, 10, 31, 0, 15, tzinfo=UTC)
    told = [
        WORDS.render(confirmed(start_time=at, end_time=at + timedelta(minutes=30)))
        for at in (first, first + timedelta(hours=1))
    ]
    assert [when(message)[1:] for message in told] == [
        ["01:15 \u2013 01:45", "Western European Summer Time"],
        ["01:15 \u2013 01:45", "Western European Standard Time"],
    ]


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (
            datetime(2027, 3, 28, 0, 45, tzinfo=UTC),
            [
                "Sunday, 28 March 2027, 00:45 (Western European Standard Time) \u2013",
                "Sunday, 28 March 2027, 02:15 (Western European Summer Time)",
            ],
        ),
        (
            datetime(2027, 4, 1, 22, 45, tzinfo=UTC),
            [
                "Thursday, 1 April 2027, 23:45 \u2013",
                "Friday, 2 April 2027, 00:15",
                "Western European Summer Time",
            ],
        ),
    ],
    ids=["clocks", "midnight"],
)
def test_a_visit_over_a_change_of_clocks_or_midnight_names_both_ends(start: datetime, told: list[str]) -> None:
    message = WORDS.render(confirmed(start_time=start, end_time=start + timedelta(minutes=30)))
    assert when(message) == told


@pytest.mark.parametrize(
    ("zone", "locale", "name"),
    [
        ("Europe/Madrid", "es", "hora de verano de Europa central"),
        ("America/Sao_Paulo", "pt-BR", "Horário Padrão de Brasília"),
        ("America/Sao_Paulo", "en", "Brasilia Standard Time"),
        ("Asia/Kolkata", "en", "India Standard Time"),
        ("UTC", "en", "Coordinated Universal Time"),
        ("Etc/GMT+5", "en", "GMT-05:00"),
    ],
)
def test_the_propertys_zone_has_its_name_in_the_language(zone: str, locale: str, name: str) -> None:
    told = WORDS.render(confirmed(locale, time_zone=zone)).text
    assert f"  {name}\n" in told


@pytest.mark.parametrize(
    ("own", "agencys", "language", "day"),
    [
        ("pt-BR", "es", "pt-BR", "segunda-feira, 29 de março de 2027"),
        ("PT", "es", "pt", "segunda-feira, 29 de março de 2027"),
        ("es-XX", "pt", "es", "lunes, 29 de marzo de 2027"),
        ("en-GB-oxendict", None, "en-GB", "Monday, 29 March 2027"),
        ("es-Latn-MX", None, "es-MX", "lunes, 29 de marzo de 2027"),
        ("de-CH", "es-MX", "es-MX", "lunes, 29 de marzo de 2027"),
        ("de", "fr", "en", "Monday, March 29, 2027"),
        (None, None, "en", "Monday, March 29, 2027"),
        ("x" * 35, None, "en", "Monday, March 29, 2027"),
        ("en-" + "a" * 32, None, "en", "Monday, March 29, 2027"),
    ],
)
def test_the_nearest_locale_is_taken(own: str | None, agencys: str | None, language: str, day: str) -> None:
    facts = replace(confirmed(), locale=own, agency=replace(AGENCY, locale=agencys))
    page = Page(WORDS.render(facts).html)
    assert dict(page.elements)["html"] == {"lang": language}
    assert day in page.text


def test_an_agent_is_not_told_who_she_is_but_which_colleague_has_the_visit_now() -> None:
    facts = sample(NoticeKind.MOVED, Recipient.AGENT, "en")
    own, colleagues = (WORDS.render(replace(facts, visit=replace(VISIT, agent_name=name))).text for name in NAMES)
    assert ("Agent: " in own, "Agent: Rui Prata\n" in colleagues) == (False, True)


def test_the_year_is_named_where_it_is_not_this_one() -> None:
    facts = replace(confirmed(), at=datetime(2026, 12, 30, tzinfo=UTC))
    assert WORDS.render(facts).subject.endswith(", Mon, 29 Mar 2027, 14:30")


@pytest.mark.parametrize(("label", "told"), [(None, "Chiado, Lisbon, "), (" ", "Chiado, Lisbon, ")])
def test_an_area_stands_for_a_label(label: str | None, told: str) -> None:
    assert WORDS.render(confirmed(label=label)).subject == f"Visit confirmed: {told}Mon 29 Mar, 14:30"


def test_a_subject_of_a_nameless_property_says_when() -> None:
    assert WORDS.render(confirmed(label=None, area=None)).subject == "Visit confirmed: Mon 29 Mar, 14:30"


@pytest.mark.parametrize("count", [0, 1, 2, 51])
def test_visits_are_counted_and_a_long_list_is_cut(count: int) -> None:
    facts = sample(NoticeKind.AGENT_DAY, Recipient.AGENT, "en")
    message = WORDS.render(replace(facts, visits=[VISIT] * count))
    heads = {0: "No visits on", 1: "1 visit on", 2: "2 visits on", 51: "51 visits on"}
    assert message.subject.startswith(heads[count])
    assert message.text.count("* 2:30 PM") == min(count, 50)
    assert ("and 1 more" in message.text, "and 1 more" in message.html) == (count == 51, count == 51)


def test_an_agent_is_told_how_many_come_where_it_is_more_than_one() -> None:
    facts = sample(NoticeKind.CONFIRMED, Recipient.AGENT, "es")
    party, alone = (replace(VISIT, applicant_name="Ana", party_size=size) for size in (3, 1))
    assert "Personas: 3" in WORDS.render(replace(facts, visit=party)).text
    assert "Personas" not in WORDS.render(replace(facts, visit=alone)).text
    day = replace(sample(NoticeKind.AGENT_DAY, Recipient.AGENT, "es"), visits=[party, alone])
    told = WORDS.render(day).text
    assert (told.count("Ana (3)"), told.count("Ana")) == (1, 2)


NAMES = (VISIT.agent_name, "Rui Prata")
HOSTILE = "<script>alert(1)</script> & \"quoted\" 'too' {{ 7 * 7 }} %(visit)s"


@pytest.mark.parametrize(("kind", "recipient"), PAIRS)
def test_texts_of_people_stay_texts(kind: NoticeKind, recipient: Recipient) -> None:
    fields = ("label", "area", "address", "directions", "meeting_point", "agent_name", "applicant_name")
    written: dict[str, Any] = dict.fromkeys(fields, HOSTILE)
    facts = sample(kind, recipient, "en")
    visit = replace(VISIT, **written)
    hostile = replace(
        facts,
        to_name=HOSTILE,
        reason=HOSTILE,
        visit=visit if facts.visit else None,
        visits=[visit for _ in facts.visits],
        agency=replace(AGENCY, name=HOSTILE),
    )
    message = WORDS.render(hostile)
    page = Page(message.html)
    assert page.open == []
    assert [tag for tag, _ in page.elements] != []
    assert "script" not in {tag for tag, _ in page.elements}
    assert {name for _, given in page.elements for name in given if name.startswith("on")} == set()
    assert page.text.count(f"Hello {HOSTILE},") == 1
    assert HOSTILE in message.text


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x00", "\x1b", "\ud800"])
def test_no_name_adds_a_line_or_a_header(end: str) -> None:
    facts = replace(confirmed(label=f"Flat{end}Bcc: all@example.com", area=None), to_name=f"Ana{end}{end}Paid: yes")
    message = WORDS.render(facts)
    assert message.subject == "Visit confirmed: Flat Bcc: all@example.com, Mon 29 Mar, 14:30"
    assert message.text.split("\n")[2] == "Hello Ana Paid: yes,"
    message.html.encode()


def test_marks_that_turn_a_line_around_are_dropped_and_names_from_right_to_left_are_isolated() -> None:
    turned = WORDS.render(confirmed(label="Flat \u202e07:41 ,raM 92 noM\u2066", area=None))
    assert turned.subject == "Visit confirmed: Flat 07:41 ,raM 92 noM, Mon 29 Mar, 14:30"
    hebrew = WORDS.render(confirmed(label="\u05d3\u05d9\u05e8\u05d4", area=None))
    assert hebrew.subject == "Visit confirmed: \u2068\u05d3\u05d9\u05e8\u05d4\u2069, Mon 29 Mar, 14:30"


@pytest.mark.parametrize(
    ("label", "told"), [("x" * 200, "x" * 59 + "…"), ("Flat on a " + "long " * 38, "Flat on a" + " long" * 9 + "…")]
)
def test_a_long_name_leaves_room_for_the_time_in_the_subject_and_is_whole_in_the_message(label: str, told: str) -> None:
    message = WORDS.render(confirmed(label=label, area=None))
    assert message.subject == f"Visit confirmed: {told}, Mon 29 Mar, 14:30"
    assert f"Where: {label.strip()}\n" in message.text


def test_an_agency_links_to_nothing_but_https() -> None:
    agency = replace(
        AGENCY,
        logo_url="javascript:alert(1)",
        website="http://casaclara.example",
        reply_to='a"b?bcc=x@casaclara.example',
        colour='#fff;background:url("https://x.example")',
    )
    page = Page(WORDS.render(replace(confirmed(), agency=agency)).html)
    assert page.links() == ["mailto:a%22b%3Fbcc%3Dx@casaclara.example", f"tel:{AGENCY.phone}"]
    assert "x.example" not in WORDS.render(replace(confirmed(), agency=agency)).html


def test_an_endpoint_is_named_by_its_host_alone_because_paths_can_be_secrets() -> None:
    message = rendered(
        NoticeKind.WEBHOOK_FAILING, Recipient.ORGANIZATION, endpoint_url="https://u:p@hooks.example/T0/secret?key=1"
    )
    assert message.subject == "Webhook endpoint failing: hooks.example, since Thu, Mar 25, 1:30 PM"
    assert not re.search("secret|key=1|u:p", message.text + message.html)


def test_facts_that_are_unknown_leave_no_empty_line_and_no_none() -> None:
    bare: dict[str, Any] = {
        name: None for name in VISIT.__struct_fields__ if name not in ("start_time", "end_time", "time_zone")
    }
    for kind, recipient in PAIRS:
        facts = sample(kind, recipient, "en")
        message = WORDS.render(
            replace(
                facts,
                to_name=None,
                reason=None,
                by=None,
                deadline=None,
                agency=UNKNOWN_AGENCY,
                visit=replace(VISIT, **bare) if facts.visit else None,
                visits=[replace(VISIT, **bare) for _ in facts.visits],
            )
        )
        assert "None" not in message.subject + message.text + message.html
        assert "\n\n\n" not in message.text


def test_threads_share_the_words() -> None:
    asked = [(kind, recipient, locale) for kind, recipient in PAIRS for locale in LANGUAGES]
    one_by_one = [rendered(*each) for each in asked]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda each: rendered(*each), asked)) == one_by_one


def test_the_picture_in_the_docs_shows_messages_as_they_are() -> None:
    assert PICTURE.read_text() == picture(), "python -m tools.mails --picture"


def test_a_logo_that_is_not_shown_leaves_a_short_name() -> None:
    agency = replace(AGENCY, name="Havel & Spree " * 9, logo_url="https://example.com/logo.png")
    page = Page(WORDS.render(replace(confirmed(), agency=agency)).html)
    assert [given["alt"] for tag, given in page.elements if tag == "img"] == [
        "Havel & Spree Havel & Spree Havel &\u2026"
    ]


UNKNOWN_AGENCY = replace(
    AGENCY, name=None, locale=None, colour=None, logo_url=None, reply_to=None, phone=None, website=None
)
