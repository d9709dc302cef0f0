"""Contacts of applicants in PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec.structs import asdict
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.rights import Granting
from booking.adapters.postgres.rosters.locks import PEOPLE
from booking.adapters.postgres.rows import applicant_from
from booking.adapters.postgres.tables import contacts
from booking.domain.authority import ApplicantRight
from booking.domain.contact import Channel, Contact
from booking.domain.slot import Key
from booking.domain.values import replace


class PostgresContacts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, keys: Sequence[Key]) -> Contact:
        return _newest(await self._database.fetch(_of(keys)))

    async def change(self, said: Mapping[str, Any], rights: Sequence[ApplicantRight]) -> Contact:
        keys = sorted(right.key for right in rights)

        async def work(transaction: Transaction) -> Contact:
            people = [applicant_from(row) for row in await transaction.fetch(PEOPLE, *zip(*keys, strict=True))]
            granting = Granting({}, {(one.organization_id, one.id): one for one in people})
            own = [right.key for right in rights if _stands(granting, right)]
            if not own:
                granting.actor(rights[0])
            contact = replace(_newest(await transaction.fetch(_of(own))), **said)
            for organization_id, applicant_id in sorted(own):
                values = asdict(contact) | {"channels": contact.channels and [one.value for one in contact.channels]}
                first = insert(contacts).values(organization_id=organization_id, applicant_id=applicant_id, **values)
                await transaction.execute(
                    first.on_conflict_do_update(
                        index_elements=[contacts.c.organization_id, contacts.c.applicant_id],
                        set_={**values, "updated_at": first.excluded.updated_at},
                    )
                )
            await keep(transaction, [(right, (contact,)) for right in rights])
            return contact

        return await self._database.unit(work)


def _stands(granting: Granting, right: ApplicantRight) -> bool:
    found = granting.applicants.get(right.key)
    return found is not None and found.user_id == right.subject


def _of(keys: Sequence[Key]) -> sa.Select[Any]:
    key = sa.tuple_(contacts.c.organization_id, contacts.c.applicant_id)
    return sa.select(contacts).where(key.in_(keys)).order_by(contacts.c.updated_at.desc(), contacts.c.applicant_id)


def _newest(rows: Sequence[Row]) -> Contact:
    if not rows:
        return Contact()
    phone, locale, channels = (rows[0][name] for name in ("phone", "locale", "channels"))
    return Contact(phone=phone, locale=locale, channels=None if channels is None else tuple(map(Channel, channels)))
