"""Standings: all that counts about a person in their organization, beside the slots that they look at or claim."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.claims import LIVE, booking_from
from booking.adapters.postgres.engine.codecs import EVER, SINCE_EVER
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.statements import constants
from booking.adapters.postgres.tables import booking_now, bookings, fields_of, waitlist
from booking.domain.applicant import Applicant
from booking.domain.availability import Availability
from booking.domain.booking import Booking, BookingStatus
from booking.domain.commitments import COOL_DOWN, Commitments, Past
from booking.domain.roster import Roster
from booking.domain.slot import LONGEST, Key, Span
from booking.domain.values import replace


class Beside(NamedTuple):
    """A person, and the time for which their visits matter: they may overlap, and only some policies count them all."""

    organization_id: UUID
    applicant_id: UUID
    since: datetime
    until: datetime

    @classmethod
    def spans(cls, person: Key, spans: Collection[Span], *, limited: bool) -> "Beside":
        if limited or not spans:
            return cls(*person, SINCE_EVER, EVER)
        return cls(*person, min([one.start_time for one in spans]), max([one.end_time for one in spans]))


def beside(person: Key, seen: Iterable[Availability | Roster]) -> Beside:
    here = [one for one in seen if one.slot.organization_id == person[0]]
    limited = any(one.policy.limits_bookings for one in here)
    return Beside.spans(person, [one.slot for one in here], limited=limited)


# So that no plan goes by an index of live claims: that of the exclusion costs ten times as much as the one by start;
# those by slot are read through all of an organization, which looks cheap while nothing is known of the table.
_confirmed = (bookings.c.status == "confirmed").op("IS")(sa.true())
IS_LIVE = LIVE.op("IS")(sa.true())
_given_up = bookings.c.status == BookingStatus.CANCELLED_BY_APPLICANT.value
_answered = (
    sa.select(waitlist.c.id)
    .where(waitlist.c.organization_id == bookings.c.organization_id, waitlist.c.offer_id == bookings.c.id)
    .exists()
)


def visits_beginning(
    organization_id: sa.ColumnElement[Any],
    applicant_id: sa.ColumnElement[Any],
    since: sa.ColumnElement[Any],
    until: sa.ColumnElement[Any],
) -> sa.ColumnElement[bool]:
    """Confirmed bookings of a person that begin before that time is over, and not too early to reach into it."""
    return sa.and_(
        bookings.c.organization_id == organization_id,
        bookings.c.applicant_id == applicant_id,
        _confirmed,
        bookings.c.start_time > since - sa.literal(LONGEST, sa.Interval),
        bookings.c.start_time < until,
    )


def unsettled(organization_id: sa.ColumnElement[Any], applicant_id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Claims of a person that end by the clock, wherever they are; and those of which it is not known yet."""
    return sa.and_(
        bookings.c.organization_id == organization_id,
        bookings.c.applicant_id == applicant_id,
        sa.or_(bookings.c.deadline.is_not(None), bookings.c.start_time.is_(None)),
        IS_LIVE,
    )


class ClaimsBeside(NamedTuple):
    """A claim is one value in `source`; `c` is what is in it."""

    source: sa.FromClause
    c: Mapping[str, sa.ColumnElement[Any]]


def claims_beside(
    organization_id: sa.ColumnElement[Any],
    applicant_id: sa.ColumnElement[Any],
    since: sa.ColumnElement[Any],
    until: sa.ColumnElement[Any],
) -> ClaimsBeside:
    """The claims of a person that count, as `Beside` says.

    Three ways that have nothing in common, each by an index of its own: with OR it would be all that they ever booked.
    """
    ways = (
        [visits_beginning(organization_id, applicant_id, since, until), bookings.c.end_time > since],
        [unsettled(organization_id, applicant_id)],
        [
            bookings.c.organization_id == organization_id,
            bookings.c.applicant_id == applicant_id,
            bookings.c.start_time >= since,
            bookings.c.start_time < until,
            bookings.c.start_time > booking_now(),  # so that few are read, whatever the time: nothing else is claimed
            bookings.c.updated_at > booking_now() - sa.literal(COOL_DOWN, sa.Interval),
            sa.or_(_given_up, sa.and_(bookings.c.status.in_(constants("released", "lapsed")), sa.not_(_answered))),
        ],
    )
    claim = bookings.table_valued().label("claim")
    each = (sa.select(claim).where(*way).correlate_except(bookings) for way in ways)
    return ClaimsBeside(sa.union_all(*each).lateral("beside"), fields_of("beside.claim", bookings))


def by_number(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Of questions that have several rows each."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.number, []).append(row)
    return found


def waited(commitments: Commitments, given_up: Collection[Row]) -> Commitments:
    """With what they gave up of late in queues."""
    return (
        replace(commitments, past_waits=tuple((row.slot_id, row.updated_at) for row in given_up))
        if given_up
        else commitments
    )


def standing_of(applicant: Applicant, claimed: Collection[Row], at: datetime, prefix: str = "") -> Commitments:
    if not claimed:
        return Commitments(applicant=applicant)
    claims: list[Booking] = []
    past_holds: list[Past] = []
    past_visits: list[Past] = []
    overdue: dict[Key, None] = {}
    for row in claimed:
        claim = booking_from(row, prefix)
        if claim.overdue(at):
            overdue[claim.slot_key] = None
            if claim.status is BookingStatus.HELD and claim.deadline is not None:
                past_holds.append((claim.slot_id, claim.deadline))
        elif claim.live and claim.end_time > at:
            claims.append(claim)
        elif not claim.live:
            past = past_visits if claim.status is BookingStatus.CANCELLED_BY_APPLICANT else past_holds
            past.append((claim.slot_id, claim.updated_at))
    return Commitments(
        applicant=applicant,
        claims=tuple(claims),
        past_holds=tuple(past_holds),
        past_visits=tuple(past_visits),
        overdue=tuple(overdue),
    )
