"""What an applicant does in a window, step by step."""

import re

from playwright.sync_api import expect

from tests.web.windows import Window

A_TIME = re.compile(r"\d\d:\d\d")
KEPT = re.compile("Kept for you")


def look_at_times(window: Window) -> None:
    """Go from the homes to the times of the only one."""
    window.settles()
    window.press("link", re.compile("See times"))
    expect(window.by_role("button", A_TIME).first).to_be_visible()


def close(window: Window) -> None:
    """Leave the dialog by its last button; the one above is closed by the same name."""
    window.use(window.by_role("dialog").get_by_role("button", name="Close").last)
    expect(window.by_role("dialog")).to_be_hidden()


def book(window: Window, notes: str = "", *, told: str = "The visit is booked.") -> None:
    """Book in the dialog that is open."""
    dialog = window.by_role("dialog")
    if notes:
        window.fill("textbox", re.compile("word to the agent"), notes)
    window.press("button", "Book", within=dialog)
    window.heading(told)
    close(window)
