"""Writes of notices, which stay as they are where they are planned already."""

from collections.abc import Iterable, Sequence

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Transaction
from booking.domain.notices.notice import Notice

COLUMNS = (
    *("organization_id", "id", "cause", "kind", "recipient", "recipient_id", "channel", "booking_id", "sequence"),
    *("slot_id", "property_id", "agent_id", "endpoint_id", "actor_role", "before_start", "start_time", "end_time"),
    *("moved_from", "happened_at", "due_at", "not_after", "held"),
)
ADD = sql.query("notices", "add", COLUMNS)


async def add(transaction: Transaction, notices: Sequence[Notice]) -> int:
    if not notices:
        return 0
    return len(await transaction.fetch(ADD, *zip(*(_values(one) for one in notices), strict=True)))


def _values(notice: Notice) -> Iterable[object]:
    return (getattr(notice, name) for name in COLUMNS)
