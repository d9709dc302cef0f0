"""Decoding of requests for handlers: dependencies for body and parameters, and guards where there are none."""

import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler

from booking.domain.fault import Fault, FaultCode
from booking.domain.people.caller import Caller
from booking.domain.refusals import BodyTooLarge, InvalidHeader, InvalidRequest
from booking.entrypoints.http.inputs.field_types import fields_of
from booking.entrypoints.http.inputs.reader import read_body, read_query
from booking.entrypoints.http.media_types import MediaType
from booking.entrypoints.http.wire import Input

S = TypeVar("S", bound=Input)

LARGEST_BODY = 64 * 1024  # bytes
LARGEST_BATCH = 256 * 1024  # bytes of a handler with `opt={"largest_body": LARGEST_BATCH}`

FILES = (MediaType.CSV, MediaType.CALENDAR)
CHARSET = re.compile(r"charset=\"?([^\s;\"]+)")
NOTHING = re.compile(rb"[ \t\r\n]*+(?:null|\{[ \t\r\n]*+\})?[ \t\r\n]*+")  # without a way back, which takes long


class Body(Provide, Generic[S]):
    """Dependency `content` of a handler: the request's JSON as a Struct. An empty body counts as {} where `optional`.

    `first` refuses before it is decoded, where the role that is needed depends on it.
    """

    def __init__(
        self,
        wire: type[S],
        *,
        optional: bool = False,
        first: Callable[[Caller, bytes], None] | None = None,
        largest: int = LARGEST_BODY,
    ) -> None:
        async def decode(request: Request[Any, Any, Any]) -> S:
            return self.read(request.state.caller, request.state.body)

        super().__init__(decode)
        self.wire = wire
        self._optional = optional
        self._first = first
        self._largest = largest

    def read(self, caller: Caller, raw: bytes) -> S:
        if len(raw) > self._largest:
            raise BodyTooLarge("at most 64 KiB" if self._largest == LARGEST_BODY else "at most 256 KiB")
        if self._first is not None:
            self._first(caller, raw)
        return read_body(b"{}" if self._optional and says_nothing(raw) else raw, self.wire)


class File(Provide):
    """Dependency `content` of a handler with the largest bodies: a table or a calendar, and which of them it is."""

    def __init__(self) -> None:
        async def read(request: Request[Any, Any, Any]) -> tuple[MediaType, bytes]:
            body: bytes = request.state.body
            if len(body) > LARGEST_BATCH:
                raise BodyTooLarge("at most 256 KiB")
            named, _, more = request.headers.get("content-type", "").lower().partition(";")
            charset = CHARSET.search(more)
            if named.strip() not in FILES or (charset and charset[1] not in ("utf-8", "us-ascii")):
                raise InvalidHeader("Content-Type must be text/csv or text/calendar, in UTF-8")
            return MediaType(named.strip()), body

        super().__init__(read)


class Query(Provide, Generic[S]):
    """Dependency `parameters` of a handler: the request's parameters as a Struct. A list has commas in it, or comes in
    several parameters of its name."""

    def __init__(self, wire: type[S]) -> None:
        async def decode(request: Request[Any, Any, Any]) -> S:
            return self.read(request.scope["query_string"])

        super().__init__(decode)
        self.wire = wire
        self._required = any(one.required for one in fields_of(wire).values())

    def read(self, query: bytes) -> S:
        return read_query(query, self.wire) if query or self._required else self.wire()


async def no_parameters(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard of handlers without parameters: refuse any, since a misspelt parameter must not be overlooked."""
    read_query(connection.scope["query_string"], Input)


async def nothing_unasked(request: Request[Any, Any, Any]) -> None:
    """Hook after all guards: refuse a body where the handler takes none."""
    if "content" not in (request.route_handler.dependencies or ()):
        require_silence(request.state.body)


def require_silence(raw: bytes) -> None:
    """Raise InvalidRequest for a body that says something where none belongs."""
    if not says_nothing(raw):
        raise InvalidRequest([Fault(pointer="#", code=FaultCode.NOT_ALLOWED, detail="takes no body")])


def says_nothing(raw: bytes) -> bool:
    """Tell whether a body is empty, `null` or `{}`, which some clients always send."""
    return not raw or (len(raw) <= LARGEST_BODY and NOTHING.fullmatch(raw) is not None)
