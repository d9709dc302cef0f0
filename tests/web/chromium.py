"""Debian's Chromium, where there is one, as Playwright drives it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser")
ABSENT = "no Chromium: install Debian's `chromium`, or say where one is in BOOKING_CHROMIUM"

SITES_REACH_US = "--disable-features=LocalNetworkAccessChecks"
"""A test's own site counts as one of the internet's, which would ask before it calls a service on this machine."""


def find() -> str | None:
    """Return the path of the browser, None where there is none."""
    given = os.environ.get("BOOKING_CHROMIUM")
    return shutil.which(given) if given else next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def driven(path: str) -> Iterator[Browser]:
    """The browser until the end of the block.

    Why not for a whole session: while it is driven, no other loop of asyncio can run in the thread.
    """
    flags = ["--disable-gpu", SITES_REACH_US, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()
