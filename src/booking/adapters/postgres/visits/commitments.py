"""Commitments: all that counts about a person in their organization, beside the slots that they look at or claim.

Looked at without a lock, for many people in one statement.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.codecs import EVER, SINCE_EVER
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.sql_files import Query
from booking.adapters.postgres.people.rows import applicant_from
from booking.adapters.postgres.rows import by_number
from booking.adapters.postgres.visits.rows import BESIDE, booking_from, entry_from
from booking.domain.keys import Key
from booking.domain.people.applicant import Applicant
from booking.domain.people.caller import Caller
from booking.domain.values import replace
from booking.domain.visits.availability import Availability
from booking.domain.visits.booking import Booking, BookingStatus
from booking.domain.visits.commitments import Commitments, Past
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Span

K = TypeVar("K")


class Beside(NamedTuple):
    """A person, and the time for which their visits matter: they may overlap, and only some policies count them all."""

    organization_id: UUID
    applicant_id: UUID
    since: datetime
    until: datetime

    @classmethod
    def spans(cls, person: Key, spans: Collection[Span], *, limited: bool) -> "Beside":
        if limited or not spans:
            return cls(*person, SINCE_EVER, EVER)
        return cls(*person, min([one.start_time for one in spans]), max([one.end_time for one in spans]))


OF_PEOPLE = sql.query("commitments", "of_people", Beside._fields)
ENTRIES = sql.query("commitments", "entries", ("organization_id", "applicant_id"))


def beside(person: Key, seen: Iterable[Availability | Roster]) -> Beside:
    here = [one for one in seen if one.slot.organization_id == person[0]]
    limited = any(one.policy.limits_bookings for one in here)
    return Beside.spans(person, [one.slot for one in here], limited=limited)


class Look(NamedTuple):
    """View of slots by a person. `awaited`: whether entries of theirs may count there."""

    beside: Beside
    awaited: bool


def look_at(person: Key, availabilities: Sequence[Availability]) -> Look:
    return Look(beside(person, availabilities), _awaited(availabilities))


class Looks:
    """Reader of commitments, of many people at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, looks: Sequence[Look]) -> list[Commitments | None]:
        """Return the commitments in the order of the looks; None for a person that is not found."""
        if not looks:
            return []
        inputs = zip(*(look.beside for look in looks), strict=True)
        all_commitments = commitments_in(by_number(await self._database.fetch(OF_PEOPLE, *inputs)))
        await self._add_entries(all_commitments, {number: look.awaited for number, look in enumerate(looks, 1)})
        return [all_commitments.get(number) for number in range(1, len(looks) + 1)]

    async def at(
        self, statement: Query, inputs: Sequence[Sequence[object]]
    ) -> Mapping[int, tuple[Row, Commitments | None]]:
        """Run a statement with `{commitments}` and `awaited`; return the first row of each viewer, with their
        commitments.

        The commitments are None for a viewer without an applicant there.
        """
        found = by_number(await self._database.fetch(statement, *inputs))
        all_commitments = commitments_in(found)
        await self._add_entries(all_commitments, {number: rows[0].awaited for number, rows in found.items()})
        return {number: (rows[0], all_commitments.get(number)) for number, rows in found.items()}

    async def _add_entries(self, all_commitments: dict[int, Commitments], awaited: Mapping[int, bool]) -> None:
        """Add waitlist entries where some may count.

        None count unless there is a waitlist at hand, a recent withdrawal from one, or an offer; the ineligible wait
        without being counted.
        """
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


def commitments_in(found: Mapping[K, Sequence[Row]]) -> dict[K, Commitments]:
    """Read `{commitments}` and `at`, for viewers with an applicant."""
    all_commitments = {}
    for key, rows in found.items():
        first = rows[0]
        if first.person_id is not None:
            claimed = rows if first.beside_id is not None else ()
            all_commitments[key] = commitments_of(applicant_from(first), claimed, first.at, BESIDE)
    return all_commitments


def commitments_of(applicant: Applicant, claimed: Collection[Row], at: datetime, prefix: str = "") -> Commitments:
    if not claimed:
        return Commitments(applicant=applicant)
    claims: list[Booking] = []
    past_holds: list[Past] = []
    past_visits: list[Past] = []
    overdue: dict[Key, None] = {}
    for row in claimed:
        claim = booking_from(row, prefix)
        if claim.overdue(at):
            overdue[claim.slot_key] = None
            if claim.status is BookingStatus.HELD and claim.deadline is not None:
                past_holds.append((claim.slot_id, claim.deadline))
        elif claim.live and claim.end_time > at:
            claims.append(claim)
        elif not claim.live:
            past = past_visits if claim.status is BookingStatus.CANCELLED_BY_APPLICANT else past_holds
            past.append((claim.slot_id, claim.updated_at))
    return Commitments(
        applicant=applicant,
        claims=tuple(claims),
        past_holds=tuple(past_holds),
        past_visits=tuple(past_visits),
        overdue=tuple(overdue),
    )


def waited(commitments: Commitments, given_up: Collection[Row]) -> Commitments:
    """Add recent withdrawals from waitlists."""
    return (
        replace(commitments, past_waits=tuple((row.slot_id, row.updated_at) for row in given_up))
        if given_up
        else commitments
    )


def _awaited(availabilities: Iterable[Availability]) -> bool:
    return any(availability.places.waiting or not availability.places_left for availability in availabilities)
