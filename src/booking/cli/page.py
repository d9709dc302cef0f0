"""Page of `booking dev`: built in the background once the API is up, told and opened once it is there."""

import asyncio
import os
import signal
import sys
import webbrowser
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from booking.cli.environment import PAGE
from booking.entrypoints.dev.page_build import REPOSITORY, is_built
from booking.entrypoints.http.web.page import WebPage

BUILD = (sys.executable, "-m", "booking.entrypoints.dev.page_build")


@asynccontextmanager
async def page_in_the_background(page: WebPage, url: str, *, opens: bool) -> AsyncIterator[None]:
    """Build the page during the block, if it is to be built, and tell its address; an unfinished build ends with it."""
    building = asyncio.create_task(_build(page, url, opens=opens))
    try:
        yield
    finally:
        building.cancel()
        with suppress(asyncio.CancelledError):
            await building


def may_open(environment: Mapping[str, str], *, on_request: bool) -> bool:
    """Tell whether a browser is opened: for a person at a display alone, never for a suite."""
    display = sys.platform in ("darwin", "win32") or environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    return bool(on_request and display and not environment.get("CI") and sys.stdout.isatty())


async def _build(page: WebPage, url: str, *, opens: bool) -> None:
    if await _is_there(page, url) and opens:
        await asyncio.to_thread(webbrowser.open, url)


async def _is_there(page: WebPage, url: str) -> bool:
    """Build the page, and tell that, unless it is not wanted or built already; return whether it can be opened."""
    mine = (REPOSITORY / "web" / "package.json").exists()
    if not mine or os.environ.get(PAGE, "").strip() == "0" or await asyncio.to_thread(is_built, REPOSITORY):
        return page.built
    page.absent = "The page is being built", "That takes a minute at the first start. This page looks again by itself."
    process = await asyncio.create_subprocess_exec(*BUILD, stderr=asyncio.subprocess.PIPE, start_new_session=True)
    try:
        _, said = await process.communicate()
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGTERM)
            await process.wait()
    if process.returncode:
        text = said.decode(errors="replace").strip()
        page.absent = "The page could not be built", text
        print(f"booking: {text}", file=sys.stderr, flush=True)
    else:
        print(f"  The page is there: {url}", flush=True)
    return process.returncode == 0
