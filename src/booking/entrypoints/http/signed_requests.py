"""Requests that carry a signature instead of a token: limited by address, read whole, and verified before all else."""

from typing import Any

from litestar import Request

from booking.domain.rate_limit import Spender
from booking.domain.refusals import BodyTooLarge, InboundNotConfigured, SignatureInvalid
from booking.entrypoints.http.decoding import LARGEST_BODY
from booking.entrypoints.http.pipeline.steps import whole_body
from booking.entrypoints.http.signatures import Signed, Verifier
from booking.metrics import inbound as count
from booking.proxies import TrustedProxies
from booking.service.rate_limits import ANYWHERE, Limit


class SignedRequests:
    """The way of a request to a handler that takes no token. `verifier`: None where nothing is taken in."""

    def __init__(self, verifier: Verifier | None, limit: Limit, proxies: TrustedProxies) -> None:
        self._verifier = verifier
        self._limit = limit
        self._proxies = proxies

    async def receive(self, request: Request[Any, Any, Any]) -> tuple[Signed, bytes]:
        """Return the sender and the body as it came; SignatureInvalid, and nothing of the body is decoded."""
        if self._verifier is None:
            raise InboundNotConfigured
        headers = list(request.scope["headers"])
        if self._limit.limit:
            await self._limit.spend(Spender(ANYWHERE, f"address {self._address(request)}"))
        body = await whole_body(request.receive, LARGEST_BODY)
        if len(body) > LARGEST_BODY:
            raise BodyTooLarge("at most 64 KiB")
        try:
            return self._verifier.verify(headers, body), body
        except SignatureInvalid:
            count("unknown", "refused")
            raise

    def _address(self, request: Request[Any, Any, Any]) -> str:
        peer = request.scope.get("client")
        forwarded = [value for name, value in request.scope["headers"] if name == b"x-forwarded-for"]
        return self._proxies.caller(peer[0] if peer else None, forwarded)
