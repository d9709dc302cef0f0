"""Messages: what a wrong name in one is called, what is sent in its place, and what another admin changes meanwhile."""

import re

from playwright.sync_api import expect

from tests.web.agencies import Agency
from tests.web.windows import Way, Windows


def test_an_admin_says_a_message_in_their_own_words_and_goes_back_to_the_usual_ones(
    windows: Windows, agency: Agency
) -> None:
    window = windows.of(agency.admin, "/app/notices/texts/confirmed/applicant", way=Way.NARROW)
    window.shows("The usual text is sent.")
    window.is_sound()
    window.fill("textbox", "Text", "Ring at the blue door, {nome}.")
    window.shows("{nome} stands for nothing here.")
    window.fill("textbox", "Text", "Ring at the blue door, ")
    window.press("button", "Put {name} into the text")
    window.press("button", "Save the text")
    window.shows(re.compile("^Hello .*Ring at the blue door, [A-Z]", re.DOTALL | re.MULTILINE))
    window.press("button", "Back to the usual text")
    window.press("button", "Undo")
    expect(window.by_role("textbox", "Text")).to_have_value("Ring at the blue door, {name}")


def test_what_another_admin_changes_meanwhile_is_shown_and_takes_nothing_away(windows: Windows, agency: Agency) -> None:
    one, other = (windows.of(agency.admin, "/app/notices") for _ in range(2))
    one.press("checkbox", "SMS")
    other.press("checkbox", re.compile("in peace"))
    other.press("button", "Save 1 change")
    one.shows(re.compile("Quiet hours: none → 21:00"))
    one.press("button", "Save 1 change")
    one.shows("1 thing is changed.")
    expect(other.by_role("checkbox", "SMS")).to_be_checked()
