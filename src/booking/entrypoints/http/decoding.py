"""Decoding of bodies, parameters and ids: names every fault, not only the first."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Generic, TypeVar, cast
from urllib.parse import quote, unquote_to_bytes
from uuid import UUID

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from msgspec import Meta
from msgspec.inspect import (
    BoolType,
    DateTimeType,
    EnumType,
    IntType,
    LiteralType,
    Metadata,
    NoneType,
    StrType,
    StructType,
    Type,
    UnionType,
    UUIDType,
    VarTupleType,
    type_info,
)

from booking.domain.fault import Fault, FaultCode
from booking.domain.people.caller import Caller
from booking.domain.refusals import BodyTooLarge, InvalidRequest, MalformedBody, NotFound
from booking.domain.values import replace
from booking.entrypoints.http.field_faults import told
from booking.entrypoints.http.wire import Input

S = TypeVar("S", bound=Input)
N = TypeVar("N", bound=NotFound)

LARGEST_BODY = 64 * 1024  # bytes
LARGEST_BATCH = 256 * 1024  # bytes of a handler with `opt={"largest_body": LARGEST_BATCH}`
MOST_FAULTS = 100  # that are named: an answer grows no longer than a page of them, whatever was sent

PLAIN = {BoolType, EnumType, IntType, LiteralType, NoneType, StrType, UUIDType}

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
NOTHING = re.compile(rb"[ \t\r\n]*+(?:null|\{[ \t\r\n]*+\})?[ \t\r\n]*+")  # without a way back, which takes long
WRITTEN = {
    DateTimeType: re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII),
    UUIDType: re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
}
"""How RFC 3339 writes an instant, and RFC 9562 an id."""
NAMED = {DateTimeType: "RFC3339 encoded datetime", UUIDType: "UUID"}
UNSURE = re.compile(rb'"[0-9a-fA-F]{32}"|\\u')  # where an id may be written in another form
DIGITS = re.compile(r"[0-9]{1,9}")  # what counts as a number in a parameter; msgspec's leniency would take 1e2 as well


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


class Query(Provide, Generic[S]):
    """Dependency `parameters` of a handler: the request's parameters as a Struct. A list has commas in it, or comes in
    several parameters of its name."""

    def __init__(self, wire: type[S]) -> None:
        async def decode(request: Request[Any, Any, Any]) -> S:
            return self.read(request.scope["query_string"])

        super().__init__(decode)
        self.wire = wire
        self._required = any(one.required for one in _fields(wire).values())

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


def read_body(raw: bytes, wire: type[S]) -> S:
    """Decode a body; raise MalformedBody for anything but JSON, InvalidRequest with every fault."""
    if _is_plain(wire) and UNSURE.search(raw) is None:
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
    lists = _lists(wire)
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


def read_id(text: str, missing: type[N]) -> UUID:
    """Parse a UUID; raise `missing` if it is none."""
    if not WRITTEN[UUIDType].fullmatch(text):
        raise missing
    return UUID(text)


def _read(content: Mapping[str, Any], wire: type[S], faults: list[Fault], *, textual: bool) -> S:
    fields, of = _fields(wire), _of_parameter if textual else _of_field
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in content:
            if field.required:
                faults.append(of(name, FaultCode.REQUIRED, "is required"))
            continue
        try:
            if objects := _object(field.type):
                item, outline = objects
                values[field.name] = _objects(msgspec.convert(content[name], outline), name, item, faults)
                continue
            if (of_object := _struct(field.type)) and isinstance(content[name], dict):
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


@cache
def _struct(kind: Any) -> type[Input] | None:
    """Return the object that a field is; None for other types."""
    found = [bare.cls for one in _types(kind) if isinstance(bare := _bare(one), StructType)]
    return cast("type[Input]", found[0]) if found else None


@cache
def _object(kind: Any) -> tuple[type[Input], Any] | None:
    """Return the objects that a list is made of, and the list with any objects in their place; None for other types."""
    for one in map(_bare, _types(kind)):
        if isinstance(one, VarTupleType) and isinstance(one.item_type, StructType):
            outline = Annotated[tuple[dict[str, Any], ...], Meta(min_length=one.min_length)]
            return cast("type[Input]", one.item_type.cls), outline
    return None


def _meant(given: str, kind: Any) -> Any:
    """Convert the text of a parameter to the number, the boolean or the list that is wanted."""
    kinds = _kinds(kind)
    if VarTupleType in kinds:
        return [_as_written(one, _item(kind)) for one in given.split(",")]
    if IntType in kinds and DIGITS.fullmatch(given):
        return int(given)
    if BoolType in kinds and given in ("true", "false"):
        return given == "true"
    return given


def _whole(given: Any, kind: Any) -> Any:
    """To JSON Schema 2.0 is an integer, and some clients know no other numbers."""
    if isinstance(given, float) and given.is_integer() and IntType in _kinds(kind):
        return int(given)
    if isinstance(given, list) and VarTupleType in _kinds(kind) and _item(kind) is IntType:
        return [int(one) if isinstance(one, float) and one.is_integer() else one for one in given]
    return given


def _written(given: Any, kind: Any) -> Any:
    """As given. Decoding takes forms of times and ids that the contract's formats do not have."""
    for form in WRITTEN.keys() & _kinds(kind) if isinstance(given, str) else ():
        _as_written(given, form)
    if isinstance(given, list) and VarTupleType in _kinds(kind):
        for index, one in enumerate(given):
            _as_written(one, _item(kind), f" - at `$[{index}]`")
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


