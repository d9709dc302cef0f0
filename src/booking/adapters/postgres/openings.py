"""Openings: slots as they stand by the clock, with what is taken, kept and waited for, and the rules that hold."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.claims import LIVE
from booking.adapters.postgres.lines import AnyRow
from booking.adapters.postgres.policies import RULES, of_organization, of_property, policy_of, ruled
from booking.adapters.postgres.tables import applicants, booking_now, bookings, slots, waitlist
from booking.domain.opening import Opening, Places
from booking.domain.policy import Policy
from booking.domain.slot import Slot, SlotStatus

NOBODY: frozenset[UUID] = frozenset()

_barred = applicants.alias("barred")
_running = sa.or_(bookings.c.deadline.is_(None), bookings.c.deadline > booking_now())

_claims = (
    sa.select(
        sa.func.count().filter(bookings.c.status.in_(("pending_approval", "confirmed")), _running).label("booked"),
        sa.func.count()
        .filter(bookings.c.status.in_(("held", "offered")), _running, _barred.c.id.is_(None))
        .label("reserved"),
        sa.func.count().filter(sa.not_(_running)).label("overdue"),
        sa.func.array_agg(bookings.c.applicant_id).label("claimants"),
        sa.func.min(bookings.c.deadline)
        .filter(bookings.c.status.in_(("held", "offered")), _running, _barred.c.id.is_(None))
        .label("frees_at"),
    )
    .select_from(
        bookings.outerjoin(
            _barred,
            sa.and_(
                _barred.c.organization_id == bookings.c.organization_id,
                _barred.c.id == bookings.c.applicant_id,
                _barred.c.risk_level == "HIGH",
            ),
        )
    )
    .where(bookings.c.organization_id == slots.c.organization_id, bookings.c.slot_id == slots.c.id, LIVE)
    .lateral("claims")
)

_waiting = (
    sa.select(sa.func.count().label("waiting"))
    .select_from(
        waitlist.join(
            applicants,
            sa.and_(
                applicants.c.organization_id == waitlist.c.organization_id,
                applicants.c.id == waitlist.c.applicant_id,
                applicants.c.risk_level != "HIGH",
            ),
        )
    )
    .where(
        waitlist.c.organization_id == slots.c.organization_id,
        waitlist.c.slot_id == slots.c.id,
        waitlist.c.status.in_(("waiting", "offered")),  # in the words of the index
        waitlist.c.status == "waiting",
    )
    .lateral("queue")
)


def counted(source: sa.FromClause) -> sa.FromClause:
    """A join that has slots in it, with what is taken, kept and waited for."""
    return source.join(_claims, sa.true()).join(_waiting, sa.true())


def _rule(name: str) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(of_property.c[name], of_organization.c[name], sa.literal(getattr(Policy(), name)))


_last_call = slots.c.start_time - sa.func.make_interval(0, 0, 0, 0, 0, 0, _rule("notice_seconds"))
_horizon = sa.func.coalesce(of_property.c.horizon_days, of_organization.c.horizon_days)
_opens = slots.c.start_time - sa.func.make_interval(0, 0, 0, 0, 24 * _horizon)  # a day of 24 hours in every time zone
_kept_for_those_who_wait = sa.case((booking_now() < _last_call, _waiting.c.waiting), else_=0)

PLACES_LEFT = slots.c.capacity - _claims.c.booked - _claims.c.reserved - _kept_for_those_who_wait
PUBLIC = sa.and_(
    slots.c.status == "available",
    slots.c.cancelled_at.is_(None),  # follows from the status; said again because the index says it
    slots.c.start_time > booking_now(),
    booking_now() <= _last_call,
    sa.or_(_opens.is_(None), _opens <= booking_now()),
    PLACES_LEFT > 0,
)
"""`Opening.public` in SQL: the contract suite holds the two together (T12)."""

WAITING = _waiting.c.waiting
OPENING = (
    *slots.c,
    _claims.c.booked,
    _claims.c.reserved,
    _claims.c.overdue,
    _claims.c.claimants,
    _claims.c.frees_at,
    _waiting.c.waiting,
    booking_now().label("at"),
    RULES,
)
"""An opening's columns beside `opened`; read them with `opening_from`."""

opened = ruled(counted(slots))
OPENINGS = sa.select(*OPENING).select_from(opened)


_awaited = (
    sa.select(waitlist.c.organization_id, waitlist.c.slot_id)
    .where(waitlist.c.status.in_(("waiting", "offered")), waitlist.c.status == "waiting")
    .distinct()
    .subquery("awaited")
)

FORGOTTEN = (
    sa.select(_awaited.c.organization_id, _awaited.c.slot_id)
    .select_from(
        ruled(
            counted(
                _awaited.join(
                    slots,
                    sa.and_(slots.c.organization_id == _awaited.c.organization_id, slots.c.id == _awaited.c.slot_id),
                )
            )
        )
    )
    .where(
        sa.or_(
            slots.c.start_time <= booking_now(),
            sa.and_(
                booking_now() < _last_call,
                slots.c.capacity > _claims.c.booked + _claims.c.reserved,
                _waiting.c.waiting > 0,
            ),
        )
    )
)
"""Slots for which people wait in vain: the visit has begun; or a place is free, since a policy was changed, say."""


_STATUS = {status.value: status for status in SlotStatus}
_WIDTH = len(slots.c)


def slot_from(row: AnyRow, first: int = 0) -> Slot:
    """`first`: where its columns begin. Read by their places: a page has hundreds of values."""
    (
        organization_id,
        id,  # noqa: A001 - the slot's own
        property_id,
        agent_id,
        start_time,
        end_time,
        status,
        _,
        capacity,
        busy_until,
        reason,
        created_at,
        updated_at,
    ) = row[first : first + _WIDTH]
    return Slot(
        id=id,
        organization_id=organization_id,
        property_id=property_id,
        agent_id=agent_id,
        start_time=start_time,
        end_time=end_time,
        busy_until=busy_until or end_time,
        capacity=capacity,
        status=_STATUS[status],
        reason=reason,
        created_at=created_at,
        updated_at=updated_at,
    )


def opening_from(row: AnyRow, first: int = 0) -> Opening:
    booked, reserved, overdue, claimants, frees_at, waiting, at, rules = row[first + _WIDTH : first + len(OPENING)]
    return Opening(
        slot=slot_from(row, first),
        places=Places(booked=booked, reserved=reserved, waiting=waiting),
        policy=policy_of(rules),
        at=at,
        overdue=overdue > 0,
        claimants=frozenset(claimants) if claimants else NOBODY,
        frees_at=frees_at,
    )


def numbered(row: AnyRow) -> Opening:
    """Of a question, whose number comes before it."""
    return opening_from(row, 1)
