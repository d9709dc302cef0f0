"""Notices in PostgreSQL that are due, with all that may be said in them, and the outcomes of their attempts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from booking import time_zones
from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.notices.doubts import tell_of_doubt
from booking.adapters.postgres.notices.facts import agency_from, visit_from
from booking.adapters.postgres.notices.paid_messages import end_beyond
from booking.domain.delivery.webhook_endpoint import DISABLED_AFTER
from booking.domain.notices.attempt import FREE_FOR, Attempt, NoticeEnd, Outcome
from booking.domain.notices.calendar import CalendarEntry
from booking.domain.notices.facts import Facts, VisitFacts
from booking.domain.notices.link import LinkTarget
from booking.domain.notices.notice import ORIGINATORS, NoticeKind, NoticeState, Originator, Recipient
from booking.domain.notices.template import Language, OwnText
from booking.domain.people.contact import Channel
from booking.domain.visits.booking import TAKE_BACK, BookingStatus
from booking.service.ports import Lease

FORGET = 1000  # rows at a time
UNCONFIGURED = 100  # notices of a channel without a provider that are ended at a time

TAKE = sql.query("notices", "take", ("all_channels", "room", "lease", "configured", "free_for", "asking"))
LISTED = sql.query("notices", "listed", ("organization_ids", "ids"))
NOTE = sql.query(
    "notices", "note", ("organization_ids", "ids", "attempts", "states", "reasons", "provider_ids", "pauses")
)
SUPPRESS = sql.query("notices", "suppress", ("organization_ids", "ids", "channels", "addresses", "reasons"))
OLDEST = sql.query("notices", "oldest")
FORGET_ENDED = sql.query("notices", "forget", ("kept", "most", "lease", "token"))

LISTS = (NoticeKind.AGENT_DAY, NoticeKind.SLOTS_WITHDRAWN)
OWN_WORDS = (BookingStatus.DECLINED, BookingStatus.CANCELLED_BY_AGENT, BookingStatus.CANCELLED_BY_APPLICANT)
"""States whose reason is a person's own words."""


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
            keys = [(one.organization_id, one.id) for one in rows if one.state == "sending" and one.kind in LISTS]
            return rows, beyond, await _listed(transaction, keys) if keys else {}

        rows, beyond, listed = await self._database.unit(work)
        capped = {row.id for row in beyond}
        sending = [row for row in rows if row.state == "sending" and row.id not in capped]
        ended = [_end(row) for row in (*rows, *beyond) if row.state != "sending"]
        return [_attempt(row, listed.get(row.id, ())) for row in sending], ended

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


async def _listed(transaction: Transaction, keys: Sequence[tuple[UUID, UUID]]) -> Mapping[UUID, Sequence[VisitFacts]]:
    found: dict[UUID, list[VisitFacts]] = defaultdict(list)
    for row in await transaction.fetch(LISTED, *zip(*keys, strict=True)):
        found[row.notice_id].append(
            VisitFacts(
                label=row.label,
                area=row.area,
                address=row.place_address,
                applicant_name=row.applicant_name,
                start_time=row.start_time,
                end_time=row.end_time,
                time_zone=row.zone,
            )
        )
    return found


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


def _attempt(row: Row, listed: Sequence[VisitFacts]) -> Attempt:
    kind, recipient = NoticeKind(row.kind), Recipient(row.recipient)
    return Attempt(
        organization_id=row.organization_id,
        id=row.id,
        number=row.attempts,
        kind=kind,
        channel=Channel(row.channel),
        address=row.address,
        recipient_id=row.recipient_id,
        facts=Facts(
            kind=kind,
            recipient=recipient,
            at=row.at,
            locale=row.locale,
            to_name=row.to_name,
            agency=agency_from(row),
            visit=visit_from(row, recipient) if row.booking_id else None,
            visits=listed,
            by=ORIGINATORS.get(row.actor_role, Originator.SYSTEM),
            reason=row.booking_reason if row.status in OWN_WORDS else None,
            deadline=_deadline(row, kind),
            asks=row.answer_by is not None,
            day=row.start_time.astimezone(time_zones.zone(row.agency_zone)).date()
            if kind is NoticeKind.AGENT_DAY
            else None,
            endpoint_url=row.endpoint_url,
            failing_since=row.failing_since,
            entry=_entry(row, recipient) if row.booking_id else None,
            texts=[_own_text(*one) for one in row.texts or ()],
        ),
        free=bool(row.free),
        link_target=_link_target(row) if row.booking_id and row.may_act and recipient is Recipient.APPLICANT else None,
    )


def _link_target(row: Row) -> LinkTarget:
    return LinkTarget(
        organization_id=row.organization_id,
        booking_id=row.booking_id,
        applicant_id=row.recipient_id,
        sequence=row.sequence,
        status=BookingStatus(row.status),
        deadline=_deadline(row, NoticeKind(row.kind)),
        start_time=row.start_time,
        end_time=row.end_time,
        coming=row.coming,
    )


def _entry(row: Row, recipient: Recipient) -> CalendarEntry:
    return CalendarEntry(
        booking_id=row.booking_id,
        booking_sequence=row.sequence,
        booking_status=BookingStatus(row.status),
        at=row.at,
        left=recipient is Recipient.AGENT and row.recipient_id != row.agent_id,
    )


def _own_text(language: str, subject: str | None, heading: str | None, body: str) -> OwnText:
    return OwnText(language=Language(language) if language else None, subject=subject, heading=heading, body=body)


def _deadline(row: Row, kind: NoticeKind) -> datetime | None:
    """Return the end of a request, an offer, an answer or of taking back, or when a failing endpoint is disabled."""
    if kind is NoticeKind.WEBHOOK_FAILING:
        since: datetime = row.failing_since
        return since + DISABLED_AFTER
    if kind is NoticeKind.RELEASED:
        released_at: datetime = row.happened_at
        return released_at + TAKE_BACK
    found: datetime | None = row.answer_by or row.deadline
    return found
