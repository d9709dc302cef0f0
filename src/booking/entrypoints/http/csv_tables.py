"""Tables in CSV (RFC 4180): the fields of a list's items as columns, for spreadsheets and for programs."""

import csv
import re
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, tzinfo
from functools import reduce
from io import StringIO
from typing import Any, Final, Generic, TypeVar

from litestar import Response
from msgspec import UNSET

from booking import time_zones
from booking.domain.fault import Fault, FaultCode
from booking.domain.refusals import InvalidRequest
from booking.entrypoints.http.wire import Output, RowsQuery
from booking.service.delivery.exports import Zoned

V = TypeVar("V")

MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"
FORMULA = re.compile(r"[\s\"'`,;|\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0]")
"""Beginning of a cell that a spreadsheet would compute (OWASP, CSV injection); `\\u…`: the same four in full width."""


AT_PROPERTY: Final = ("start_time", "end_time", "time_zone", "property_id", "property.label", "property.area")
"""Columns of all that takes place at a property."""
OF_APPLICANT: Final = ("applicant_id", "applicant.name", "applicant.email", "applicant.risk_level")
"""Columns of all that is an applicant's."""


class Table(Generic[V]):
    """List as a table. A column is a field of an item on the wire, or `a.b` one of an object in it, by the name `a_b`.

    Fields that no column names are left out. `time_zone` is the zone that the times of a row are shown in.
    """

    def __init__(self, name: str, shown: Callable[[V], Output], *columns: str, **renamed: str) -> None:
        self.name = name
        self._shown = shown
        self._columns = {column.replace(".", "_"): column.split(".") for column in columns}
        self._columns |= {column: field.split(".") for column, field in renamed.items()}

    @property
    def columns(self) -> Collection[str]:
        return self._columns.keys()

    def write(self, rows: Sequence[Zoned[V]]) -> bytes:
        """Write some rows."""
        return _lines([self._cells(row) for row in rows])

    def answer(self, parts: Sequence[bytes]) -> Response[bytes]:
        """Answer with all rows, below the names of the columns."""
        header = _lines([list(self._columns)])
        disposition = f'attachment; filename="{self.name}.csv"'
        headers = {"Content-Type": MEDIA_TYPE, "Content-Disposition": disposition}
        return Response(b"".join([header, *parts]), headers=headers)

    def _cells(self, row: Zoned[V]) -> list[str]:
        item, zone = self._shown(row.item), time_zones.zone(row.time_zone)
        return [
            row.time_zone if column == "time_zone" else _cell(reduce(_field, path, item), zone)
            for column, path in self._columns.items()
        ]


def require_whole(query: RowsQuery) -> None:
    """Refuse a cursor: an export has all rows."""
    if query.cursor is not None:
        detail = "goes with JSON: text/csv has all rows at once"
        raise InvalidRequest([Fault(pointer="#/cursor", code=FaultCode.NOT_ALLOWED, detail=detail, parameter="cursor")])


def harmless(text: str) -> str:
    """Return the text with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def _field(item: Any, name: str) -> Any:
    """Return a field; None of what is not there."""
    value = None if item is None else getattr(item, name)
    return None if value is UNSET else value


def _cell(value: Any, zone: tzinfo) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return _local(value, zone).isoformat()
        case _:
            return harmless(str(value))


def _local(instant: datetime, zone: tzinfo) -> datetime:
    """Return the local time; the same instant as it is where the zone would have it in no year that there is."""
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
