"""Keyset pages: the rows after a position, and one more to know whether any are left."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.tables import slots
from booking.domain.paging import Page, Paging, Position, Window

T = TypeVar("T")


def page_of(statement: sa.Select[Any], by: sa.ColumnElement[UUID], window: Window, paging: Paging) -> sa.Select[Any]:
    """The page of a statement over slots, in order of their start and then of `by`."""
    if window.since is not None:
        statement = statement.where(slots.c.start_time >= window.since)
    if window.until is not None:
        statement = statement.where(slots.c.start_time < window.until)
    if paging.after is not None:
        after = sa.tuple_(
            sa.literal(paging.after.start_time, slots.c.start_time.type), sa.literal(paging.after.id, by.type)
        )
        statement = statement.where(sa.tuple_(slots.c.start_time, by) > after)
    return statement.order_by(slots.c.start_time, by).limit(paging.limit + 1)


def page_from(rows: Sequence[Row], paging: Paging, read: Callable[[Row], T]) -> Page[T]:
    shown = rows[: paging.limit]
    more = len(rows) > paging.limit
    return Page(
        items=[read(row) for row in shown],
        next=Position(shown[-1].start_time, shown[-1].id) if more else None,
    )
