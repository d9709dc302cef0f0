"""The agent's whole way, each by mouse, by keyboard alone, and at 320 px."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.web.agencies import ZONE, Agency, midday
from tests.web.agents import entry, lengthen, move, opened, see, spot
from tests.web.windows import Way, Windows

pytestmark = [pytest.mark.e2e_web, pytest.mark.parametrize("way", Way)]

THERE = ZoneInfo(ZONE)


def test_an_agent_offers_times_blocks_others_and_makes_a_visit_longer(
    windows: Windows, agency: Agency, way: Way
) -> None:
    ten = midday().astimezone(THERE).replace(hour=10)
    amy = windows.of(agency.admin, "/app/week", way=way)
    see(amy, ten, ZONE)
    amy.shows("Nothing is offered here.")
    amy.is_sound()
    if way is Way.MOUSE:
        amy.drag(spot(amy, ten), spot(amy, ten + timedelta(minutes=25)))
    else:
        amy.press("button", "Offer times")
    amy.is_sound()
    amy.choose("Home", "Two rooms by the park", within=opened(amy))
    amy.press("button", "Offer 1 slot")
    amy.shows("1 slot is offered.")
    (slot,) = agency.api.get("/api/v1/slots").json()["slots"]
    assert datetime.fromisoformat(slot["start_time"]) == ten
    lengthen(amy, "Two rooms", ten, 30)
    amy.shows(re.compile("^It is .* now.$"))
    (slot,) = agency.api.get("/api/v1/slots", status="available").json()["slots"]
    assert datetime.fromisoformat(slot["end_time"]) == ten + timedelta(hours=1)
    eight = ten - timedelta(hours=2)
    if way is Way.MOUSE:
        amy.press("button", "block", exact=True)
        amy.drag(spot(amy, eight), spot(amy, eight + timedelta(minutes=55)))
    elif way is Way.KEYBOARD:
        amy.reach(entry(amy, "Two rooms"))
        amy.page.keyboard.press("b")
    else:
        amy.press("button", "Block time")
        amy.page.get_by_label("From").last.fill(f"{eight:%Y-%m-%dT%H:%M}")
        amy.page.get_by_label("To", exact=True).last.fill(f"{ten:%Y-%m-%dT%H:%M}")
    amy.fill("textbox", re.compile("^Reason"), "Dentist")
    amy.is_sound()
    amy.press("button", "Block", within=opened(amy), exact=True)
    amy.shows("The time is blocked.")
    expect(entry(amy, "Dentist")).to_be_visible()
    amy.use(entry(amy, "Dentist"))
    amy.press("button", "Remove the block")
    expect(entry(amy, "Dentist")).to_be_hidden()


def test_an_agent_moves_a_visit_once_its_plan_was_shown_and_takes_it_back(
    windows: Windows, agency: Agency, way: Way
) -> None:
    (ada,) = agency.applicants("Ada Lovelace")
    (slot,) = agency.offer(0)
    start = midday().astimezone(THERE)
    agency.book(ada, slot)
    amy = windows.of(agency.admin, "/app/week", way=way)
    see(amy, start, ZONE)

    def starts() -> datetime:
        known = agency.api.get(f"/api/v1/slots/{slot['id']}").json()["slot"]["start_time"]
        return datetime.fromisoformat(known)

    move(amy, "Ada Lovelace", start, 2)
    amy.heading("Move this slot?")
    amy.shows(re.compile("Ada Lovelace: "))
    amy.is_sound()
    amy.press("button", "Leave it")
    assert starts() == start
    expect(entry(amy, f"{start:%H:%M}.*Ada Lovelace")).to_be_visible()
    move(amy, "Ada Lovelace", start, 2)
    amy.press("button", "Move", within=amy.page.locator("slot-move-dialog"), exact=True)
    amy.shows(re.compile("^Moved to"))
    assert starts() == start + timedelta(hours=2)
    amy.press("button", "Undo")
    expect(entry(amy, f"{start:%H:%M}.*Ada Lovelace")).to_be_visible()
    assert starts() == start


def test_an_agent_books_for_somebody_and_says_who_came(windows: Windows, agency: Agency, way: Way) -> None:
    agency.applicants("Ada Lovelace", "Ben Nevis")
    first = datetime.now(UTC) + timedelta(seconds=15)
    agency.offer(0, first=first)
    amy = windows.of(agency.admin, "/app/week", way=way)
    see(amy, first, ZONE)
    amy.use(entry(amy, "Two rooms"))
    amy.press("button", "Book for somebody")
    amy.fill("searchbox", "Name or e-mail", "Lovel")
    amy.choose("Applicant", "Ada Lovelace")
    amy.is_sound()
    amy.press("button", "Book", exact=True)
    amy.shows("Booked for Ada Lovelace.")
    expect(entry(amy, "Ada Lovelace")).to_be_visible()
    amy.press("link", "Today", exact=True)
    came = amy.by_role("group", "Did Ada Lovelace come?").get_by_role("button", name="Came", exact=True)
    expect(came).to_be_visible(timeout=20_000)
    amy.use(came)
    amy.shows("Ada Lovelace: Came")
    amy.is_sound()
    assert [one["outcome"] for one in agency.bookings()] == ["attended"]


def test_an_agent_approves_one_request_and_declines_another(windows: Windows, agency: Agency, way: Way) -> None:
    agency.policy(approval_levels=["MEDIUM"])
    people = agency.applicants("Ada Lovelace", "Ben Nevis", risk_level="MEDIUM")
    slots = agency.offer(0, 1, first=midday(3))
    for person, slot in zip(people, slots, strict=True):
        agency.book(person, slot, notes="We come by bus.")
    amy = windows.of(agency.admin, "/app/requests", way=way)
    amy.shows("We come by bus.")
    amy.is_sound()
    amy.press("button", "Approve: Ada Lovelace")
    amy.shows("One request is approved.")
    amy.press("checkbox", "Select the request of Ben Nevis")
    amy.press("button", "Decline 1")
    amy.shows("They are told, and their places go to whoever waits, or are public again. This cannot be taken back.")
    amy.fill("textbox", re.compile("^Reason"), "The home is let.")
    amy.is_sound()
    amy.press("button", "Decline 1", within=opened(amy))
    amy.shows("Nobody waits for your approval.")
    told = {one["applicant"]["name"]: (one["status"], one["reason"]) for one in agency.bookings()}
    assert told == {"Ada Lovelace": ("confirmed", None), "Ben Nevis": ("declined", "The home is let.")}
