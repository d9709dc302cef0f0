"""A slow phone, as Lighthouse has it: network, processor and screen."""

from dataclasses import dataclass
from typing import Any

from tests.web.windows import Window

SCREEN: dict[str, Any] = {"viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75, "is_mobile": True}
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1_638.4 * 128, "uploadThroughput": 750 * 128}
SLOWER = 4
LARGEST = """new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntries()) globalThis.largest = startTime
}).observe({ type: 'largest-contentful-paint', buffered: true })"""


@dataclass(frozen=True)
class Painted:
    """Milliseconds from the first request on."""

    largest: float
    """Until the largest of its contents was there, as browsers tell it."""
    seen: float
    """Until what was waited for was there."""


def open_slowly(window: Window, path: str, awaited: str) -> Painted:
    """Open a page as a slow phone does, with nothing of it kept, and wait for what a selector finds."""
    page = window.page
    session = window.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(LARGEST)
    page.goto(path, wait_until="commit")
    page.wait_for_selector(awaited, timeout=60_000)
    largest, seen = page.evaluate("() => [globalThis.largest, performance.now()]")
    return Painted(largest, seen)
