"""A page that was opened before the service had another one: parts of it are gone."""

from playwright.sync_api import Route, expect

from booking.entrypoints.dev.demo import ADMIN_EMAIL
from tests.web.windows import Windows

OTHER = '<script type="module" src="/app/assets/index-Other.js"></script>'


def _is_gone(route: Route) -> None:
    route.fulfill(status=404)


def test_a_page_of_a_former_version_says_that_there_is_a_new_one_and_reloads_by_a_button(windows: Windows) -> None:
    window = windows.of_the_demo(ADMIN_EMAIL)
    expect(window.by_role("heading", level=1)).to_be_visible()
    window.settles()
    page = window.page
    with window.watch.awaiting("404"):
        page.route("**/app/assets/**", _is_gone)
        window.press("link", "Figures")
        window.shows("The service did not answer.")  # the page is the same: something else is wrong
        page.route("**/app", lambda route: route.fulfill(content_type="text/html", body=OTHER))
        window.press("link", "Audit")
        window.shows("There is a new version of this page.")
        window.is_sound()
    page.unroute_all()
    window.press("button", "Reload")
    window.heading("Audit")
