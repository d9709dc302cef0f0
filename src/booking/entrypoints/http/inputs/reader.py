"""Reader of bodies, parameters and ids: names every fault, not only the first."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote, unquote_to_bytes
from uuid import UUID

import msgspec
from msgspec.inspect import BoolType, DateTimeType, IntType, UUIDType, VarTupleType

from booking.domain.fault import Fault, FaultCode
from booking.domain.refusals import InvalidRequest, MalformedBody, NotFound
from booking.domain.values import replace
from booking.entrypoints.http.inputs.field_faults import told
from booking.entrypoints.http.inputs.field_types import (
    extras_of,
    fields_of,
    is_plain,
    item_of,
    kinds_of,
    lists_in,
    objects_of,
    struct_of,
)
from booking.entrypoints.http.wire import Input

S = TypeVar("S", bound=Input)
N = TypeVar("N", bound=NotFound)

MOST_FAULTS = 100  # that are named: an answer grows no longer than a page of them, whatever was sent
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
WRITTEN = {
    DateTimeType: re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII),
    UUIDType: re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
}
"""How RFC 3339 writes an instant, and RFC 9562 an id."""
NAMED = {DateTimeType: "RFC3339 encoded datetime", UUIDType: "UUID"}
UNSURE = re.compile(rb'"[0-9a-fA-F]{32}"|\\u')  # where an id may be written in another form
DIGITS = re.compile(r"[0-9]{1,9}")  # what counts as a number in a parameter; msgspec's leniency would take 1e2 as well


def read_body(raw: bytes, wire: type[S]) -> S:
    """Decode a body; raise MalformedBody for anything but JSON, InvalidRequest with every fault."""
    if is_plain(wire) and UNSURE.search(raw) is None:
        try:
            return msgspec.json.decode(raw, type=wire)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            pass  # of which one fault is known by now
    try:
        content = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise MalformedBody from error
    if not isinstance(content, dict):
        raise InvalidRequest([Fault(pointer="#", code=FaultCode.WRONG_TYPE, detail="must be an object")])
    return _read(content, wire, [], textual=False)


def read_query(query: bytes, wire: type[S]) -> S:
    """Decode parameters; raise InvalidRequest with every fault, a doubled parameter and bad UTF-8 among them.

    A list is given as `a,b`, or by its name twice, as some clients do.
    """
    parameters: dict[str, str] = {}
    faults: list[Fault] = []
    lists = lists_in(wire)
    for part in filter(None, query.split(b"&")):
        named, _, given = (unquote_to_bytes(piece.replace(b"+", b" ")) for piece in part.partition(b"="))
        name = named.decode(errors="replace")
        if name in parameters and name in lists:
            given = parameters[name].encode() + b"," + given
        elif name in parameters:
            faults.append(_of_parameter(name, FaultCode.REPEATED, "is given more than once"))
        parameters[name] = given.decode(errors="replace")
        if not (_is_utf8(named) and _is_utf8(given)):
            faults.append(_of_parameter(name, FaultCode.WRONG_FORMAT, "is not UTF-8"))
    return _read(parameters, wire, faults, textual=True)


def read_cells(cells: Mapping[str, str], wire: type[S], place: str) -> S:
    """Decode texts by their field, as parameters are; InvalidRequest with every fault, by its field at the place."""
    try:
        return _read(cells, wire, [], textual=True)
    except InvalidRequest as refusal:
        moved = [(place + fault.pointer.removeprefix("#"), fault) for fault in refusal.faults]
        raise InvalidRequest([replace(one, pointer=pointer, parameter=None) for pointer, one in moved]) from None


def read_id(text: str, missing: type[N]) -> UUID:
    """Parse a UUID; raise `missing` if it is none."""
    if not WRITTEN[UUIDType].fullmatch(text):
        raise missing
    return UUID(text)


def pointer_to(name: str, place: str = "#") -> str:
    """Return the pointer to a field at a place. An unknown name may be of any length, and is cut."""
    escaped = quote(name[:100].replace("~", "~0").replace("/", "~1"))  # RFC 6901, section 6
    return f"{place}/{escaped}"


def _read(content: Mapping[str, Any], wire: type[S], faults: list[Fault], *, textual: bool) -> S:
    fields, of = fields_of(wire), _of_parameter if textual else _of_field
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in content:
            if field.required:
                faults.append(of(name, FaultCode.REQUIRED, "is required"))
            continue
        try:
            if objects := objects_of(field.type):
                item, outline = objects
                values[field.name] = _objects(msgspec.convert(content[name], outline), name, item, faults)
                continue
            if (of_object := struct_of(field.type)) and isinstance(content[name], dict):
                values[field.name] = _read_within(content[name], of_object, f"#/{name}", faults)
                continue
            given = _written(content[name], field.type)
            value = msgspec.convert(_meant(given, field.type) if textual else _whole(given, field.type), field.type)
            values[field.name] = _kept(value)
            if (otherwise := _otherwise(value, field.type)) is not None:
                faults.append(of(name, FaultCode.NOT_ONE_OF, otherwise))
        except msgspec.ValidationError as error:
            place, code, detail = told(str(error))
            faults.append(of(name, code, detail, "" if textual else place))  # a parameter is one text
        except OverflowError:
            faults.append(of(name, FaultCode.OUT_OF_RANGE, "is out of range"))
    faults += [of(name, FaultCode.UNKNOWN, "is not known") for name in content if name not in fields]
    if faults:
        raise InvalidRequest(faults[:MOST_FAULTS])
    return wire(**values)


def _objects(
    given: Sequence[Mapping[str, Any]], name: str, item: type[Input], faults: list[Fault]
) -> tuple[Input, ...]:
    """Read the objects of a list, and add the faults of each, as far as they are named."""
    found = []
    for index, one in enumerate(given):
        found.append(_read_within(one, item, f"#/{name}/{index}", faults))
        if len(faults) >= MOST_FAULTS:
            break
    return tuple(found)


def _read_within(given: Mapping[str, Any], wire: type[Input], place: str, faults: list[Fault]) -> Any:
    """Read an object at a place of a request, and add its faults; UNSET for one that has any."""
    try:
        return _read(given, wire, [], textual=False)
    except InvalidRequest as refusal:
        faults += [replace(fault, pointer=place + fault.pointer.removeprefix("#")) for fault in refusal.faults]
        return msgspec.UNSET


def _meant(given: str, kind: Any) -> Any:
    """Convert the text of a parameter to the number, the boolean or the list that is wanted."""
    kinds = kinds_of(kind)
    if VarTupleType in kinds:
        return [_as_written(one, item_of(kind)) for one in given.split(",")]
    if IntType in kinds and DIGITS.fullmatch(given):
        return int(given)
    if BoolType in kinds and given in ("true", "false"):
        return given == "true"
    return given


def _whole(given: Any, kind: Any) -> Any:
    """To JSON Schema 2.0 is an integer, and some clients know no other numbers."""
    if isinstance(given, float) and given.is_integer() and IntType in kinds_of(kind):
        return int(given)
    if isinstance(given, list) and VarTupleType in kinds_of(kind) and item_of(kind) is IntType:
        return [int(one) if isinstance(one, float) and one.is_integer() else one for one in given]
    return given


def _written(given: Any, kind: Any) -> Any:
    """As given. Decoding takes forms of times and ids that the contract's formats do not have."""
    for form in WRITTEN.keys() & kinds_of(kind) if isinstance(given, str) else ():
        _as_written(given, form)
    if isinstance(given, list) and VarTupleType in kinds_of(kind):
        for index, one in enumerate(given):
            _as_written(one, item_of(kind), f" - at `$[{index}]`")
    return given


