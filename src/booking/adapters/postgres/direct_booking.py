"""Plain visits: what nothing stands in the way of is booked by one statement, which is a transaction by itself.

It is the published design's `UPDATE … WHERE status = 'available'`, with whatever else a rule could refuse for in its
condition: the slot is open, nobody is on it, and nobody waits for it; whoever asks is who they were, and eligible, is
nowhere else then, did not cancel a visit in it of late, and has nothing that ends by the clock; it needs no approval,
and nothing limits how many they have.
What is not as plain as that is left as it is, as is what somebody else has locked: under locks the domain decides it,
and says why (`locked.py`).

What is condition here are the rules of `domain/availability.py`; the contract suite holds the two together (T12). What
others enter while this looks, the constraints keep from being entered twice: then nothing of it is written.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from booking.adapters.ids import new_id
from booking.adapters.postgres.availabilities import OPEN_AS_WRITTEN
from booking.adapters.postgres.claim_queue import Claimed, QueuedClaim
from booking.adapters.postgres.claimed import SLOT, empty_from
from booking.adapters.postgres.claims import LIVE
from booking.adapters.postgres.commitments import unsettled, visits_beginning
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.statements import Prepared, asked, constants
from booking.adapters.postgres.people import APPLICANT, PREFIX, applicant_from, lets_in
from booking.adapters.postgres.policies import LIMITED, RULES, of_organization, of_property, ruled
from booking.adapters.postgres.tables import (
    applicants,
    booking_now,
    bookings,
    events,
    fields_of,
    keyed,
    slots,
    waitlist,
)
from booking.domain.authority import ApplicantRight
from booking.domain.booking import BookingStatus
from booking.domain.commitments import COOL_DOWN, Commitments
from booking.domain.events import BECAME
from booking.domain.place_request import BookPlace

_INPUTS: dict[str, sa.types.TypeEngine[Any]] = {
    "organization_id": sa.Uuid(),
    "slot_id": sa.Uuid(),
    "applicant_id": sa.Uuid(),
    "login": sa.Text(),
    "booking_id": sa.Uuid(),
    "notes": sa.Text(),
    "event_id": sa.Uuid(),
    "request_id": sa.Text(),
}
_asked = asked(**_INPUTS)


def _any(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """By a subquery, which is given the whole condition: were it a join, the planner might look by a part of it, and go
    through all that somebody ever booked."""
    return sa.exists(sa.select(sa.literal(1)).where(*conditions).correlate(slots, applicants).offset(0))


_anybody_on_it = _any(bookings.c.organization_id == slots.c.organization_id, bookings.c.slot_id == slots.c.id, LIVE)
_anybody_waits = _any(
    waitlist.c.organization_id == slots.c.organization_id,
    waitlist.c.slot_id == slots.c.id,
    waitlist.c.status.in_(constants("waiting", "offered")),
)
# Of visits that never overlap, the last to begin is the last to end. Null where there is none.
_elsewhere = (
    sa.select(bookings.c.end_time > slots.c.start_time)
    .where(visits_beginning(applicants.c.organization_id, applicants.c.id, slots.c.start_time, slots.c.end_time))
    .order_by(bookings.c.start_time.desc())
    .limit(1)
    .correlate(slots, applicants)
    .scalar_subquery()
)
_given_up = _any(
    bookings.c.organization_id == applicants.c.organization_id,
    bookings.c.applicant_id == applicants.c.id,
    bookings.c.slot_id == slots.c.id,
    bookings.c.start_time == slots.c.start_time,  # by which the index finds it
    bookings.c.status == BookingStatus.CANCELLED_BY_APPLICANT.value,
    bookings.c.updated_at > booking_now() - sa.literal(COOL_DOWN, sa.Interval),
)
_unsettled = _any(unsettled(applicants.c.organization_id, applicants.c.id))
_approved = sa.func.coalesce(
    of_property.c.approval_levels, of_organization.c.approval_levels, sa.literal_column("'{}'::text[]")
)
_plain = (
    sa.select(*_asked.c, RULES, booking_now().label("at"), applicants.table_valued().label("person"))
    .select_from(
        _asked.join(ruled(slots), keyed(slots, _asked, "slot_id")).join(
            applicants, keyed(applicants, _asked, "applicant_id")
        )
    )
    .where(
        OPEN_AS_WRITTEN,
        sa.not_(_anybody_on_it),
        sa.not_(_anybody_waits),
        applicants.c.user_id == _asked.c.login,
        lets_in(applicants),
        _elsewhere.is_not(True),
        sa.not_(_unsettled),
        sa.not_(_given_up),
        applicants.c.risk_level != sa.func.all(_approved),
        sa.not_(LIMITED),
    )
    .with_for_update(key_share=True, of=(slots, applicants), skip_locked=True)
    .cte("plain")
)
_full = slots.c.capacity == 1
_taken = (
    sa.update(slots)
    .where(keyed(slots, _plain, "slot_id"))
    .values(
        status=sa.case((_full, "booked"), else_=slots.c.status),
        updated_at=sa.case((_full, _plain.c.at), else_=slots.c.updated_at),
    )
    .returning(*slots.c, *(column for column in _plain.c if column.name != "organization_id"))
    .cte("taken")
)
_BOOKING: dict[str, sa.ColumnElement[Any]] = {
    "organization_id": _taken.c.organization_id,
    "id": _taken.c.booking_id,
    "slot_id": _taken.c.id,
    "applicant_id": _taken.c.applicant_id,
    "status": sa.literal(BookingStatus.CONFIRMED.value),
    "place": sa.literal(1, sa.SmallInteger),
    "capacity": _taken.c.capacity,
    "start_time": _taken.c.start_time,
    "end_time": _taken.c.end_time,
    "notes": _taken.c.notes,
    "created_at": _taken.c.at,
    "updated_at": _taken.c.at,
}
_EVENT: dict[str, sa.ColumnElement[Any]] = {
    "organization_id": _taken.c.organization_id,
    "id": _taken.c.event_id,
    "type": sa.literal(BECAME[BookingStatus.CONFIRMED].value),
    "actor_subject": _taken.c.login,
    "actor_role": sa.literal("applicant"),
    "request_id": _taken.c.request_id,
    "slot_id": _taken.c.id,
    "booking_id": _taken.c.booking_id,
    "applicant_id": _taken.c.applicant_id,
    "agent_id": _taken.c.agent_id,
    "property_id": _taken.c.property_id,
    "start_time": _taken.c.start_time,
    "end_time": _taken.c.end_time,
    "to_state": sa.literal(BookingStatus.CONFIRMED.value),
}
_person = fields_of("taken.person", applicants)


def _entered(table: sa.Table, values: Mapping[str, sa.ColumnElement[Any]]) -> sa.CTE:
    return sa.insert(table).from_select(list(values), sa.select(*values.values())).cte(f"entered_{table.name}")


BOOK_DIRECTLY = Prepared(
    sa.select(
        *(_taken.c[column.name] for column in SLOT),
        *(_person[column.name.removeprefix(PREFIX)].label(column.name) for column in APPLICANT),
        _taken.c.number,
        _taken.c.booking_id,
    ).add_cte(_entered(bookings, _BOOKING), _entered(events, _EVENT)),
    tuple(_INPUTS),
)
"""Those that were plain, each with its slot as it is now, and its person."""


async def visit(database: Database, requests: Sequence[QueuedClaim]) -> Mapping[QueuedClaim, Claimed]:
    """Of different slots and people: those that were plain, and are booked."""
    rows = await database.write(BOOK_DIRECTLY, *zip(*map(_inputs, requests), strict=True))
    return {(request := requests[row.number - 1]): _claimed(row, request) for row in rows}


def _inputs(request: QueuedClaim) -> tuple[object, ...]:
    (_, applicant_id), wanted = request.person, request.wanted
    assert isinstance(wanted, BookPlace)
    return (*request.slot, applicant_id, request.by.subject, new_id(), wanted.notes, new_id(), request.by.request_id)


def _claimed(row: Row, request: QueuedClaim) -> Claimed:
    assert isinstance(request.wanted, BookPlace)
    assert isinstance(request.by, ApplicantRight)
    applicant = applicant_from(row)
    empty = empty_from(row, request.by.granted(applicant.user_id), new_id=lambda: row.booking_id)
    roster = empty.claimed(None, applicant, BookingStatus.CONFIRMED, None, request.wanted.notes)
    return roster, Commitments(applicant=applicant)
