"""What the main thread of a page works at, by the time of the processor: other programs of the machine do not count."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

CATEGORIES = ["toplevel", "disabled-by-default-devtools.timeline"]
TASKS = {"RunTask", "ThreadControllerImpl::RunTask"}


@dataclass
class Tasks:
    """Milliseconds of each task, the longest first; known once the block of `traced` has ended."""

    milliseconds: list[float] = field(default_factory=list)

    @property
    def longest(self) -> float:
        return self.milliseconds[0]


@contextmanager
def traced(browser: Browser, page: Page) -> Iterator[Tasks]:
    """Look at the page's tasks until the end of the block."""
    tasks = Tasks()
    browser.start_tracing(page=page, categories=CATEGORIES)
    try:
        yield tasks
    finally:
        seen: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
    main = {_thread(one) for one in seen if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"}
    found = [one["tdur"] / 1000 for one in seen if one["name"] in TASKS and "tdur" in one and _thread(one) in main]
    tasks.milliseconds = sorted(found, reverse=True)


def _thread(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]
