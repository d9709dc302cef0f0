"""Limits over HTTP: every answer to a caller says what they may still ask (draft-ietf-httpapi-ratelimit-headers)."""

from typing import TYPE_CHECKING, Any

from litestar.connection import ASGIConnection

from booking.service.limits import Allowance, Limit, Spender

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

    from booking.domain.caller import Caller
    from booking.entrypoints.http.services import Services

SECONDS = 60  # both limits are by the minute


class Limited:
    """ASGI middleware, inside of the one that knows the caller."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        services: Services = connection.app.state.services
        allowances = [
            (name, await limit.spend(spender))
            for name, limit, spender in _spenders(services, connection.state.caller)
            if limit.limit
        ]

        async def tell(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_headers(allowances)]
            await send(message)

        await self.app(scope, receive, tell if allowances else send)


def _spenders(services: "Services", caller: "Caller") -> list[tuple[str, Limit, Spender]]:
    home = caller.home
    return [
        ("person", services.limits.person, Spender(home, caller.subject)),
        ("organization", services.limits.organization, Spender(home, "")),
    ]


def _headers(allowances: list[tuple[str, Allowance]]) -> list[tuple[bytes, bytes]]:
    """Of both policies; and how the one stands that ends first."""
    policies = ", ".join(f'"{name}";q={one.limit};w={SECONDS}' for name, one in allowances)
    name, least = min(allowances, key=lambda named: named[1].remaining)
    return [
        (b"ratelimit-policy", policies.encode()),
        (b"ratelimit", f'"{name}";r={least.remaining};t={least.reset}'.encode()),
    ]
