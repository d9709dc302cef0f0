"""People as rows: an applicant's columns, and how they are read."""

from operator import itemgetter

import sqlalchemy as sa

from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.tables import Columned, applicants
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


def lets_in(applicant: Columned) -> sa.ColumnElement[bool]:
    """Whether their level lets a person in; one that only a newer release knows does not."""
    mild: sa.ColumnElement[bool] = applicant.c.risk_level.in_(("LOW", "MEDIUM"))
    return mild


_read = itemgetter(*(column.name for column in APPLICANT))
_LEVEL = {level.value: level for level in RiskLevel}


def applicant_from(row: Row) -> Applicant:
    id, organization_id, external_id, user_id, name, email, risk_level, screened_at, erased_at = _read(row)  # noqa: A001 - the applicant's own
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
