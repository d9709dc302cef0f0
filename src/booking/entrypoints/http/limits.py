"""Limits over HTTP: whoever is known spends from theirs, and every answer says what is left."""

from typing import TYPE_CHECKING, Any

from litestar.connection import ASGIConnection

from booking.domain.budget import Spender
from booking.entrypoints.http.ratelimit import ratelimit_headers

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

    from booking.domain.caller import Caller
    from booking.entrypoints.http.services import Services


class Limited:
    """ASGI middleware, inside of the one that knows the caller."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        services: Services = connection.app.state.services
        caller: Caller = connection.state.caller
        spenders = (
            (services.limits.person, Spender(caller.home, caller.subject)),
            (services.limits.organization, Spender(caller.home, "")),
        )
        allowances = [await limit.spend(spender) for limit, spender in spenders if limit.limit]

        async def tell(message: "Message") -> None:
            if message["type"] == "http.response.start":
                told = ratelimit_headers(allowances).items()
                message["headers"] = [
                    *message["headers"],
                    *((name.lower().encode(), value.encode()) for name, value in told),
                ]
            await send(message)

        await self.app(scope, receive, tell if allowances else send)
