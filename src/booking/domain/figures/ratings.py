"""Ratings of visits: shown by whole months, and never of so few people that one of them could be found out.

Each month decides by itself. Why: from two overlapping sums anybody could compute the difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from booking.domain.values import Value

FEWEST = 5
"""People who rated."""


class Rated(NamedTuple):
    """Ratings of a month: of all (no id), of a property or of an agent. `raters` are people, each counted once."""

    month: int
    property_id: UUID | None
    agent_id: UUID | None
    raters: int
    ratings: int
    stars: int


class Rating(Value, kw_only=True):
    """Mean of ratings from 1 to 5."""

    ratings: int
    stars: int

    @property
    def mean(self) -> float:
        return round(self.stars / self.ratings, 2)


def shown(rated: Sequence[Rated], by: str) -> Mapping[object, Rating]:
    """Return the ratings to show by a name of `Rated`, summed over the months that show any."""
    found: dict[object, list[Rated]] = {}
    for whole in rated:
        if whole.property_id is None and whole.agent_id is None:
            parts = [one for one in rated if one.month == whole.month and getattr(one, by) is not None]
            for one in _safe(parts, whole.raters):
                found.setdefault(getattr(one, by), []).append(one)
    return {key: _sum(parts) for key, parts in found.items()}


def all_in_all(rated: Iterable[Rated]) -> Rating | None:
    """Return the rating of the whole, summed over the months that show any."""
    parts = [one for one in rated if one.property_id is None and one.agent_id is None and one.raters >= FEWEST]
    return _sum(parts) if parts else None


def _safe(parts: Sequence[Rated], raters: int) -> Sequence[Rated]:
    """Leave out parts of too few people, and as many more until what is left out is of enough, too."""
    safe = sorted((one for one in parts if one.raters >= FEWEST), key=lambda one: (one.raters, one.ratings))
    if len(safe) == len(parts):
        return safe
    while safe and raters - sum(one.raters for one in safe) < FEWEST:
        del safe[0]
    return safe


def _sum(parts: Sequence[Rated]) -> Rating:
    return Rating(ratings=sum(one.ratings for one in parts), stars=sum(one.stars for one in parts))
