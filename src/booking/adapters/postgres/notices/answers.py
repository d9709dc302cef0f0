"""Answers from phones in PostgreSQL."""

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.domain.notices.answer import Answer, Meaning

NOTE = sql.query("phone_answers", "note", ("phone", "at"))
STOP = sql.query("phone_answers", "stop", ("organization_ids", "channel", "phone"))
START = sql.query("phone_answers", "start", ("organization_ids", "channel", "phone"))
CLEAR = sql.query("phone_answers", "clear", ("organization_ids", "channel", "phone"))
CHANGES = {Meaning.STOP: (CLEAR, STOP), Meaning.START: (START,)}
"""Statements of an answer: a STOP replaces any other reason."""


class PostgresAnswersOfPhones:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, answer: Answer) -> int:
        async def work(transaction: Transaction) -> int:
            noted = await transaction.fetch(NOTE, answer.phone, answer.at)
            organizations = sorted({row.organization_id for row in noted})
            for change in CHANGES.get(answer.meaning, ()):
                await transaction.execute(change, organizations, answer.channel, answer.phone)
            return len(noted)

        return await self._database.unit(work)
