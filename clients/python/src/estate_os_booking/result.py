import re
from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RateLimit:
    policy: str
    """Of the limit that ends first: `person`, `organization` or `writes`; a newer release may know more."""
    remaining: int
    reset_seconds: int


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    data: T
    status: int
    etag: str | None
    """Send it back as `if_match`."""
    location: str | None
    """Where what was made is, as a path."""
    replayed: bool
    """Whether this is the first answer to that key, given again."""
    not_modified: bool
    """Whether nothing has changed since this client last saw it."""
    request_id: str | None
    rate_limit: RateLimit | None
    idempotency_key: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a call."""

    response: httpx.Response
    content: bytes
    idempotency_key: str | None
    not_modified: bool

    def result(self, data: T) -> Result[T]:
        headers = self.response.headers
        return Result(
            data=data,
            status=200 if self.not_modified else self.response.status_code,
            etag=headers.get("ETag"),
            location=headers.get("Location"),
            replayed=headers.get("Idempotency-Replayed") == "true",
            not_modified=self.not_modified,
            request_id=headers.get("X-Request-Id"),
            rate_limit=_rate_limit(headers.get("RateLimit", "")),
            idempotency_key=self.idempotency_key,
        )


def _rate_limit(header: str) -> RateLimit | None:
    """Read `"writes";r=599;t=42`."""
    found = re.match(r'"([^"]*)";r=(\d+);t=(\d+)', header)
    return found and RateLimit(policy=found[1], remaining=int(found[2]), reset_seconds=int(found[3]))
