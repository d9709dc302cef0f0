"""People as rows: an applicant's columns, and how they are read."""

from booking.adapters.postgres.lines import AnyRow
from booking.adapters.postgres.tables import applicants
from booking.domain.applicant import Applicant, RiskLevel

PREFIX = "person_"

APPLICANT = tuple(
    applicants.c[name].label(PREFIX + name)
    for name in (
        "id",
        "organization_id",
        "external_id",
        "user_id",
        "name",
        "email",
        "risk_level",
        "screened_at",
        "erased_at",
    )
)
"""An applicant's columns, under names that stay apart in a join; read them with `applicant_from`."""


def applicant_from(row: AnyRow) -> Applicant:
    column = row._mapping
    return Applicant(
        id=column[PREFIX + "id"],
        organization_id=column[PREFIX + "organization_id"],
        external_id=column[PREFIX + "external_id"],
        user_id=column[PREFIX + "user_id"],
        name=column[PREFIX + "name"],
        email=column[PREFIX + "email"],
        risk_level=RiskLevel(column[PREFIX + "risk_level"]),
        screened_at=column[PREFIX + "screened_at"],
        erased=column[PREFIX + "erased_at"] is not None,
    )
