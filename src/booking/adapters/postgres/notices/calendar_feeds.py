"""Calendar feeds in PostgreSQL, by the hash of their tokens."""

from collections.abc import Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.notices.facts import agency_from, visit_from
from booking.adapters.postgres.people.grants import people_granting
from booking.domain.authority import Right
from booking.domain.keys import Key
from booking.domain.notices.calendar import CalendarEntry
from booking.domain.notices.calendar_feed import ENDED, MOST, MOST_VISITS, PAST, CalendarFeed
from booking.domain.notices.facts import EntryOwner
from booking.domain.notices.notice import Recipient
from booking.domain.notices.refusals import CalendarFeedNotFound, TooManyCalendarFeeds
from booking.domain.people.caller import Side
from booking.domain.visits.booking import BookingStatus
from booking.service.notices.calendar_feeds import FeedContent

_PERSON = ("organization_id", "owner_id")
ADD = sql.query(
    "calendar_feeds",
    "add",
    ("organization_id", "id", "agent_id", "applicant_id", "subject", "token_hash", "most"),
)
OF = sql.query("calendar_feeds", "of", ("organization_ids", "owner_ids"))
REMOVE = sql.query("calendar_feeds", "remove", ("organization_ids", "owner_ids", "id"))
END = sql.query("calendar_feeds", "end", _PERSON)
OWNER = sql.query("calendar_feeds", "owner", ("organization_id", "token_hash"))
VISITS = {
    Recipient.AGENT: sql.query("calendar_feeds", "visits_of_agent", (*_PERSON, "past", "ended", "most")),
    Recipient.APPLICANT: sql.query("calendar_feeds", "visits_of_applicant", (*_PERSON, "past", "ended", "most")),
}


class PostgresCalendarFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, id: UUID, side: Side, digest: bytes, by: Right) -> CalendarFeed:
        organization_id, owner_id = by.key
        owner = (owner_id, None) if side is Side.AGENT else (None, owner_id)

        async def work(transaction: Transaction) -> CalendarFeed:
            actor = (await people_granting(transaction, [by])).actor(by)
            inputs = organization_id, id, *owner, actor.subject, digest, MOST
            while not (rows := await transaction.fetch(ADD, *inputs)):
                if len(await transaction.fetch(OF, [organization_id], [owner_id])) >= MOST:
                    raise TooManyCalendarFeeds
            added = feed_from(rows[0])
            await keep(transaction, [(by, (added,))])
            return added

        return await self._database.unit(work)

    async def of(self, owners: Sequence[Key]) -> Sequence[CalendarFeed]:
        return [feed_from(row) for row in await self._database.fetch(OF, *zip(*owners, strict=True))]

    async def remove(self, id: UUID, rights: Sequence[Right]) -> None:
        async def work(transaction: Transaction) -> None:
            granting = await people_granting(transaction, rights)
            standing = [right.key for right in rights if granting.stands(right)]
            if not standing:
                granting.actor(rights[0])
            if not await transaction.fetch(REMOVE, *zip(*standing, strict=True), id):
                raise CalendarFeedNotFound
            await keep(transaction, [(right, ()) for right in rights])

        await self._database.unit(work)

    async def read(self, organization_id: UUID, digest: bytes) -> FeedContent | None:
        rows = await self._database.fetch(OWNER, organization_id, digest)
        if not rows:
            return None
        (row,) = rows
        recipient = Recipient.APPLICANT if row.agent_id is None else Recipient.AGENT
        inputs = organization_id, row.agent_id or row.applicant_id, PAST, ENDED, MOST_VISITS
        visits = await self._database.fetch(VISITS[recipient], *inputs)
        owner = EntryOwner(recipient=recipient, locale=row.locale, name=row.name, agency=agency_from(row))
        return FeedContent(owner, [(_entry(one), visit_from(one, recipient)) for one in visits])


async def end_feeds(transaction: Transaction, owner: Key) -> None:
    """End all feeds of a person in a role that they have no more."""
    await transaction.execute(END, *owner)


def feed_from(row: Row) -> CalendarFeed:
    return CalendarFeed(
        organization_id=row.organization_id,
        id=row.id,
        side=Side.APPLICANT if row.agent_id is None else Side.AGENT,
        owner_id=row.agent_id or row.applicant_id,
        created_at=row.created_at,
    )


def _entry(row: Row) -> CalendarEntry:
    return CalendarEntry(
        booking_id=row.id,
        booking_sequence=row.sequence,
        booking_status=BookingStatus(row.status),
        at=row.updated_at,
    )
