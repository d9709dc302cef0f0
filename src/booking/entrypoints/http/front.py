"""The routes that are asked most, past Litestar: the same handlers, the same answers (ADR 19).

What is not plainly one of them goes to Litestar, untouched: every other route and method, any parameter, a path that
names no id, a browser's Origin, an Idempotency-Key, a body that is too large, or none that belongs there.
"""

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Response

from booking.domain.caller import Caller
from booking.entrypoints.http.decoding import LARGEST_BODY
from booking.entrypoints.http.pipeline import Answer, Handle, Pipeline
from booking.entrypoints.http.routes import bookings, property_slots, slots
from booking.entrypoints.http.services import Services
from booking.entrypoints.http.wire import PageQuery

if TYPE_CHECKING:
    from litestar.types import HTTPScope, Receive

ID = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
BOOKINGS = "/api/v1/bookings"
JSON = [(b"content-type", b"application/json")]
BODY = frozenset((b"content-length", b"transfer-encoding"))

_encode = msgspec.json.Encoder().encode


class Front:
    """Answers what is plainly one of them; None for everything else."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.pipeline = Pipeline(services)
        self._looks = (
            ("/api/v1/slots/{slot_id}", re.compile(f"/api/v1/slots/{ID}"), self._slot),
            ("/api/v1/properties/{property_id}/slots", re.compile(f"/api/v1/properties/{ID}/slots"), self._listing),
        )

    async def __call__(self, scope: "HTTPScope", receive: "Receive") -> Answer | None:
        given = dict(scope["headers"])
        if (hot := self._hot(scope, given)) is None:
            return None
        token, comes = given.get(b"authorization"), receive if scope["method"] == "POST" else None
        return await self.pipeline.answer(scope, comes, () if token is None else (token,), hot)

    def _hot(self, scope: "HTTPScope", given: dict[bytes, bytes]) -> Handle | None:
        """Nothing that is `given` twice: of which one is meant, Litestar says."""
        if scope["query_string"] or b"origin" in given or len(given) < len(list(scope["headers"])):
            return None
        if b"%" in scope["raw_path"]:  # an encoded slash reaches no route
            return None
        path = scope["path"]
        if scope["method"] == "POST" and path == BOOKINGS and self._fits(given):
            scope["path_template"] = BOOKINGS
            return self._booking
        if scope["method"] == "GET" and BODY.isdisjoint(given):
            for template, pattern, answer in self._looks:
                if found := pattern.fullmatch(path):
                    scope["path_template"] = template
                    return partial(answer, found[1])
        return None

    def _fits(self, given: dict[bytes, bytes]) -> bool:
        """Chunked bodies say no length beforehand."""
        length = given.get(b"content-length", b"")
        return length.isdigit() and int(length) <= LARGEST_BODY and b"idempotency-key" not in given

    async def _slot(self, slot_id: str, caller: Caller, _: bytes) -> Answer:
        return _answer(await slots.get_slot.fn(slot_id=slot_id, caller=caller, slots=self.services.slots))

    async def _listing(self, property_id: str, caller: Caller, _: bytes) -> Answer:
        listed = property_slots.list_property_slots.fn(
            property_id=property_id, parameters=PageQuery(), caller=caller, slots=self.services.slots
        )
        return _answer(await listed)

    async def _booking(self, caller: Caller, body: bytes) -> Answer:
        content = bookings.CREATE.read(caller, body)
        made = bookings.create_booking.fn(content=content, caller=caller, bookings=self.services.bookings)
        return _answer(await made)


def _answer(content: Any) -> Answer:
    if not isinstance(content, Response):
        return 200, JSON, _encode(content)
    headers = [*JSON, *((name.lower().encode(), value.encode()) for name, value in content.headers.items())]
    return content.status_code or 200, headers, _encode(content.content)
