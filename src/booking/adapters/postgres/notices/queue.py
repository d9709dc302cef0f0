"""Notices in PostgreSQL that are due, and the outcomes of their attempts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.notices.attempts import attempt_from
from booking.adapters.postgres.notices.doubts import tell_of_doubt
from booking.adapters.postgres.notices.paid_messages import end_beyond
from booking.adapters.postgres.traces import traces_of_notices
from booking.domain.notices.attempt import FREE_FOR, Attempt, NoticeEnd, Outcome
from booking.domain.notices.facts import VisitFacts
from booking.domain.notices.notice import NoticeKind, NoticeState
from booking.domain.people.contact import Channel
from booking.domain.values import replace
from booking.service.ports import Lease

FORGET = 1000  # rows at a time
UNCONFIGURED = 100  # notices of a channel without a provider that are ended at a time

TAKE = sql.query("notice_queue", "take", ("all_channels", "room", "lease", "configured", "free_for", "asking"))
LISTED = sql.query("notice_queue", "listed", ("organization_ids", "ids"))
CLASHING = sql.query("notice_queue", "clashing", ("organization_ids", "ids"))
NOTE = sql.query(
    "notice_queue", "note", ("organization_ids", "ids", "attempts", "states", "reasons", "provider_ids", "pauses")
)
SUPPRESS = sql.query("notice_queue", "suppress", ("organization_ids", "ids", "channels", "addresses", "reasons"))
OLDEST = sql.query("notice_queue", "oldest")
FORGET_ENDED = sql.query("notice_queue", "forget", ("kept", "most", "lease", "token"))

LISTS = {
    NoticeKind.AGENT_DAY: LISTED,
    NoticeKind.SLOTS_WITHDRAWN: LISTED,
    NoticeKind.SLOTS_SKIPPED: CLASHING,
    NoticeKind.CALENDAR_CONFLICT: CLASHING,
}
"""Statements that read what notices of a kind list."""


class PostgresNoticeQueue:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(
        self, room: Mapping[Channel, int], lease: timedelta, cap: int, asking: Collection[Channel] = tuple(Channel)
    ) -> tuple[Sequence[Attempt], Sequence[NoticeEnd]]:
        async def work(
            transaction: Transaction,
        ) -> tuple[Sequence[Row], Sequence[Row], Mapping[UUID, Sequence[VisitFacts]]]:
            rows = await transaction.fetch(
                TAKE,
                *(list(Channel), [room.get(channel, UNCONFIGURED) for channel in Channel], lease),
                *(list(room), FREE_FOR, list(asking)),
            )
            beyond = await end_beyond(transaction, rows, cap)
            await tell_of_doubt(transaction, rows)
            return rows, beyond, await _listed(transaction, [one for one in rows if one.state == "sending"])

        rows, beyond, listed = await self._database.unit(work)
        capped = {row.id for row in beyond}
        sending = [row for row in rows if row.state == "sending" and row.id not in capped]
        ended = [_end(row) for row in (*rows, *beyond) if row.state != "sending"]
        attempts = [attempt_from(row, listed.get(row.id, ())) for row in sending]
        if traces := await traces_of_notices(self._database, [(one.organization_id, one.id) for one in attempts]):
            attempts = [replace(one, trace=traces.get(one.id)) for one in attempts]
        return attempts, ended

    async def note(self, outcomes: Sequence[Outcome]) -> Sequence[NoticeEnd]:
        async def work(transaction: Transaction) -> Sequence[NoticeEnd]:
            if refused := [one for one in outcomes if one.address_refused]:
                await transaction.execute(SUPPRESS, *zip(*(_refusal(one) for one in refused), strict=True))
            rows = await transaction.fetch(NOTE, *zip(*map(_outcome, outcomes), strict=True))
            await tell_of_doubt(transaction, rows)
            return [_end(row) for row in rows]

        return await self._database.unit(work)

    async def oldest(self) -> float:
        (row,) = await self._database.fetch(OLDEST)
        return float(row.seconds)

    async def forget(self, kept: timedelta, lease: Lease) -> int:
        async def work(transaction: Transaction) -> int:
            return await transaction.execute(FORGET_ENDED, kept, FORGET, lease.name, lease.token)

        return await self._database.unit(work)


async def _listed(transaction: Transaction, sending: Sequence[Row]) -> Mapping[UUID, Sequence[VisitFacts]]:
    found: dict[UUID, list[VisitFacts]] = defaultdict(list)
    for query in dict.fromkeys(LISTS.values()):
        keys = [(one.organization_id, one.id) for one in sending if LISTS.get(one.kind) is query]
        for row in await transaction.fetch(query, *zip(*keys, strict=True)) if keys else ():
            found[row.notice_id].append(_facts(row))
    return found


def _facts(row: Row) -> VisitFacts:
    return VisitFacts(
        label=row.label,
        area=row.area,
        address=row.place_address,
        applicant_name=row.applicant_name,
        party_size=row.party_size,
        start_time=row.start_time,
        end_time=row.end_time,
        time_zone=row.zone,
    )


def _outcome(one: Outcome) -> tuple[object, ...]:
    attempt = one.attempt
    return (
        *(attempt.organization_id, attempt.id, attempt.number),
        *(one.state, one.reason, one.provider_id, one.again_in),
    )


def _refusal(one: Outcome) -> tuple[object, ...]:
    return one.attempt.organization_id, one.attempt.id, one.attempt.channel, one.attempt.address, one.reason


def _end(row: Row) -> NoticeEnd:
    return NoticeEnd(kind=NoticeKind(row.kind), channel=Channel(row.channel), state=NoticeState(row.state))
