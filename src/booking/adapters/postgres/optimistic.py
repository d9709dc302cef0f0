"""Claims without a lock: decided on what is seen, and written if it is still so; one statement each.

What is seen comes with the versions of the slot's and the person's rows. Whoever changes who is on a slot, or waits for
it, writes the slot's row anew (`saved.py`), and whoever changes what a person may do writes the person's. So a claim is
written by the statement that finds both as they were; or else nothing of it is, and it is decided again.

That tells nothing of what the person claims elsewhere. That no two visits overlap is a constraint; but limits on how
many somebody has hold only under the lock of their own row, so what is limited is not written here (T84).
"""

from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

import sqlalchemy as sa

from booking.adapters.ids import new_id
from booking.adapters.postgres.claimed import SLOT, by_kind, claims_of, claims_on, empty_from, filled, queue_of
from booking.adapters.postgres.claims import BESIDE
from booking.adapters.postgres.lines import Connection, Row
from booking.adapters.postgres.looks import spanned
from booking.adapters.postgres.people import APPLICANT, applicant_from
from booking.adapters.postgres.policies import ruled
from booking.adapters.postgres.prepared import Prepared, asked
from booking.adapters.postgres.standings import by_number, standing_of
from booking.adapters.postgres.tables import Instant, applicants, bookings, events, keyed, slots, version_of
from booking.domain.events import Actor
from booking.domain.roster import Roster
from booking.domain.slot import Key
from booking.domain.standing import Standing


class Seen(NamedTuple):
    """`slot_version`, `person_version`: as they were."""

    roster: Roster
    standing: Standing
    slot_version: str
    person_version: str


class Made(NamedTuple):
    """A claim that may be written as soon as it was decided."""

    seen: Seen
    roster: Roster


def _version_of(table: sa.Table) -> sa.ColumnElement[str]:
    """As text, for the driver knows no arrays of the numbers of transactions, and would ask for them first."""
    return sa.cast(version_of(table), sa.Text)


_pairs = asked(organization_id=sa.Uuid(), slot_id=sa.Uuid(), applicant_id=sa.Uuid())
_claimed = sa.union_all(
    claims_on(slots.c.organization_id, slots.c.id),
    claims_of(applicants.c.organization_id, applicants.c.id, *spanned(slots.c.start_time, slots.c.end_time)),
    queue_of(slots.c.organization_id, slots.c.id),
).lateral("claimed")
SEEN = Prepared(
    sa.select(
        *SLOT,
        *APPLICANT,
        _pairs.c.number,
        _version_of(slots).label("slot_version"),
        _version_of(applicants).label("person_version"),
        *(column.label(BESIDE + column.name) for column in _claimed.c),
    )
    .select_from(
        _pairs.join(ruled(slots), keyed(slots, _pairs, "slot_id"))
        .join(applicants, keyed(applicants, _pairs, "applicant_id"))
        .outerjoin(_claimed, sa.true())
    )
    .order_by(_pairs.c.number, _claimed.c.kind, _claimed.c.rank),
    ("organization_id", "slot_id", "applicant_id"),
)
"""Slots and who wants a place in each: a row for whatever is claimed of either, and one without where nothing is."""

