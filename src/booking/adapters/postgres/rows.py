"""Readers of rows: each turns the columns of a row into a value. The columns stand in sql/fragments/."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from booking.adapters.postgres.engine.pool import Row
from booking.domain.paging import Page, Paging, Position, Window
from booking.domain.people.applicant import Applicant, RiskLevel
from booking.domain.people.names import UTC, Names
from booking.domain.properties.policy import Policy, Settings
from booking.domain.visits.availability import Availability, Places
from booking.domain.visits.booking import Booking, BookingStatus, Feedback, Outcome
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.waitlist import Entry, EntryStatus

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class Words(dict[str, E], Generic[E]):
    """The members of a closed list by their words.

    A word that only a newer release knows, as after a roll-back, is itself: it equals no member, so no rule takes it
    for one, and it is shown as it is.
    """

    def __init__(self, kind: type[E]) -> None:
        super().__init__((member.value, member) for member in kind)
        self._kind = kind

    def __missing__(self, word: str) -> E:
        other = str.__new__(self._kind, word)
        other._name_ = other._value_ = word
        return other


_LEVEL = {level.value: level for level in RiskLevel}
_LEVELS, _BOOKING, _OUTCOME = Words(RiskLevel), Words(BookingStatus), Words(Outcome)
_SLOT, _ENTRY = Words(SlotStatus), Words(EntryStatus)

# ---------------------------------------------------------------- people

_person = itemgetter(
    "person_id",
    "person_organization_id",
    "person_external_id",
    "person_user_id",
    "person_name",
    "person_email",
    "person_risk_level",
    "person_screened_at",
    "person_erased_at",
)


def applicant_from(row: Row) -> Applicant:
    """Read {person}. A level that only a newer release knows lets nobody in."""
    id, organization_id, external_id, user_id, name, email, risk_level, screened_at, erased_at = _person(row)  # noqa: A001 - the applicant's own
    return Applicant(
        id=id,
        organization_id=organization_id,
        external_id=external_id,
        user_id=user_id,
        name=name,
        email=email,
        risk_level=_LEVEL.get(risk_level, RiskLevel.HIGH),
        screened_at=screened_at,
        erased=erased_at is not None,
    )


# ---------------------------------------------------------------- policies

RULE_NAMES = tuple(Policy.__annotations__)


def settings_from(row: Any) -> Settings:
    """Read a row of policies, also one that comes as JSON."""
    values = {name: row[name] for name in RULE_NAMES}
    if values["approval_levels"] is not None:
        values["approval_levels"] = tuple([_LEVELS[level] for level in values["approval_levels"]])
    return Settings(**values, version=row["version"])


@lru_cache(maxsize=1024)
def policy_of(rules: str | None) -> Policy:
    """Read {rules}. Few are set, and every row of a list comes with the same."""
    policy = Policy()
    for of in msgspec.json.decode(rules) if rules else ():
        policy = policy.overridden_by(settings_from(of) if of else None)
    return policy


# ---------------------------------------------------------------- names


@lru_cache(maxsize=4096)
def names_of(label: str | None, area: str | None, time_zone: str | None, agent: str | None) -> Names:
    """Make the names of {names}. Few differ, and a page has the same on many rows."""
    return Names(label=label, area=area, time_zone=time_zone or UTC, agent=agent)


def names_from(row: Row) -> Names:
    """Read {names}."""
    return names_of(row.label, row.area, row.time_zone, row.agent_name)


# ---------------------------------------------------------------- slots

NOBODY: frozenset[UUID] = frozenset()
EMPTY = Places()
SLOT, AVAILABILITY = 13, 26  # columns


def slot_from(row: Row, first: int = 0) -> Slot:
    """Read {slot}, which begins at the place `first`. By places: a page has hundreds of values."""
    (
        organization_id,
        id,  # noqa: A001 - the slot's own
        property_id,
        agent_id,
        start_time,
        end_time,
        status,
        _,
        capacity,
        busy_until,
        reason,
        created_at,
        updated_at,
    ) = row[first : first + SLOT]
    return Slot(
        id=id,
        organization_id=organization_id,
        property_id=property_id,
        agent_id=agent_id,
        start_time=start_time,
        end_time=end_time,
        busy_until=busy_until or end_time,
        capacity=capacity,
        status=_SLOT[status],
        reason=reason,
        created_at=created_at,
        updated_at=updated_at,
    )


def availability_from(row: Row, first: int = 0) -> Availability:
    """Read {availability}, which begins at the place `first`."""
    booked, reserved, overdue, claimants, frees_at, freed_at, waiting, at, rules, *names = row[
        first + SLOT : first + AVAILABILITY
    ]
    return Availability(
        slot=slot_from(row, first).as_of(booked=booked, freed_at=freed_at),
        places=Places(booked=booked, reserved=reserved, waiting=waiting) if booked or reserved or waiting else EMPTY,
        policy=policy_of(rules),
        names=names_of(*names),
        at=at,
        overdue=overdue > 0,
        claimants=frozenset(claimants) if claimants else NOBODY,
        frees_at=frees_at,
    )


# ---------------------------------------------------------------- claims and entries

BESIDE = "beside_"
"""Before the names of a claim's columns where it comes beside something else."""

