"""Rosters and standings as they are under their locks, for many decisions in one transaction.

The lock order is agents, slots by organization and id, then applicants likewise: whoever waits holds nothing that those
whom they wait for still want. Whoever does not wait locks in any order.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from booking.adapters.postgres.claimed import (
    SLOT,
    by_kind,
    claims_of,
    claims_on,
    empty_from,
    filled,
    queue_of,
    waits_of,
)
from booking.adapters.postgres.commitments import Beside, beside, by_number, standing_of, waited
from booking.adapters.postgres.engine.database import Transaction
from booking.adapters.postgres.engine.statements import Prepared, asked
from booking.adapters.postgres.people import APPLICANT, applicant_from
from booking.adapters.postgres.policies import ruled
from booking.adapters.postgres.rights import Granting, agents_granting
from booking.adapters.postgres.tables import Instant, applicants, keyed, slots
from booking.domain.applicant import Applicant
from booking.domain.authority import ApplicantRight, By
from booking.domain.commitments import Commitments
from booking.domain.events import CLOCK
from booking.domain.roster import Roster
from booking.domain.slot import Key

_asked = asked(organization_id=sa.Uuid(), id=sa.Uuid())
_pairs = asked(organization_id=sa.Uuid(), slot_id=sa.Uuid(), applicant_id=sa.Uuid())
_slots = asked("slot_", organization_id=sa.Uuid(), id=sa.Uuid())
_persons = asked("person_", organization_id=sa.Uuid(), applicant_id=sa.Uuid(), since=Instant, until=Instant)


class Locked(NamedTuple):
    """By (organization, id): of the slots and people asked for, those that there are and that could be locked."""

    rosters: Mapping[Key, Roster]
    all_commitments: Mapping[Key, Commitments]
    granting: Granting


def _locking(statement: sa.Select[Any], *tables: sa.Table, skip: bool = False) -> sa.Select[Any]:
    return statement.with_for_update(key_share=True, of=tables, skip_locked=skip)


SLOTS = Prepared(
    _locking(
        sa.select(*SLOT)
        .select_from(_asked.join(ruled(slots), keyed(slots, _asked)))
        .order_by(slots.c.organization_id, slots.c.id),
        slots,
    ),
    ("organization_id", "id"),
)
PERSONS = Prepared(
    _locking(
        sa.select(*APPLICANT)
        .select_from(_asked.join(applicants, keyed(applicants, _asked)))
        .order_by(applicants.c.organization_id, applicants.c.id),
        applicants,
    ),
    ("organization_id", "id"),
)
PAIRS = Prepared(
    _locking(
        sa.select(*SLOT, *APPLICANT).select_from(
            _pairs.join(ruled(slots), keyed(slots, _pairs, "slot_id")).join(
                applicants, keyed(applicants, _pairs, "applicant_id")
            )
        ),
        slots,
        applicants,
        skip=True,
    ),
    ("organization_id", "slot_id", "applicant_id"),
)
"""Slots and who wants a place in each; of which nobody else has locked either."""


def _numbered(asked: sa.TableValuedAlias, those: sa.Select[Any]) -> sa.Select[Any]:
    found = those.lateral()
    return sa.select(asked.c.number.label("number"), *found.c).select_from(asked.join(found, sa.true()))


_found = sa.union_all(
    _numbered(_slots, claims_on(_slots.c.organization_id, _slots.c.id)),
    _numbered(_persons, claims_of(*(_persons.c[name] for name in Beside._fields))),
    _numbered(_slots, queue_of(_slots.c.organization_id, _slots.c.id)),
    _numbered(_persons, waits_of(_persons.c.organization_id, _persons.c.applicant_id)),
).subquery("found")
CLAIMS = Prepared(
    sa.select(_found).order_by(_found.c.kind, _found.c.number, _found.c.rank),
    (
        *("slot_" + name for name in ("organization_id", "id")),
        *("person_" + name for name in Beside._fields),
    ),
)
"""What there is of claims: on the slots, of the people elsewhere, of those who wait, and of the people who did."""


async def locked(
    transaction: Transaction,
    slots: Sequence[Key],
    wanted: Mapping[Key, Sequence[Key]],
    rights: Collection[By],
    *,
    wait: bool,
) -> Locked:
    """`wanted`: which of the slots each person wants; unless told to wait, one each, and what others lock is left
    out. A person's claims are made one at a time, so that their limits hold over slots too (T84). The rosters are the
    clock's until they are given to an actor, whom `granting` gives for a right."""
    agents = await agents_granting(transaction, rights)
    if wait:
        rows = await transaction.fetch(SLOTS, *_columns(slots))
        acting = [right.key for right in rights if isinstance(right, ApplicantRight)]
        persons = list(dict.fromkeys([*wanted, *acting]))
        people = await transaction.fetch(PERSONS, *_columns(persons)) if persons else []
    else:
        pairs = [(*slot, person[1]) for person, (slot,) in wanted.items()]
        rows = people = await transaction.fetch(PAIRS, *_columns(pairs))
    rosters = {roster.slot.key: roster for roster in (empty_from(row, CLOCK) for row in rows)}
    found = {(person.organization_id, person.id): person for person in map(applicant_from, people)}
    granting = Granting(agents, found)
    if not rosters:
        return Locked({}, {}, granting)
    wanting = {key: person for key, person in found.items() if key in wanted}
    return Locked(*await _filled(transaction, rosters, wanting, wanted), granting)


async def _filled(
    transaction: Transaction,
    rosters: Mapping[Key, Roster],
    persons: Mapping[Key, Applicant],
    wanted: Mapping[Key, Sequence[Key]],
) -> tuple[Mapping[Key, Roster], Mapping[Key, Commitments]]:
    those = [beside(key, [rosters[slot] for slot in wanted[key] if slot in rosters]) for key in persons]
    rows = await transaction.fetch(CLAIMS, *_columns(list(rosters)), *_columns(those, 4))
    here, theirs, queued, given_up = map(by_number, by_kind(rows))
    at = next(iter(rosters.values())).at
    return (
        {
            key: filled(roster, here.get(number, ()), queued.get(number, ()))
            for number, (key, roster) in enumerate(rosters.items(), 1)
        },
        {
            key: waited(standing_of(person, theirs.get(number, ()), at), given_up.get(number, ()))
            for number, (key, person) in enumerate(persons.items(), 1)
        },
    )


def _columns(rows: Sequence[tuple[object, ...]], width: int = 2) -> Sequence[Sequence[object]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width
