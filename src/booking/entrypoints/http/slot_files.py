"""Files of slots: lines of CSV, or events of a calendar, as slots that are asked for. Faults name their line."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import Final, NamedTuple

from booking import time_zones
from booking.domain.fault import Fault, FaultCode
from booking.domain.planning.local_time import ClockChange, instant_of
from booking.domain.refusals import BatchTooLarge, InvalidRequest
from booking.domain.visits.slot import SlotStatus
from booking.domain.visits.slot_batch import LARGEST_BATCH
from booking.entrypoints.http.inputs.reader import MOST_FAULTS, pointer_to, read_cells
from booking.entrypoints.http.routes.visits.slots import CreateSlot
from booking.entrypoints.http.slot_answer import TABLE
from booking.service.visits.slot_calendars import CalendarEvent

LOCAL: Final = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?", re.ASCII)
SEPARATORS: Final = ",;\t"
FORMULA: Final = ("=", "+", "-", "@")
READ: Final = frozenset(CreateSlot.__struct_fields__)
TIMES: Final = ("start_time", "end_time")
PASSED: Final = {
    ClockChange.GAP_SHIFTED: "is left out in {}: clocks are put forward over it",
    ClockChange.FOLD_FIRST: "comes twice in {}, where clocks are put back: write it with its offset, or in UTC",
}


class Row(NamedTuple):
    """Line of a file, or event of a calendar, by its number; `place`: its pointer."""

    number: int
    place: str
    cells: Mapping[str, str]
    faults: Mapping[str, str]


class SlotFile(NamedTuple):
    """Slots of a file by their numbers, and the numbers of the cancelled slots, which are skipped."""

    slots: Mapping[int, CreateSlot]
    skipped: Sequence[int]


def rows_of_csv(content: bytes, defaults: Iterable[str]) -> Iterator[Row]:
    """Read the lines below the header; empty ones are passed over.

    The separator is the one that the header has most of. Columns of a table of slots that say nothing of a new one are
    known, and not read.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidRequest([_fault(f"#/lines/{line}", "must be UTF-8", FaultCode.WRONG_FORMAT)]) from None
    first = text.lstrip("\r\n").partition("\n")[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count), strict=True)
    columns: Sequence[str] = ()
    while True:
        number = reader.line_num + 1
        place = f"#/lines/{number}"
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise InvalidRequest([_fault(place, f"is no CSV: {error}", FaultCode.WRONG_FORMAT)]) from None
        if not any(cells):
            continue
        if not columns:
            columns = [cell.lower() for cell in cells]
            _require_columns(columns, place, defaults)
        elif len(cells) > len(columns) and any(cells[len(columns) :]):
            yield Row(number, place, {}, {"": f"has {len(cells)} cells, and the header {len(columns)}"})
        else:
            named = zip(columns, map(_without_apostrophe, cells), strict=False)
            yield Row(number, place, {name: cell for name, cell in named if cell}, {})


def rows_of_calendar(events: Sequence[CalendarEvent]) -> Iterator[Row]:
    """Number the events of a calendar."""
    for number, event in enumerate(events, 1):
        yield Row(number, f"#/events/{number}", event.fields, event.faults)


def slots_of(rows: Iterable[Row], defaults: Mapping[str, str]) -> SlotFile:
    """Return the slots of the rows; InvalidRequest with every fault, BatchTooLarge beyond 500.

    `defaults`: fields of a row that leaves them out.
    """
    slots: dict[int, CreateSlot] = {}
    skipped: list[int] = []
    faults: list[Fault] = []
    for count, row in enumerate(rows, 1):
        if count > LARGEST_BATCH:
            raise BatchTooLarge("at most 500 items")
        if row.cells.get("status") == SlotStatus.CANCELLED:
            skipped.append(row.number)
            continue
        try:
            slots[row.number] = _slot(row, defaults)
        except InvalidRequest as refusal:
            faults += refusal.faults
    if faults:
        raise InvalidRequest(faults[:MOST_FAULTS])
    if not slots and not skipped:
        raise InvalidRequest([_fault("#", "has no slots", FaultCode.WRONG_LENGTH)])
    return SlotFile(slots, skipped)


def _slot(row: Row, defaults: Mapping[str, str]) -> CreateSlot:
    cells = {**defaults, **row.cells}
    faults = [_fault(f"{row.place}/{name}".rstrip("/"), detail) for name, detail in row.faults.items()]
    given = {name: cell for name, cell in cells.items() if name in READ}
    zone = cells.get("time_zone", "")
    local = {name: cells[name] for name in TIMES if name not in row.faults and LOCAL.fullmatch(cells.get(name, ""))}
    if local and zone and zone not in time_zones.names():
        detail = "is no time zone, such as Europe/Berlin"
        faults.append(_fault(f"{row.place}/time_zone", detail, FaultCode.NOT_ONE_OF))
    for name, cell in local.items():
        found = _instant(cell, zone)
        given[name] = found.cell
        if found.fault:
            faults.append(_fault(f"{row.place}/{name}", found.fault, found.code))
    for name in [name for name, cell in given.items() if cell.startswith(FORMULA)]:
        faults.append(_fault(f"{row.place}/{name}", "is a formula of a spreadsheet: write its value"))
    told = {fault.pointer for fault in faults}
    try:
        slot = read_cells(given, CreateSlot, row.place)
    except InvalidRequest as refusal:
        faults += [fault for fault in refusal.faults if fault.pointer not in told]
    if faults:
        raise InvalidRequest(faults)
    return slot


class _Instant(NamedTuple):
    """Local time with its offset, or why it has none; `cell` as it was where it is no time at all."""

    cell: str
    fault: str | None = None
    code: FaultCode = FaultCode.NOT_ALLOWED


def _instant(cell: str, zone: str) -> _Instant:
    if not zone:
        return _Instant(cell, "has no offset: give `time_zone`, as a column or as a parameter", FaultCode.REQUIRED)
    try:
        local = datetime.fromisoformat(cell.upper())
        at, treated = instant_of(local, time_zones.zone(zone))
    except (ValueError, OverflowError, KeyError):  # no such day; or a zone that is told of by itself
        return _Instant(cell)
    return _Instant(at.isoformat(), PASSED[treated].format(zone) if treated else None)


def _require_columns(columns: Sequence[str], place: str, defaults: Iterable[str]) -> None:
    """Raise InvalidRequest for columns that are unknown, doubled or missing."""
    known = {*READ, "time_zone", *TABLE.columns}
    needed = {"property_id", *TIMES} - {*defaults}
    faults = [
        _fault(pointer_to(name, place), "is not known", FaultCode.UNKNOWN)
        for name in columns
        if name not in {*known, ""}
    ]
    faults += [
        _fault(f"{place}/{name}", "is given more than once", FaultCode.REPEATED)
        for name in sorted(known)
        if columns.count(name) > 1
    ]
    faults += [
        _fault(f"{place}/{name}", "is required", FaultCode.REQUIRED) for name in sorted(needed) if name not in columns
    ]
    if faults:
        raise InvalidRequest(faults[:MOST_FAULTS])


def _without_apostrophe(cell: str) -> str:
    """Take away what our tables write before a cell that looks like a formula."""
    return cell[1:] if cell.startswith("'") else cell


def _fault(pointer: str, detail: str, code: FaultCode = FaultCode.NOT_ALLOWED) -> Fault:
    return Fault(pointer=pointer, code=code, detail=detail)
