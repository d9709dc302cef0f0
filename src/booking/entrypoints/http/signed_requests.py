"""Requests that carry a signature instead of a token: limited by address, read whole, and verified before all else."""

from typing import Any

from litestar import Request

from booking.domain.refusals import BodyTooLarge, InboundNotConfigured, SignatureInvalid
from booking.entrypoints.http.address_limit import AddressLimit
from booking.entrypoints.http.decoding import LARGEST_BODY
from booking.entrypoints.http.pipeline.steps import whole_body
from booking.entrypoints.http.signatures import Signed, Verifier
from booking.metrics import inbound as count


class SignedRequests:
    """The way of a request to a handler that takes no token. `verifier`: None where nothing is taken in."""

    def __init__(self, verifier: Verifier | None, addresses: AddressLimit) -> None:
        self._verifier = verifier
        self._addresses = addresses

    async def receive(self, request: Request[Any, Any, Any]) -> tuple[Signed, bytes]:
        """Return the sender and the body as it came; SignatureInvalid, and nothing of the body is decoded."""
        if self._verifier is None:
            raise InboundNotConfigured("ask its operator for BOOKING_INBOUND_SECRETS")
        headers = list(request.scope["headers"])
        await self._addresses.spend(request)
        body = await bounded_body(request)
        try:
            return self._verifier.verify(headers, body), body
        except SignatureInvalid:
            count("unknown", "refused")
            raise


async def bounded_body(request: Request[Any, Any, Any], largest: int = LARGEST_BODY) -> bytes:
    """Return the whole body; BodyTooLarge."""
    body = await whole_body(request.receive, largest)
    if len(body) > largest:
        raise BodyTooLarge(f"at most {largest // 1024} KiB")
    return body
