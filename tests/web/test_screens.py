"""Each screen, as it is with the demo: open to everybody, in both themes, wide and at 320 px, and nothing is wrong."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from booking.entrypoints.dev.demo import ADMIN_EMAIL, APPLICANTS
from tests.web.windows import Way, Windows

SCREENS = Path(__file__).parents[2] / "web/src/console/screens.ts"
NAMES = re.findall(r"name: '([a-z-]+)', group:", SCREENS.read_text(encoding="utf-8"))

TOMAS = APPLICANTS[0][1]

NONE_YET = {"absences": [404]}
"""Refusals by which a screen learns that something is not there: agents of the demo have no calendar of their own."""


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_of_the_console_is_sound_wide_and_narrow(windows: Windows, name: str) -> None:
    for way in (Way.MOUSE, Way.NARROW):
        window = windows.blank(way)
        with window.refused(*NONE_YET.get(name, [])):
            window.page.goto(f"/app/{name}?as={ADMIN_EMAIL}")
            expect(window.by_role("heading", level=1)).to_be_visible()
            window.settles()
            if way is Way.NARROW:
                expect(window.page.locator('nav a[aria-current="page"]').first).to_be_in_viewport(ratio=0.9)
            window.is_sound()
            window.picture(name)


def test_the_applicants_page_is_sound_wide_and_narrow(windows: Windows) -> None:
    for way in (Way.MOUSE, Way.NARROW):
        window = windows.of_the_demo(TOMAS, "/app/me", way=way)
        expect(window.by_role("heading", level=1)).to_be_visible()
        window.settles()
        window.is_sound()
        window.picture("me")


def test_the_door_lists_the_demos_people_and_lets_each_in(windows: Windows) -> None:
    for way in Way:
        window = windows.blank(way)
        window.page.goto("/app")
        window.heading("Who are you?")
        window.is_sound()
        window.picture("sign-in")
        window.press("button", re.compile("Tomás Almeida"))
        expect(window.page).to_have_url(re.compile("/app/me"))
        window.press("button", "Sign out")
        window.heading("Who are you?")


def test_who_is_refused_at_the_door_is_told_once_and_can_choose_anew(windows: Windows) -> None:
    window = windows.blank()
    with window.refused(404):
        window.page.goto("/app?as=nobody@example.com")
        window.press("button", re.compile("Tomás Almeida"))
    expect(window.page).to_have_url(re.compile("/app/me"))
