"""Looks: what counts about whoever looks at openings, beside those; without a lock, and many at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.commitments import Beside, beside, by_number, waited
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.statements import Prepared, asked, constants
from booking.adapters.postgres.tables import Instant, booking_now, waitlist
from booking.adapters.postgres.viewed import Viewed, standings_in
from booking.adapters.postgres.waitlists import GIVEN_UP_OF_LATE, entry_from
from booking.domain.availability import Availability
from booking.domain.caller import Caller
from booking.domain.commitments import Commitments
from booking.domain.slot import Key
from booking.domain.values import replace

_asked = asked(organization_id=sa.Uuid(), applicant_id=sa.Uuid(), since=Instant, until=Instant)
_persons = asked(organization_id=sa.Uuid(), applicant_id=sa.Uuid())

_persons_claims = Viewed.by(_asked, *(_asked.c[name] for name in Beside._fields))
STANDINGS = Prepared(
    sa.select(_asked.c.number, booking_now().label("at"), *_persons_claims.columns).select_from(_persons_claims.source),
    Beside._fields,
)

ENTRIES = Prepared(
    sa.select(_persons.c.number, waitlist).where(
        waitlist.c.organization_id == _persons.c.organization_id,
        waitlist.c.applicant_id == _persons.c.applicant_id,
        sa.or_(waitlist.c.status.in_(constants("waiting", "offered")), GIVEN_UP_OF_LATE),
    ),
    ("organization_id", "applicant_id"),
)


class Look(NamedTuple):
    """Somebody looks at slots of their organization. `awaited`: whether anybody waits for one of them, or could."""

    beside: Beside
    awaited: bool


def look_at(person: Key, availabilities: Sequence[Availability]) -> Look:
    return Look(beside(person, availabilities), _awaited(availabilities))


class Looks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, looks: Sequence[Look]) -> list[Commitments | None]:
        """In the order of the looks; None where there is nobody."""
        if not looks:
            return []
        inputs = zip(*(look.beside for look in looks), strict=True)
        all_commitments = standings_in(by_number(await self._database.fetch(STANDINGS, *inputs)))
        await self._add_entries(all_commitments, {number: look.awaited for number, look in enumerate(looks, 1)})
        return [all_commitments.get(number) for number in range(1, len(looks) + 1)]

    async def at(
        self, statement: Prepared, inputs: Sequence[Sequence[object]]
    ) -> Mapping[int, tuple[Row, Commitments | None]]:
        """What a statement of `viewed` that has `awaited` finds for those who look, by their numbers: the first row,
        and their standing, if they are an applicant there."""
        found = by_number(await self._database.fetch(statement, *inputs))
        all_commitments = standings_in(found)
        await self._add_entries(all_commitments, {number: rows[0].awaited for number, rows in found.items()})
        return {number: (rows[0], all_commitments.get(number)) for number, rows in found.items()}

    async def _add_entries(self, all_commitments: dict[int, Commitments], awaited: Mapping[int, bool]) -> None:
        """Where nobody waits for any slot at hand, they gave up no full one of late, and they have no offer, there are
        none that count; but for the ineligible, who wait without being counted."""
        numbers = [
            number
            for number, one in all_commitments.items()
            if one.offered or not one.applicant.eligible or awaited[number]
        ]
        if numbers:
            persons = [
                (
                    all_commitments[number].applicant.organization_id,
                    all_commitments[number].applicant.id,
                )
                for number in numbers
            ]
            rows = await self._database.fetch(ENTRIES, *zip(*persons, strict=True))
            for number, theirs in by_number(rows).items():
                waiting = numbers[number - 1]
                entries = list(map(entry_from, theirs))
                all_commitments[waiting] = replace(
                    waited(
                        all_commitments[waiting],
                        [row for row, entry in zip(theirs, entries, strict=True) if not entry.queued],
                    ),
                    entries=tuple(entry for entry in entries if entry.queued),
                )


def applicant_id_in(caller: Caller, organization_id: UUID) -> UUID | None:
    for applicant in caller.applicants:
        if applicant.organization_id == organization_id:
            return applicant.id
    return None


def _awaited(availabilities: Iterable[Availability]) -> bool:
    return any(availability.places.waiting or not availability.places_left for availability in availabilities)
