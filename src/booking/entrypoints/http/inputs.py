"""Decoding what callers send: all faults are found and named, not only the first."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Generic, TypeVar
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from msgspec.inspect import BoolType, EnumType, IntType, LiteralType, NoneType, StrType, UnionType, UUIDType, type_info

from booking.domain.caller import Caller
from booking.domain.errors import InvalidRequest, MalformedBody, NotFound
from booking.entrypoints.http.api import Input

S = TypeVar("S", bound=Input)
N = TypeVar("N", bound=NotFound)

MOST_FAULTS = 100  # that are named: an answer grows no longer than a page of them, whatever was sent

PLAIN = {BoolType, EnumType, IntType, LiteralType, NoneType, StrType, UUIDType}

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
DIGITS = re.compile(r"[0-9]{1,9}")  # what counts as a number in a parameter; msgspec's leniency would take 1e2 as well


class Body(Provide, Generic[S]):
    """A handler's `content`: the request's JSON as the given Struct; none at all counts as {} where it is optional.

    `first` refuses before anything is read, where the role that is needed depends on the body.
    """

    def __init__(
        self, wire: type[S], *, optional: bool = False, first: Callable[[Caller, bytes], None] | None = None
    ) -> None:
        async def decode(request: Request[Any, Any, Any]) -> S:
            return self.read(request.state.caller, await request.body())

        super().__init__(decode)
        self.wire = wire
        self._optional = optional
        self._first = first

    def read(self, caller: Caller, raw: bytes) -> S:
        if self._first is not None:
            self._first(caller, raw)
        return read_body(b"{}" if self._optional and not raw else raw, self.wire)


class Query(Provide):
    """A handler's `parameters`: the request's parameters as the given Struct."""

    def __init__(self, wire: type[S]) -> None:
        async def decode(request: Request[Any, Any, Any]) -> S:
            return read_query(request.query_params.dict(), wire)

        super().__init__(decode)
        self.wire = wire


async def no_parameters(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard for handlers that take none: a misspelt one must not be overlooked."""
    read_query(connection.query_params.dict(), Input)


def read_body(raw: bytes, wire: type[S]) -> S:
    """The Struct; MalformedBody where it is no JSON, InvalidRequest with every fault where it does not fit."""
    if _is_plain(wire):
        try:
            return msgspec.json.decode(raw, type=wire)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            pass  # of which one fault is known by now
    try:
        content = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise MalformedBody from error
    if not isinstance(content, dict):
        raise InvalidRequest([("#", "must be an object")])
    return _read(content, wire, [], textual=False)


def read_query(parameters: Mapping[str, list[str]], wire: type[S]) -> S:
    """The Struct; InvalidRequest with every fault. A parameter given twice is one."""
    twice = [
        (f"#/{_escaped(name)}", "is given more than once") for name, values in parameters.items() if len(values) > 1
    ]
    return _read({name: values[-1] for name, values in parameters.items()}, wire, twice, textual=True)


def read_id(text: str, missing: type[N]) -> UUID:
    """The id in a path; what is no id names nothing."""
    try:
        return msgspec.convert(text, UUID)
    except msgspec.ValidationError:
        raise missing from None


def _read(content: Mapping[str, Any], wire: type[S], faults: list[tuple[str, str]], *, textual: bool) -> S:
    fields = _fields(wire)
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in content:
            if field.required:
                faults.append((f"#/{name}", "is required"))
            continue
        try:
            given = content[name]
            value = msgspec.convert(_meant(given, field.type) if textual else _whole(given, field.type), field.type)
            values[field.name] = _kept(value)
        except msgspec.ValidationError as error:
            faults.append((f"#/{name}", _in_words(str(error))))
        except OverflowError:
            faults.append((f"#/{name}", "is out of range"))
    faults += [(f"#/{_escaped(name)}", "is not known") for name in content if name not in fields]
    if faults:
        raise InvalidRequest(faults[:MOST_FAULTS])
    return wire(**values)


def _meant(given: str, kind: Any) -> Any:
    """A parameter is text; where a number or a truth is wanted, and one is written, that is what is meant."""
    kinds = _kinds(kind)
    if IntType in kinds and DIGITS.fullmatch(given):
        return int(given)
    if BoolType in kinds and given in ("true", "false"):
        return given == "true"
    return given


def _whole(given: Any, kind: Any) -> Any:
    """To JSON Schema 2.0 is an integer, and some clients know no other numbers."""
    if isinstance(given, float) and given.is_integer() and IntType in _kinds(kind):
        return int(given)
    return given


def _kinds(kind: Any) -> set[Any]:
    info = type_info(kind)
    return {type(one) for one in (info.types if isinstance(info, UnionType) else (info,))}


def _kept(value: Any) -> Any:
    """Instants in UTC; a list that names something twice is a fault."""
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, tuple) and len(set(value)) < len(value):
        raise msgspec.ValidationError("Names something twice")
    return value


def _in_utc(instant: datetime) -> datetime:
    """OverflowError for what is out of range: the outermost instants are PostgreSQL's infinities."""
    inside = instant.astimezone(UTC)
    if not FIRST < inside < LAST:
        raise OverflowError
    return inside


@cache
def _is_plain(wire: type[Input]) -> bool:
    """Whether a value that fits is kept as it is."""
    return all(_kinds(field.type) <= PLAIN for field in _fields(wire).values())


@cache
def _fields(wire: type[Input]) -> Mapping[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(wire)}


def _in_words(message: str) -> str:
    """msgspec's message as the rest of a sentence about the field."""
    return message[0].lower() + message[1:].replace("`", "")


def _escaped(name: str) -> str:
    """As RFC 6901, section 6, writes a name in a fragment; cut, for what is not known may be of any length."""
    return quote(name[:100].replace("~", "~0").replace("/", "~1"))
