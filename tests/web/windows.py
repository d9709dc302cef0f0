"""Windows of people at the page: each a browser context of its own, signed in through the page's own door."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.web.accessibility import THEMES, outside, violations
from tests.web.watch import Watch

WIDE, NARROW = 1280, 320
HEIGHT = 800
AN_HOUR = timedelta(hours=1)
FARTHEST = 150  # presses of Tab until something counts as out of reach
PICTURES = "BOOKING_PICTURES"
SITE = "http://agency.localhost"
"""Where an agency's own site is: the service allows its origin, and a test says what is there."""

FOCUSED = "(element) => element.matches(':focus') || element.getRootNode().activeElement === element"
AMONG_THEM = """(element) => {
  const focused = element.getRootNode().activeElement
  return focused?.type === 'radio' && focused.name === element.name
}"""
FOLLOW = """(path) => {
  const link = Object.assign(document.createElement('a'), { href: path })
  document.body.append(link)
  link.click()
  link.remove()
}"""
CUT = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED", "net::ERR_ABORTED", "net::ERR_NETWORK_CHANGED")


Spot = tuple[float, float]


class Way(StrEnum):
    """How somebody uses the page."""

    MOUSE = "mouse"
    KEYBOARD = "keyboard"
    NARROW = "narrow"
    """By touch, on a screen of 320 px."""


@dataclass(frozen=True)
class Window:
    page: Page
    watch: Watch = field(repr=False)
    way: Way = Way.MOUSE

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def by_role(self, role: Any, name: str | re.Pattern[str] | None = None, **more: Any) -> Locator:
        if name is not None:
            more["name"] = name
        return self.page.get_by_role(role, **more)

    def shows(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def heading(self, name: str | re.Pattern[str], level: int | None = None) -> None:
        more = {} if level is None else {"level": level}
        expect(self.by_role("heading", name, **more).first).to_be_visible()

    def goes(self, path: str) -> None:
        """Go to another address of the page, as by a link."""
        self.page.evaluate(FOLLOW, path)
        self.settles()

    def settles(self) -> None:
        """Wait until nothing is being read any more."""
        expect(self.page.locator("app-skeleton")).to_have_count(0)

    def press(self, role: Any, name: str | re.Pattern[str], *, within: Locator | None = None, **more: Any) -> None:
        """Use a button, a link, a tab or a box, in the window's way."""
        self.use((within or self.page).get_by_role(role, name=name, **more).first)

    def use(self, target: Locator) -> None:
        if self.way is Way.KEYBOARD:
            self.reach(target)
            boxlike = target.evaluate("(element) => ['checkbox', 'radio'].includes(element.type)")
            self.page.keyboard.press("Space" if boxlike else "Enter")
        elif self.way is Way.NARROW:
            target.tap()
        else:
            target.click()

    def fill(self, role: Any, name: str | re.Pattern[str], text: str) -> None:
        target = self.by_role(role, name).first
        if self.way is not Way.KEYBOARD:
            target.fill(text)
            return
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, name: str | re.Pattern[str], option: str, *, within: Locator | None = None) -> None:
        """Choose from a list by what stands there."""
        target = (within or self.page).get_by_role("combobox", name=name).first
        expect(target.get_by_role("option").filter(has_text=option)).to_be_attached()
        known = target.get_by_role("option").all_text_contents()
        (label,) = [one.strip() for one in known if option in one]
        if self.way is not Way.KEYBOARD:
            target.select_option(label=label)
            return
        self.reach(target)
        self.page.keyboard.type(label[: label.index(option) + len(option)])

    def drag(self, begin: Spot, end: Spot) -> None:
        """Drag by the mouse from one spot to another."""
        self.page.mouse.move(*begin)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=8)
        self.page.mouse.up()

    def reach(self, target: Locator) -> None:
        """Go there by Tab alone; AssertionError where Tab does not lead there."""
        expect(target).to_be_visible()
        expect(target).to_be_enabled()
        radio = target.evaluate("(element) => element.type === 'radio'")
        for _ in range(FARTHEST):
            if target.evaluate(FOCUSED):
                return
            among = radio and target.evaluate(AMONG_THEM)  # Tab leads to a group of radios, arrows lead through it
            self.page.keyboard.press("ArrowDown" if among else "Tab")
        raise AssertionError(f"by Tab one does not get to {target}")

    def is_sound(self) -> None:
        """Assert what holds of every screen in every state: nobody is kept out, and nothing lies outside the window."""
        assert not (found := [*violations(self.page), *outside(self.page)]), "\n".join(found)
        self.page.mouse.move(0, 0)  # nothing is pointed at: what one points at stays in its place

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Without a network until the end of the block."""
        with self.watch.awaiting(*CUT):
            self.context.set_offline(True)
            try:
                yield
            finally:
                self.context.set_offline(False)

    @contextmanager
    def refused(self, *statuses: int) -> Iterator[None]:
        """In the block the service may refuse with these: the browser calls each an error."""
        with self.watch.awaiting(*(f"status of {status}" for status in statuses)):
            yield

    def picture(self, name: str) -> None:
        """Keep pictures in both themes, where a folder is named for them."""
        if not (folder := os.environ.get(PICTURES)):
            return
        viewport = self.page.viewport_size
        assert viewport is not None
        for theme in THEMES:
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            self.page.screenshot(path=Path(folder) / f"{name}-{viewport['width']}-{theme}.png", animations="disabled")
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in. `token` makes one that lasts so long."""

    name: str
    email: str
    role: str
    token: Callable[[timedelta], str] = field(repr=False)


