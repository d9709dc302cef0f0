"""Codecs: how the driver reads and writes instants and ids, set without asking the database about its types."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg.pgproto import pgproto

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SINCE_EVER = datetime.min.replace(tzinfo=UTC)
EVER = datetime.max.replace(tzinfo=UTC)
KEPT = 1024

_ENDS = {EVER: 2**63 - 1, SINCE_EVER: -(2**63)}  # infinity, and minus infinity
_ENDS_READ = {sent: end for end, sent in _ENDS.items()}


@lru_cache(maxsize=KEPT)
def read(sent: tuple[int]) -> datetime:
    """Read an instant, sent in microseconds since 2000. Visits begin and end at few of them, so they are kept."""
    (count,) = sent
    return _ENDS_READ.get(count) or EPOCH + count * MICROSECOND


@lru_cache(maxsize=KEPT)
def written(instant: datetime) -> tuple[int]:
    """Write an instant in microseconds since 2000."""
    return (_ENDS[instant] if instant in _ENDS else (instant - EPOCH) // MICROSECOND,)


def quick(id: UUID) -> UUID:
    """Return the same id as the driver's own, hashed, compared and sent in C.

    Why: a batch looks each up in a dozen dictionaries, and Python hashes its own by a call.
    """
    return id if type(id) is pgproto.UUID else pgproto.UUID(id.bytes)


_ELEMENTS = {
    "bool": 16,
    "bytea": 17,
    "int8": 20,
    "int2": 21,
    "int4": 23,
    "timestamp": 1114,
    "timestamptz": 1184,
    "interval": 1186,
    "uuid": 2950,
}
_ARRAYS = {
    1000: "bool",
    1001: "bytea",
    1005: "int2",
    1007: "int4",
    1016: "int8",
    1115: "timestamp",
    1185: "timestamptz",
    1187: "interval",
} | {2951: "uuid"}


async def use(connection: "asyncpg.Connection[Any]") -> None:
    """Set the codecs of a connection, by the numbers that built-in types have everywhere.

    Why: the driver looks up every type that it does not know, arrays of built-in ones too. On a distributed engine that
    takes seconds (ADR 48).
    """
    await connection.set_type_codec("timestamptz", schema="pg_catalog", format="tuple", encoder=written, decoder=read)
    driver: Any = connection
    driver._protocol.get_settings().register_data_types([_array(number, of) for number, of in _ARRAYS.items()])


def _array(number: int, of: str) -> dict[str, object]:
    """Describe a type of arrays as the driver's own look-up does."""
    nothing = ("basetype", "range_subtype", "attrtypoids", "attrnames", "basetype_name", "range_subtype_name")
    known = {"oid": number, "ns": "pg_catalog", "name": f"_{of}", "kind": b"b", "elemtype": _ELEMENTS[of]}
    return {**known, "elemtype_name": of, "elemdelim": ",", "depth": 0, **dict.fromkeys(nothing)}
