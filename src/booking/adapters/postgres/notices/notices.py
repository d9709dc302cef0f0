"""Notices in PostgreSQL, as they are planned. queue.py takes those that are due."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from booking import time_zones
from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.notices.plans import agency_channels_of, plan_of
from booking.adapters.postgres.rights import granted
from booking.domain.authority import AgentRight
from booking.domain.events import Recorded
from booking.domain.keys import Key
from booking.domain.notices.notice import Notice, NoticeKind, NoticeRecord, NoticeState, Recipient
from booking.domain.notices.planner import Situation, Visit, due_again
from booking.domain.notices.rules import HEARD, RULES
from booking.domain.people.contact import Channel
from booking.domain.visits.booking import BookingStatus
from booking.service.notices.notices import Decide, DecideVisit

COLUMNS = (
    *("organization_id", "id", "cause", "kind", "recipient", "recipient_id", "channel", "booking_id", "sequence"),
    *("slot_id", "property_id", "agent_id", "endpoint_id", "actor_role", "before_start", "start_time", "end_time"),
    *("moved_from", "happened_at", "due_at", "not_after", "held"),
)
FOLLOW = sql.query("notices", "follow", ("types", "channels"))
REST = sql.query("notices", "rest")
SITUATIONS = sql.query(
    "notices", "situations", ("organization_ids", "booking_ids", "property_ids", "agent_ids", "former_ids")
)
ADD = sql.query("notices", "add", COLUMNS)
OF_BOOKING = sql.query("notices", "of_booking", ("organization_id", "booking_id", "most"))
END = sql.query("notices", "end", ("organization_ids", "booking_ids"))
SWEEP = sql.query("notices", "sweep")
COMING = sql.query("notices", "coming", ("organization_id", "agency_zone", "after_start", "after_id", "most"))
SWEPT = sql.query("notices", "swept", ("organization_id", "after_start", "after_id"))
REPLAN = sql.query("notices", "replan", ("organization_ids", "ids", "due_at", "not_after"))
UNPLAN = sql.query("notices", "unplan", ("organization_ids", "booking_ids", "planned"))
WAITING = sql.query("notices", "waiting", ("organization_id", "agency_zone", "kinds"))
WAITING_KINDS = [rule.kind for rule in RULES]
Planned: TypeAlias = tuple[UUID, UUID, datetime, datetime]
"""Key of a notice, its due time, and its end."""
END_SWEEP = sql.query("notices", "end_sweep", ("organization_id",))


class PostgresNotices:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(self, channels: Collection[Channel]) -> None:
        """Hear of events where a channel is configured; without any, of none. A further one goes through the visits."""
        if channels:
            await self._database.fetch(FOLLOW, sorted(HEARD), ",".join(sorted(channels)))
        else:
            await self._database.fetch(REST)

    async def plan(self, happened: Sequence[Recorded], decide: Decide) -> int:
        async def work(transaction: Transaction) -> int:
            rows = await transaction.fetch(SITUATIONS, *zip(*(_asked(one) for one in happened), strict=True))
            decided = [decide(one, _situation(row, one)) for one, row in zip(happened, rows, strict=True)]
            made = await add(transaction, [notice for notices in decided for notice in notices])
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
            of = await transaction.first(SWEEP)
            if of is None:
                return 0
            rows = await transaction.fetch(
                COMING, of.organization_id, of.agency_zone, of.after_start, of.after_id, most
            )
            visits = [row for row in rows if row.booking_id]
            decided = [notice for row in visits for notice in decide(_visit(row), _now(row, of))]
            if visits:
                keys = [(row.organization_id, row.booking_id) for row in visits]
                await transaction.execute(UNPLAN, *zip(*keys, strict=True), [one.id for one in decided])
            await _replan(transaction, [(one.organization_id, one.id, one.due_at, one.not_after) for one in decided])
            await add(transaction, decided)
            if rows:
                await transaction.execute(SWEPT, of.organization_id, rows[-1].swept_start, rows[-1].swept_id)
            else:
                await _replan(transaction, await _again(transaction, of))
                await transaction.execute(END_SWEEP, of.organization_id)
            return len(rows) or 1

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


async def add(transaction: Transaction, notices: Sequence[Notice]) -> int:
    if not notices:
        return 0
    return len(await transaction.fetch(ADD, *zip(*(_values(one) for one in notices), strict=True)))


async def _again(transaction: Transaction, of: Row) -> Sequence[Planned]:
    """Return the times of notices that wait for the end of quiet hours, as these are now."""
    rows = await transaction.fetch(WAITING, of.organization_id, of.agency_zone, WAITING_KINDS)
    due = [(row, due_again(row.start_time, _now(row, of))) for row in rows]
    return [(row.organization_id, row.id, when.at, when.not_after) for row, when in due if when]


async def _replan(transaction: Transaction, planned: Sequence[Planned]) -> None:
    if planned:
        await transaction.execute(REPLAN, *zip(*planned, strict=True))


def _values(notice: Notice) -> Iterable[object]:
    return (getattr(notice, name) for name in COLUMNS)


def _asked(one: Recorded) -> tuple[object, ...]:
    event = one.event
    former = event.moved_from.agent_id if event.moved_from else None
    return event.organization_id, event.booking_id, event.property_id, event.agent_id, former


def _situation(row: Row, recorded: Recorded) -> Situation:
    former = recorded.event.moved_from
    return Situation(
        at=row.at,
        visit=_visit(row) if row.booking_id else None,
        subjects=_known(
            {recorded.event.agent_id: row.subject, former.agent_id if former else None: row.former_subject}
        ),
        zone=time_zones.zone(row.zone),
        agency_zone=time_zones.zone(row.agency_zone),
        plan=plan_of(row),
        agency_channels=agency_channels_of(row),
    )


def _known(subjects: Mapping[UUID | None, str | None]) -> Mapping[UUID, str]:
    return {agent_id: subject for agent_id, subject in subjects.items() if agent_id and subject}


def _now(row: Row, of: Row) -> Situation:
    return Situation(
        at=of.at,
        subjects={},
        zone=time_zones.zone(row.zone),
        agency_zone=time_zones.zone(of.agency_zone),
        plan=plan_of(row),
        agency_channels=agency_channels_of(row),
    )


def _visit(row: Row) -> Visit:
    return Visit(
        organization_id=row.organization_id,
        booking_id=row.booking_id,
        sequence=row.sequence,
        status=BookingStatus(row.status),
        deadline=row.deadline,
        slot_id=row.slot_id,
        property_id=row.property_id,
        agent_id=row.agent_id,
        applicant_id=row.applicant_id,
        erased=row.erased,
        start_time=row.start_time,
        end_time=row.end_time,
    )
