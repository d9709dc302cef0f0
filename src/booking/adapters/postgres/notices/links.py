"""Links in PostgreSQL. Their use is granted and noted with the change that they are for (rights.py)."""

from collections.abc import Collection, Sequence
from operator import attrgetter
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.people.grants import people_granting
from booking.adapters.postgres.people.rows import applicant_from
from booking.domain.authority import ApplicantRight
from booking.domain.keys import Key
from booking.domain.notices.facts import AgencyFacts
from booking.domain.notices.link import Link, LinkPurpose
from booking.service.notices.link_maker import KnownLink
from booking.service.ports import Lease

FORGET = 1000  # rows at a time

_COLUMNS = ("organization_id", "hash", "purpose", "booking_id", "sequence", "applicant_id", "expires_at")
ADD = sql.query("links", "add", _COLUMNS)
KNOWN = sql.query("links", "known", ("organization_id", "hash"))
END = sql.query("links", "end", ("organization_id", "applicant_id"))
FORGET_EXPIRED = sql.query("links", "forget", ("most", "lease", "token"))

_values = attrgetter(*_COLUMNS)


async def end_links(transaction: Transaction, people: Collection[Key]) -> None:
    """End all links of people, in the transaction that locked them."""
    if people:
        await transaction.execute(END, *zip(*people, strict=True))


class PostgresLinks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, links: Sequence[Link], by: ApplicantRight | None = None) -> None:
        async def work(transaction: Transaction) -> None:
            if by is not None:
                (await people_granting(transaction, [by])).actor(by)
            if links:
                await transaction.execute(ADD, *zip(*map(_values, links), strict=True))

        await self._database.unit(work)

    async def known(self, organization_id: UUID, digest: bytes) -> KnownLink | None:
        rows = await self._database.fetch(KNOWN, organization_id, digest)
        return _known(rows[0]) if rows else None

    async def forget(self, lease: Lease) -> int:
        async def work(transaction: Transaction) -> int:
            return await transaction.execute(FORGET_EXPIRED, FORGET, lease.name, lease.token)

        return await self._database.unit(work)


def _known(row: Row) -> KnownLink:
    return KnownLink(
        link=Link(
            organization_id=row.organization_id,
            hash=row.hash,
            purpose=LinkPurpose(row.purpose),
            booking_id=row.booking_id,
            sequence=row.sequence,
            applicant_id=row.applicant_id,
            expires_at=row.expires_at,
        ),
        used_at=row.used_at,
        applicant=applicant_from(row),
        locale=row.locale,
        agency=AgencyFacts(
            name=row.agency_name,
            locale=row.agency_locale,
            time_zone=row.agency_zone,
            colour=row.agency_colour,
            phone=row.agency_phone,
            website=row.agency_website,
        ),
    )