def _as_written(given: Any, form: Any, place: str = "") -> Any:
    if form in WRITTEN and isinstance(given, str) and not WRITTEN[form].fullmatch(given):
        raise msgspec.ValidationError(f"Invalid {NAMED[form]}{place}")
    return given


def _is_utf8(given: bytes) -> bool:
    try:
        given.decode()
    except UnicodeDecodeError:
        return False
    return True


def _kept(value: Any) -> Any:
    """Instants in UTC; a list that names something twice is a fault."""
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, tuple) and len(set(value)) < len(value):
        raise msgspec.ValidationError("Names something twice")
    return value


def _otherwise(value: Any, kind: Any) -> str | None:
    """Return the fault of a value that is not among a list too long for the contract."""
    for extra in extras_of(kind) if value is not None else ():
        if value not in extra["among"]():
            return str(extra["otherwise"])
    return None


def _in_utc(instant: datetime) -> datetime:
    """Convert to UTC; raise OverflowError out of range. Why: the outermost instants are PostgreSQL's infinities."""
    inside = instant.astimezone(UTC)
    if not FIRST < inside < LAST:
        raise OverflowError
    return inside


def _of_field(name: str, code: FaultCode, detail: str, place: str = "") -> Fault:
    """Return the fault of a field, or of its item at `place`."""
    return Fault(pointer=pointer_to(name) + place, code=code, detail=detail)


def _of_parameter(name: str, code: FaultCode, detail: str, place: str = "") -> Fault:
    return replace(_of_field(name, code, detail, place), parameter=name[:100])
