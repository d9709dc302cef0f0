"""Bearer tokens as they are sent, and guards that ask for a role.

Guards are coroutines: Litestar would take each plain one to a thread of its own.
"""

from typing import Any
from urllib.parse import parse_qs

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from booking.domain.caller import Caller, Side
from booking.domain.refusals import Unauthenticated

Connection = ASGIConnection[Any, Any, Any, Any]


async def agents_only(connection: Connection, _: BaseRouteHandler) -> None:
    connection.state.caller.as_agent()


async def admins_only(connection: Connection, _: BaseRouteHandler) -> None:
    connection.state.caller.as_admin()


async def applicants_only(connection: Connection, _: BaseRouteHandler) -> None:
    connection.state.caller.as_applicants()


async def side_first(connection: Connection, _: BaseRouteHandler) -> None:
    """A guard that asks for the role that `as` names; whatever else that says is told as a fault of the input."""
    sides = parse_qs(connection.scope["query_string"].decode("latin-1")).get("as")
    if sides == [Side.AGENT]:
        connection.state.caller.as_agent()
    elif sides == [Side.APPLICANT]:
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
