"""Cursors: a position in a list, opaque to callers.

A cursor is bound to its list, to the filters and to the subject: with others it is refused. It is not bound to `limit`.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec

from booking.domain.paging import EPOCH, Paging, Position, Window
from booking.domain.people.caller import Caller
from booking.domain.refusals import InvalidCursor
from booking.entrypoints.http.wire import PageQuery, RowsQuery

LAYOUT = struct.Struct(">q16s")  # microseconds since 1970, id
PLACE = struct.Struct(">q")
BOUND = 6  # bytes of a digest
NO_FILTERS = {"cursor", "limit", "wait", "time_zone", "counted"}


def cursor_of(position: Position | None, query: RowsQuery, caller: Caller, *path: UUID) -> str | None:
    """Encode the end of a page of the list that the caller asked for; `path`: the ids in its path."""
    return None if position is None else _encoded(_packed(position), query, caller, path)


def paging_of(query: RowsQuery, caller: Caller, *path: UUID) -> Paging:
    """Decode the cursor; raise InvalidCursor unless it came from this list, or from the release before."""
    if query.cursor is None:
        return Paging(after=None, limit=query.limit)
    microseconds, row_id = LAYOUT.unpack(_decoded(query.cursor, LAYOUT.size, query, caller, path))
    try:
        position = Position(EPOCH + timedelta(microseconds=microseconds), UUID(bytes=row_id))
    except OverflowError as error:
        raise InvalidCursor from error
    return Paging(after=position, limit=query.limit)


def cursor_after(place: int | None, query: RowsQuery, caller: Caller) -> str | None:
    """Encode a position in the audit."""
    return None if place is None else _encoded(PLACE.pack(place), query, caller, ())


def place_of(query: RowsQuery, caller: Caller) -> int | None:
    """Decode a cursor of the audit; raise InvalidCursor as above."""
    if query.cursor is None:
        return None
    (place,) = PLACE.unpack(_decoded(query.cursor, PLACE.size, query, caller, ()))
    return int(place)


def window_of(query: PageQuery) -> Window:
    return Window(since=query.since, until=query.until)


def _packed(position: Position) -> bytes:
    return LAYOUT.pack((position.start_time - EPOCH) // timedelta(microseconds=1), position.id.bytes)


def _encoded(packed: bytes, query: RowsQuery, caller: Caller, path: tuple[UUID, ...]) -> str:
    return urlsafe_b64encode(packed + _bound(query, caller, path)).decode()


def _decoded(cursor: str, size: int, query: RowsQuery, caller: Caller, path: tuple[UUID, ...]) -> bytes:
    """Return the position in a cursor; the release before bound none to its list."""
    try:
        whole = urlsafe_b64decode(cursor.encode("ascii"))
    except ValueError as error:
        raise InvalidCursor from error
    packed, bound = whole[:size], whole[size:]
    if len(packed) < size or urlsafe_b64encode(whole).decode() != cursor:  # decoders overlook stray characters
        raise InvalidCursor
    if bound and bound != _bound(query, caller, path):
        raise InvalidCursor("the cursor goes with another list, or with other filters")
    return packed


def _bound(query: RowsQuery, caller: Caller, path: tuple[UUID, ...]) -> bytes:
    filters = [(name, _in_order(getattr(query, name))) for name in query.__struct_fields__ if name not in NO_FILTERS]
    asked = msgspec.json.encode((type(query).__name__, caller.subject, filters, path))
    return blake2b(asked, digest_size=BOUND).digest()


def _in_order(value: Any) -> Any:
    """Sort a list: in whatever order its items are named, it chooses the same."""
    return sorted(value) if isinstance(value, tuple) else value
