"""Answers from phones in PostgreSQL."""

from collections.abc import Sequence

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.people.rows import applicant_from
from booking.domain.notices.answer import Answer, Meaning
from booking.service.notices.answers import AskedVisit

NOTE = sql.query("phone_answers", "note", ("phone", "at"))
STOP = sql.query("phone_answers", "stop", ("organization_ids", "channel", "phone"))
START = sql.query("phone_answers", "start", ("organization_ids", "channel", "phone"))
CLEAR = sql.query("phone_answers", "clear", ("organization_ids", "channel", "phone"))
ASKED = sql.query("phone_answers", "asked", ("phone", "channel", "about", "at"))
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

    async def asked(self, answer: Answer) -> Sequence[AskedVisit]:
        rows = await self._database.fetch(ASKED, answer.phone, answer.channel, answer.about, answer.at)
        return [
            AskedVisit(
                booking_id=row.booking_id,
                sequence=row.sequence,
                released=row.released,
                applicant=applicant_from(row),
            )
            for row in rows
        ]
