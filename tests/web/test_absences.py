"""Absences: what happens to whom is read first, and once more where it has changed; what nobody can take is decided."""

from tests.web.agencies import Agency, midday
from tests.web.windows import Way, Windows


def test_an_absence_is_read_before_it_begins_and_what_nobody_can_take_is_cancelled_next(
    windows: Windows, agency: Agency
) -> None:
    ada, ben = agency.applicants("Ada Lovelace", "Ben Nevis")
    first, second = agency.offer(0, 1)
    agency.book(ada, first)
    window = windows.of(agency.admin, "/app/week", way=Way.NARROW)
    with window.refused(404, 409):  # nobody has a calendar; the plan is stale
        window.press("link", "Absences")
        window.press("button", "Begin an absence")
        for name in ("First day", "Last day"):
            window.fill("textbox", name, f"{midday():%Y-%m-%d}")
        window.press("button", "Show what happens")
        window.shows("2 slots stay with the agent: nobody can take them.")
        window.shows("Ada Lovelace: confirmed")
        window.is_sound()
        agency.book(ben, second)
        window.press("button", "Begin this absence")
        window.shows("Something has changed meanwhile.")
        window.shows("Ben Nevis: confirmed")
        window.press("button", "Begin this absence")
        window.shows("Nobody could take these.")
        window.press("button", "Decide what becomes of them")
        window.press("button", "Show what happens")
        window.shows("Ben Nevis: confirmed → cancelled by the agency")
        window.press("button", "Begin this absence")
        window.shows("All slots at that time are settled")
        window.is_sound()
    assert {one["status"] for one in agency.bookings()} == {"cancelled_by_agent"}
