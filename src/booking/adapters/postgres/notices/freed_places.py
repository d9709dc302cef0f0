"""Freed places in PostgreSQL, noted with the events, and their watchers."""

from collections.abc import Sequence

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.notices.situations import situation_in
from booking.adapters.postgres.notices.writes import add
from booking.adapters.postgres.visits.watches import watch_from
from booking.domain.events import Recorded
from booking.domain.notices.freed_place import FreedPlace, freed_slot
from booking.service.notices.freed_places import DecidePlace
from booking.service.ports import Lease

NOTE = sql.query("freed_places", "note", ("organization_ids", "ids", "slot_ids", "applicant_ids", "times"))
TAKE = sql.query("freed_places", "take", ("lease", "token"))
WATCHERS = sql.query(
    "freed_places",
    "watchers",
    ("organization_id", "slot_id", "happened_at", "given_up_by", "after_created", "after_id", "most"),
)
GO_ON = sql.query("freed_places", "go_on", ("organization_id", "id", "after_created", "after_id"))
END = sql.query("freed_places", "end", ("organization_id", "id"))


class PostgresFreedPlaces:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def tell(self, decide: DecidePlace, most: int, lease: Lease) -> int:
        async def work(transaction: Transaction) -> int:
            row = await transaction.first(TAKE, lease.name, lease.token)
            if row is None:
                return 0
            place = _place(row)
            key = place.organization_id, place.event_id
            after = row.after_created, row.after_id
            asked = place.organization_id, place.slot_id, place.happened_at, place.given_up_by, *after, most
            watches = [watch_from(one) for one in await transaction.fetch(WATCHERS, *asked)]
            await add(transaction, decide(place, watches, situation_in(row, row)))
            if len(watches) < most:
                await transaction.execute(END, *key)
            else:
                await transaction.execute(GO_ON, *key, watches[-1].created_at, watches[-1].applicant_id)
            return 1

        return await self._database.unit(work)


async def note_freed(transaction: Transaction, happened: Sequence[Recorded]) -> None:
    """Note slots that may have a free place, and watchers of their property."""
    freed = [
        (one.event.organization_id, one.id, slot_id, one.event.applicant_id, one.occurred_at)
        for one in happened
        if (slot_id := freed_slot(one.event)) is not None
    ]
    if freed:
        await transaction.execute(NOTE, *zip(*freed, strict=True))


def _place(row: Row) -> FreedPlace:
    return FreedPlace(**{name: getattr(row, name) for name in FreedPlace.__struct_fields__})
