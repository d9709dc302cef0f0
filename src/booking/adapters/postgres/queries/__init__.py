"""Queries for reading only: from SQL to the Struct that is sent, past the domain (ADR 55). Services call them by ports.

A query is a method whose first argument is the caller's scope, and its SQL names the columns as the answer names its
fields. One that any caller could get more out of than their scope gives them fails a test that runs all as everybody.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from booking.adapters.postgres.engine.pool import Row

T = TypeVar("T")


def structs(rows: Sequence[Row], shown: type[T]) -> Sequence[T]:
    """Make Structs of rows. A column "actor.role" is a field of the Struct in `actor`, None where all of it are."""
    return [msgspec.convert(_nested(row), shown) for row in rows]


def _nested(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {}
    inside: dict[str, dict[str, Any]] = {}
    for name, value in row.items():
        outer, _, inner = name.partition(".")
        if inner:
            inside.setdefault(outer, {})[inner] = value
        else:
            found[name] = value
    for outer, fields in inside.items():
        found[outer] = None if all(value is None for value in fields.values()) else fields
    return found
