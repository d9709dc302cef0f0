"""CORS: tell browsers that pages of the configured origins may call, and read the answers (the Fetch standard, 3.2)."""

import re
from typing import TYPE_CHECKING

from litestar.enums import ScopeType

from booking.config.origins import Origins
from booking.domain.refusals import OriginNotAllowed
from booking.entrypoints.http.problems import send_refusal

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"

EXPOSED = (
    b"Content-Disposition, Date, ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, "
    b"WWW-Authenticate, X-Request-Id"
)
MAX_AGE = b"600"  # seconds

_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2

_ALLOWED = b"access-control-allow-origin"
_VARY = (b"vary", b"Origin")


class Cors:
    """ASGI middleware. Requests of other origins are answered as any others; their pages cannot read that.

    An answer that says itself who may read it, such as the page's scripts, is left so.
    """

    def __init__(self, app: "ASGIApp", origins: Origins) -> None:
        self.app = app
        self.origins = origins

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != ScopeType.HTTP or not (self.origins or scope["method"] == "OPTIONS"):
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"])
        origin = given.get(b"origin")
        if origin is None:
            await self.app(scope, receive, send)
            return
        allowed = self.origins.allow(origin.decode("latin-1"))
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in given:
            await _preflight(scope, send, origin, allowed, given.get(b"access-control-request-headers", b""))
            return

        async def telling(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], _VARY]
                if allowed and not any(name == _ALLOWED for name, _ in message["headers"]):
                    shown = ((_ALLOWED, origin), (b"access-control-expose-headers", EXPOSED))
                    message["headers"] = [*message["headers"], *shown]
            await send(message)

        await self.app(scope, receive, telling)


async def _preflight(scope: "Scope", send: "Send", origin: bytes, allowed: bool, asked: bytes) -> None:
    """Allow all headers of a preflight.

    Why: a page of a configured origin is trusted, and each library for tracing brings headers of its own.
    """
    if not allowed:
        await send_refusal(send, scope["path"], OriginNotAllowed(), _VARY)
        return
    names = [name.strip() for name in asked.split(b",")]
    headers = [
        (_ALLOWED, origin),
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", b", ".join(name for name in names if _NAME.fullmatch(name))),
        (b"access-control-max-age", MAX_AGE),
        (b"vary", b"Origin, Access-Control-Request-Headers"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
