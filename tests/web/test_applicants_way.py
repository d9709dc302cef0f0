"""The applicant's whole way, each by mouse, by keyboard alone, and at 320 px."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.driver import eventually
from tests.web.agencies import Agency
from tests.web.applicants import A_TIME, KEPT, book, close, look_at_times
from tests.web.windows import Way, Windows

pytestmark = [pytest.mark.e2e_web, pytest.mark.parametrize("way", Way)]


def test_an_applicant_finds_books_moves_and_cancels_a_visit(windows: Windows, agency: Agency, way: Way) -> None:
    (ada,) = agency.applicants("Ada Lovelace")
    first, second = agency.offer(0, 2)
    window = windows.of(ada, "/app/me", way=way)
    window.shows("No visit is booked.")
    window.is_sound()
    window.press("link", "Find a visit")
    look_at_times(window)
    window.is_sound()
    window.press("button", A_TIME)
    window.shows(KEPT)
    window.is_sound()
    book(window, "We come by bus.")
    window.is_sound()
    window.press("button", "Move")
    window.shows(re.compile("Choose the new time"))
    window.is_sound()
    times = window.by_role("list", "Times").get_by_role("button")
    window.use(times.last)
    window.press("button", "Move", within=window.by_role("dialog"))
    window.heading("The visit is moved.")
    close(window)
    (booking,) = agency.bookings(status="confirmed")
    assert (booking["slot_id"], booking["notes"]) == (second["id"], "We come by bus.")
    window.press("link", "My visits")
    window.press("button", "Move")
    window.press("radio", A_TIME)
    window.is_sound()
    window.press("button", "Move it here")
    window.shows(re.compile("^Moved to"))
    assert [one["slot_id"] for one in agency.bookings(status="confirmed")] == [first["id"]]
    window.press("button", "Undo")
    window.shows("Moved back.")
    window.press("button", "Cancel")
    window.fill("textbox", re.compile("^Why"), "We are ill.")
    window.is_sound()
    window.press("button", "Cancel the visit")
    window.shows("The visit is cancelled.")
    window.shows("No visit is booked.")
    (cancelled,) = agency.bookings(status="cancelled_by_applicant")
    assert (cancelled["slot_id"], cancelled["reason"]) == (second["id"], "We are ill.")


def test_an_applicant_waits_for_a_place_and_takes_it_when_it_is_offered(
    windows: Windows, agency: Agency, way: Way
) -> None:
    ada, ben = agency.applicants("Ada Lovelace", "Ben Nevis")
    (slot,) = agency.offer(0)
    booking = agency.book(ben, slot)
    window = windows.of(ada, "/app/me/find", way=way)
    look_at_times(window)
    window.press("button", re.compile("wait for a place"))
    window.heading("You cannot book this time")
    window.shows("Somebody was faster: this time is taken.")
    window.is_sound()
    window.press("button", "Wait for a place", within=window.by_role("dialog"))
    window.shows("You are number 1 who waits.")
    window.is_sound()
    close(window)
    agency.caller(ben).delete(f"/api/v1/bookings/{booking['id']}")
    window.shows(re.compile("A place is free for you for"))
    window.is_sound()
    window.press("button", "Book")
    window.shows(KEPT)
    book(window)
    assert [one["applicant"]["name"] for one in agency.bookings(status="confirmed")] == ["Ada Lovelace"]


def test_an_applicant_whose_visit_wants_approval_is_told_so_before_and_after(
    windows: Windows, agency: Agency, way: Way
) -> None:
    agency.policy(approval_levels=["MEDIUM"])
    (ada,) = agency.applicants("Ada Lovelace", risk_level="MEDIUM")
    agency.offer(0, first=datetime.now(UTC) + timedelta(days=3))
    window = windows.of(ada, "/app/me/find", way=way)
    look_at_times(window)
    window.press("button", A_TIME)
    window.shows(re.compile("The agency has to approve the visit."))
    book(window, told="Waits for approval")
    window.shows(re.compile("The agency decides by"))
    window.press("link", "My visits")
    window.shows("Waits for the agency")
    window.shows(re.compile("Your place is kept until then."))
    window.is_sound()
    (booking,) = agency.bookings(status="pending_approval")
    agency.api.post(f"/api/v1/bookings/{booking['id']}/approve", {})
    window.shows("Confirmed")
    expect(window.page.get_by_text("Waits for the agency")).to_be_hidden()


def test_an_applicant_rates_a_visit_that_is_over(windows: Windows, agency: Agency, way: Way) -> None:
    (ada,) = agency.applicants("Ada Lovelace")
    (slot,) = agency.offer(0, first=datetime.now(UTC) + timedelta(seconds=3))
    booking = agency.book(ada, slot)
    came = f"/api/v1/bookings/{booking['id']}/outcome"
    eventually(lambda: agency.api.post(came, {"outcome": "attended"}).status_code == 200 or None)
    window = windows.of(ada, "/app/me", way=way)
    window.press("button", "Rate the visit")
    expect(window.by_role("button", "Send")).to_be_disabled()
    window.press("radio", "4 of 5")
    window.fill("textbox", "A word about it", "Bright and quiet.")
    window.is_sound()
    window.press("button", "Send")
    window.shows("Thank you. The agency can see it.")
    expect(window.by_role("button", "Rate the visit")).to_be_hidden()
    rated = agency.api.get(f"/api/v1/bookings/{booking['id']}").json()["booking"]["feedback"]
    assert (rated["rating"], rated["comment"]) == (4, "Bright and quiet.")
