"""Count of paid messages of each organization and day in PostgreSQL."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.domain.notices.notice import NoticeState
from booking.domain.notices.paid import granted, none_left
from booking.domain.people.contact import Channel
from booking.service.ports import Lease

FORGET = 1000  # rows at a time

PAY = sql.query("paid_messages", "pay", ("organization_ids", "asked"))
CAP = sql.query("paid_messages", "cap", ("organization_ids", "ids"))
FORGET_DAYS = sql.query("paid_messages", "forget", ("most", "lease", "token"))


async def end_beyond(transaction: Transaction, taken: Sequence[Row], cap: int) -> Sequence[Row]:
    """Count paid messages among notices that were taken; end the ones beyond the cap, and return them."""
    paid: dict[UUID, list[Row]] = defaultdict(list)
    for row in taken:
        if row.state == NoticeState.SENDING and row.channel != Channel.EMAIL:
            paid[row.organization_id].append(row)
    if not paid:
        return ()
    beyond: list[Row] = []
    for row in await transaction.fetch(PAY, list(paid), [len(of) for of in paid.values()]):
        of = paid[row.organization_id]
        beyond += of[granted(len(of), used=row.asked, cap=cap) :]
    keys = [one.organization_id for one in beyond], [one.id for one in beyond]
    return await transaction.fetch(CAP, *keys) if beyond else ()


async def pay_one(transaction: Transaction, organization_id: UUID, cap: int) -> None:
    """Count a message; TooManyPaidMessages."""
    (row,) = await transaction.fetch(PAY, [organization_id], [1])
    if not granted(1, used=row.asked, cap=cap):
        raise none_left(cap, row.left_seconds)


async def forget(transaction: Transaction, lease: Lease) -> int:
    return await transaction.execute(FORGET_DAYS, FORGET, lease.name, lease.token)
