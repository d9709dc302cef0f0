"""`<visit-scheduler>` in an agency's own site, as docs/embedding.md says, and under the policy that it asks for."""

import re
from datetime import timedelta

from playwright.sync_api import Request, expect

from tests.web.agencies import Agency
from tests.web.applicants import A_TIME, KEPT, book
from tests.web.sites import visit
from tests.web.windows import Windows

HOUR = timedelta(hours=1)
RENEWING = """([first, fresh]) => {
  globalThis.asked = []
  document.querySelector('visit-scheduler').getToken = async ({ refresh }) => {
    asked.push(refresh)
    return refresh ? fresh : first
  }
}"""


def test_the_example_of_the_docs_books_a_visit_in_a_site_of_another_origin(windows: Windows, agency: Agency) -> None:
    (ada,) = agency.applicants("Ada Lovelace")
    agency.offer(0)
    window = windows.blank()
    said = visit(window, agency.instance.env["BASE_URL"], agency.property_id, ada.token(HOUR))
    window.heading("Two rooms by the park")
    window.is_sound()
    window.press("button", A_TIME)
    window.shows(KEPT)
    window.is_sound()
    book(window)
    (booking,) = agency.bookings(status="confirmed")
    assert said == [f"booked {booking['id']}"]


def test_without_a_token_nothing_is_asked_for_and_the_site_is_told_to_sign_in(windows: Windows, agency: Agency) -> None:
    (ada,) = agency.applicants("Ada Lovelace")
    agency.offer(0)
    window = windows.blank()
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/api/" in request.url:
            asked.append(request.url)

    window.context.on("request", note)
    said = visit(window, agency.instance.env["BASE_URL"], agency.property_id, "")  # a session that has none
    window.shows("Sign in to see free times and book a visit.")
    window.is_sound()
    window.press("button", "Sign in")
    assert said == ["show the sign-in"] * 2
    assert asked == []
    window.page.evaluate(RENEWING, [ada.token(HOUR), ""])
    expect(window.by_role("button", A_TIME)).to_be_visible()
    window.page.evaluate("() => { document.querySelector('visit-scheduler').getToken = undefined }")
    window.shows("Sign in to see free times and book a visit.")
    expect(window.by_role("button", A_TIME)).to_be_hidden()


def test_a_token_that_ends_is_renewed_and_one_that_cannot_be_asks_to_sign_in(windows: Windows, agency: Agency) -> None:
    (ada,) = agency.applicants("Ada Lovelace")
    agency.offer(0)
    window = windows.blank()
    said = visit(window, agency.instance.env["BASE_URL"], agency.property_id, ada.token(HOUR))
    with window.refused(401):
        window.page.evaluate(RENEWING, [ada.token(-HOUR), ada.token(HOUR)])
        window.press("button", A_TIME)
        window.shows(KEPT)
        assert True in window.page.evaluate("() => asked")
        window.press("button", "Back", within=window.by_role("dialog"))
        window.page.evaluate(RENEWING, [ada.token(-HOUR), ada.token(-HOUR)])
        window.shows(re.compile("^Sign in to see"))
    assert said.count("show the sign-in") == 1
