"""Versions of rows that admins set: each setting is the next version, and may name the one that it was made of."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.postgres.engine.database import Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.domain.refusals import PreconditionFailed


async def put(
    transaction: Transaction,
    table: sa.Table,
    key: Mapping[str, object],
    values: Mapping[str, object],
    expected: int | None,
) -> Row:
    """Set the row of a key and return it; raise PreconditionFailed if it is at another version than `expected`.

    Version 0 is a row that is not there; None is any. A first setting and a further one are the same statement: of two
    admins at once, one is told so.
    """
    first = insert(table).values(**key, version=1, **values)
    row = await transaction.first(
        first.on_conflict_do_update(
            index_elements=[table.c[name] for name in key],
            set_={**values, "version": table.c.version + 1, "updated_at": first.excluded.updated_at},
            where=sa.true() if expected is None else table.c.version == expected,
        ).returning(table)
    )
    if row is None or (row.version == 1 and expected not in (None, 0)):
        raise PreconditionFailed
    return row
