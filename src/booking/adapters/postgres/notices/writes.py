"""Writes of notices: added where they are not planned yet, or planned again for another time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Transaction
from booking.domain.notices.notice import Notice

COLUMNS = (
    *("organization_id", "id", "cause", "kind", "recipient", "recipient_id", "channel", "booking_id", "sequence"),
    *("slot_id", "property_id", "agent_id", "endpoint_id", "actor_role", "before_start", "start_time", "end_time"),
    *("moved_from", "happened_at", "due_at", "not_after", "held"),
)
ADD = sql.query("notices", "add", COLUMNS)
REPLAN = sql.query("notices", "replan", ("organization_ids", "ids", "due_at", "not_after"))

Planned: TypeAlias = tuple[UUID, UUID, datetime, datetime]
"""Key of a notice, its due time, and its end."""


async def add(transaction: Transaction, notices: Sequence[Notice]) -> int:
    if not notices:
        return 0
    return len(await transaction.fetch(ADD, *zip(*(_values(one) for one in notices), strict=True)))


def planned(notices: Iterable[Notice]) -> Sequence[Planned]:
    return [(one.organization_id, one.id, one.due_at, one.not_after) for one in notices]


async def replan(transaction: Transaction, times: Sequence[Planned]) -> None:
    if times:
        await transaction.execute(REPLAN, *zip(*times, strict=True))


def _values(notice: Notice) -> Iterable[object]:
    return (getattr(notice, name) for name in COLUMNS)
