"""Openings: slots as they stand by the clock, with what is taken, kept and waited for, and the rules that hold."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.counts import AVAILABLE, CLAIMS, QUEUE, counted
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.statements import constants
from booking.adapters.postgres.members import Members
from booking.adapters.postgres.policies import RULES, of_organization, of_property, policy_of, ruled
from booking.adapters.postgres.tables import Instant, booking_now, keyed, slots, waitlist
from booking.domain.availability import Availability, Places
from booking.domain.policy import Policy
from booking.domain.slot import Slot, SlotStatus

NOBODY: frozenset[UUID] = frozenset()
EMPTY = Places()


def _rule(name: str) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(of_property.c[name], of_organization.c[name], sa.literal(getattr(Policy(), name)))


_notice = sa.func.make_interval(0, 0, 0, 0, 0, 0, _rule("notice_seconds"))
_last_call = slots.c.start_time - _notice
_horizon = sa.func.make_interval(  # a day of 24 hours in every time zone
    0, 0, 0, 0, 24 * sa.func.coalesce(of_property.c.horizon_days, of_organization.c.horizon_days)
)
_farthest = sa.func.coalesce(booking_now() + _horizon, sa.cast(sa.literal("infinity"), Instant))


OFFERABLE = sa.and_(booking_now() < _last_call, slots.c.start_time <= _farthest)
"""`Opening.can_be_offered` in SQL."""


def left(taken: sa.ColumnElement[int], waiting: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Places that are open to everybody."""
    return slots.c.capacity - taken - sa.case((OFFERABLE, waiting), else_=0)


_IN_TIME = sa.and_(
    slots.c.cancelled_at.is_(None),  # follows from the status; said again because the index says it
    slots.c.start_time > booking_now(),
    slots.c.start_time >= booking_now() + _notice,
    slots.c.start_time <= _farthest,
)
OPEN_AS_WRITTEN = sa.and_(slots.c.status == "available", _IN_TIME)
"""By its row, its policy and the clock; the start by itself on one side, so that the index finds it."""

OPEN = sa.and_(AVAILABLE, _IN_TIME)
"""The same, whether or not what is over by the clock is written."""


def public(places_left: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """`Opening.public` in SQL: the contract suite holds the two together (T12)."""
    return sa.and_(OPEN, places_left > 0)


PUBLIC = public(left(CLAIMS.c.booked + CLAIMS.c.reserved, QUEUE.c.waiting))
OPENING = (
    *slots.c,
    CLAIMS.c.booked,
    CLAIMS.c.reserved,
    CLAIMS.c.overdue,
    CLAIMS.c.claimants,
    CLAIMS.c.frees_at,
    CLAIMS.c.freed_at,
    QUEUE.c.waiting,
    booking_now().label("at"),
    RULES,
)
"""An opening's columns beside `opened`; read them with `opening_from`."""

opened = ruled(counted(slots))
OPENINGS = sa.select(*OPENING).select_from(opened)


_awaited = (
    sa.select(waitlist.c.organization_id, waitlist.c.slot_id)
    .where(waitlist.c.status.in_(constants("waiting", "offered")), waitlist.c.status == "waiting")
    .distinct()
    .subquery("awaited")
)

_each_awaited = sa.select(_awaited.c.organization_id, _awaited.c.slot_id).select_from(
    ruled(counted(_awaited.join(slots, keyed(slots, _awaited, "slot_id"))))
)
_in_vain = sa.and_(OFFERABLE, slots.c.capacity > CLAIMS.c.booked + CLAIMS.c.reserved, QUEUE.c.waiting > 0)
IN_VAIN = _each_awaited.where(_in_vain)
"""`Opening.awaited_in_vain` in SQL: those slots."""

FORGOTTEN = _each_awaited.where(sa.or_(slots.c.start_time <= booking_now(), _in_vain))
"""Slots for which people wait in vain: the visit has begun; or a place is free, since a policy was changed, or the
horizon has come, say."""


_STATUS = Members(SlotStatus)
_WIDTH = len(slots.c)


def slot_from(row: Row, first: int = 0) -> Slot:
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


def opening_from(row: Row, first: int = 0) -> Availability:
    booked, reserved, overdue, claimants, frees_at, freed_at, waiting, at, rules = row[
        first + _WIDTH : first + len(OPENING)
    ]
    return Availability(
        slot=slot_from(row, first).as_of(booked=booked, freed_at=freed_at),
        places=Places(booked=booked, reserved=reserved, waiting=waiting) if booked or reserved or waiting else EMPTY,
        policy=policy_of(rules),
        at=at,
        overdue=overdue > 0,
        claimants=frozenset(claimants) if claimants else NOBODY,
        frees_at=frees_at,
    )


def numbered(row: Row) -> Availability:
    """Of a question, whose number comes before it."""
    return opening_from(row, 1)
