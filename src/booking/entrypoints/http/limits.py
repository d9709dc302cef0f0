"""Limits over HTTP: whoever is known spends from theirs, and every answer says what is left."""

from typing import TYPE_CHECKING, Any

from litestar.connection import ASGIConnection

from booking.domain.budget import Allowance, Spender
from booking.entrypoints.http.ratelimit import ratelimit_headers

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

    from booking.domain.caller import Caller
    from booking.entrypoints.http.services import Services
    from booking.service.limits import Limits


async def allowed(limits: "Limits", caller: "Caller") -> list[Allowance]:
    """What is left after this request; RateLimited where it is one too many."""
    home, allowances = caller.home, []
    for limit, who in ((limits.person, caller.subject), (limits.organization, "")):
        if limit.limit:
            allowances.append(limit.spend_at_hand(home, who) or await limit.spend(Spender(home, who)))
    return allowances


class Limited:
    """ASGI middleware, inside of the one that knows the caller."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        services: Services = connection.app.state.services
        allowances = await allowed(services.limits, connection.state.caller)

        async def tell(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *ratelimit_headers(allowances)]
            await send(message)

        await self.app(scope, receive, tell if allowances else send)
