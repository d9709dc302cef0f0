"""Notices without an outcome: their agents are told."""

from collections.abc import Sequence

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.notices.writes import COLUMNS, add
from booking.domain.notices.doubt import notice_of_doubt
from booking.domain.notices.notice import Notice, NoticeKind, NoticeState, Recipient
from booking.domain.people.contact import Channel

IN_DOUBT = sql.query("doubts", "in_doubt", ("organization_ids", "ids"))


async def tell_of_doubt(transaction: Transaction, changed: Sequence[Row]) -> None:
    """Plan a notice to the agent for each that has ended without an outcome."""
    found = [row for row in changed if row.state == NoticeState.UNKNOWN]
    if not found:
        return
    keys = [row.organization_id for row in found], [row.id for row in found]
    told = [notice_of_doubt(_notice(row), row.at) for row in await transaction.fetch(IN_DOUBT, *keys)]
    await add(transaction, [one for one in told if one is not None])


def _notice(row: Row) -> Notice:
    said = {name: getattr(row, name) for name in COLUMNS if name != "id"}
    read = {"kind": NoticeKind(row.kind), "recipient": Recipient(row.recipient), "channel": Channel(row.channel)}
    return Notice(**{**said, **read})
