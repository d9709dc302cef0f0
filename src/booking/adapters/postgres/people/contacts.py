"""Contacts of applicants in PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import asdict
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.people.grants import people_granting
from booking.adapters.postgres.tables.people import contacts
from booking.domain.authority import ApplicantRight
from booking.domain.keys import Key
from booking.domain.people.applicant import Screening
from booking.domain.people.contact import Channel, Contact

OF = sql.query("contacts", "of", ("organization_id", "applicant_id"))
FILL = sql.query("contacts", "fill", ("organization_id", "applicant_id", "phone", "locale"))


class PostgresContacts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, keys: Sequence[Key]) -> Contact:
        return _newest(await self._database.fetch(OF, *zip(*keys, strict=True)))

    async def change(self, said: Mapping[str, Any], rights: Sequence[ApplicantRight]) -> Contact:
        async def work(transaction: Transaction) -> Contact:
            found = await locked_contact(transaction, rights)
            return await save_contact(transaction, found.contact.changed(said), found.keys, rights)

        return await self._database.unit(work)


class LockedContact(NamedTuple):
    """Newest contact of a person whose applicants are locked. `keys`: of those whose right stands."""

    contact: Contact
    said_in: Key
    """The applicant whose contact it is."""
    keys: Sequence[Key]


async def locked_contact(transaction: Transaction, rights: Sequence[ApplicantRight]) -> LockedContact:
    """Lock a person's applicants, and return the newest contact where a right stands; refused where none does."""
    granting = await people_granting(transaction, rights)
    standing = sorted(right.key for right in rights if granting.stands(right))
    if not standing:
        granting.actor(rights[0])
    rows = await transaction.fetch(OF, *zip(*standing, strict=True))
    said_in = (rows[0].organization_id, rows[0].applicant_id) if rows else standing[0]
    return LockedContact(_newest(rows), said_in, standing)


async def save_contact(
    transaction: Transaction, contact: Contact, keys: Sequence[Key], rights: Sequence[ApplicantRight]
) -> Contact:
    """Save the contact for these applicants, and keep the answer."""
    for organization_id, applicant_id in keys:
        channels = contact.channels and [one.value for one in contact.channels]
        values = asdict(contact) | {"channels": channels, "own": sorted(contact.own)}
        first = insert(contacts).values(organization_id=organization_id, applicant_id=applicant_id, **values)
        await transaction.execute(
            first.on_conflict_do_update(
                index_elements=[contacts.c.organization_id, contacts.c.applicant_id],
                set_={**values, "updated_at": first.excluded.updated_at},
            )
        )
    await keep(transaction, [(right, (contact,)) for right in rights])
    return contact


async def fill(transaction: Transaction, screenings: Mapping[Key, Screening]) -> None:
    """Fill contacts by screenings that count. The applicants are locked, or new."""
    told = {key: one for key, one in screenings.items() if one.phone or one.locale}
    if not told:
        return
    rows = await transaction.fetch(OF, *zip(*told, strict=True))
    known = {(row.organization_id, row.applicant_id): _contact(row) for row in rows}
    filled = [(*key, known.get(key, Contact()).screened(one)) for key, one in told.items()]
    columns = zip(*((*key, contact.phone, contact.locale) for *key, contact in filled), strict=True)
    await transaction.execute(FILL, *columns)


def _newest(rows: Sequence[Row]) -> Contact:
    return _contact(rows[0]) if rows else Contact()


def _contact(row: Row) -> Contact:
    channels = None if row.channels is None else tuple(map(Channel, row.channels))
    return Contact(
        phone=row.phone,
        proved_phone=row.proved_phone,
        locale=row.locale,
        channels=channels,
        own=frozenset(row.own),
    )
