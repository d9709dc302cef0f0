"""Recording of metrics. What happens often is collected, and counted at the end of the loop's turn."""

import asyncio
from collections import Counter as Counts

from booking.metrics import catalogue
from booking.metrics.instruments import Counter, Histogram, Level

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

_sizes: list[tuple[Histogram, float, tuple[str, ...]]] = []
_counts: Counts[tuple[Counter | Level, tuple[str, ...]]] = Counts()
_turning: asyncio.AbstractEventLoop | None = None


def request(route: str | None, method: str, status: int, code: str, seconds: float) -> None:
    """Count a request. `route` is a path of the contract; None, or an unknown method, counts as "other"."""
    route, method = route or "other", method if method in METHODS else "other"
    _sizes.append((catalogue.request_seconds, seconds, (route, method)))
    _counts[catalogue.requests, (route, method, str(status), code)] += 1
    _soon()


def batch(kind: str, size: int) -> None:
    _sizes.append((catalogue.batches, size, (kind,)))
    _soon()


def count(what: Counter, *labels: str) -> None:
    """Count one, at the end of this turn."""
    _counts[what, labels] += 1
    _soon()


def change(what: Level, by: int, *labels: str) -> None:
    """Change a level at the end of this turn; comings and goings within one are not seen."""
    _counts[what, labels] += by
    _soon()


def _soon() -> None:
    global _turning
    if (
        _turning is not None and not _turning.is_closed()
    ):  # to ask which runs is dearer: it costs a call into the system
        return
    try:
        _turning = asyncio.get_running_loop()
    except RuntimeError:  # no loop runs, and no turn will end
        _count()
    else:
        _turning.call_soon(_count)


def _count() -> None:
    global _turning
    _turning = None
    for histogram, value, labels in _sizes:
        histogram.observe(value, *labels)
    for (what, labels), by in _counts.items():
        if isinstance(what, Counter):
            what.add(by, *labels)
        elif by:
            what.change(by, *labels)
    _sizes.clear()
    _counts.clear()
