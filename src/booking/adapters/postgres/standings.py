"""Standings: all that counts about a person in their organization, as they claim a place or look at slots."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.applicants import APPLICANT, PREFIX, applicant_from
from booking.adapters.postgres.claims import CLAIM, booking_from
from booking.adapters.postgres.tables import applicants, booking_now, bookings, slots, waitlist
from booking.adapters.postgres.waitlists import entry_from
from booking.domain.applicant import Applicant
from booking.domain.booking import Booking, BookingStatus
from booking.domain.opening import COOL_DOWN, Standing
from booking.domain.slot import Key
from booking.domain.waitlist import Entry

_live = bookings.c.status.in_(("held", "offered", "pending_approval", "confirmed"))
_ahead = sa.and_(_live, slots.c.end_time > booking_now())
_answered = (
    sa.select(waitlist.c.id)
    .where(waitlist.c.organization_id == bookings.c.organization_id, waitlist.c.offer_id == bookings.c.id)
    .exists()
)
_held_of_late = sa.and_(
    bookings.c.status.in_(("released", "lapsed")),
    bookings.c.updated_at > booking_now() - sa.literal(COOL_DOWN, sa.Interval),
    sa.not_(_answered),
)

STANDINGS = (
    sa.select(*APPLICANT, *CLAIM, booking_now().label("at"))
    .select_from(
        applicants.outerjoin(
            sa.join(
                bookings,
                slots,
                sa.and_(slots.c.organization_id == bookings.c.organization_id, slots.c.id == bookings.c.slot_id),
            ),
            sa.and_(
                bookings.c.organization_id == applicants.c.organization_id,
                bookings.c.applicant_id == applicants.c.id,
                sa.or_(_ahead, sa.and_(_live, bookings.c.deadline <= booking_now()), _held_of_late),
            ),
        )
    )
    .order_by(applicants.c.id, slots.c.start_time, bookings.c.id)
)
"""A row for each claim of an applicant's, and one without for whoever has none."""


def entries_of(persons: Sequence[Key]) -> sa.Select[Any]:
    return sa.select(waitlist).where(
        sa.tuple_(waitlist.c.organization_id, waitlist.c.applicant_id).in_(persons),
        waitlist.c.status.in_(("waiting", "offered")),
    )


def standings_from(rows: Sequence[sa.Row[Any]], entries: Sequence[sa.Row[Any]]) -> list[Standing]:
    people: dict[UUID, tuple[Applicant, list[sa.Row[Any]]]] = {}
    for row in rows:
        _, of_person = people.setdefault(row._mapping[PREFIX + "id"], (applicant_from(row), []))
        if row.id is not None:
            of_person.append(row)
    waiting = [entry_from(row) for row in entries]
    return [_standing(applicant, claims, waiting) for applicant, claims in people.values()]


def _standing(applicant: Applicant, rows: list[sa.Row[Any]], waiting: list[Entry]) -> Standing:
    claims: list[Booking] = []
    past_holds = []
    overdue: dict[Key, None] = {}
    for row in rows:
        claim = booking_from(row)
        if claim.overdue(row.at):
            overdue[claim.slot_key] = None
            if claim.status is BookingStatus.HELD and claim.deadline is not None:
                past_holds.append((claim.slot_id, claim.deadline))
        elif claim.live:
            claims.append(claim)
        else:
            past_holds.append((claim.slot_id, claim.updated_at))
    return Standing(
        applicant=applicant,
        claims=tuple(claims),
        entries=tuple(entry for entry in waiting if entry.applicant_id == applicant.id),
        past_holds=tuple(past_holds),
        overdue=tuple(overdue),
    )
