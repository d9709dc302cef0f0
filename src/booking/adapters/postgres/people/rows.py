"""Rows of people, and of names."""

from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter
from uuid import UUID

from booking.adapters.postgres.engine.pool import Row
from booking.domain.people.applicant import Applicant, RiskLevel
from booking.domain.people.names import UTC, Names

_LEVEL = {level.value: level for level in RiskLevel}

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


@lru_cache(maxsize=4096)
def names_of(label: str | None, area: str | None, time_zone: str | None, agent: str | None) -> Names:
    """Make the names of {names}. Few differ, and a page has the same on many rows."""
    return Names(label=label, area=area, time_zone=time_zone or UTC, agent=agent)


def names_from(row: Row) -> Names:
    """Read {names}."""
    return names_of(row.label, row.area, row.time_zone, row.agent_name)


def keys_of(applicants: Iterable[Applicant]) -> dict[str, list[UUID]]:
    """Return the inputs of a statement about some applicants."""
    keys = [(one.organization_id, one.id) for one in applicants]
    return {"organization_ids": [key[0] for key in keys], "applicant_ids": [key[1] for key in keys]}
