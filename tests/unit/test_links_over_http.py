"""Pages of links: what they show, what they do, and where the link is not written down."""

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import pytest
from structlog.testing import capture_logs

from booking.adapters.late_pages import LatePages
from booking.adapters.tokens.minting import mint
from booking.config import LinkSettings
from booking.domain.events import CLOCK
from booking.domain.notices.page import PageFacts, PageName
from booking.domain.people.organization import Organization as Details
from booking.domain.visits.booking import Booking, BookingStatus
from booking.domain.visits.roster_changes import release_unconfirmed
from booking.entrypoints.http.secret_paths import without_secret
from booking.parts import Parts
from booking.service.notices.links import LinkService
from tests.builders import Organization, calendars
from tests.support.application import SECRET
from tests.support.office import HOME, Office

AS_PAGE = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}


async def visit(office: Office) -> tuple[Organization, Booking, dict[str, str]]:
    """A visit of Ada's, booked by her with a note, at a named place of a named agent; and its links, as paths."""
    agency = Organization(office.store, HOME)
    agent, person = await agency.agent(), await agency.applicant()
    await agency.agents.change_profile(agent, {"name": "Marta Nunes", "phone": "+351912345678"})
    place = agency.property(
        uuid4(), label="Two rooms", area="Alfama", address="Rua do Forno 7", time_zone="Europe/Lisbon"
    )
    await agency.properties.put(agent, place, expected=None)
    slots = await agency.slots_of(agent, 3, place.id)
    booking = await agency.book(person, slots[0].id, "I ring twice.")
    made = await agency.links.make(person, booking.id)
    assert made is not None
    return agency, booking, {one.purpose: one.url.removeprefix("https://visits.example.com") for one in made}


async def asked(office: Office, method: str, path: str, **how: Any) -> httpx.Response:
    async with office.client() as http:
        return await http.request(method, path, **how)


