"""Looks: openings beside what counts about whoever looks at them; without a lock, and many at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.database import Database
from booking.adapters.postgres.lines import Row
from booking.adapters.postgres.people import APPLICANT, applicant_from
from booking.adapters.postgres.prepared import Prepared, asked
from booking.adapters.postgres.standings import beside, by_number, claims_beside, standing_of
from booking.adapters.postgres.tables import Instant, applicants, booking_now, slots, waitlist
from booking.adapters.postgres.waitlists import entry_from
from booking.domain.caller import Caller
from booking.domain.opening import Opening
from booking.domain.slot import Key
from booking.domain.standing import Standing
from booking.domain.values import replace
from booking.domain.waitlist import Entry

_asked = asked(organization_id=sa.Uuid(), applicant_id=sa.Uuid(), since=Instant, until=Instant)
_persons = asked(organization_id=sa.Uuid(), applicant_id=sa.Uuid())

_claims = claims_beside(_asked)

STANDINGS = Prepared(
    sa.select(
        _asked.c.number,
        *APPLICANT,
        *(column for column in _claims.c if column.name not in {"capacity", "start_time", "end_time"}),
        slots.c.agent_id,
        slots.c.property_id,
        slots.c.start_time,
        slots.c.end_time,
        booking_now().label("at"),
    )
    .select_from(
        _asked.join(
            applicants,
            sa.and_(applicants.c.organization_id == _asked.c.organization_id, applicants.c.id == _asked.c.applicant_id),
        )
        .outerjoin(_claims, sa.true())
        .outerjoin(
            slots,
            sa.and_(slots.c.organization_id == _claims.c.organization_id, slots.c.id == _claims.c.slot_id),
        )
    )
    .order_by(_asked.c.number, slots.c.start_time, _claims.c.id),
    ("organization_id", "applicant_id", "since", "until"),
)
"""A row for each claim that counts, and one without for whoever has none."""

ENTRIES = Prepared(
    sa.select(_persons.c.number, waitlist).where(
        waitlist.c.organization_id == _persons.c.organization_id,
        waitlist.c.applicant_id == _persons.c.applicant_id,
        waitlist.c.status.in_(("waiting", "offered")),
    ),
    ("organization_id", "applicant_id"),
)


class Look(NamedTuple):
    """Somebody looks at openings of their organization."""

    person: Key
    openings: Sequence[Opening]


K = TypeVar("K", bound=tuple[UUID, *tuple[object, ...]])
Seen: TypeAlias = tuple[Sequence[Opening], Standing | None]


class Looks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def seen(
        self, asked: Sequence[tuple[K, UUID | None]], found: Mapping[K, Sequence[Opening]]
    ) -> Mapping[tuple[K, UUID | None], Seen]:
        """What was found, with the standing of each who asked for it: an applicant, or somebody who is none there. What
        is asked for begins with its organization."""
        there = [(key, person) for key, person in asked if key in found]
        looks = [Look((key[0], person), found[key]) for key, person in there if person is not None]
        standings = iter(await self.of(looks))
        return {(key, person): (found[key], next(standings) if person else None) for key, person in there}

    async def of(self, looks: Sequence[Look]) -> list[Standing | None]:
        """In the order of the looks; None where there is nobody. Where nobody waits for any slot at hand, and they have
        no offer, there are no entries to ask for; but for the ineligible, who wait without being counted."""
        if not looks:
            return []
        persons = [beside(*look) for look in looks]
        found = by_number(await self._database.rows(STANDINGS, *zip(*persons, strict=True)))
        standings = {number: _standing(rows) for number, rows in found.items()}
        waiting = {
            number: looks[number - 1].person
            for number, standing in standings.items()
            if standing.offered or not standing.applicant.eligible or _awaited(looks[number - 1].openings)
        }
        for number, entries in (await self._entries_of(waiting)).items():
            standings[number] = replace(standings[number], entries=entries)
        return [standings.get(number) for number in range(1, len(looks) + 1)]

    async def _entries_of(self, persons: Mapping[int, Key]) -> Mapping[int, tuple[Entry, ...]]:
        if not persons:
            return {}
        rows = await self._database.rows(ENTRIES, *zip(*persons.values(), strict=True))
        numbers = list(persons)
        return {numbers[number - 1]: tuple(map(entry_from, theirs)) for number, theirs in by_number(rows).items()}


def applicant_id_in(caller: Caller, organization_id: UUID) -> UUID | None:
    return next((one.id for one in caller.applicants if one.organization_id == organization_id), None)


def _awaited(openings: Iterable[Opening]) -> bool:
    return any(opening.places.waiting for opening in openings)


def _standing(rows: Sequence[Row]) -> Standing:
    return standing_of(applicant_from(rows[0]), (row for row in rows if row.id is not None), rows[0].at)
