"""Signing in by Supabase, as it is where the page is not the demo's: against one that stands in for it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from booking.cli.environment import PAGE
from booking.entrypoints.dev.page_build import build
from tests.commands.processes import booking, until
from tests.e2e.conftest import described
from tests.e2e.driver import Instance
from tests.web.agencies import Agency
from tests.web.supabase import CODE, KEY, PASSWORD, StandIn, standing_in
from tests.web.windows import Person, Way, Window, Windows

pytestmark = pytest.mark.e2e_web


@pytest.fixture(scope="module")
def supabase(chromium: str) -> Iterator[StandIn]:
    with standing_in() as running:
        yield running


@pytest.fixture(scope="module")
def signing_in(supabase: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance whose page signs in there."""
    build()
    env_file = tmp_path_factory.mktemp("supabase") / "env"
    environment = {PAGE: "0", "BOOKING_WEB_SUPABASE_URL": supabase.url, "BOOKING_WEB_SUPABASE_KEY": KEY}
    with booking("dev", "--ephemeral", "--port", 0, "--env-file", env_file, environment=environment) as process:
        until(env_file.exists, process)
        with described(env_file) as running:
            yield running


@pytest.fixture
def there(browser: Browser, signing_in: Instance, supabase: StandIn) -> Iterator[Windows]:
    opened = Windows(browser, signing_in.env["BASE_URL"], supabase.url)
    yield opened
    opened.close()


@pytest.fixture
def ada(signing_in: Instance, supabase: StandIn) -> Person:
    supabase.asked.clear()
    supabase.lasts = timedelta(hours=1)
    agency = Agency(signing_in.organization()).settle()
    (one,) = agency.applicants("Ada Lovelace")
    supabase.people[one.email] = one
    return one


def enter(window: Window, email: str, password: str) -> None:
    window.fill("textbox", "E-mail", email)
    window.page.get_by_label("Password").fill(password)
    window.press("button", "Sign in", exact=True)


@pytest.mark.parametrize("way", Way)
def test_somebody_signs_in_by_password_and_out_again(there: Windows, supabase: StandIn, ada: Person, way: Way) -> None:
    window = there.blank(way)
    window.page.goto("/app/me")
    window.heading("Who are you?")
    window.is_sound()
    window.picture("sign-in-supabase")
    with window.refused(400):
        enter(window, ada.email, "wrong")
        window.shows("This sign-in was refused. Check what you entered.")
        window.is_sound()
    enter(window, ada.email, PASSWORD)
    window.shows("No visit is booked.")
    window.press("button", "Sign out")
    window.heading("Who are you?")
    assert supabase.asked == ["/token?grant_type=password"] * 2 + ["/logout?scope=local"]


def test_somebody_signs_in_by_a_code_from_an_e_mail(there: Windows, supabase: StandIn, ada: Person) -> None:
    window = there.blank()
    window.page.goto("/app/me")
    window.fill("textbox", "E-mail", ada.email)
    window.press("button", "Send me a code instead")
    window.shows(f"A code was sent to {ada.email}.")
    window.is_sound()
    window.fill("textbox", "Code from the e-mail", CODE)
    window.press("button", "Sign in", exact=True)
    window.shows("No visit is booked.")
    assert supabase.asked == ["/otp", "/verify"]


def test_a_session_is_refreshed_without_a_word(there: Windows, supabase: StandIn, ada: Person) -> None:
    supabase.lasts = timedelta(seconds=3)
    window = there.blank()
    window.page.goto("/app/me")
    enter(window, ada.email, PASSWORD)
    window.shows("No visit is booked.")
    window.press("link", "Find a visit")
    window.settles()
    assert "/token?grant_type=refresh_token" in supabase.asked
