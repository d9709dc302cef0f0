"""Cursors: a position in a list, opaque to callers."""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from uuid import UUID

from booking.domain.paging import EPOCH, Paging, Position, Window
from booking.domain.refusals import InvalidCursor
from booking.entrypoints.http.wire import PageQuery, RowsQuery

LAYOUT = struct.Struct(">q16s")  # microseconds since 1970, id
PLACE = struct.Struct(">q")


def cursor_of(position: Position | None) -> str | None:
    if position is None:
        return None
    microseconds = (position.start_time - EPOCH) // timedelta(microseconds=1)
    return urlsafe_b64encode(LAYOUT.pack(microseconds, position.id.bytes)).decode()


def position_of(cursor: str) -> Position:
    """Decode a cursor; raise InvalidCursor unless this service gave it out."""
    try:
        microseconds, row_id = LAYOUT.unpack(urlsafe_b64decode(cursor.encode("ascii")))
        position = Position(EPOCH + timedelta(microseconds=microseconds), UUID(bytes=row_id))
    except (ValueError, OverflowError, struct.error) as error:
        raise InvalidCursor from error
    if cursor_of(position) != cursor:  # base64 decoders overlook stray characters
        raise InvalidCursor
    return position


def cursor_after(place: int | None) -> str | None:
    """Encode a position in the audit."""
    return None if place is None else urlsafe_b64encode(PLACE.pack(place)).decode()


def place_of(cursor: str) -> int:
    """Decode a cursor of the audit; raise InvalidCursor as above."""
    try:
        (place,) = PLACE.unpack(urlsafe_b64decode(cursor.encode("ascii")))
    except (ValueError, struct.error) as error:
        raise InvalidCursor from error
    if cursor_after(place) != cursor:
        raise InvalidCursor
    return int(place)


def paging_of(query: RowsQuery) -> Paging:
    return Paging(after=None if query.cursor is None else position_of(query.cursor), limit=query.limit)


def window_of(query: PageQuery) -> Window:
    return Window(since=query.since, until=query.until)
