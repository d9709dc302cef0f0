"""The days on which clocks change: each slot is shown and drawn at its hour, one that is missing or comes twice too."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.e2e.driver import Instance
from tests.web.agencies import Agency
from tests.web.agents import see, spot
from tests.web.windows import Window, Windows

HALF = timedelta(minutes=30)
MONTH = timedelta(days=31)
# Where the home is, and where its viewer.
ZONES = [
    ("Europe/Lisbon", "America/New_York"),
    ("America/New_York", "Asia/Kathmandu"),
    ("Australia/Lord_Howe", "Europe/Lisbon"),
]


def changes(zone: ZoneInfo) -> Iterator[datetime]:
    """Each moment from the day after tomorrow on at which the clocks change."""
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    while True:
        if at.astimezone(zone).utcoffset() != (at + HALF).astimezone(zone).utcoffset():
            yield at + HALF
        at += HALF


def turn(window: Window, start: datetime) -> None:
    """Go to the part of the days that has this time."""
    for _ in range((start - datetime.now(UTC)) // MONTH):
        window.press("button", "Later", exact=True)


@pytest.mark.e2e_web
@pytest.mark.parametrize("nth", [0, 1], ids=["next", "then"])
@pytest.mark.parametrize(("there", "here"), ZONES, ids=[there for there, _ in ZONES])
def test_slots_around_a_change_of_clocks_are_at_their_hours(
    windows: Windows, instance: Instance, there: str, here: str, nth: int
) -> None:
    home, own = ZoneInfo(there), ZoneInfo(here)
    change = next(islice(changes(home), nth, None))
    agency = Agency(instance.organization(), there).settle()
    agency.policy(horizon_days=365)
    (ada,) = agency.applicants("Ada Lovelace")
    starts = [change + timedelta(hours=hours) for hours in (-1, -0.5, 0, 0.5, 1.5)]
    agency.offer(0, -0.5, -1, 0.5, 1.5, first=change)
    of_the_day = [one for one in starts if one.astimezone(home).date() == change.astimezone(home).date()]

    window = windows.of(ada, "/app/me/find", timezone_id=here)
    window.press("link", re.compile("See times"))
    turn(window, starts[0])
    window.press("button", re.compile(f"{change.astimezone(home):%a}.*{change.astimezone(home).day}\\b.*free"))
    times = window.by_role("list", "Times").get_by_role("button")
    told = [(f"{one.astimezone(home):%H:%M}", f"{one.astimezone(own):%H:%M}") for one in of_the_day]
    expect(times).to_have_text([re.compile(rf"{local}[\s\S]*, {mine}.* for you") for local, mine in told])
    shown = [one.split("\n")[0] for one in times.all_inner_texts()]
    assert len(set(shown)) == len(shown), shown  # also where the clock shows one time twice

    amy = windows.of(agency.admin, "/app/week", timezone_id=here)
    see(amy, change, there)
    for one in of_the_day:
        local = one.astimezone(home)
        drawn = amy.by_role("button", re.compile(f"{local:%A} {local.day} {local:%B}, {local:%H:%M}")).first
        box, at = drawn.bounding_box(), spot(amy, local)
        assert box
        assert abs(box["y"] + 3 - at[1]) < 4
