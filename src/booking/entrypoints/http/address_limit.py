"""Limit of requests by the address of a caller, where there is no token."""

from typing import Any

from litestar import Request

from booking.config.proxies import TrustedProxies
from booking.domain.rate_limit import Spender
from booking.service.rate_limits import ANYWHERE, Limit


class AddressLimit:
    def __init__(self, limit: Limit, proxies: TrustedProxies) -> None:
        self._limit = limit
        self._proxies = proxies

    async def spend(self, request: Request[Any, Any, Any]) -> None:
        """Spend a request of its address; RateLimited."""
        if self._limit.limit:
            await self._limit.spend(Spender(ANYWHERE, f"{self._limit.name} {self._address(request)}"))

    def _address(self, request: Request[Any, Any, Any]) -> str:
        peer = request.scope.get("client")
        forwarded = [value for name, value in request.scope["headers"] if name == b"x-forwarded-for"]
        return self._proxies.caller(peer[0] if peer else None, forwarded)
