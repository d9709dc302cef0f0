"""What is left of somebody's limits, in the headers of draft-ietf-httpapi-ratelimit-headers."""

from collections.abc import Sequence
from functools import cache
from operator import attrgetter, itemgetter

from booking.domain.rate_limit import Allowance

_remaining = attrgetter("remaining")
_policy = itemgetter(0, 1, 4)


def ratelimit_headers(allowances: Sequence[Allowance]) -> list[tuple[bytes, bytes]]:
    """Of all policies; and how the one stands that ends first."""
    name, _, remaining, reset, _ = min(allowances, key=_remaining)
    return [
        (b"ratelimit-policy", _policies(*map(_policy, allowances))),
        (b"ratelimit", f'"{name}";r={remaining};t={reset}'.encode()),
    ]


@cache
def _policies(*limits: tuple[str, int, int]) -> bytes:
    return ", ".join(f'"{name}";q={limit};w={window}' for name, limit, window in limits).encode()
