"""Rosters from rows of slots, claims and waitlist entries."""

from collections.abc import Callable, Sequence
from uuid import UUID

from booking.adapters.ids import new_id
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.people.rows import names_from
from booking.adapters.postgres.properties.rows import policy_of
from booking.adapters.postgres.visits.rows import booking_from, entry_from, slot_from
from booking.domain.events import Actor
from booking.domain.values import replace
from booking.domain.visits.roster import Roster

_KINDS = range(4)  # see the statement


def by_kind(rows: Sequence[Row]) -> Sequence[list[Row]]:
    """Split rows into claims on slots, claims of people, entries for slots, and entries of people, each in order."""
    return [[row for row in rows if row.kind == kind] for kind in _KINDS]


def empty_from(row: Row, by: Actor, new_id: Callable[[], UUID] = new_id) -> Roster:
    """Make a roster without claims and entries."""
    return Roster(
        slot=slot_from(row),
        policy=policy_of(row.rules),
        names=names_from(row),
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
