"""Deadlines of answers in PostgreSQL: notices that are held until a release is decided on."""

from collections.abc import Sequence

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.domain.notices.deadline import AnswerDeadline

PASSED = sql.query("notice_deadlines", "passed", ("most",))
LET_GO = sql.query("notice_deadlines", "let_go", ("organization_id", "booking_id", "sequence"))


class PostgresDeadlines:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def passed(self, most: int) -> Sequence[AnswerDeadline]:
        """The statement goes over all organizations."""
        return [
            AnswerDeadline(
                slot=(row.organization_id, row.slot_id),
                booking_id=row.booking_id,
                sequence=row.sequence,
                asked=row.asked,
            )
            for row in await self._database.fetch(PASSED, most)
        ]

    async def let_go(self, visit: AnswerDeadline) -> None:
        async def work(transaction: Transaction) -> int:
            return await transaction.execute(LET_GO, visit.slot[0], visit.booking_id, visit.sequence)

        await self._database.unit(work)
