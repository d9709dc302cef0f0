"""Who is calling, found out before anything of the request is read; and guards that ask for a role.

Guards are coroutines: Litestar would take each plain one to a thread of its own.
"""

from typing import TYPE_CHECKING, Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from booking.domain.caller import Caller
from booking.domain.errors import Unauthenticated
from booking.entrypoints.http.services import Services

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send

Connection = ASGIConnection[Any, Any, Any, Any]


class Registered:
    """ASGI middleware: verifies the token, then finds out who its bearer is here; the order of refusals begins so."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        connection: Connection = ASGIConnection(scope)
        services: Services = connection.app.state.services
        given = connection.headers.getall("authorization", [])
        claims = await services.tokens.verify(bearer(*(value.encode("latin-1") for value in given)))
        connection.state.caller = await services.identity.identify(claims, scope["state"]["request_id"])
        await self.app(scope, receive, send)


async def agents_only(connection: Connection, _: BaseRouteHandler) -> None:
    connection.state.caller.as_agent()


async def admins_only(connection: Connection, _: BaseRouteHandler) -> None:
    connection.state.caller.as_admin()


async def applicants_only(connection: Connection, _: BaseRouteHandler) -> None:
    connection.state.caller.as_applicants()


async def provide_caller(request: Request[Any, Any, Any]) -> Caller:
    caller: Caller = request.state.caller
    return caller


def bearer(given: bytes | None = None, *others: bytes) -> str:
    """The token of all that the Authorization headers say; Unauthenticated unless that is one."""
    if given is None:
        raise Unauthenticated(token_given=False)
    scheme, _, token = given.decode("latin-1").partition(" ")
    if others or scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("the Authorization header must read: Bearer, a space, the token")
    return token.strip()
