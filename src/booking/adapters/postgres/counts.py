"""Counts: of slots, how much is taken, kept and waited for, as it is by the clock. Counted, never stored."""

import sqlalchemy as sa

from booking.adapters.postgres.claims import LIVE
from booking.adapters.postgres.engine.statements import constants
from booking.adapters.postgres.people import lets_in
from booking.adapters.postgres.tables import applicants, booking_now, bookings, keyed, slots, waitlist

_barred = applicants.alias("barred")
_running = sa.or_(bookings.c.deadline.is_(None), bookings.c.deadline > booking_now())
_books = sa.and_(bookings.c.status.in_(constants("pending_approval", "confirmed")), _running)
_reserves = sa.and_(bookings.c.status.in_(constants("held", "offered")), _running, _barred.c.id.is_(None))
_expired = sa.and_(bookings.c.status == "pending_approval", bookings.c.deadline <= booking_now())
_of_slot = sa.and_(bookings.c.organization_id == slots.c.organization_id, bookings.c.slot_id == slots.c.id, LIVE)
_claimants = bookings.outerjoin(
    _barred,
    sa.and_(keyed(_barred, bookings, "applicant_id"), sa.not_(lets_in(_barred))),
)
CLAIMS = (
    sa.select(
        sa.func.count().filter(_books).label("booked"),
        sa.func.count().filter(_reserves).label("reserved"),
        sa.func.count().filter(sa.not_(_running)).label("overdue"),
        sa.func.array_agg(bookings.c.applicant_id).label("claimants"),
        sa.func.min(bookings.c.deadline).filter(_reserves).label("frees_at"),
        sa.func.min(bookings.c.deadline).filter(_expired).label("freed_at"),
    )
    .select_from(_claimants)
    .where(_of_slot)
    .lateral("claims")
)

_pending = (bookings.c.status == "pending_approval").op("IS")(sa.true())  # so that no plan goes by the live claims
_freed = sa.select(bookings.c.organization_id, bookings.c.slot_id).where(_pending, bookings.c.deadline <= booking_now())
_booked = slots.c.status == "booked"
_is_freed = sa.tuple_(slots.c.organization_id, slots.c.id).in_(_freed)
AVAILABLE = sa.or_(slots.c.status == "available", sa.and_(_booked, _is_freed))
"""By the clock. Few bookings expire before they are tidied: those are found once in a statement, by their deadlines."""

BOOKED = sa.and_(_booked, sa.not_(_is_freed))
_freed_at = sa.select(sa.func.min(bookings.c.deadline)).where(_of_slot, _expired).correlate(slots).scalar_subquery()
UPDATED_AT = sa.case((_booked, sa.func.coalesce(_freed_at, slots.c.updated_at)), else_=slots.c.updated_at)
"""`Slot.as_of` in SQL, of slots that are available."""

_queued = sa.and_(
    waitlist.c.organization_id == slots.c.organization_id,
    waitlist.c.slot_id == slots.c.id,
    waitlist.c.status.in_(constants("waiting", "offered")),  # in the words of the index
)
_wait = (
    sa.select(sa.func.count().label("waiting"))
    .select_from(waitlist.join(applicants, sa.and_(keyed(applicants, waitlist, "applicant_id"), lets_in(applicants))))
    .where(_queued, waitlist.c.status == "waiting")
)
QUEUE = _wait.lateral("queue")


def counted(source: sa.FromClause) -> sa.FromClause:
    """A join that has slots in it, with what is taken, kept and waited for."""
    return source.join(CLAIMS, sa.true()).join(QUEUE, sa.true())


_any = sa.union_all(
    sa.select(bookings.c.slot_id)
    .where(bookings.c.organization_id == slots.c.organization_id, bookings.c.slot_id == slots.c.id)
    .correlate(slots),
    sa.select(waitlist.c.slot_id).where(_queued).correlate(slots),
).lateral("any")
_take = sa.select(sa.func.count()).select_from(_claimants).where(_of_slot, sa.or_(_books, _reserves))
_unsettled = sa.union_all(
    sa.select(bookings.c.id).where(_of_slot, bookings.c.deadline.is_not(None)).correlate(slots),
    sa.select(waitlist.c.id).where(_queued).correlate(slots),
).subquery("unsettled")
_unsettle = sa.select(sa.func.count()).select_from(_unsettled)
_counts = {"taken": _take, "waiting": _wait, "unsettled": _unsettle}
_sums = [(name, count.correlate(slots).scalar_subquery()) for name, count in _counts.items()]
_summed = sa.select(*(count.label(name) for name, count in _sums)).select_from(_any).limit(1).lateral("summed")
TAKEN, WAITING, UNSETTLED = (sa.func.coalesce(_summed.c[name], 0) for name, _ in _sums)


def summed(source: sa.FromClause) -> sa.FromClause:
    """As `counted`, without who, and until when; but with what the clock or a screening may change: claims that end
    by themselves, and whoever waits. Most slots of a list were never claimed, and nobody waits for them: to find that
    costs less than counting all three."""
    return source.outerjoin(_summed, sa.true())