_CLAIM = (
    "organization_id",
    "id",
    "slot_id",
    "applicant_id",
    "status",
    "place",
    "deadline",
    "sequence",
    "notes",
    "reason",
    "outcome",
    "outcome_at",
    "rating",
    "comment",
    "feedback_at",
    "attendance_confirmed_at",
    "may_release",
    "created_at",
    "updated_at",
    "property_id",
    "start_time",
    "end_time",
)
_claim = {prefix: itemgetter(*(prefix + name for name in _CLAIM)) for prefix in ("", BESIDE)}


def booking_from(row: Row, prefix: str = "") -> Booking:
    """Read {claim}; its column names may have a prefix."""
    (
        organization_id,
        id,  # noqa: A001 - the booking's own
        slot_id,
        applicant_id,
        status,
        place,
        deadline,
        sequence,
        notes,
        reason,
        outcome,
        outcome_at,
        rating,
        comment,
        feedback_at,
        attendance_confirmed_at,
        may_release,
        created_at,
        updated_at,
        property_id,
        start_time,
        end_time,
    ) = _claim[prefix](row)
    feedback = None
    if feedback_at is not None:
        feedback = Feedback(rating=rating, comment=comment, created_at=feedback_at)
    return Booking(
        id=id,
        organization_id=organization_id,
        slot_id=slot_id,
        property_id=property_id,
        applicant_id=applicant_id,
        place=place,
        status=_BOOKING[status],
        deadline=deadline,
        sequence=sequence,
        notes=notes,
        reason=reason,
        outcome=_OUTCOME[outcome] if outcome else None,
        outcome_at=outcome_at,
        feedback=feedback,
        attendance_confirmed_at=attendance_confirmed_at,
        may_release=may_release,
        created_at=created_at,
        updated_at=updated_at,
        start_time=start_time,
        end_time=end_time,
    )


def entry_from(row: Row) -> Entry:
    """Read {entry}."""
    return Entry(
        id=row.id,
        organization_id=row.organization_id,
        slot_id=row.slot_id,
        applicant_id=row.applicant_id,
        status=_ENTRY[row.status],
        offer_id=row.offer_id,
        reason=row.reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


# ---------------------------------------------------------------- many rows


def by_number(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Group the rows of a batch by the number of their question."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.number, []).append(row)
    return found


def start_and_id(row: Row) -> Position:
    return Position(row.start_time, row.id)


def page_from(
    rows: Sequence[Row], paging: Paging, read: Callable[[Row], T], position: Callable[[Row], Position] = start_and_id
) -> Page[T]:
    """Read a page, of which one row more was asked for, to know whether any are left."""
    shown = rows[: paging.limit]
    more = len(rows) > paging.limit
    return Page(items=[read(row) for row in shown], next=position(shown[-1]) if more else None)


def page_inputs(window: Window, paging: Paging) -> dict[str, object]:
    """Return the inputs of a composed statement of a page."""
    after = paging.after
    return {
        "since": window.since,
        "until": window.until,
        "after_start": after and after.start_time,
        "after_id": after and after.id,
        "most": paging.limit + 1,
    }


def stretch_inputs(window: Window, paging: Paging, *, latest: bool, newest: bool = False) -> dict[str, object]:
    """Return the inputs of {stretch}: all but how many rows are read."""
    after, by_start = paging.after, not newest
    return {
        "since": window.since,
        "until": window.until,
        "after_start": after and after.start_time,
        "after_id": after and after.id,
        "onwards": (after and by_start and not latest) or None,
        "back": (after and by_start and latest) or None,
        "descending": latest or None,
    }


def keys_of(applicants: Iterable[Applicant]) -> dict[str, list[UUID]]:
    """Return the inputs of a statement about some applicants."""
    keys = [(one.organization_id, one.id) for one in applicants]
    return {"organization_ids": [key[0] for key in keys], "applicant_ids": [key[1] for key in keys]}