_MADE: dict[str, sa.types.TypeEngine[Any]] = {
    "organization_id": sa.Uuid(),
    "slot_id": sa.Uuid(),
    "slot_version": sa.Text(),
    "slot_status": sa.Text(),
    "applicant_id": sa.Uuid(),
    "person_version": sa.Text(),
    "id": sa.Uuid(),
    "place": sa.SmallInteger(),
    "status": sa.Text(),
    "deadline": Instant,
    "notes": sa.Text(),
    "at": Instant,
    "event_id": sa.Uuid(),
    "type": sa.Text(),
    "actor_subject": sa.Text(),
    "actor_role": sa.Text(),
    "request_id": sa.Text(),
}
_made = asked(**_MADE)
_unchanged = (
    sa.select(*_made.c)
    .select_from(
        _made.join(slots, keyed(slots, _made, "slot_id")).join(applicants, keyed(applicants, _made, "applicant_id"))
    )
    .where(
        slots.c.status == "available",
        _version_of(slots) == _made.c.slot_version,
        _version_of(applicants) == _made.c.person_version,
    )
    .with_for_update(key_share=True, of=(slots, applicants), skip_locked=True)
    .cte("unchanged")
)
_taken = (
    sa.update(slots)
    .where(keyed(slots, _unchanged, "slot_id"))
    .values(status=_unchanged.c.slot_status, updated_at=_unchanged.c.at)
    .returning(
        *_unchanged.c, *(slots.c[name] for name in ("capacity", "start_time", "end_time", "agent_id", "property_id"))
    )
    .cte("taken")
)
_SAME = ("organization_id", "slot_id", "applicant_id")
_CLAIM = (*_SAME, "id", "place", "capacity", "start_time", "end_time", "status", "deadline", "notes")
_claims = (
    sa.insert(bookings)
    .from_select(
        (*_CLAIM, "created_at", "updated_at"),
        sa.select(*(_taken.c[name] for name in _CLAIM), _taken.c.at.label("created_at"), _taken.c.at),
    )
    .cte("claims")
)
_EVENT = (*_SAME, "agent_id", "property_id", "type", "actor_subject", "actor_role", "request_id")
_told = (
    sa.insert(events)
    .from_select(
        (*_EVENT, "id", "booking_id", "to_state"),
        sa.select(*(_taken.c[name] for name in _EVENT), _taken.c.event_id, _taken.c.id, _taken.c.status),
    )
    .cte("told")
)
WRITE = Prepared(sa.select(_taken.c.number).add_cte(_claims, _told), tuple(_MADE))
"""The numbers of those that were as they were seen, and locked by nobody; nothing of the others is written."""


async def seen(connection: Connection, pairs: Sequence[tuple[Key, Key]], by: Actor) -> Mapping[tuple[Key, Key], Seen]:
    """By slot and person: of those asked for, where there are both."""
    inputs = zip(*((*slot, person[1]) for slot, person in pairs), strict=True)
    found = by_number(await connection.fetch(SEEN.sql, *inputs))
    return {pairs[number - 1]: _seen(rows, by) for number, rows in found.items()}


def _seen(rows: Sequence[Row], by: Actor) -> Seen:
    first = rows[0]
    empty, applicant = empty_from(first, by), applicant_from(first)
    if first.beside_kind is None:
        roster, standing = empty, Standing(applicant=applicant)
    else:
        here, theirs, queued = by_kind(rows, BESIDE)
        roster, standing = filled(empty, here, queued, BESIDE), standing_of(applicant, theirs, empty.at, BESIDE)
    return Seen(roster, standing, first.slot_version, first.person_version)


def plain(before: Roster, after: Roster) -> bool:
    """Whether all that was decided is one more visit, that nothing limits but the places."""
    return (
        len(after.happened) == 1
        and len(after.claims) > len(before.claims)
        and after.queue == before.queue
        and after.claims[-1].visit
        and not after.policy.limits_bookings
    )


async def write(connection: Connection, made: Sequence[Made]) -> Set[Key]:
    """The slots of those that were written. One claim on each at the most."""
    inputs = zip(*map(_row, made), strict=True)
    return {made[row.number - 1].roster.slot.key for row in await connection.fetch(WRITE.sql, *inputs)}


def _row(made: Made) -> tuple[object, ...]:
    seen, roster = made
    claim, event = roster.claims[-1], roster.happened[0]
    return (
        claim.organization_id,
        claim.slot_id,
        seen.slot_version,
        roster.slot.status.value,
        claim.applicant_id,
        seen.person_version,
        claim.id,
        claim.place,
        claim.status.value,
        claim.deadline,
        claim.notes,
        claim.created_at,
        new_id(),
        event.type.value,
        event.actor.subject,
        event.actor.role,
        event.actor.request_id,
    )
