"""An applicant books in one window, and another window has it: by mouse, by keyboard alone, and at 320 px."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.agencies import Agency
from tests.web.applicants import A_TIME, KEPT, look_at_times
from tests.web.windows import Way, Windows

WITHIN = 5_000  # milliseconds
TAKEN = re.compile("full|being booked")


@pytest.mark.parametrize("way", Way)
def test_a_visit_that_is_booked_in_one_window_appears_in_the_agents(windows: Windows, agency: Agency, way: Way) -> None:
    (ada,) = agency.applicants("Ada Lovelace")
    (slot,) = agency.offer(0)
    amy = windows.of(agency.admin)
    amy.press("button", "The day after")
    window = windows.of(ada, "/app/me/find", way=way)
    look_at_times(window)
    window.press("button", A_TIME)
    window.shows(KEPT)
    window.fill("textbox", re.compile("word to the agent"), "We come by bus.")
    window.press("button", "Book", within=window.by_role("dialog"))
    expect(amy.by_role("main").get_by_text("Ada Lovelace").first).to_be_visible(timeout=WITHIN)
    (booking,) = agency.bookings(status="confirmed")
    told = booking["slot_id"], booking["notes"], booking["applicant"]["name"]
    assert told == (slot["id"], "We come by bus.", "Ada Lovelace")


def test_a_place_that_one_window_keeps_is_told_as_taken_in_another(windows: Windows, agency: Agency) -> None:
    ada, ben = agency.applicants("Ada Lovelace", "Ben Nevis")
    agency.offer(0, 1)
    adas, bens = (windows.of(one, "/app/me/find") for one in (ada, ben))
    for window in (adas, bens):
        look_at_times(window)
        expect(window.by_role("button", A_TIME)).to_have_count(2)
    adas.press("button", A_TIME)
    adas.shows(KEPT)
    expect(bens.page.get_by_text(TAKEN)).to_have_count(1, timeout=WITHIN)
