"""Looks: openings beside what counts about whoever looks at them; without a lock, and many at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.claims import BESIDE, claim_of
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.lines import Row
from booking.adapters.postgres.openings import OPENING, numbered, opened
from booking.adapters.postgres.people import APPLICANT, applicant_from
from booking.adapters.postgres.policies import LIMITED
from booking.adapters.postgres.prepared import Prepared, asked
from booking.adapters.postgres.standings import Beside, beside, by_number, claims_beside, standing_of
from booking.adapters.postgres.tables import Instant, applicants, booking_now, keyed, slots, waitlist
from booking.adapters.postgres.waitlists import entry_from
from booking.domain.caller import Caller
from booking.domain.opening import Opening
from booking.domain.slot import Key
from booking.domain.standing import Standing
from booking.domain.values import replace

_asked = asked(organization_id=sa.Uuid(), applicant_id=sa.Uuid(), since=Instant, until=Instant)
_persons = asked(organization_id=sa.Uuid(), applicant_id=sa.Uuid())
_one = asked(organization_id=sa.Uuid(), slot_id=sa.Uuid(), applicant_id=sa.Uuid())
_of_claim = slots.alias("of_claim")


class Viewed(NamedTuple):
    """Something, and who looks at it: a row for each of their claims that count beside it, and one without for whoever
    has none, in no order. Read them with `standings_in`."""

    source: sa.FromClause
    columns: Sequence[sa.ColumnElement[Any]]

    @classmethod
    def by(
        cls,
        source: sa.FromClause,
        organization_id: sa.ColumnElement[Any],
        applicant_id: sa.ColumnElement[Any],
        since: sa.ColumnElement[Any],
        until: sa.ColumnElement[Any],
    ) -> "Viewed":
        """Since and until: as `Beside` has them."""
        beside = claims_beside(organization_id, applicant_id, since, until)
        return cls(
            source.outerjoin(
                applicants, sa.and_(applicants.c.organization_id == organization_id, applicants.c.id == applicant_id)
            )
            .outerjoin(beside.source, sa.true())
            .outerjoin(_of_claim, keyed(_of_claim, beside, "slot_id")),
            (*APPLICANT, *(column.label(BESIDE + column.name) for column in claim_of(beside, _of_claim))),
        )


_EVER = [sa.cast(sa.literal(end), Instant) for end in ("-infinity", "infinity")]


def spanned(
    since: sa.ColumnElement[Any], until: sa.ColumnElement[Any]
) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """`Beside.spans` in SQL, beside `ruled(…)`."""
    ever_since, for_ever = _EVER
    return sa.case((LIMITED, ever_since), else_=since), sa.case((LIMITED, for_ever), else_=until)


_persons_claims = Viewed.by(_asked, *(_asked.c[name] for name in Beside._fields))
STANDINGS = Prepared(
    sa.select(_asked.c.number, booking_now().label("at"), *_persons_claims.columns).select_from(_persons_claims.source),
    Beside._fields,
)

_seen = Viewed.by(
    _one.join(opened, keyed(slots, _one, "slot_id")),
    _one.c.organization_id,
    _one.c.applicant_id,
    *spanned(slots.c.start_time, slots.c.end_time),
)
SEEN = Prepared(
    sa.select(_one.c.number, *OPENING, *_seen.columns).select_from(_seen.source),
    ("organization_id", "slot_id", "applicant_id"),
)
"""One slot, and the standing of whoever looks at it."""

ENTRIES = Prepared(
    sa.select(_persons.c.number, waitlist).where(
        waitlist.c.organization_id == _persons.c.organization_id,
        waitlist.c.applicant_id == _persons.c.applicant_id,
        waitlist.c.status.in_(("waiting", "offered")),
    ),
    ("organization_id", "applicant_id"),
)


class Look(NamedTuple):
    """Somebody looks at slots of their organization. `awaited`: whether anybody waits for one of them."""

    beside: Beside
    awaited: bool


def look_at(person: Key, openings: Sequence[Opening]) -> Look:
    return Look(beside(person, openings), _awaited(openings))


K = TypeVar("K")
Seen: TypeAlias = tuple[Opening, Standing | None]


class Looks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def at_slots(self, asked: Sequence[tuple[Key, UUID | None]]) -> Mapping[tuple[Key, UUID | None], Seen]:
        """Slots by key, each with the standing of who asks for it: an applicant, or somebody who is none there."""
        inputs = zip(*((*key, person) for key, person in asked), strict=True)
        found = by_number(await self._database.rows(SEEN, *inputs))
        openings = {number: numbered(rows[0]) for number, rows in found.items()}
        standings = standings_in(found)
        await self.add_entries(standings, {number: one.places.waiting > 0 for number, one in openings.items()})
        return {asked[number - 1]: (opening, standings.get(number)) for number, opening in openings.items()}

    async def of(self, looks: Sequence[Look]) -> list[Standing | None]:
        """In the order of the looks; None where there is nobody."""
        if not looks:
            return []
        inputs = zip(*(look.beside for look in looks), strict=True)
        standings = standings_in(by_number(await self._database.rows(STANDINGS, *inputs)))
        await self.add_entries(standings, {number: look.awaited for number, look in enumerate(looks, 1)})
        return [standings.get(number) for number in range(1, len(looks) + 1)]

    async def add_entries(self, standings: dict[int, Standing], awaited: Mapping[int, bool]) -> None:
        """Where nobody waits for any slot at hand, and they have no offer, there are none; but for the ineligible, who
        wait without being counted."""
        numbers = [
            number for number, one in standings.items() if one.offered or not one.applicant.eligible or awaited[number]
        ]
        if numbers:
            persons = [
                (standings[number].applicant.organization_id, standings[number].applicant.id) for number in numbers
            ]
            rows = await self._database.rows(ENTRIES, *zip(*persons, strict=True))
            for number, theirs in by_number(rows).items():
                waiting = numbers[number - 1]
                standings[waiting] = replace(standings[waiting], entries=tuple(map(entry_from, theirs)))


def applicant_id_in(caller: Caller, organization_id: UUID) -> UUID | None:
    for applicant in caller.applicants:
        if applicant.organization_id == organization_id:
            return applicant.id
    return None


def _awaited(openings: Iterable[Opening]) -> bool:
    return any(opening.places.waiting for opening in openings)


def standings_in(found: Mapping[K, Sequence[Row]]) -> dict[K, Standing]:
    """Of rows as `Viewed` has them, and `at`; nothing of whoever is no applicant there."""
    standings = {}
    for key, rows in found.items():
        first = rows[0]
        if first.person_id is not None:
            claimed = rows if first.beside_id is not None else ()
            standings[key] = standing_of(applicant_from(first), claimed, first.at, BESIDE)
    return standings
