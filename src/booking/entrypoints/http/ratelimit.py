"""What is left of somebody's limits, in the headers of draft-ietf-httpapi-ratelimit-headers."""

from collections.abc import Sequence
from functools import cache

from booking.domain.budget import WINDOW, Allowance

SECONDS = int(WINDOW.total_seconds())


def ratelimit_headers(allowances: Sequence[Allowance]) -> dict[str, str]:
    """Of all policies; and how the one stands that ends first."""
    least = min(allowances, key=_remaining)
    return {
        "RateLimit-Policy": _policies(tuple([(one.name, one.limit) for one in allowances])),
        "RateLimit": f'"{least.name}";r={least.remaining};t={least.reset}',
    }


def _remaining(allowance: Allowance) -> int:
    return allowance.remaining


@cache
def _policies(limits: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f'"{name}";q={limit};w={SECONDS}' for name, limit in limits)
