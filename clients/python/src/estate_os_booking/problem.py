from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx


class BookingError(Exception):
    """Everything that an operation raises."""

    idempotency_key: str | None = None
    """The key of the request: send it again with the same request while its outcome is in doubt."""


class NoAnswer(BookingError):
    """No answer came: the network failed, or the time was over, as often as it was tried."""


class InvalidAnswer(BookingError):
    """The answer is none that the contract describes."""


class AccessChanged(BookingError):
    """A stream has ended because what the caller may hear is not what it was.

    Read anew what you show, and go on from the position.
    """


class Problem(BookingError):
    """The service refused. Each code has its class; a code that this release does not know is a plain Problem."""

    def __init__(self, response: httpx.Response, body: Mapping[str, Any]) -> None:
        self.status = response.status_code
        self.code: str = body.get("code") or f"http_{self.status}"
        self.title: str = body.get("title") or f"HTTP {self.status}"
        self.detail: str = body.get("detail") or self.title
        self.request_id: str | None = response.headers.get("X-Request-Id") or body.get("request_id")
        """Show it to people: whoever helps them asks for it."""
        self.retry_after = seconds_of(response)
        """Seconds to wait before the next attempt, where the service says so."""
        self.body = body
        """The whole document, with fields that this release does not know."""
        super().__init__(f"{self.status} {self.code}: {self.detail}")


def seconds_of(response: httpx.Response) -> float | None:
    """Read `Retry-After`; a date counts from now."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
