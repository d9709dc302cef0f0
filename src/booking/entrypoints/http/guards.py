"""Guards: the role that an operation needs.

They are coroutines: Litestar would take each plain one to a thread of its own.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from booking.domain.people.caller import Caller, Side
from booking.entrypoints.http.media_types import MediaType, preferred

if TYPE_CHECKING:
    from litestar.types import HTTPScope

Connection = ASGIConnection[Any, Any, Any, Any]


class Role:
    """Guard on the caller, and on the request where that tells the role: so the fast way can ask for it too."""

    def __init__(self, require: "Callable[[Caller, HTTPScope], object]") -> None:
        self.require = require

    async def __call__(self, connection: Connection, _: BaseRouteHandler) -> None:
        self.require(connection.state.caller, cast("HTTPScope", connection.scope))


def _side(caller: Caller, scope: "HTTPScope") -> None:
    """Ask for the role that `as` names. Any other value is told later, as a fault of the input."""
    sides = parse_qs(scope["query_string"].decode("latin-1")).get("as")
    if sides == [Side.AGENT]:
        caller.as_agent()
    elif sides == [Side.APPLICANT]:
        caller.as_applicants()


def _csv(caller: Caller, scope: "HTTPScope") -> None:
    if preferred(scope["headers"]) is MediaType.CSV:
        caller.as_agent()


agents_only = Role(lambda caller, _: caller.as_agent())
admins_only = Role(lambda caller, _: caller.as_admin())
applicants_only = Role(lambda caller, _: caller.as_applicants())
side_first = Role(_side)
csv_for_agents = Role(_csv)
