"""Notices in PostgreSQL, as they are planned. queue.py takes those that are due; sweeps.py plans anew."""

from collections.abc import Collection, Sequence

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.notices.freed_places import note_freed
from booking.adapters.postgres.notices.situations import situation_of
from booking.adapters.postgres.notices.sweeps import sweep
from booking.adapters.postgres.notices.writes import add, planned, replan
from booking.adapters.postgres.rights import granted
from booking.domain.authority import AgentRight
from booking.domain.events import Recorded
from booking.domain.keys import Key
from booking.domain.notices.notice import Notice, NoticeKind, NoticeRecord, NoticeState, Recipient
from booking.domain.notices.rules import HEARD
from booking.domain.people.contact import Channel
from booking.service.notices.notices import Decide, DecideVisit

CHANNELS = sql.query("notices", "channels", ("channels",))
FOLLOW = sql.query("notices", "follow", ("types", "channels"))
REST = sql.query("notices", "rest")
SITUATIONS = sql.query(
    "notices",
    "situations",
    ("organization_ids", "booking_ids", "property_ids", "agent_ids", "former_ids", "slot_ids", "applicant_ids"),
)
OF_BOOKING = sql.query("notices", "of_booking", ("organization_id", "booking_id", "most"))
END = sql.query("notices", "end", ("organization_ids", "booking_ids"))


class PostgresNotices:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(self, channels: Collection[Channel]) -> None:
        """Hear of events where a channel is configured; without any, of none. A further one goes through the visits.

        Each tells of what happens from the time on at which it is configured.
        """
        await self._database.fetch(CHANNELS, sorted(channels))
        if channels:
            await self._database.fetch(FOLLOW, sorted(HEARD), ",".join(sorted(channels)))
        else:
            await self._database.fetch(REST)

    async def plan(self, happened: Sequence[Recorded], decide: Decide) -> int:
        async def work(transaction: Transaction) -> int:
            rows = await transaction.fetch(SITUATIONS, *zip(*(_asked(one) for one in happened), strict=True))
            decided = [decide(one, situation_of(row, one)) for one, row in zip(happened, rows, strict=True)]
            notices = [one for made in decided for one in made]
            await replan(transaction, planned(one for one in notices if one.kind is NoticeKind.AGENT_DAY))
            await note_freed(transaction, happened)
            made = await add(transaction, notices)
            bookings = {(one.event.organization_id, one.event.booking_id) for one in happened if one.event.booking_id}
            ended = await transaction.execute(END, *zip(*bookings, strict=True)) if bookings else 0
            return made + ended

        return await self._database.unit(work)

    async def request(self, notice: Notice, by: AgentRight) -> None:
        async def work(transaction: Transaction) -> None:
            await granted(transaction, by)
            await add(transaction, [notice])

        await self._database.unit(work)

    async def of_booking(self, key: Key, most: int) -> Sequence[NoticeRecord]:
        return [_record(row) for row in await self._database.fetch(OF_BOOKING, *key, most)]

    async def sweep(self, decide: DecideVisit, most: int) -> int:
        async def work(transaction: Transaction) -> int:
            return await sweep(transaction, decide, most)

        return await self._database.unit(work)


def _record(row: Row) -> NoticeRecord:
    return NoticeRecord(
        id=row.id,
        kind=NoticeKind(row.kind),
        recipient=Recipient(row.recipient),
        channel=Channel(row.channel),
        sequence=row.sequence,
        state=NoticeState(row.state),
        reason=row.reason,
        attempts=row.attempts,
        due_at=row.due_at,
        attempted_at=row.attempted_at,
        ended_at=row.ended_at,
        created_at=row.created_at,
    )


def _asked(one: Recorded) -> tuple[object, ...]:
    event = one.event
    former = event.moved_from.agent_id if event.moved_from else None
    return (
        *(event.organization_id, event.booking_id, event.property_id, event.agent_id, former),
        *(event.slot_id, event.applicant_id),
    )
