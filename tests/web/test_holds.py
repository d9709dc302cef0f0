"""Two who want one place, and a place that is kept for a while only."""

import re
import time

from playwright.sync_api import expect

from tests.web.agencies import Agency
from tests.web.applicants import A_TIME, KEPT, book, look_at_times
from tests.web.windows import Windows

AT_ONCE = "(button, at) => { setTimeout(() => button.click(), at - Date.now()) }"
INSTEAD = "These times are free instead:"
FASTER = "Somebody was faster: this time is taken."


def test_of_two_who_press_book_at_once_one_has_it_and_the_other_is_shown_other_times(
    windows: Windows, agency: Agency
) -> None:
    agency.policy(max_live_holds=0)
    people = agency.applicants("Ada Lovelace", "Ben Nevis")
    agency.offer(0, 1)
    both = [windows.of(one, "/app/me/find") for one in people]
    for window in both:
        look_at_times(window)
        window.press("button", A_TIME)
        window.shows("The place is not kept for you meanwhile.")
    at = time.time() * 1000 + 700
    for window in both:
        window.by_role("dialog").get_by_role("button", name="Book").evaluate(AT_ONCE, at)
    with both[0].refused(409), both[1].refused(409):
        for window in both:
            expect(window.page.get_by_text(re.compile(f"The visit is booked.|{FASTER}"))).to_be_visible()
    (loser,) = [window for window in both if window.page.get_by_text(FASTER).is_visible()]
    loser.shows(INSTEAD)
    loser.is_sound()
    loser.use(loser.by_role("list", INSTEAD).get_by_role("button"))
    book(loser)
    assert {one["applicant"]["name"] for one in agency.bookings(status="confirmed")} == {one.name for one in people}


def test_what_is_typed_stays_when_the_hold_ends_and_when_the_place_is_gone(windows: Windows, agency: Agency) -> None:
    agency.policy(hold_seconds=2)
    ada, ben = agency.applicants("Ada Lovelace", "Ben Nevis")
    first, second = agency.offer(0, 1)
    window = windows.of(ada, "/app/me/find")
    look_at_times(window)
    window.press("button", A_TIME)
    window.shows(KEPT)
    notes = window.by_role("textbox", re.compile("word to the agent"))
    notes.press_sequentially("We come ")
    window.shows(re.compile("^The time to decide is over."))
    notes.press_sequentially("by bus.")
    window.is_sound()
    agency.book(ben, first)
    with window.refused(409):
        window.press("button", "Book", within=window.by_role("dialog"))
        window.shows(INSTEAD)
    window.use(window.by_role("list", INSTEAD).get_by_role("button"))
    window.shows(KEPT)
    expect(notes).to_have_value("We come by bus.")
    book(window)
    told = {one["slot_id"]: one["notes"] for one in agency.bookings(status="confirmed")}
    assert told == {first["id"]: "", second["id"]: "We come by bus."}
