"""Answers from outside, and the few words for failures.

Why few: they are shown, and must not tell of a network's inside.
"""

from collections.abc import Mapping
from enum import StrEnum

from booking.domain.values import Value


class Failure(StrEnum):
    NO_ADDRESS = "no_address"
    """The name is unknown, or an address of it is not public: which of both is not told."""
    NOT_CONNECTED = "not_connected"
    TLS_FAILED = "tls_failed"
    """No handshake, or a certificate that is not trusted for this name."""
    TIMED_OUT = "timed_out"
    CLOSED = "closed"
    """The connection ended before the answer did."""
    MALFORMED = "malformed"
    """Not HTTP, or with more headers than are read."""
    REDIRECTED = "redirected"
    GONE = "gone"
    NOT_ACCEPTED = "not_accepted"
    """Any other status than 2xx."""


class Failed(Exception):
    """End of a request without an answer."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


class Answer(Value, kw_only=True):
    """Outcome of a request. `failure`: None where it was accepted; `headers`: by their names in lower case; `body`: as
    much as was read.
    """

    failure: Failure | None
    status: int | None
    headers: Mapping[str, str] = {}
    body: bytes
    ms: int


def failure_of(status: int) -> Failure | None:
    if 200 <= status <= 299:
        return None
    if 300 <= status <= 399:
        return Failure.REDIRECTED
    return Failure.GONE if status == 410 else Failure.NOT_ACCEPTED
