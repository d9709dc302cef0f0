"""Standings: all that counts about a person in their organization, beside the slots that they look at or claim."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.batches import Batches
from booking.adapters.postgres.claims import booking_from
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.lines import Row
from booking.adapters.postgres.people import APPLICANT, applicant_from
from booking.adapters.postgres.prepared import Prepared, asked
from booking.adapters.postgres.tables import Instant, applicants, booking_now, bookings, slots, waitlist
from booking.adapters.postgres.waitlists import entry_from
from booking.domain.applicant import Applicant
from booking.domain.booking import Booking, BookingStatus
from booking.domain.opening import Opening
from booking.domain.roster import Roster
from booking.domain.slot import LONGEST, Key
from booking.domain.standing import COOL_DOWN, Standing
from booking.domain.values import replace
from booking.domain.waitlist import Entry

ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


class Beside(NamedTuple):
    """A person, and the time for which their visits matter: they may overlap, and only some policies count them all."""

    organization_id: UUID
    applicant_id: UUID
    since: datetime
    until: datetime


def beside(person: Key, seen: Iterable[Opening | Roster]) -> Beside:
    here = [one for one in seen if one.slot.organization_id == person[0]]
    if not here or any(one.policy.max_live_bookings or one.policy.max_live_bookings_per_property for one in here):
        return Beside(*person, *ALWAYS)
    return Beside(*person, min(one.slot.start_time for one in here), max(one.slot.end_time for one in here))


_asked = asked(organization_id=sa.Uuid(), applicant_id=sa.Uuid(), since=Instant, until=Instant)
_persons = asked(organization_id=sa.Uuid(), applicant_id=sa.Uuid())

# So that the planner does not take the index of the exclusion, which costs ten times as much as the one by start.
_confirmed = (bookings.c.status == "confirmed").op("IS")(sa.true())
_answered = (
    sa.select(waitlist.c.id)
    .where(waitlist.c.organization_id == bookings.c.organization_id, waitlist.c.offer_id == bookings.c.id)
    .exists()
)


def claims_beside(those: sa.TableValuedAlias) -> sa.FromClause:
    """The claims that count of those who are asked for as `Beside` is.

    Three ways that have nothing in common, each by an index of its own: with OR it would be all that they ever booked.
    """
    theirs = sa.and_(
        bookings.c.organization_id == those.c.organization_id, bookings.c.applicant_id == those.c.applicant_id
    )
    meeting = sa.and_(
        bookings.c.start_time > those.c.since - sa.literal(LONGEST, sa.Interval),
        bookings.c.start_time < those.c.until,
        bookings.c.end_time > those.c.since,
    )
    return sa.union_all(
        sa.select(bookings).where(theirs, _confirmed, meeting),
        sa.select(bookings).where(
            theirs,
            sa.or_(bookings.c.deadline.is_not(None), bookings.c.start_time.is_(None)),
            bookings.c.status.in_(("held", "offered", "pending_approval", "confirmed")),
        ),
        sa.select(bookings).where(
            theirs,
            bookings.c.status.in_(("released", "lapsed")),
            bookings.c.start_time >= those.c.since,
            bookings.c.start_time < those.c.until,
            bookings.c.updated_at > booking_now() - sa.literal(COOL_DOWN, sa.Interval),
            sa.not_(_answered),
        ),
    ).lateral("claims")


_claims = claims_beside(_asked)

STANDINGS = Prepared(
    sa.select(
        _asked.c.number,
        *APPLICANT,
        *(column for column in _claims.c if column.name not in {"capacity", "start_time", "end_time"}),
        slots.c.agent_id,
        slots.c.property_id,
        slots.c.start_time,
        slots.c.end_time,
        booking_now().label("at"),
    )
    .select_from(
        _asked.join(
            applicants,
            sa.and_(applicants.c.organization_id == _asked.c.organization_id, applicants.c.id == _asked.c.applicant_id),
        )
        .outerjoin(_claims, sa.true())
        .outerjoin(
            slots,
            sa.and_(slots.c.organization_id == _claims.c.organization_id, slots.c.id == _claims.c.slot_id),
        )
    )
    .order_by(_asked.c.number, slots.c.start_time, _claims.c.id),
    ("organization_id", "applicant_id", "since", "until"),
)
"""A row for each claim that counts, and one without for whoever has none."""

ENTRIES = Prepared(
    sa.select(waitlist).where(
        waitlist.c.organization_id == _persons.c.organization_id,
        waitlist.c.applicant_id == _persons.c.applicant_id,
        waitlist.c.status.in_(("waiting", "offered")),
    ),
    ("organization_id", "applicant_id"),
)


class Standings:
    """Of people as they look: without a lock, and many at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._standings = Batches(self._standings_of, kind="standings")
        self._entries = Batches(self._entries_of, kind="entries")

    async def of(self, person: Beside) -> Standing | None:
        """Without their entries, which their slot's roster has."""
        return await self._standings.ask(person)

    async def with_entries(self, person: Beside, *, awaited: bool) -> Standing | None:
        """Where nobody waits for any slot at hand (`awaited`), and they have no offer, there are no entries to ask for;
        but for the ineligible, who wait without being counted.
        """
        standing = await self.of(person)
        if standing is None or not (awaited or standing.offered or not standing.applicant.eligible):
            return standing
        key = (person.organization_id, person.applicant_id)
        return replace(standing, entries=await self._entries.ask(key) or ())

    async def _standings_of(self, persons: Sequence[Beside]) -> Mapping[Beside, Standing]:
        rows = await self._database.rows(STANDINGS, *zip(*persons, strict=True))
        return {
            persons[number - 1]: standing_of(
                applicant_from(theirs[0]), (row for row in theirs if row.id is not None), theirs[0].at
            )
            for number, theirs in by_number(rows).items()
        }

    async def _entries_of(self, persons: Sequence[Key]) -> Mapping[Key, tuple[Entry, ...]]:
        found: dict[Key, tuple[Entry, ...]] = {}
        for row in await self._database.rows(ENTRIES, *zip(*persons, strict=True)):
            key = (row.organization_id, row.applicant_id)
            found[key] = (*found.get(key, ()), entry_from(row))
        return found


def by_number(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Of questions that have several rows each."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.number, []).append(row)
    return found


def standing_of(applicant: Applicant, claimed: Iterable[Row], at: datetime) -> Standing:
    claims: list[Booking] = []
    past_holds = []
    overdue: dict[Key, None] = {}
    for row in claimed:
        claim = booking_from(row)
        if claim.overdue(at):
            overdue[claim.slot_key] = None
            if claim.status is BookingStatus.HELD and claim.deadline is not None:
                past_holds.append((claim.slot_id, claim.deadline))
        elif claim.live and claim.end_time > at:
            claims.append(claim)
        elif not claim.live:
            past_holds.append((claim.slot_id, claim.updated_at))
    return Standing(applicant=applicant, claims=tuple(claims), past_holds=tuple(past_holds), overdue=tuple(overdue))
