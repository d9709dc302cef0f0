"""Codes that prove phones in PostgreSQL, and the count of paid messages."""

from collections.abc import Sequence
from datetime import datetime

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.idempotency import require_unused
from booking.adapters.postgres.notices import paid_messages
from booking.adapters.postgres.people.contacts import locked_contact, save_contact
from booking.adapters.postgres.people.screenings import NOW
from booking.domain.authority import ApplicantRight
from booking.domain.notices.refusals import PhoneStopped
from booking.domain.people.contact import Contact
from booking.domain.people.phone_code import DAY, MOST_TRIES, PhoneCode, phone_for_code
from booking.service.notices.phones import NewCode, Recipient
from booking.service.ports import Lease

FORGET = 1000  # rows at a time

SENT = sql.query("phones", "sent", ("day", "phone", "organization_ids", "applicant_ids"))
ADD = sql.query("phones", "add", ("organization_id", "applicant_id", "id", "phone", "digest"))
NEWEST = sql.query("phones", "newest", ("organization_ids", "applicant_ids"))
MISS = sql.query("phones", "miss", ("organization_id", "applicant_id", "id"))
SPEND = sql.query("phones", "spend", ("organization_id", "applicant_id", "id", "most"))
REACHED = sql.query("phone_answers", "reached", ("organization_ids", "phone"))
STOPPED = sql.query("phones", "stopped", ("organization_id", "channel", "phone"))
FORGET_CODES = sql.query("phones", "forget", ("day", "most", "lease", "token"))


class PostgresPhones:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def issue(self, code: NewCode, rights: Sequence[ApplicantRight]) -> Recipient:
        async def work(transaction: Transaction) -> Recipient:
            found = await locked_contact(transaction, rights)
            await require_unused(transaction, rights[0])
            now: datetime = await transaction.value(NOW)
            sent = await transaction.fetch(SENT, DAY, found.contact.phone, *zip(*found.keys, strict=True))
            phone = phone_for_code(found.contact, [row.created_at for row in sent], now)
            organization_id, applicant_id = found.said_in
            (about,) = await transaction.fetch(STOPPED, organization_id, code.channel, phone)
            if about.stopped:
                raise PhoneStopped
            await paid_messages.pay_one(transaction, organization_id, code.cap)
            made = PhoneCode.of(code.id, phone, code.code)
            await transaction.execute(ADD, organization_id, applicant_id, made.id, made.phone, made.digest)
            return Recipient(phone, (found.contact.locale, about.locale))

        return await self._database.unit(work)

    async def prove(self, code: str, rights: Sequence[ApplicantRight]) -> Contact | None:
        async def work(transaction: Transaction) -> Contact | None:
            found = await locked_contact(transaction, rights)
            row = await transaction.first(NEWEST, *zip(*found.keys, strict=True))
            if row is None:
                return None
            key, given = (row.organization_id, row.applicant_id, row.id), _code(row)
            if not given.proves(found.contact, row.age):
                return None
            if not given.fits(code):
                await transaction.execute(MISS, *key)
                return None
            await transaction.execute(SPEND, *key, MOST_TRIES)
            await transaction.execute(REACHED, [organization_id for organization_id, _ in found.keys], given.phone)
            return await save_contact(transaction, found.contact.proved(), found.keys, rights)

        return await self._database.unit(work)

    async def forget(self, lease: Lease) -> int:
        async def work(transaction: Transaction) -> int:
            codes = await transaction.execute(FORGET_CODES, DAY, FORGET, lease.name, lease.token)
            return codes + await paid_messages.forget(transaction, lease)

        return await self._database.unit(work)


def _code(row: Row) -> PhoneCode:
    return PhoneCode(id=row.id, phone=row.phone, digest=row.digest, tries=row.tries)
