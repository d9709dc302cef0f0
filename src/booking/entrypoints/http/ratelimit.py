"""What is left of somebody's limits, in the headers of draft-ietf-httpapi-ratelimit-headers."""

from collections.abc import Sequence

from booking.domain.budget import WINDOW, Allowance

SECONDS = int(WINDOW.total_seconds())


def ratelimit_headers(allowances: Sequence[Allowance]) -> dict[str, str]:
    """Of all policies; and how the one stands that ends first."""
    least = min(allowances, key=lambda one: one.remaining)
    return {
        "RateLimit-Policy": ", ".join(f'"{one.name}";q={one.limit};w={SECONDS}' for one in allowances),
        "RateLimit": f'"{least.name}";r={least.remaining};t={least.reset}',
    }
