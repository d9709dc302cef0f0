"""Unsubscribing by the link in a message: a page for people, and one click for mail programs."""

from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from booking.adapters.unsubscription_tokens import UnsubscriptionTokens
from booking.domain.notices.notice import Recipient
from booking.domain.notices.unsubscription import NoticeGroup, Unsubscription
from booking.domain.people.contact import Channel
from booking.domain.people.organization import Organization as Details
from tests.builders import Organization
from tests.support.office import HOME, Office

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def link(office: Office, group: NoticeGroup = NoticeGroup.REMINDERS) -> str:
    """The path of a link in a message to an applicant."""
    person = (await Organization(office.store, HOME).applicant()).applicants[0]
    one = Unsubscription(HOME, Recipient.APPLICANT, person.id, Channel.EMAIL, group)
    secret: Any = office.store.feeds
    return f"/u/{await UnsubscriptionTokens(secret.secret).of(one)}"


async def asked(office: Office, method: str, path: str, **how: Any) -> httpx.Response:
    async with office.client() as http:
        return await http.request(method, path, **how)


async def test_only_the_button_unsubscribes_and_another_one_undoes_it() -> None:
    office = Office()
    path = await link(office)
    for method in ("HEAD", "GET", "GET"):
        shown = await asked(office, method, path, headers={"Sec-Purpose": "prefetch"})
        assert shown.status_code == 200
    assert "Stop these messages?" in shown.text
    assert "reminders before a visit" in shown.text
    for form in (ONE_CLICK, {}):
        done = await asked(office, "POST", path, data=form)
        assert (done.status_code, done.headers.get("location")) == (200, None)
        assert "These messages are not sent to you any more" in done.text
    assert 'name="again" value="yes"' in (await asked(office, "GET", path)).text
    again = await asked(office, "POST", path, data={"again": "yes"})
    assert "Stop these messages?" in again.text


async def test_one_click_of_a_mail_program_is_enough_in_whatever_form_it_comes() -> None:
    office = Office()
    path = await link(office, NoticeGroup.FREE_PLACES)
    body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    clicked = await asked(
        office, "POST", path, content=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert (clicked.status_code, clicked.headers["cache-control"]) == (200, "no-store")
    assert "not sent to you any more" in clicked.text


@pytest.mark.parametrize(
    ("group", "wanted", "told"),
    [
        (NoticeGroup.REMINDERS, "pt", "São os lembretes antes de uma visita."),
        (NoticeGroup.FREE_PLACES, "es", "Avisan de las plazas que quedan libres."),
        (NoticeGroup.DAYS, "en", "They list your visits of a day, in the morning."),
    ],
)
async def test_a_page_says_which_messages_it_is_about(group: NoticeGroup, wanted: str, told: str) -> None:
    office = Office()
    agency = Organization(office.store, HOME)
    said = Details(id=HOME, name="Havel & Spree", phone="+493012345678")
    await agency.organizations.put(await agency.admin(), said, expected=None)
    page = await asked(office, "GET", await link(office, group), headers={"Accept-Language": wanted})
    assert all(one in page.text for one in (told, "Havel &amp; Spree", "+493012345678"))
    assert "@example.com" not in page.text


async def test_all_that_is_no_link_to_unsubscribe_is_answered_alike_and_none_is_written_down() -> None:
    office = Office()
    path = await link(office)
    with capture_logs() as lines:
        found = [
            await asked(office, method, wrong)
            for wrong in (path[:-2], "/u/x", "/u/%C3%A4", f"{path}x")
            for method in ("GET", "POST")
        ]
        await asked(office, "GET", path)
        assert (await asked(office, "POST", path, content=b"x" * 3_000)).status_code == 413
    assert {(one.status_code, one.text) for one in found} == {(404, found[0].text)}
    assert "This link is not valid" in found[0].text
    assert {one["path"] for one in lines if one["event"] == "request"} == {"/u/{token}"}