async def test_a_page_says_where_and_when_and_names_nobody() -> None:
    office = Office()
    agency, booking, links = await visit(office)
    answer = await asked(office, "GET", links["cancel"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert {name: answer.headers[name] for name in AS_PAGE} == AS_PAGE
    assert all(told in answer.text for told in ("Cancel this visit?", "Two rooms", "Alfama", '<form method="post">'))
    unsaid = ("Ada", "Marta", "912345678", "Rua do Forno", "I ring twice", "<script", links["cancel"])
    assert [told for told in unsaid if told in answer.text] == []
    _, style, _ = answer.text.replace("<style>", "</style>").split("</style>")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert (await agency.bookings.get(await agency.admin(), booking.id)).booking == booking


async def test_only_the_button_acts_and_the_page_then_shows_what_was_done() -> None:
    office = Office()
    _, _, links = await visit(office)
    for method in ("HEAD", "GET", "GET"):
        answer = await asked(office, method, links["cancel"], headers={"Sec-Purpose": "prefetch"})
        assert (answer.status_code, "The visit is cancelled" in answer.text) == (200, False)
    for method in ("POST", "POST", "GET"):
        answer = await asked(office, method, links["cancel"])
        assert (answer.status_code, "The visit is cancelled" in answer.text) == (200, True)
        assert "<form" not in answer.text


async def test_a_visit_is_moved_to_a_time_on_the_page() -> None:
    office = Office()
    agency, booking, links = await visit(office)
    shown = await asked(office, "GET", links["move"])
    choices = [part.split('"')[0] for part in shown.text.split('name="slot_id" value="')[1:]]
    assert len(choices) == 2
    for wrong in ({}, {"slot_id": "x"}, {"slot_id": str(uuid4())}):
        answer = await asked(office, "POST", links["move"], data=wrong)
        assert (answer.status_code, "Nothing has been changed." in answer.text) == (409, True)
        assert all(one in answer.text for one in choices)
    answer = await asked(office, "POST", links["move"], data={"slot_id": choices[1]})
    assert (answer.status_code, "The visit is moved" in answer.text) == (200, True)
    moved = (await agency.bookings.get(await agency.admin(), booking.id)).booking
    assert str(moved.slot_id) == choices[1]
    assert (await asked(office, "POST", links["cancel"])).status_code == 404


async def test_a_used_link_shows_nothing_of_the_visit_that_has_changed_since() -> None:
    """Messages are forwarded: a page of before shows no later time, and nobody as expected who has cancelled."""
    office = Office()
    agency, booking, links = await visit(office)
    assert "Thank you: you are expected" in (await asked(office, "POST", links["confirm"])).text
    await agency.bookings.cancel(await agency.admin(), booking.id)
    answer = await asked(office, "GET", links["confirm"])
    assert (answer.status_code, "<form" in answer.text) == (200, False)
    assert all(told in answer.text for told in ("You have said that you are coming", "The visit has changed since."))
    assert [told for told in ("Two rooms", "Alfama", "expected", "<dl") if told in answer.text] == []


@pytest.mark.parametrize(
    ("name", "promise"),
    [
        (PageName.CONFIRM, "Please tell us that you are coming"),
        (PageName.CANCEL, "Somebody else can then have the place."),
        (PageName.DECLINE_OFFER, "It then goes to the next person."),
    ],
)
async def test_a_page_that_refuses_promises_nothing(name: PageName, promise: str) -> None:
    pages = LatePages()
    refused, open_still = [
        (await pages.write(PageFacts(name=name, refused=refusal))).html for refusal in ("cutoff_passed", None)
    ]
    assert "It is too late to change this visit here." in refused
    assert [promise in html for html in (refused, open_still)] == [False, True]


async def test_a_released_visit_is_taken_back_on_its_page() -> None:
    office = Office()
    agency, booking, links = await visit(office)
    await released(office, booking)
    shown = await asked(office, "GET", links["confirm"], headers={"Accept-Language": "en"})
    said = ("Your visit was released", "Two rooms", "you can take it back until", "<button>Take it back</button>")
    assert (shown.status_code, [one for one in said if one not in shown.text]) == (200, [])
    for method, told in (("POST", "Thank you: you are expected"), ("GET", "You have said that you are coming")):
        answer = await asked(office, method, links["confirm"])
        assert (answer.status_code, told in answer.text) == (200, True)
    now = (await agency.bookings.get(await agency.admin(), booking.id)).booking
    assert now.status is BookingStatus.CONFIRMED


async def test_of_a_released_visit_whose_place_is_gone_the_page_says_so_and_another_time_is_chosen_there() -> None:
    office = Office()
    agency, booking, links = await visit(office)
    await released(office, booking)
    await agency.book(await agency.applicant(), booking.slot_id)
    shown = await asked(office, "POST", links["confirm"])
    said = ("That time is not free any more.", "Would another time suit you?", "Two rooms")
    assert (shown.status_code, [one for one in said if one not in shown.text]) == (409, [])
    assert "Take it back" not in shown.text
    choices = [part.split('"')[0] for part in shown.text.split('name="slot_id" value="')[1:]]
    assert len(choices) == 2
    for method, told in (("POST", "You have chosen another time"), ("GET", "The visit has changed since.")):
        answer = await asked(office, method, links["confirm"], data={"slot_id": choices[0]})
        assert (answer.status_code, told in answer.text) == (200, True)
        assert "<dl>" not in answer.text  # the time of the former visit


async def test_of_a_released_visit_there_may_be_no_other_time() -> None:
    office = Office()
    agency, booking, links = await visit(office)
    await released(office, booking)
    choices = (await agency.links.slots.with_nearest(booking.slot_id, await agency.applicant(), 6))[1]
    for slot in (booking.slot_id, *(one.slot.id for one in choices)):
        await agency.book(await agency.applicant(), slot)
    shown = await asked(office, "GET", links["confirm"])
    assert (shown.status_code, "There is no other time at the moment." in shown.text) == (200, True)
    assert "<form" not in shown.text


async def released(office: Office, booking: Booking) -> None:
    await office.store.rosters.change(
        booking.slot_key, lambda roster: release_unconfirmed(roster, booking.id, booking.sequence), CLOCK
    )


async def test_all_that_is_no_link_is_answered_alike() -> None:
    office = Office()
    agency, booking, links = await visit(office)
    await agency.bookings.cancel(await agency.admin(), booking.id)
    paths = [links["cancel"], links["cancel"][:-1] + "A", "/l/x", "/l/" + "A" * 64, "/l/%C3%A4"]
    answers = [await asked(office, method, path) for path in paths for method in ("GET", "POST")]
    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
    assert "This link is not valid" in answers[0].text


@pytest.mark.parametrize(
    ("wanted", "language", "told"),
    [
        ("pt-BR, en;q=0.5", "pt-BR", "Cancelar esta visita?"),
        ("de, es;q=0.9, en;q=0.1", "es", "¿Cancelar esta visita?"),
        ("en;q=0, pt", "pt", "Cancelar esta visita?"),
        ("*, ;;, q=1", "en", "Cancel this visit?"),
        ("de", "en", "Cancel this visit?"),
    ],
)
async def test_a_page_is_in_a_language_of_the_browser(wanted: str, language: str, told: str) -> None:
    office = Office()
    _, _, links = await visit(office)
    answer = await asked(office, "GET", links["cancel"], headers={"Accept-Language": wanted})
    assert (answer.headers["content-language"], told in answer.text) == (language, True)
    assert f'<html lang="{language}">' in answer.text


async def test_a_page_is_in_the_persons_own_language_first_and_in_the_agencys_last() -> None:
    office = Office()
    agency, _, links = await visit(office)
    await agency.organizations.put(
        await agency.admin(), Details(id=HOME, name="Casa <Clara>", locale="es"), expected=None
    )
    answer = await asked(office, "GET", links["cancel"])
    assert (answer.headers["content-language"], "Casa &lt;Clara&gt;" in answer.text) == ("es", True)


async def test_a_link_is_written_neither_into_the_log_nor_into_a_problem() -> None:
    office = Office()
    _, _, links = await visit(office)
    with capture_logs() as lines:
        answers = [await asked(office, method, links["cancel"]) for method in ("GET", "POST", "PUT")]
    assert [one.status_code for one in answers] == [200, 200, 405]
    assert answers[2].json()["instance"] == "/l/%7Btoken%7D"
    token = links["cancel"].removeprefix("/l/")
    assert token not in f"{lines}{answers[2].text}"
    assert {one["path"] for one in lines if one["event"] == "request"} == {"/l/{token}"}


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/l/abc", "/l/{token}"),
        ("/l/abc/def\nghi", "/l/{token}"),
        ("/u/abc", "/u/{token}"),
        ("/feeds/abc.ics", "/feeds/{token}"),
        ("/api/v1/feeds/abc.ics", "/api/v1/feeds/{token}"),
        ("/l/", "/l/"),
        ("/api/v1/bookings/l/abc", "/api/v1/bookings/l/abc"),
    ],
)
def test_a_path_with_a_secret_is_shown_without_it(path: str, shown: str) -> None:
    assert without_secret(path) == shown


