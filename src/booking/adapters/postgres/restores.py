"""Restores of the database from a backup: their marks, and the steps that follow them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.domain.restore import Restore

MARKS = sql.query("restores", "marks", ())
ADD = sql.query("restores", "add", ("number", "seal", "lost", "marked_at", "key_id", "digest"))
RAISE_EPOCH = sql.query("restores", "raise_epoch", ())
END_NOTICES = sql.query("restores", "end_notices", ())
PAUSE = sql.query("restores", "pause", ("kinds",))
RELEASE = sql.query("restores", "release", ())
NEWEST = sql.query("restores", "newest", ())
REWIND = sql.query("restores", "rewind", ("kinds", "since"))
OUTSIDE = ("webhook", "aws")
"""Kinds of subscriptions that tell somebody outside."""


class Resumed(NamedTuple):
    """Outcome: the feed's epoch, notices that are not sent, subscriptions that wait, and the last event there is."""

    epoch: int
    obsolete: int
    paused: int
    newest: datetime | None


class PostgresRestores:
    """The marks, which all may read, and the steps, which are the owner's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def marks(self) -> Sequence[Restore]:
        return [
            Restore(
                number=row.number,
                seal=row.seal,
                lost=row.lost,
                marked_at=row.marked_at,
                key_id=row.key_id,
                digest=row.digest,
            )
            for row in await self._database.fetch(MARKS)
        ]

    async def begin(self, restore: Restore) -> Resumed:
        """Mark it, and hold subscriptions of outsiders back until `release`."""

        async def work(transaction: Transaction) -> Resumed:
            await transaction.execute(
                ADD, restore.number, restore.seal, restore.lost, restore.marked_at, restore.key_id, restore.digest
            )
            epoch = await transaction.value(RAISE_EPOCH)
            obsolete = await transaction.execute(END_NOTICES)
            paused = await transaction.execute(PAUSE, OUTSIDE)
            return Resumed(epoch, obsolete, paused, await transaction.value(NEWEST))

        return await self._database.unit(work)

    async def release(self) -> int:
        """Let all hear again who wait; return how many."""
        return await self._database.unit(lambda transaction: transaction.execute(RELEASE))

    async def rewind(self, kinds: Sequence[str], since: datetime) -> int:
        """Let subscriptions of these kinds hear all events anew from then on; return their number."""
        return await self._database.unit(lambda transaction: transaction.execute(REWIND, kinds, since))
