"""Page of a property's figures, for an agency to hand to the owner."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.domain.figures.figures import Figures, Row
from booking.domain.figures.periods import Period, ReportGroup
from booking.domain.figures.ratings import Rating
from booking.domain.notices.facts import AgencyFacts
from booking.domain.values import Value

BY_DAY = timedelta(days=45)
"""Longest time of which each day has a bar; of a longer one, each week has."""


class PropertyFacts(Value, kw_only=True):
    """Facts of the page: figures, without any visitor. `agent`: whose visits these are, if not all."""

    languages: Sequence[str]
    agency: AgencyFacts
    label: str | None
    area: str | None
    agent: str | None
    time_zone: str
    period: Period
    at: datetime
    group: ReportGroup
    times: Sequence[Row]
    hours: Sequence[Row]
    total: Figures
    rating: Rating | None


def group_of(period: Period) -> ReportGroup:
    return ReportGroup.DAY if period.until - period.since <= BY_DAY else ReportGroup.WEEK