async def test_an_address_opens_so_many_links_a_minute_and_is_told_to_wait_by_a_page() -> None:
    office = Office(links=LinkSettings(public_url="https://visits.example.com", address_limit=2))
    _, _, links = await visit(office)
    answers = [await asked(office, "GET", links["cancel"]) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert "Please wait a minute" in answers[2].text
    assert int(answers[2].headers["retry-after"]) > 0


async def test_a_form_that_is_too_large_or_a_fault_of_ours_is_told_by_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    _, _, links = await visit(office)
    answer = await asked(office, "POST", links["move"], content=b"slot_id=" + b"x" * 2_048)
    assert (answer.status_code, "That did not work" in answer.text) == (413, True)

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(office.store.links), "known", broken)
    answer = await asked(office, "GET", links["cancel"])
    assert (answer.status_code, "That did not work" in answer.text) == (500, True)


async def test_an_applicant_reads_links_and_no_key_keeps_them_and_an_agent_reads_none() -> None:
    office = Office()
    agency, booking, _ = await visit(office)
    (person,) = [one for one in office.store.links.state.applicants.values() if one.id == booking.applicant_id]  # type: ignore[attr-defined]
    as_applicant = mint(
        SECRET, subject=str(person.user_id), email=None, email_verified=False, lifetime=timedelta(hours=1), agency=None
    )
    path, headers = f"/api/v1/bookings/{booking.id}/links", {"Idempotency-Key": "one"}
    async with office.client(Authorization=f"Bearer {as_applicant}") as http:
        first, again = [(await http.post(path, headers=headers)) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert [one["purpose"] for one in first.json()["links"]] == ["confirm", "cancel", "move", "calendar"]
    assert first.json()["links"][0]["expires_at"] == f"{booking.start_time:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert first.json() != again.json()
    assert "idempotency-replayed" not in again.headers
    async with office.client(Authorization=f"Bearer {office.token()}") as http:
        refused = await http.post(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_channel_configured")
    assert agency


async def test_an_agent_whose_links_are_sent_gets_no_content(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    _, booking, _ = await visit(office)
    monkeypatch.setattr(LinkService, "mails", True)
    async with office.client(Authorization=f"Bearer {office.token()}") as http:
        sent = await http.post(f"/api/v1/bookings/{booking.id}/links")
    assert (sent.status_code, sent.content) == (202, b"")


async def test_a_link_to_the_calendar_opens_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Parts, "calendars", calendars())
    office = Office()
    _, booking, links = await visit(office)
    for method in ("GET", "POST"):
        answer = await asked(office, method, links["calendar"])
        told = {name: answer.headers[name] for name in ("content-type", "content-disposition", "cache-control")}
        assert (answer.status_code, told) == (
            200,
            {
                "content-type": "text/calendar; charset=utf-8",
                "content-disposition": 'attachment; filename="visit.ics"',
                "cache-control": "no-store",
            },
        )
        assert f"UID:{booking.id}" in answer.text
