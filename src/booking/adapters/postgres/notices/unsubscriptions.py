"""Unsubscriptions in PostgreSQL."""

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.domain.keys import Key
from booking.domain.notices.facts import AgencyFacts
from booking.domain.notices.notice import Recipient
from booking.domain.notices.unsubscription import Unsubscription
from booking.service.notices.unsubscriptions import Subscriber

KEY = ("organization_id", "recipient_id", "channel", "notice_group")
SUBSCRIBER = sql.query("unsubscriptions", "subscriber", (*KEY, "recipient"))
OF_APPLICANT = sql.query("unsubscriptions", "of_applicant", KEY)
OF_AGENT = sql.query("unsubscriptions", "of_agent", KEY)
REMOVE = sql.query("unsubscriptions", "remove", KEY)
FORGET = sql.query("unsubscriptions", "forget", ("organization_id", "recipient_id"))


class PostgresUnsubscriptions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def subscriber(self, of: Unsubscription) -> Subscriber | None:
        rows = await self._database.fetch(SUBSCRIBER, *_key(of), of.recipient)
        return next((_subscriber(row) for row in rows), None)

    async def add(self, one: Unsubscription) -> None:
        await self._database.fetch(OF_APPLICANT if one.recipient is Recipient.APPLICANT else OF_AGENT, *_key(one))

    async def remove(self, one: Unsubscription) -> None:
        await self._database.fetch(REMOVE, *_key(one))


async def forget_unsubscriptions(transaction: Transaction, person: Key) -> None:
    """Delete all unsubscriptions of an erased person."""
    await transaction.execute(FORGET, *person)


def _key(one: Unsubscription) -> tuple[object, ...]:
    return one.organization_id, one.recipient_id, one.channel, one.group


def _subscriber(row: Row) -> Subscriber:
    agency = AgencyFacts(
        name=row.agency_name,
        locale=row.agency_locale,
        time_zone=row.agency_zone,
        colour=row.agency_colour,
        phone=row.agency_phone,
        website=row.agency_website,
    )
    return Subscriber(locale=row.locale, agency=agency, unsubscribed=row.unsubscribed)
