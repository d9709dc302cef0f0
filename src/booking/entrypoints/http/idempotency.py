"""Idempotency-Key: an unsafe request that carries one is answered once, however often it comes (T11)."""

import hashlib
import re
from typing import TYPE_CHECKING, Any, cast

from litestar.connection import ASGIConnection

from booking.domain.errors import InvalidHeader
from booking.service.answers import Answer, Asked

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPRequestEvent, HTTPScope, Message, Receive, Scope, Send

    from booking.entrypoints.http.services import Services

UNSAFE = {"POST", "PUT", "DELETE"}
KEY = re.compile(r'"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,255})')
"""A structured-field string, as the draft has it, or the same without the quotes, as most clients send it."""

REPLAYED = (b"idempotency-replayed", b"true")
KEPT_HEADERS = {"content-type", "location", "etag", "retry-after"}


class Idempotent:
    """ASGI middleware, inside of the one that knows the caller: the key is theirs."""

    def __init__(self, app: "ASGIApp", largest_body: int) -> None:
        self.app = app
        self.largest_body = largest_body

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        key = _key(connection) if scope.get("method") in UNSAFE else None
        if key is None:
            await self.app(scope, receive, send)
            return
        content = await self._content(receive)
        if content is None:
            return  # the caller is gone
        if len(content["body"]) > self.largest_body:
            await self.app(scope, _first(content, receive), send)  # which refuses it
            return

        async def answer() -> Answer:
            sent: list[Message] = []

            async def keep(message: "Message") -> None:
                sent.append(message)

            again: Any = {**scope, "state": dict(scope["state"])}
            await self.app(again, _first(content, receive), keep)
            return _answer(sent)

        services: Services = connection.app.state.services
        given = await services.answers.once(_asked(connection, key, content["body"]), answer)
        await _tell(given, send)

    async def _content(self, receive: "Receive") -> "HTTPRequestEvent | None":
        """The whole body, or as much of it as shows that it is too large."""
        body, more = b"", True
        while more and len(body) <= self.largest_body:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body, more = body + message["body"], message["more_body"]
        return {"type": "http.request", "body": body, "more_body": more}


def _key(connection: "ASGIConnection[Any, Any, Any, Any]") -> str | None:
    given = connection.headers.getall("idempotency-key", [])
    if not given:
        return None
    fits = KEY.fullmatch(given[0].strip()) if len(given) == 1 else None
    if fits is None:
        raise InvalidHeader("Idempotency-Key must be one string of 1 to 255 visible characters, such as a UUID")
    return fits[1] or fits[2]


def _asked(connection: "ASGIConnection[Any, Any, Any, Any]", key: str, body: bytes) -> Asked:
    scope, caller = cast("HTTPScope", connection.scope), connection.state.caller
    return Asked(
        organizations=caller.organizations,
        subject=caller.subject,
        route=f"{scope['method']} {scope['path_template']}",
        key=key,
        fingerprint=_fingerprint(
            scope["path"].encode(),
            scope["query_string"],
            ", ".join(connection.headers.getall("if-match", [])).encode(),
            body,
        ),
    )


def _fingerprint(*parts: bytes) -> bytes:
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8) + part)
    return found.digest()


def _first(content: "HTTPRequestEvent", receive: "Receive") -> "Receive":
    """Gives what was read already, and then what comes."""
    given = False

    async def again() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return content

    return again


def _answer(sent: "list[Message]") -> Answer:
    start: Any = sent[0]
    named = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in start["headers"]]
    return Answer(
        status=start["status"],
        headers=tuple(header for header in named if header[0] in KEPT_HEADERS),
        body=b"".join(message["body"] for message in sent if message["type"] == "http.response.body"),
    )


async def _tell(given: Answer, send: "Send") -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given.headers]
    if given.status != 204:
        headers.append((b"content-length", str(len(given.body)).encode()))
    if given.replayed:
        headers.append(REPLAYED)
    await send({"type": "http.response.start", "status": given.status, "headers": headers})
    await send({"type": "http.response.body", "body": given.body, "more_body": False})
