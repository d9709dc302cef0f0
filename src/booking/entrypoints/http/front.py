"""The routes that are asked most, past Litestar: the same handlers, the same answers (ADR 19).

What is not plainly one of them goes to Litestar, untouched: every other route and method, any parameter, a path that
names no id, a browser's Origin, an Idempotency-Key, a body that is too large.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from litestar import Response
from litestar.enums import ScopeType

from booking.domain.budget import Allowance
from booking.domain.caller import Caller
from booking.domain.errors import Refusal
from booking.entrypoints.http import api, bookings, slots
from booking.entrypoints.http.auth import bearer
from booking.entrypoints.http.limits import allowed
from booking.entrypoints.http.problems import MEDIA_TYPE, fault, told
from booking.entrypoints.http.ratelimit import ratelimit_headers
from booking.entrypoints.http.services import Services

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

ID = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
BOOKINGS = "/api/v1/bookings"

Headers: TypeAlias = dict[str, str]
Answer: TypeAlias = tuple[int, Headers, bytes]
Hot: TypeAlias = Callable[[Caller, "Receive"], Awaitable[Answer]]


class Front:
    """ASGI, around the whole application; its lifespan is Litestar's."""

    def __init__(self, app: "ASGIApp", services: Services, largest_body: int) -> None:
        self.app = app
        self.services = services
        self.largest_body = largest_body
        self._looks = (
            ("/api/v1/slots/{slot_id}", re.compile(f"/api/v1/slots/{ID}"), self._slot),
            ("/api/v1/properties/{property_id}/slots", re.compile(f"/api/v1/properties/{ID}/slots"), self._listing),
        )

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != ScopeType.HTTP or (hot := self._hot(scope)) is None:
            await self.app(scope, receive, send)
            return
        allowances: Sequence[Allowance] = ()
        try:
            claims = await self.services.tokens.verify(bearer(_given(scope, b"authorization")))
            caller = await self.services.identity.identify(claims, scope["state"]["request_id"])
            allowances = await allowed(self.services.limits, caller)
            status, headers, body = await hot(caller, receive)
        except Refusal as refusal:
            status, headers, body = _told(scope["path"], refusal)
        except Exception as error:
            status, headers, body = _told(scope["path"], fault(error))
        if allowances:
            headers |= ratelimit_headers(allowances)
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        raw.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _hot(self, scope: "HTTPScope") -> Hot | None:
        if scope["query_string"] or _given(scope, b"origin"):
            return None
        path = scope["path"]
        if scope["method"] == "POST" and path == BOOKINGS and self._fits(scope):
            scope["path_template"] = BOOKINGS
            return self._booking
        if scope["method"] == "GET":
            for template, pattern, answer in self._looks:
                if found := pattern.fullmatch(path):
                    scope["path_template"] = template
                    return partial(answer, found[1])
        return None

    def _fits(self, scope: "HTTPScope") -> bool:
        """Chunked bodies say no length beforehand."""
        length = _given(scope, b"content-length")
        small = len(length) == 1 and length[0].isdecimal() and int(length[0]) <= self.largest_body
        return small and not _given(scope, b"idempotency-key")

    async def _slot(self, slot_id: str, caller: Caller, _: "Receive") -> Answer:
        return _answer(await slots.get_slot.fn(slot_id=slot_id, caller=caller, slots=self.services.slots))

    async def _listing(self, property_id: str, caller: Caller, _: "Receive") -> Answer:
        listed = slots.list_property_slots.fn(
            property_id=property_id, parameters=api.PageQuery(), caller=caller, slots=self.services.slots
        )
        return _answer(await listed)

    async def _booking(self, caller: Caller, receive: "Receive") -> Answer:
        content = bookings.CREATE.read(caller, await _whole(receive))
        made = bookings.create_booking.fn(content=content, caller=caller, bookings=self.services.bookings)
        return _answer(await made)


def _given(scope: "HTTPScope", name: bytes) -> list[str]:
    return [value.decode("latin-1") for given, value in scope["headers"] if given == name]


async def _whole(receive: "Receive") -> bytes:
    """What has said its length is bounded by that; whoever goes before its end is told of by the layer outside."""
    body, more = b"", True
    while more:
        message: Any = await receive()
        body, more = body + message["body"], message["more_body"]
    return body


def _answer(content: Any) -> Answer:
    status, headers = 200, {}
    if isinstance(content, Response):
        status, headers, content = content.status_code or 200, dict(content.headers), content.content
    return status, {"content-type": "application/json", **headers}, msgspec.json.encode(content)


def _told(path: str, refusal: Refusal) -> Answer:
    found = told(path, refusal)
    return found.status, {"content-type": MEDIA_TYPE, **found.headers}, found.body
