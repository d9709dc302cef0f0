"""One running instance with its page, and windows of people at it; nothing of it where there is no Chromium."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from booking.cli.environment import PAGE
from booking.entrypoints.dev.page_build import build
from tests.commands.processes import booking, until
from tests.e2e.conftest import described
from tests.e2e.driver import Instance
from tests.web.agencies import Agency
from tests.web.chromium import ABSENT, driven, find
from tests.web.windows import SITE, Windows

HERE = Path(__file__).parent
LONG = "e2e_web"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark these tests as the browser's; leave out the long ones unless they are asked for."""
    asked = LONG in str(config.getoption("-m"))
    own = [one for one in items if one.path.is_relative_to(HERE)]
    for one in own:
        one.add_marker("in_chromium")
    left_out = [] if asked else [one for one in own if one.get_closest_marker(LONG)]
    if left_out:
        items[:] = [one for one in items if one not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def chromium() -> str:
    if (path := find()) is None:
        pytest.skip(ABSENT)
    return path


@pytest.fixture(scope="session")
def instance(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with the page of the present sources; or the one that BOOKING_E2E_ENV_FILE describes, as it is."""
    if given := os.environ.get("BOOKING_E2E_ENV_FILE"):
        with described(Path(given)) as running:
            yield running
        return
    build()
    env_file = tmp_path_factory.mktemp("web") / "env"
    # Built here, where one build serves all workers and none comes in the middle.
    environment = {PAGE: "0", "BOOKING_CORS_ORIGINS": SITE}
    with booking("dev", "--ephemeral", "--port", 0, "--env-file", env_file, environment=environment) as process:
        until(env_file.exists, process)
        with described(env_file) as running:
            yield running


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with driven(chromium) as running:
        yield running


@pytest.fixture
def windows(browser: Browser, instance: Instance) -> Iterator[Windows]:
    opened = Windows(browser, instance.env["BASE_URL"])
    yield opened
    opened.close()


@pytest.fixture
def agency(instance: Instance) -> Agency:
    """An agency of the test's own."""
    return Agency(instance.organization()).settle()
