"""Rosters and standings as they are under their locks, for many decisions in one transaction.

The lock order is agents, slots by organization and id, applicants likewise, then links: whoever waits holds nothing
that those whom they wait for still want. Whoever does not wait locks in any order.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Transaction
from booking.adapters.postgres.people.grants import by_key, locked_applicants
from booking.adapters.postgres.rights import Granting, agents_granting, links_granting
from booking.adapters.postgres.rows import by_number
from booking.adapters.postgres.visits.commitments import Beside, beside, commitments_of, waited
from booking.adapters.postgres.visits.rosters.rows import by_kind, empty_from, filled
from booking.domain.authority import ApplicantRight, By
from booking.domain.events import CLOCK
from booking.domain.keys import Key
from booking.domain.people.applicant import Applicant
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.roster import Roster

SLOTS = sql.query("rosters", "lock_slots", ("organization_id", "id"))
PAIRS = sql.query("rosters", "lock_pairs", ("organization_id", "slot_id", "applicant_id"))
CLAIMS = sql.query(
    "rosters",
    "claims",
    ("slot_organization_id", "slot_id", *("person_" + name for name in Beside._fields)),
)


class Locked(NamedTuple):
    """Locked slots and people by (organization, id), as far as they exist and could be locked."""

    rosters: Mapping[Key, Roster]
    all_commitments: Mapping[Key, Commitments]
    granting: Granting


async def locked(
    transaction: Transaction,
    slots: Sequence[Key],
    wanted: Mapping[Key, Sequence[Key]],
    rights: Collection[By],
    *,
    wait: bool,
) -> Locked:
    """Lock slots and people, and read their rosters and commitments.

    `wanted`: the slots of each person; unless told to wait, one each, and slots or people locked by others are left
    out. A person's claims are made one at a time, so that their limits hold over slots too. The rosters are the clock's
    until they are given to an actor, by `granting`.
    """
    agents = await agents_granting(transaction, rights)
    if wait:
        rows = await transaction.fetch(SLOTS, *_columns(slots))
        acting = [right.key for right in rights if isinstance(right, ApplicantRight)]
        persons = list(dict.fromkeys([*wanted, *acting]))
        found = await locked_applicants(transaction, persons)
    else:
        pairs = [(*slot, person[1]) for person, (slot,) in wanted.items()]
        rows = await transaction.fetch(PAIRS, *_columns(pairs))
        found = by_key(rows)
    rosters = {roster.slot.key: roster for roster in (empty_from(row, CLOCK) for row in rows)}
    granting = Granting(agents, found, await links_granting(transaction, rights))
    if not rosters:
        return Locked({}, {}, granting)
    wanting = {key: person for key, person in found.items() if key in wanted}
    return Locked(*await _filled(transaction, rosters, wanting, wanted), granting)


async def with_claims(transaction: Transaction, rosters: Mapping[Key, Roster]) -> Mapping[Key, Roster]:
    """Return rosters with their claims and queues, as they are without a lock."""
    return (await _filled(transaction, rosters, {}, {}))[0] if rosters else {}


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
            key: waited(commitments_of(person, theirs.get(number, ()), at), given_up.get(number, ()))
            for number, (key, person) in enumerate(persons.items(), 1)
        },
    )


def _columns(rows: Sequence[tuple[object, ...]], width: int = 2) -> Sequence[Sequence[object]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width
