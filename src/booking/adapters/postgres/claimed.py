"""What is claimed: on a slot, by a person, and by those who wait; and the rosters that are filled with it."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.ids import new_id
from booking.adapters.postgres.availabilities import slot_from
from booking.adapters.postgres.claims import CLAIM, LIVE, booking_from, claim_of
from booking.adapters.postgres.commitments import claims_beside
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.statements import constants
from booking.adapters.postgres.people import lets_in
from booking.adapters.postgres.policies import RULES, policy_from
from booking.adapters.postgres.tables import Columned, applicants, booking_now, bookings, keyed, slots, waitlist
from booking.adapters.postgres.waitlists import GIVEN_UP_OF_LATE, entry_from
from booking.domain.events import Actor
from booking.domain.roster import Roster
from booking.domain.values import replace

_KINDS = HERE, THEIRS, QUEUED, GIVEN_UP = range(4)

SLOT = (*slots.c, RULES, booking_now().label("at"))
"""An empty roster's columns beside `ruled(slots)`, the slot's first; read them with `empty_from`."""

_of_claim = slots.alias("of_claim")
_claimant = applicants.alias("claimant")
_eligible = lets_in(_claimant).label("eligible")
_no_offer = sa.cast(sa.null(), sa.Uuid).label("offer_id")
_no_rank = sa.cast(sa.null(), sa.BigInteger).label("rank")


def _claimed(kind: int, claims: Columned, *others: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return sa.select(sa.literal(kind, sa.Integer).label("kind"), *claim_of(claims, _of_claim), *others)


def claims_on(organization_id: sa.ColumnElement[Any], slot_id: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Those that are live, of `kind` HERE and by `rank`; what these three give has the same columns."""
    return (
        _claimed(HERE, bookings, _eligible, _no_offer, sa.cast(bookings.c.place, sa.BigInteger).label("rank"))
        .select_from(
            bookings.join(_of_claim, keyed(_of_claim, bookings, "slot_id")).join(
                _claimant, keyed(_claimant, bookings, "applicant_id")
            )
        )
        .where(bookings.c.organization_id == organization_id, bookings.c.slot_id == slot_id, LIVE)
    )


def claims_of(
    organization_id: sa.ColumnElement[Any],
    applicant_id: sa.ColumnElement[Any],
    since: sa.ColumnElement[Any],
    until: sa.ColumnElement[Any],
) -> sa.Select[Any]:
    """Those of a person that count beside a slot, as `Beside` says; of kind THEIRS."""
    beside = claims_beside(organization_id, applicant_id, since, until)
    return _claimed(THEIRS, beside, sa.true().label("eligible"), _no_offer, _no_rank).select_from(
        beside.source.join(_of_claim, keyed(_of_claim, beside, "slot_id"))
    )


def queue_of(organization_id: sa.ColumnElement[Any], slot_id: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Those who wait for a slot, in their order; of kind QUEUED, and read with `entry_from`."""
    return _entries(QUEUED).where(
        waitlist.c.organization_id == organization_id,
        waitlist.c.slot_id == slot_id,
        waitlist.c.status.in_(constants("waiting", "offered")),
    )


def waits_of(organization_id: sa.ColumnElement[Any], applicant_id: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Those that a person gave up of late; of kind GIVEN_UP, and read likewise."""
    return _entries(GIVEN_UP).where(
        waitlist.c.organization_id == organization_id, waitlist.c.applicant_id == applicant_id, GIVEN_UP_OF_LATE
    )


def _entries(kind: int) -> sa.Select[Any]:
    return sa.select(
        sa.literal(kind, sa.Integer).label("kind"),
        *(waitlist.c.get(column.name, sa.cast(sa.null(), column.type)).label(column.name) for column in CLAIM),
        _eligible,
        waitlist.c.offer_id,
        waitlist.c.seq.label("rank"),
    ).select_from(waitlist.join(_claimant, keyed(_claimant, waitlist, "applicant_id")))


def by_kind(rows: Sequence[Row]) -> Sequence[list[Row]]:
    """What is claimed on slots, what by people, who waits, and who did; each in the order of the rows."""
    return [[row for row in rows if row.kind == kind] for kind in _KINDS]


def empty_from(row: Row, by: Actor, new_id: Callable[[], UUID] = new_id) -> Roster:
    """A slot with nobody on it."""
    return Roster(
        slot=slot_from(row),
        policy=policy_from(row),
        claims=(),
        queue=(),
        barred=frozenset(),
        at=row.at,
        by=by,
        new_id=new_id,
    )


def filled(empty: Roster, claims: Sequence[Row], queue: Sequence[Row]) -> Roster:
    if not claims and not queue:
        return empty
    return replace(
        empty,
        claims=tuple(booking_from(row) for row in claims),
        queue=tuple(entry_from(row) for row in queue),
        barred=frozenset(row.applicant_id for row in (*claims, *queue) if not row.eligible),
    )
