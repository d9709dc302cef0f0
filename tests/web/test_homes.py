"""Homes and agents: what others change meanwhile, a file of slots, and what is taken from people, said first."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.agencies import Agency, midday
from tests.web.windows import Way, Windows


def test_what_others_change_of_a_home_meanwhile_is_shown_and_takes_nothing_away(
    windows: Windows, agency: Agency
) -> None:
    one, other = (windows.of(agency.admin, f"/app/properties/{agency.property_id}") for _ in range(2))
    one.fill("textbox", "Label", "The house with the blue door")
    other.fill("textbox", "Area", "Graça")
    other.press("button", "Save")
    one.shows("Area: Graça")
    expect(one.by_role("textbox", "Label")).to_have_value("The house with the blue door")
    one.press("button", "Save")
    one.shows("The home is changed.")
    other.heading("The house with the blue door", level=1)


@pytest.mark.e2e_web
@pytest.mark.parametrize("way", Way)
def test_a_home_is_filled_from_a_file_and_withdrawn_with_the_plan_first(
    windows: Windows, agency: Agency, way: Way
) -> None:
    (tess,) = agency.applicants("Tess Oak")
    (slot,) = agency.offer(0)
    agency.book(tess, slot)
    day = midday(2)
    table = (
        f"start_time;end_time\n{day:%Y-%m-%d} 10:00;{day:%Y-%m-%d} 10:30\n{day:%Y-%m-%d} 10:15;{day:%Y-%m-%d} 10:45\n"
    )
    amy = windows.of(agency.admin, f"/app/properties/{agency.property_id}", way=way)
    amy.press("button", "Offer from a file…")
    amy.page.locator("input[type=file]").set_input_files(
        {"name": "slots.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    amy.press("button", "Show what it would offer")
    amy.shows("1 can be offered; 1 cannot")
    amy.is_sound()
    amy.press("button", "Offer 1 slot")
    amy.shows("1 offered; 1 cannot")
    amy.press("button", "Close", within=amy.page.locator("slots-import"))
    amy.shows("2 slots are ahead")
    amy.press("button", "Withdraw this home…")
    amy.press("button", "Show who loses what")
    amy.shows("2 slots change, for 1 person.")
    amy.shows(re.compile("Tess Oak: confirmed → cancelled by the agency"))
    amy.is_sound()
    amy.press("button", "Withdraw it")
    amy.shows("2 of 2")
    amy.press("button", "Close", within=amy.page.locator("property-withdrawal"))
    amy.press("button", "Take it up again")
    amy.shows("The home is taken up again.")
    (visit,) = agency.bookings()
    assert visit["status"] == "cancelled_by_agent"


@pytest.mark.e2e_web
def test_an_agent_is_shut_out_with_what_becomes_of_their_slots_and_let_in_again(
    windows: Windows, agency: Agency
) -> None:
    bea = agency.member("Bea Ash")
    me = agency.caller(bea).get("/api/v1/me").json()["me"]["agent"]["id"]
    amy = windows.of(agency.admin, f"/app/people/{me}")
    amy.press("button", "Shut out…")
    amy.is_sound()
    amy.press("button", "Shut them out")
    amy.shows("They are shut out. Their slots stay.")
    amy.press("button", "Let in again")
    amy.shows("They are let in again.")
    member = windows.of(bea, f"/app/people/{me}")
    member.fill("textbox", "Name", "Beatrice Ash")
    member.press("button", "Save")
    amy.heading("Beatrice Ash", level=1)
