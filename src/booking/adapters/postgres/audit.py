"""The audit trail in PostgreSQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.statements import Prepared
from booking.adapters.postgres.events import recorded_from
from booking.adapters.postgres.leases import held
from booking.adapters.postgres.tables.base import Instant
from booking.adapters.postgres.tables.delivery import events, positions, seals
from booking.domain.audit import Audited, Seal, Tally
from booking.service.audit import Unreadable
from booking.service.ports import Lease, Lost

LAST = 2**63 - 1
PLACED = Prepared(
    sa.select(events)
    .where(
        events.c.position >= sa.bindparam("first", None, sa.BigInteger),
        events.c.position <= sa.bindparam("last", None, sa.BigInteger),
    )
    .order_by(events.c.position)
    .limit(sa.bindparam("most", None, sa.Integer)),
    ("first", "last", "most"),
)


_highest = sa.select(sa.func.max(events.c.position)).scalar_subquery()
TALLY = sa.select(
    sa.func.coalesce(sa.func.max(positions.c.last), 0).label("last"),
    sa.func.coalesce(sa.func.max(positions.c.sealed), 0).label("sealed"),
    sa.func.coalesce(_highest, 0).label("highest"),
)


_first_unsealed = (
    sa.select(sa.func.coalesce(events.c.relayed_at, events.c.occurred_at))
    .where(events.c.position > sa.select(sa.func.coalesce(sa.func.max(seals.c.last), 0)).scalar_subquery())
    .order_by(events.c.position)
    .limit(1)
    .scalar_subquery()
)
UNSEALED = sa.select(
    sa.func.coalesce(sa.func.extract("epoch", sa.func.booking_now() - _first_unsealed), 0).label("seconds")
)


@contextmanager
def _readable() -> Iterator[None]:
    """The owner can write instants that nobody can read."""
    try:
        yield
    except (OverflowError, ValueError) as error:
        raise Unreadable from error


class PostgresTrail:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def placed(self, first: int, limit: int, *, last: int | None = None) -> Sequence[Audited]:
        with _readable():
            rows = await self._database.fetch(PLACED, first, LAST if last is None else last, limit)
            return [_audited(row) for row in rows]

    async def last_seal(self) -> Seal | None:
        with _readable():
            rows = await self._database.fetch(sa.select(seals).order_by(seals.c.number.desc()).limit(1))
            return _seal(rows[0]) if rows else None

    async def tally(self) -> Tally:
        (row,) = await self._database.fetch(TALLY)
        return Tally(last=row.last, highest=row.highest, sealed=row.sealed)

    async def add_seal(self, seal: Seal, lease: Lease | None = None) -> None:
        add = sa.func.add_seal(
            sa.cast(seal.number, sa.BigInteger),
            sa.cast(seal.first, sa.BigInteger),
            sa.cast(seal.last, sa.BigInteger),
            seal.content,
            seal.digest,
            sa.cast(seal.key_id, sa.Text),
            sa.cast(seal.sealed_at, Instant),
        )

        async def work(transaction: Transaction) -> None:
            if not await transaction.value(sa.select(add).where(held(lease) if lease else sa.true())):
                raise Lost

        await self._database.unit(work)

    async def lag(self) -> float:
        """Return the age, in seconds, of the oldest event in order that no seal covers; 0 where none is."""
        (row,) = await self._database.fetch(UNSEALED)
        return max(0.0, float(row.seconds))

    async def seals(self, first: int, limit: int) -> Sequence[Seal]:
        with _readable():
            rows = await self._database.fetch(
                sa.select(seals).where(seals.c.number >= first).order_by(seals.c.number).limit(limit)
            )
            return [_seal(row) for row in rows]


def _audited(row: Row) -> Audited:
    return Audited(
        position=row.position,
        recorded=recorded_from(row),
        placed_at=row.relayed_at or row.occurred_at,
        organization_position=row.organization_position or 0,
    )


def _seal(row: Row) -> Seal:
    return Seal(
        number=row.number,
        first=row.first,
        last=row.last,
        content=row.content,
        digest=row.digest,
        sealed_at=row.sealed_at,
        key_id=row.key_id,
    )