@cache
def _kinds(kind: Any) -> set[Any]:
    return {type(_bare(one)) for one in _types(kind)}


@cache
def _item(kind: Any) -> type[Type]:
    """Return the kind of the items of a list."""
    (items,) = (bare.item_type for one in _types(kind) if isinstance(bare := _bare(one), VarTupleType))
    return type(_bare(items))


def _bare(one: Type) -> Type:
    return one.type if isinstance(one, Metadata) else one


def _types(kind: Any) -> Sequence[Type]:
    info = type_info(kind)
    return info.types if isinstance(info, UnionType) else (info,)


def _kept(value: Any) -> Any:
    """Instants in UTC; a list that names something twice is a fault."""
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, tuple) and len(set(value)) < len(value):
        raise msgspec.ValidationError("Names something twice")
    return value


def _otherwise(value: Any, kind: Any) -> str | None:
    """Return the fault of a value that is not among a list too long for the contract."""
    for extra in _extras(kind) if value is not None else ():
        if value not in extra["among"]():
            return str(extra["otherwise"])
    return None


@cache
def _extras(kind: Any) -> list[dict[str, Any]]:
    return [one.extra for one in _types(kind) if isinstance(one, Metadata) and one.extra]


def _in_utc(instant: datetime) -> datetime:
    """Convert to UTC; raise OverflowError out of range. Why: the outermost instants are PostgreSQL's infinities."""
    inside = instant.astimezone(UTC)
    if not FIRST < inside < LAST:
        raise OverflowError
    return inside


@cache
def _is_plain(wire: type[Input]) -> bool:
    """Tell whether msgspec alone decodes the Struct rightly."""
    return all(_kinds(field.type) <= PLAIN and not _extras(field.type) for field in _fields(wire).values())


@cache
def _lists(wire: type[Input]) -> frozenset[str]:
    return frozenset(name for name, field in _fields(wire).items() if VarTupleType in _kinds(field.type))


@cache
def _fields(wire: type[Input]) -> Mapping[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(wire)}


def _of_field(name: str, code: FaultCode, detail: str, place: str = "") -> Fault:
    """Return the fault of a field, or of its item at `place`. An unknown name may be of any length, and is cut."""
    escaped = quote(name[:100].replace("~", "~0").replace("/", "~1"))  # RFC 6901, section 6
    return Fault(pointer=f"#/{escaped}{place}", code=code, detail=detail)


def _of_parameter(name: str, code: FaultCode, detail: str, place: str = "") -> Fault:
    return replace(_of_field(name, code, detail, place), parameter=name[:100])
