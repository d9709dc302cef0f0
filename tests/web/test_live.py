"""What happens while a page is open: others' visits, a network that fails, a token that ends, a clock that is wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.web.agencies import Agency
from tests.web.windows import Windows

WITHIN = 3_000  # milliseconds until others' visits are seen; the page needs one, and tests share two cores
SOON = datetime.now(UTC) + timedelta(hours=1)


def morning() -> str:
    """Return a zone where it is morning: what begins in some hours is of the same day there."""
    hours = (8 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"


def test_a_visit_that_is_booked_elsewhere_appears_and_goes_without_a_reload(windows: Windows, agency: Agency) -> None:
    (ada,) = agency.applicants("Ada Lovelace")
    (slot,) = agency.offer(0, first=SOON)
    amy = windows.of(agency.admin, timezone_id=morning())
    amy.shows("Nobody comes today.")
    booking = agency.book(ada, slot)
    visit = amy.by_role("main").get_by_text("Ada Lovelace").first
    expect(visit).to_be_visible(timeout=WITHIN)
    amy.is_sound()
    agency.caller(ada).delete(f"/api/v1/bookings/{booking['id']}")
    expect(visit).to_be_hidden(timeout=WITHIN)


def test_offline_the_page_says_so_and_stays_readable_and_catches_up_once_it_is_back(
    windows: Windows, agency: Agency
) -> None:
    ada, grace = agency.applicants("Ada Lovelace", "Grace Hopper")
    first, second = agency.offer(0, 1, first=SOON)
    agency.book(ada, first)
    amy = windows.of(agency.admin, timezone_id=morning())
    amy.shows("Ada Lovelace")
    with amy.cut_off():
        amy.shows("You are offline.")
        amy.is_sound()
        agency.book(grace, second)
        amy.shows("Ada Lovelace")
        expect(amy.page.get_by_text("Grace Hopper")).to_be_hidden()
    expect(amy.page.get_by_text("Grace Hopper").first).to_be_visible(timeout=15_000)
    expect(amy.page.get_by_text("You are offline.")).to_be_hidden()


def test_where_no_stream_can_be_had_it_is_live_by_answers_that_wait(windows: Windows, agency: Agency) -> None:
    (ada,) = agency.applicants("Ada Lovelace")
    (slot,) = agency.offer(0, first=SOON)
    amy = windows.of(agency.admin, timezone_id=morning(), broken="**/api/v1/stream*")
    with amy.watch.awaiting("net::ERR"):
        amy.shows("Nobody comes today.")
        agency.book(ada, slot)
        amy.shows("Ada Lovelace")


@pytest.mark.e2e_web
def test_a_token_that_ends_is_renewed_without_a_word(windows: Windows, agency: Agency) -> None:
    (ada,) = agency.applicants("Ada Lovelace")
    (slot,) = agency.offer(0, first=SOON)
    amy = windows.of(agency.admin, first_lasts=timedelta(seconds=-22), timezone_id=morning())
    amy.shows("Nobody comes today.")
    with amy.page.expect_request("**/dev/people/sign-in", timeout=20_000):  # once the stream has ended with its token
        pass
    agency.book(ada, slot)
    amy.shows("Ada Lovelace")


@pytest.mark.parametrize("wrong", [timedelta(hours=-1), timedelta(hours=1)], ids=["behind", "ahead"])
def test_a_clock_that_is_an_hour_wrong_hides_nothing(windows: Windows, agency: Agency, wrong: timedelta) -> None:
    (ada,) = agency.applicants("Ada Lovelace")
    first, second = agency.offer(0, 1, first=SOON)
    agency.book(ada, first)
    amy = windows.of(agency.admin, timezone_id=morning(), clock=datetime.now(UTC) + wrong)
    amy.shows("Ada Lovelace")
    agency.book(ada, second)
    expect(amy.by_role("main").get_by_text("Ada Lovelace")).to_have_count(2)
