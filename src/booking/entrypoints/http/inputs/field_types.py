"""Types of the fields of inputs, as msgspec knows them; each is looked at once."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta
from msgspec.inspect import (
    BoolType,
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

from booking.entrypoints.http.wire import Input

PLAIN = {BoolType, EnumType, IntType, LiteralType, NoneType, StrType, UUIDType}


@cache
def struct_of(kind: Any) -> type[Input] | None:
    """Return the object that a field is; None for other types."""
    found = [bare.cls for one in _types(kind) if isinstance(bare := _bare(one), StructType)]
    return cast("type[Input]", found[0]) if found else None


@cache
def objects_of(kind: Any) -> tuple[type[Input], Any] | None:
    """Return the objects that a list is made of, and the list with any objects in their place; None for other types."""
    for one in map(_bare, _types(kind)):
        if isinstance(one, VarTupleType) and isinstance(one.item_type, StructType):
            outline = Annotated[tuple[dict[str, Any], ...], Meta(min_length=one.min_length, max_length=one.max_length)]
            return cast("type[Input]", one.item_type.cls), outline
    return None


@cache
def kinds_of(kind: Any) -> set[Any]:
    return {type(_bare(one)) for one in _types(kind)}


@cache
def item_of(kind: Any) -> type[Type]:
    """Return the kind of the items of a list."""
    (items,) = (bare.item_type for one in _types(kind) if isinstance(bare := _bare(one), VarTupleType))
    return type(_bare(items))


def _bare(one: Type) -> Type:
    return one.type if isinstance(one, Metadata) else one


def _types(kind: Any) -> Sequence[Type]:
    info = type_info(kind)
    return info.types if isinstance(info, UnionType) else (info,)


@cache
def extras_of(kind: Any) -> list[dict[str, Any]]:
    return [one.extra for one in _types(kind) if isinstance(one, Metadata) and one.extra]


@cache
def is_plain(wire: type[Input]) -> bool:
    """Tell whether msgspec alone decodes the Struct rightly."""
    return all(kinds_of(field.type) <= PLAIN and not extras_of(field.type) for field in fields_of(wire).values())


@cache
def lists_in(wire: type[Input]) -> frozenset[str]:
    return frozenset(name for name, field in fields_of(wire).items() if VarTupleType in kinds_of(field.type))


@cache
def fields_of(wire: type[Input]) -> Mapping[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(wire)}
