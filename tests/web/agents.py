"""What an agent does in the week, in each way."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, expect

from tests.web.windows import Spot, Way, Window


def see(window: Window, at: datetime, zone: str) -> None:
    """Turn the week to that of a time that is today or soon."""
    window.settles()
    now = datetime.now(ZoneInfo(zone)).date()
    monday = now - timedelta(days=now.weekday())
    for _ in range((at.astimezone(ZoneInfo(zone)).date() - monday).days // 7):
        window.press("button", "After", exact=True)
    window.settles()


def entry(window: Window, text: str) -> Locator:
    """What stands in the week by this text."""
    return window.by_role("main").get_by_role("button", name=re.compile(text)).first


def spot(window: Window, at: datetime) -> Spot:
    """Where a time of the wall clock begins in the drawn week."""
    column = window.page.locator(f'.fc-timegrid-col[data-date="{at:%Y-%m-%d}"]').first
    half = at.replace(minute=at.minute // 30 * 30)
    row = window.page.locator(f'.fc-timegrid-slot-lane[data-time="{half:%H:%M}:00"]').first
    row.scroll_into_view_if_needed()
    day, line = column.bounding_box(), row.bounding_box()
    assert day
    assert line
    return day["x"] + day["width"] / 2, line["y"] + line["height"] * (at.minute - half.minute) / 30 + 3


def move(window: Window, text: str, start: datetime, hours: int) -> None:
    """Move an entry by so many hours, up to where its plan is shown, or to its new time where it concerns nobody."""
    target = entry(window, text)
    to = start + timedelta(hours=hours)
    if window.way is Way.MOUSE:
        window.drag(spot(window, start), spot(window, to))
    elif window.way is Way.KEYBOARD:
        window.reach(target)
        for key in ["m", *["ArrowDown"] * (4 * hours), "Enter"]:
            window.page.keyboard.press(key)
    else:
        window.use(target)
        window.page.get_by_label("Move to").fill(f"{to:%Y-%m-%dT%H:%M}")
        window.press("button", "Move", within=window.page.locator("slot-dialog"), exact=True)


def lengthen(window: Window, text: str, start: datetime, minutes: int) -> None:
    """Make an entry of half an hour so much longer."""
    target = entry(window, text)
    if window.way is Way.MOUSE:
        end = start + timedelta(minutes=30)
        further = spot(window, end + timedelta(minutes=minutes))[1] - spot(window, end)[1]
        target.hover()
        edge = target.locator(".fc-event-resizer-end").bounding_box()
        assert edge
        x, y = edge["x"] + edge["width"] / 2, edge["y"] + edge["height"] / 2
        window.drag((x, y), (x, y + further))
    elif window.way is Way.KEYBOARD:
        window.reach(target)
        for key in ["m", *["+"] * (minutes // 15), "Enter"]:
            window.page.keyboard.press(key)
    else:
        window.use(target)
        window.page.get_by_label("Length in minutes").fill(str(30 + minutes))
        window.press("button", "Change length")


def opened(window: Window) -> Locator:
    """The dialog of the week that is open."""
    dialog = window.page.locator("app-dialog").last
    expect(dialog).to_be_attached()
    return dialog
