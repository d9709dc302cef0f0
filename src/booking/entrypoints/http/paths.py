"""Refuse ambiguous paths: a proxy that guards this service could read them differently."""

import re
from typing import TYPE_CHECKING

from litestar.enums import ScopeType

from booking.domain.refusals import NotFound
from booking.entrypoints.http.problems import send_refusal

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send

_ENCODED = re.compile(rb"%2f|%5c", re.IGNORECASE)
_AMBIGUOUS = re.compile(r"//|/\.{1,2}(?:/|\Z)")


class PlainPaths:
    """ASGI middleware. An encoded slash, an empty segment and a dot segment reach no route.

    Why: the router collapses slashes and is given paths decoded, so `/api//v1%2fme` would be `/api/v1/me` here, and
    something else to the rules of a proxy in front.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == ScopeType.HTTP and ambiguous(scope["path"], scope["raw_path"]):
            await send_refusal(send, scope["path"], NotFound("there is no such route"))
        else:
            await self.app(scope, receive, send)


def ambiguous(path: str, raw_path: bytes) -> bool:
    return _AMBIGUOUS.search(path) is not None or (b"%" in raw_path and _ENCODED.search(raw_path) is not None)
