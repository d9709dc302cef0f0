"""Each screen where there is nothing yet, while it waits, when it is refused, and with all that its buttons open."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.web.agencies import Agency, midday
from tests.web.test_screens import NAMES, NONE_YET
from tests.web.windows import FOLLOW, Person, Way, Window, Windows

pytestmark = pytest.mark.e2e_web

MINE = ["/app/me", "/app/me/find", "/app/me/settings"]
THE_REST = re.compile(r"/api/v1/(?!(me|events|stream)\b)")  # of what the page asks for
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
WENT_WRONG = {"type": "about:blank", "title": "Oh", "status": 500, "detail": "Come back later.", "code": "oh"}


def refuse(route: Route) -> None:
    """As a service that is not well; what happens is not asked for."""
    route.fulfill(status=500, json=WENT_WRONG, content_type="application/problem+json")


def waits(_: Route) -> None:
    """As a service that says nothing."""


@pytest.mark.parametrize("way", [Way.MOUSE, Way.NARROW])
@pytest.mark.parametrize("name", NAMES)
def test_a_screen_is_sound_where_there_is_nothing_yet(windows: Windows, agency: Agency, name: str, way: Way) -> None:
    window = windows.of(agency.admin, "/app/organization", way=way)
    window.settles()
    with window.refused(*NONE_YET.get(name, [])):
        window.goes(f"/app/{name}")
        expect(window.by_role("heading", level=1)).to_be_visible()
        window.is_sound()
        window.picture(f"{name}-empty")


@pytest.mark.parametrize("way", [Way.MOUSE, Way.NARROW])
@pytest.mark.parametrize("name", NAMES)
def test_a_screen_is_sound_while_it_waits(windows: Windows, agency: Agency, name: str, way: Way) -> None:
    window = windows.of(agency.admin, "/app/nowhere", way=way)
    window.settles()
    window.context.route(THE_REST, waits)
    window.page.evaluate(FOLLOW, f"/app/{name}")
    expect(window.page.locator("app-skeleton").first).to_be_visible()
    window.is_sound()
    window.picture(f"{name}-waits")
    window.context.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize("way", [Way.MOUSE, Way.NARROW])
@pytest.mark.parametrize("name", NAMES)
def test_a_screen_is_sound_when_it_is_refused(windows: Windows, agency: Agency, name: str, way: Way) -> None:
    window = windows.of(agency.admin, "/app/nowhere", way=way)
    with window.refused(500):
        window.context.route(THE_REST, refuse)
        window.goes(f"/app/{name}")
        expect(window.by_role("main").get_by_text("Come back later.").first).to_be_visible()
        window.is_sound()
        window.picture(f"{name}-refused")
        window.context.unroute(THE_REST)


@pytest.fixture
def ada(agency: Agency) -> Person:
    """Somebody of an agency with a visit, one that is over, a request, an open house, and somebody who waits."""
    agency.policy(approval_levels=["MEDIUM"])
    ada, ben = agency.applicants("Ada Lovelace", "Ben Nevis")
    (eve,) = agency.applicants("Eve Moore", risk_level="MEDIUM")
    (soon,) = agency.offer(0, first=datetime.now(UTC) + timedelta(seconds=4))
    first, second = agency.offer(0, 1)
    agency.offer(2)
    agency.offer(4, capacity=3)
    agency.book(ada, soon)
    agency.book(ada, first)
    (asked,) = agency.offer(0, first=midday(3))
    agency.book(eve, asked)
    agency.caller(ben).post(f"/api/v1/slots/{first['id']}/waitlist", {})
    agency.book(ben, second, notes="We come by bus.")
    return ada


def buttons(window: Window) -> Iterator[Locator]:
    """Each button and link of the screen, one of each name."""
    known: set[str] = set()
    main = window.by_role("main")
    while True:
        all_of_them = main.locator("button:enabled:visible").all()
        for one in all_of_them:
            name = one.evaluate("(one) => one.ariaLabel || one.textContent.trim()")
            if name not in known:
                known.add(name)
                yield one
                break
        else:
            return


def explore(window: Window) -> None:
    """Press each button of a screen, and look at what that leads to."""
    for one in buttons(window):
        one.click(timeout=2_000)
        window.settles()
        if window.page.locator("dialog[open]").count():
            window.is_sound()
            window.page.keyboard.press("Escape")
            expect(window.page.locator("dialog[open]")).to_have_count(0)
    window.is_sound()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("ada")
def test_what_the_buttons_of_a_screen_open_is_sound(windows: Windows, agency: Agency, name: str) -> None:
    window = windows.of(agency.admin, "/app/organization")
    window.settles()
    with window.refused(400, 404, 409, 422):
        window.goes(f"/app/{name}")
        links = window.by_role("main").locator(f'a[href^="/app/{name}/"]')
        paths = {ID.sub("", href): href for href in links.evaluate_all("(all) => all.map((one) => one.pathname)")}
        for path in [f"/app/{name}", *paths.values()]:
            window.goes(path)
            explore(window)


def test_what_the_buttons_of_the_applicants_page_open_is_sound(windows: Windows, ada: Person) -> None:
    window = windows.of(ada, "/app/me")
    with window.refused(400, 404, 409, 422):
        for path in MINE:
            window.goes(path)
            links = window.by_role("main").locator('a[href^="/app/me/"]')
            paths = {ID.sub("", href): href for href in links.evaluate_all("(all) => all.map((one) => one.pathname)")}
            for one in [path, *paths.values()]:
                window.goes(one)
                explore(window)
