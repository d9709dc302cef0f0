"""Requests that carry a signature instead of a token: limited by address, read whole, and verified before all else."""

from collections.abc import Iterable
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from litestar import Request

from booking.domain.refusals import (
    BodyTooLarge,
    InboundNotConfigured,
    InternalError,
    InvalidRequest,
    OutcomeUnknown,
    RateLimited,
    RequestTimeout,
    SignatureInvalid,
    Unavailable,
)
from booking.entrypoints.http.address_limit import AddressLimit
from booking.entrypoints.http.inputs.decoding import LARGEST_BODY
from booking.entrypoints.http.pipeline.steps import whole_body
from booking.metrics import catalogue

REFUSALS = (
    *(InvalidRequest, SignatureInvalid, InboundNotConfigured, RequestTimeout, BodyTooLarge, RateLimited),
    *(InternalError, Unavailable, OutcomeUnknown),
)
"""Refusals of a handler that takes a signed request."""

Headers: TypeAlias = Iterable[tuple[bytes, bytes]]
T = TypeVar("T")
Content = TypeVar("Content", covariant=True)


class Verifier(Protocol[Content]):
    """Verifier of one kind of signature."""

    async def read(self, headers: Headers, body: bytes) -> Content:
        """Return the content of a body, of which nothing is read before its signature fits; SignatureInvalid."""


V = TypeVar("V", bound=Verifier[Any])


class SignedRequests(Generic[V, T]):
    """The way of a request to a handler that takes no token.

    `verifier`: None where nothing is taken in, and then `unset` is the detail of the refusal. `sender`: as metrics
    name one that is refused.
    """

    def __init__(
        self,
        verifier: V | None,
        addresses: AddressLimit,
        *,
        unset: str,
        sender: str = "unknown",
        largest: int = LARGEST_BODY,
    ) -> None:
        self.addresses = addresses
        self._verifier = verifier
        self._unset = unset
        self._sender = sender
        self._largest = largest

    @property
    def verifier(self) -> V:
        if self._verifier is None:
            raise InboundNotConfigured(self._unset)
        return self._verifier

    async def receive(self, request: Request[Any, Any, Any]) -> T:
        """Return the content of the body; SignatureInvalid, and nothing of it is decoded."""
        verifier = self.verifier
        await self.addresses.spend(request)
        body = await whole_body(request.receive, self._largest)
        if len(body) > self._largest:
            raise BodyTooLarge(f"at most {self._largest // 1024} KiB")
        try:
            content: T = await verifier.read(request.scope["headers"], body)
        except SignatureInvalid:
            catalogue.inbound.add(1, self._sender, "refused")
            raise
        return content