class Windows:
    """Opens windows, and closes them with an assertion that nothing was wrong in any."""

    def __init__(self, browser: Browser, base_url: str, *elsewhere: str) -> None:
        """`elsewhere`: further origins that the page may speak to."""
        self._browser = browser
        self._base_url = base_url
        self._elsewhere = elsewhere
        self._open: list[Window] = []

    def blank(
        self, way: Way = Way.MOUSE, *, clock: datetime | None = None, broken: str | None = None, **options: Any
    ) -> Window:
        """A window with nothing in it. `clock`: what its own shows. `broken`: requests to there are lost on the way."""
        narrow = way is Way.NARROW
        options.setdefault("viewport", {"width": NARROW if narrow else WIDE, "height": HEIGHT})
        options.setdefault("locale", "en-GB")
        options.setdefault("timezone_id", "Europe/Lisbon")
        options.setdefault("reduced_motion", "reduce")
        context = self._browser.new_context(base_url=self._base_url, has_touch=narrow, **options)
        context.set_default_timeout(10_000)
        watch = Watch(context, self._base_url, SITE, *self._elsewhere)
        if clock is not None:
            context.clock.install(time=clock)
        if broken is not None:
            context.route(broken, lambda route: route.abort())
        window = Window(context.new_page(), watch, way)
        self._open.append(window)
        return window

    def of(
        self,
        person: Person,
        path: str = "/app",
        *,
        way: Way = Way.MOUSE,
        first_lasts: timedelta = AN_HOUR,
        **options: Any,
    ) -> Window:
        """The page as somebody of a test's own sees it; they are whom the door lists.

        `first_lasts`: how long the first token does; each further one an hour.
        """
        window = self.before(person, way=way, first_lasts=first_lasts, **options)
        window.page.goto(path)
        window.use(window.by_role("button", re.compile(re.escape(person.name))))
        return window

    def before(
        self, person: Person, *, way: Way = Way.MOUSE, first_lasts: timedelta = AN_HOUR, **options: Any
    ) -> Window:
        """A window with nothing in it yet, in which they can sign in."""
        window = self.blank(way, **options)

        def people(route: Route) -> None:
            one = {"email": person.email, "name": person.name, "role": person.role}
            route.fulfill(json={"people": [one]})

        window.context.route("**/dev/people", people)
        tokens = map(person.token, chain([first_lasts], repeat(AN_HOUR)))  # each made when it is asked for
        window.context.route("**/dev/people/sign-in", lambda route: route.fulfill(json={"token": next(tokens)}))
        return window

    def of_the_demo(self, email: str, path: str = "/app", *, way: Way = Way.MOUSE, **options: Any) -> Window:
        """The page as one of the demo's people sees it."""
        window = self.blank(way, **options)
        window.page.goto(f"{path}{'&' if '?' in path else '?'}as={email}")
        return window

    def close(self) -> None:
        try:
            for window in self._open:
                window.watch.end()
        finally:
            for window in self._open:
                window.context.close()
