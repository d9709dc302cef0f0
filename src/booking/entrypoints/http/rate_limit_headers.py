"""Rate limit headers, as draft-ietf-httpapi-ratelimit-headers has them."""

from collections.abc import Sequence
from functools import cache
from operator import attrgetter, itemgetter

from booking.domain.rate_limit import Allowance

_remaining = attrgetter("remaining")
_policy = itemgetter(0, 1, 4)


def ratelimit_headers(allowances: Sequence[Allowance]) -> list[tuple[bytes, bytes]]:
    """Name all policies, and the state of the tightest."""
    name, _, remaining, reset, _ = min(allowances, key=_remaining)
    return [
        (b"ratelimit-policy", _policies(*map(_policy, allowances))),
        (b"ratelimit", f'"{name}";r={remaining};t={reset}'.encode()),
    ]


@cache
def _policies(*limits: tuple[str, int, int]) -> bytes:
    return ", ".join(f'"{name}";q={limit};w={window}' for name, limit, window in limits).encode()
