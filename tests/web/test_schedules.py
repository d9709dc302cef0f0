"""Schedules: one is looked at, made, changed for one visit and ended, and whoever loses a visit is named first."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.agencies import Agency, midday
from tests.web.windows import Way, Windows


def scheduled(agency: Agency) -> str:
    """Make a schedule of two visits a day, from tomorrow on, by REST."""
    terms = {
        "property_id": agency.property_id,
        "time_zone": agency.zone,
        "rules": [
            {"start": f"{midday():%Y-%m-%d}T11:00:00", "recurrence": ["RRULE:FREQ=DAILY"], "until_time": "12:00"}
        ],
        "slot_minutes": 30,
        "horizon_days": 8,
    }
    plan = agency.api.post("/api/v1/schedules/preview", terms).json()
    made = agency.api.post("/api/v1/schedules", {**terms, "hash": plan["hash"]}).json()
    return str(made["schedule"]["id"])


def test_the_end_of_a_schedule_names_who_loses_a_visit_first(windows: Windows, agency: Agency) -> None:
    schedule_id = scheduled(agency)
    (ada,) = agency.applicants("Ada Lovelace")
    path = f"/api/v1/schedules/{schedule_id}"
    slot_id = agency.api.get(f"{path}/occurrences").json()["occurrences"][0]["slot_id"]
    agency.book(ada, {"id": slot_id})
    window = windows.of(agency.admin, f"/app/schedules/{schedule_id}", way=Way.NARROW)
    window.shows(re.compile("Each day, from 11:00 to 12:00"))
    window.settles()
    window.is_sound()
    window.press("button", "End", exact=True)
    window.shows(re.compile("1 stays as it is"))
    window.press("radio", re.compile("Cancel them"))
    window.shows(re.compile("Ada Lovelace: confirmed → cancelled"))
    window.is_sound()
    window.picture("schedule-end")
    window.press("button", "End the schedule")
    window.shows("Ended")
    assert [one["applicant"]["name"] for one in agency.bookings(status="cancelled_by_agent")] == ["Ada Lovelace"]


@pytest.mark.e2e_web
@pytest.mark.parametrize("way", Way)
def test_a_schedule_is_made_as_it_was_shown_and_one_of_its_visits_is_put_elsewhere(
    windows: Windows, agency: Agency, way: Way
) -> None:
    window = windows.of(agency.admin, "/app/schedules", way=way)
    window.shows("There are no schedules.")
    window.press("button", "New schedule")
    window.choose("Home", "Two rooms")
    window.choose("Repeats", "Daily")
    window.press("button", "Show what it would make")
    window.shows(re.compile(r"slots are made\."))
    window.is_sound()
    window.press("button", "Make this schedule")
    window.press("link", "Two rooms by the park")
    window.press("button", "Later")
    window.press("button", re.compile("^Change 10:00"))
    window.fill("spinbutton", re.compile("Places"), "3")
    window.press("button", "Show what changes")
    window.shows("1 slot is cancelled; 1 slot is made.")
    window.is_sound()
    window.press("button", "Change this one")
    window.shows("This one is changed.")
    window.press("button", re.compile("^Change 10:30"))
    window.press("button", "Cancel this visit")
    window.press("button", "Cancel this one")
    window.shows("This one is cancelled, and is not made again.")
    expect(window.by_role("main").get_by_text("Cancelled", exact=True)).to_have_count(1)


@pytest.mark.e2e_web
def test_what_another_admin_has_changed_meanwhile_is_told_with_the_plan_of_now(
    windows: Windows, agency: Agency
) -> None:
    schedule_id = scheduled(agency)
    window = windows.of(agency.admin, f"/app/schedules/{schedule_id}")
    window.press("button", "Change", exact=True)
    window.fill("spinbutton", "Places of a visit", "2")
    window.page.keyboard.press("Tab")
    path, latest = f"/api/v1/schedules/{schedule_id}", {"If-Match": "*"}
    changed = agency.api.request("PATCH", f"{path}?scope=all", json={"horizon_days": 7}, headers=latest)
    assert changed.status_code == 200
    with window.refused(412):
        window.press("button", "Show what changes")
        window.shows("Somebody has changed this schedule meanwhile.")
    window.press("button", "Change the schedule")
    window.shows("The schedule is changed.")
    now = agency.api.get(path).json()["schedule"]
    assert (now["capacity"], now["horizon_days"]) == (2, 7)
