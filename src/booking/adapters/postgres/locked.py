"""Rosters and standings as they are under their locks, for many decisions in one transaction.

The lock order is slots by organization and id, then applicants likewise: whoever waits holds nothing that those whom
they wait for still want.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from booking.adapters.ids import new_id
from booking.adapters.postgres.claims import CLAIM, LIVE, booking_from, with_slot
from booking.adapters.postgres.lines import Connection, Row
from booking.adapters.postgres.openings import slot_from
from booking.adapters.postgres.policies import RULES, policy_from, ruled
from booking.adapters.postgres.prepared import Prepared, asked
from booking.adapters.postgres.standings import STANDINGS, Beside, standings_from
from booking.adapters.postgres.tables import applicants, booking_now, bookings, slots, waitlist
from booking.adapters.postgres.waitlists import entry_from
from booking.domain.events import Actor
from booking.domain.roster import Roster
from booking.domain.slot import Key
from booking.domain.standing import Standing

KEY = ("organization_id", "id")
ELIGIBLE = (applicants.c.risk_level != "HIGH").label("eligible")

_asked = asked(organization_id=sa.Uuid(), id=sa.Uuid())


def _by_key(organization_id: sa.ColumnElement[Any], id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(organization_id == _asked.c.organization_id, id == _asked.c.id)


def _person_of(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(applicants.c.organization_id == table.c.organization_id, applicants.c.id == table.c.applicant_id)


_slots = (
    sa.select(_asked.c.number, *slots.c, RULES, booking_now().label("at"))
    .select_from(_asked.join(ruled(slots), _by_key(slots.c.organization_id, slots.c.id)))
    .order_by(slots.c.organization_id, slots.c.id)
)
_persons = (
    sa.select(_asked.c.number)
    .select_from(_asked.join(applicants, _by_key(applicants.c.organization_id, applicants.c.id)))
    .order_by(applicants.c.organization_id, applicants.c.id)
)
SLOTS, FREE_SLOTS = (
    Prepared(_slots.with_for_update(key_share=True, of=slots, skip_locked=skip), KEY) for skip in (False, True)
)
PERSONS, FREE_PERSONS = (
    Prepared(_persons.with_for_update(key_share=True, of=applicants, skip_locked=skip), KEY) for skip in (False, True)
)
CLAIMS = Prepared(
    sa.select(_asked.c.number, *CLAIM, ELIGIBLE)
    .select_from(
        _asked.join(
            with_slot.join(applicants, _person_of(bookings)), _by_key(bookings.c.organization_id, bookings.c.slot_id)
        )
    )
    .where(LIVE)
    .order_by(_asked.c.number, bookings.c.place),
    KEY,
)
QUEUES = Prepared(
    sa.select(_asked.c.number, *waitlist.c, ELIGIBLE)
    .select_from(
        _asked.join(
            waitlist.join(applicants, _person_of(waitlist)), _by_key(waitlist.c.organization_id, waitlist.c.slot_id)
        )
    )
    .where(waitlist.c.status.in_(("waiting", "offered")))
    .order_by(_asked.c.number, waitlist.c.seq),
    KEY,
)


async def locked_rosters(connection: Connection, keys: Sequence[Key], by: Actor, *, wait: bool) -> list[Roster | None]:
    """In the order asked for. Unless told to wait, nobody does, and what others have locked is None."""
    columns = tuple(zip(*keys, strict=True))
    found = {row.number: row for row in await connection.fetch((SLOTS if wait else FREE_SLOTS).sql, *columns)}
    claims = _by_number(await connection.fetch(CLAIMS.sql, *columns)) if found else {}
    queues = _by_number(await connection.fetch(QUEUES.sql, *columns)) if found else {}
    return [
        _roster(found[number], claims.get(number, []), queues.get(number, []), by) if number in found else None
        for number in range(1, len(keys) + 1)
    ]


async def locked_standings(connection: Connection, persons: Sequence[Beside], *, wait: bool) -> list[Standing | None]:
    """One claim of a person at a time, so that their limits hold over slots too (T84). Otherwise as above; None too for
    whom there is not."""
    if not persons:
        return []
    keys = [(person.organization_id, person.applicant_id) for person in persons]
    locking = PERSONS if wait else FREE_PERSONS
    locked = {row.number for row in await connection.fetch(locking.sql, *zip(*keys, strict=True))}
    found = dict(standings_from(await connection.fetch(STANDINGS.sql, *zip(*persons, strict=True))))
    return [found[number] if number in locked else None for number in range(1, len(persons) + 1)]


def _roster(slot: Row, claims: Sequence[Row], queue: Sequence[Row], by: Actor) -> Roster:
    return Roster(
        slot=slot_from(slot),
        policy=policy_from(slot),
        claims=tuple(booking_from(row) for row in claims),
        queue=tuple(entry_from(row) for row in queue),
        barred=frozenset(row.applicant_id for row in (*claims, *queue) if not row.eligible),
        at=slot.at,
        by=by,
        new_id=new_id,
    )


def _by_number(rows: Sequence[Row]) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.number, []).append(row)
    return found
