"""What is viewed, and by whom: beside each the standing of whoever looks at it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from booking.adapters.postgres.claims import BESIDE, claim_of
from booking.adapters.postgres.commitments import claims_beside, standing_of
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.statements import Prepared
from booking.adapters.postgres.people import APPLICANT, applicant_from
from booking.adapters.postgres.policies import LIMITED
from booking.adapters.postgres.tables import Instant, applicants, keyed, slots
from booking.domain.commitments import Commitments

_of_claim = slots.alias("of_claim")
_EVER = [sa.cast(sa.literal(end), Instant) for end in ("-infinity", "infinity")]


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


def spanned(since: sa.ColumnElement[Any], until: sa.ColumnElement[Any]) -> Sequence[sa.ColumnElement[Any]]:
    """`Beside.spans` in SQL, beside `ruled(…)`: since, until."""
    ends = zip(("since", "until"), _EVER, (since, until), strict=True)
    return [sa.case((LIMITED, ever), else_=end).label(name) for name, ever, end in ends]


def viewed(those: sa.FromClause, columns: Sequence[sa.ColumnElement[Any]], inputs: Sequence[str]) -> Prepared:
    """Columns of those, who look: by a `number`, an `organization_id` and an `applicant_id`, and since when until when
    their claims count."""
    told = Viewed.by(those, *(those.c[name] for name in ("organization_id", "applicant_id", "since", "until")))
    return Prepared(sa.select(those.c.number, *columns, *told.columns).select_from(told.source), inputs)


K = TypeVar("K")


def standings_in(found: Mapping[K, Sequence[Row]]) -> dict[K, Commitments]:
    """Of rows as `Viewed` has them, and `at`; nothing of whoever is no applicant there."""
    all_commitments = {}
    for key, rows in found.items():
        first = rows[0]
        if first.person_id is not None:
            claimed = rows if first.beside_id is not None else ()
            all_commitments[key] = standing_of(applicant_from(first), claimed, first.at, BESIDE)
    return all_commitments
