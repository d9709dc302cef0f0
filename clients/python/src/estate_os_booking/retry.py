"""Which attempt is worth repeating, and when."""

import random
from dataclasses import dataclass

import httpx

from estate_os_booking.problem import seconds_of

BASE = 0.2  # seconds
LONGEST = 5.0  # seconds, between two attempts where the service names no time
DOUBLED = 10  # times, at most: the longest is reached by then, and the largest float is not


@dataclass(frozen=True, slots=True)
class Attempt:
    number: int
    """How many there have been, this one included."""
    repeatable: bool
    """Whether the same request twice is as good as once: it reads, or it has a key."""
    patience: float
    """Seconds that a caller will wait at most because the service asks for it."""


def delay_after(response: httpx.Response, code: str | None, attempt: Attempt) -> float | None:
    """Return the seconds until the next attempt after an answer, or None where there shall be none."""
    if not _worth_repeating(response.status_code, code, repeatable=attempt.repeatable):
        return None
    asked = seconds_of(response) or 0.0
    return None if asked > attempt.patience else max(asked, backoff(attempt.number))


def delay_after_failure(attempt: Attempt) -> float | None:
    """Return the seconds until the next attempt after none answered, or None where it must not be repeated."""
    return backoff(attempt.number) if attempt.repeatable else None


def _worth_repeating(status: int, code: str | None, *, repeatable: bool) -> bool:
    match status:
        case 408 | 429:
            return True  # nothing was undertaken
        case 409:
            return code == "idempotency_in_progress"
        case 503:
            return code == "unavailable" or (repeatable and code in {"outcome_unknown", None})
        case 502 | 504:
            return repeatable and code is None  # by something between here and the service, as a failing network
    return False


def backoff(number: int, base: float = BASE, longest: float = LONGEST) -> float:
    most = min(longest, base * 2.0 ** min(number - 1, DOUBLED))
    return random.uniform(most / 2, most)  # noqa: S311
