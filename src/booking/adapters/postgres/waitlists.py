"""Waitlists in PostgreSQL: showing who waits. Every change of one is its slot's roster's matter."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.availabilities import IN_VAIN
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.statements import constants
from booking.adapters.postgres.members import Members
from booking.adapters.postgres.pages import page_from, page_of
from booking.adapters.postgres.people import APPLICANT, applicant_from
from booking.adapters.postgres.tables import applicants, booking_now, bookings, keyed, slots, waitlist
from booking.domain.applicant import Applicant
from booking.domain.commitments import COOL_DOWN
from booking.domain.paging import Page, Paging, Window
from booking.domain.refusals import WaitlistEntryNotFound
from booking.domain.slot import Key
from booking.domain.waitlist import Entry, EntryStatus, EntryView

GIVEN_UP_OF_LATE = sa.and_(
    waitlist.c.status.in_((EntryStatus.LEFT.value, EntryStatus.DECLINED.value)),
    waitlist.c.updated_at > booking_now() - sa.literal(COOL_DOWN, sa.Interval),
)
"""What counts for the cool-down of whoever joins again."""

MOST_IN_VAIN = 50  # slots that a look settles; others are soon

_offer = bookings.alias("offer")
_ahead = waitlist.alias("ahead")

_offer_over = sa.and_(waitlist.c.status == "offered", _offer.c.deadline <= booking_now())
_begun = sa.and_(waitlist.c.status == "waiting", slots.c.start_time <= booking_now())
_by_the_clock = sa.case((sa.or_(_offer_over, _begun), "lapsed"), else_=waitlist.c.status)
_since = sa.case((_offer_over, _offer.c.deadline), (_begun, slots.c.start_time), else_=waitlist.c.updated_at)

_position = (
    sa.select(sa.func.count())
    .where(
        _ahead.c.organization_id == waitlist.c.organization_id,
        _ahead.c.slot_id == waitlist.c.slot_id,
        _ahead.c.status.in_(constants("waiting", "offered")),  # in the words of the index
        _ahead.c.status == "waiting",
        _ahead.c.seq <= waitlist.c.seq,
    )
    .scalar_subquery()
)

ENTRIES = sa.select(
    *(column for column in waitlist.c if column.name not in ("status", "updated_at")),
    _by_the_clock.label("status"),
    _since.label("updated_at"),
    sa.case((_by_the_clock == "waiting", _position)).label("position"),
    sa.case((_by_the_clock == "offered", _offer.c.deadline)).label("offer_ends"),
    slots.c.property_id,
    slots.c.start_time,
    slots.c.end_time,
    *APPLICANT,
).select_from(
    waitlist.join(slots, keyed(slots, waitlist, "slot_id"))
    .join(applicants, keyed(applicants, waitlist, "applicant_id"))
    .outerjoin(_offer, keyed(_offer, waitlist, "offer_id"))
)


class PostgresWaitlists:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, entry_id: UUID, applicants: Sequence[Applicant]) -> EntryView:
        rows = await self._database.fetch(ENTRIES.where(_of(applicants), waitlist.c.id == entry_id))
        if not rows:
            raise WaitlistEntryNotFound
        return _view(rows[0], with_applicant=False)

    async def in_vain(
        self,
        organization_ids: Sequence[UUID],
        *,
        agent_id: UUID | None = None,
        applicants: Sequence[Applicant] | None = None,
        slot_id: UUID | None = None,
    ) -> Sequence[Key]:
        statement = IN_VAIN.where(slots.c.organization_id.in_(organization_ids))
        if agent_id is not None:
            statement = statement.where(slots.c.agent_id == agent_id)
        if applicants is not None:
            own = sa.select(waitlist.c.organization_id, waitlist.c.slot_id).where(
                _of(applicants), waitlist.c.status == "waiting"
            )
            statement = statement.where(sa.tuple_(slots.c.organization_id, slots.c.id).in_(own))
        if slot_id is not None:
            statement = statement.where(slots.c.id == slot_id)
        rows = await self._database.fetch(statement.limit(MOST_IN_VAIN))
        return [(row.organization_id, row.slot_id) for row in rows]

    async def of_agency(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        slot_id: UUID | None,
        statuses: Sequence[EntryStatus],
        paging: Paging,
    ) -> Page[EntryView]:
        statement = ENTRIES.where(waitlist.c.organization_id == organization_id)
        if agent_id is not None:
            statement = statement.where(slots.c.agent_id == agent_id)
        return await self._page(statement, slot_id, statuses, paging, with_applicant=True)

    async def of_applicants(
        self,
        applicants: Sequence[Applicant],
        *,
        slot_id: UUID | None,
        statuses: Sequence[EntryStatus],
        paging: Paging,
    ) -> Page[EntryView]:
        return await self._page(ENTRIES.where(_of(applicants)), slot_id, statuses, paging, with_applicant=False)

    async def _page(
        self,
        statement: sa.Select[Any],
        slot_id: UUID | None,
        statuses: Sequence[EntryStatus],
        paging: Paging,
        *,
        with_applicant: bool,
    ) -> Page[EntryView]:
        statement = statement.where(_by_the_clock.in_([status.value for status in statuses]))
        if slot_id is not None:
            statement = statement.where(waitlist.c.slot_id == slot_id)
        rows = await self._database.fetch(page_of(statement, waitlist.c.id, Window(), paging))
        return page_from(rows, paging, lambda row: _view(row, with_applicant=with_applicant))


_STATUS = Members(EntryStatus)


def entry_from(row: Row) -> Entry:
    return Entry(
        id=row.id,
        organization_id=row.organization_id,
        slot_id=row.slot_id,
        applicant_id=row.applicant_id,
        status=_STATUS[row.status],
        offer_id=row.offer_id,
        reason=row.reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _of(persons: Sequence[Applicant]) -> sa.ColumnElement[bool]:
    return sa.tuple_(waitlist.c.organization_id, waitlist.c.applicant_id).in_(
        [(person.organization_id, person.id) for person in persons]
    )


def _view(row: Row, *, with_applicant: bool) -> EntryView:
    return EntryView(
        entry=entry_from(row),
        position=row.position,
        property_id=row.property_id,
        start_time=row.start_time,
        end_time=row.end_time,
        offer_ends=row.offer_ends,
        applicant=applicant_from(row) if with_applicant else None,
    )
