"""Figures of visits. docs/figures.md defines each for people."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from booking.domain.figures.ratings import Rating
from booking.domain.values import Value


class Figures(Value, kw_only=True):
    """Sums over visits by the time at which they begin.

    `offered`: places; `unconfirmed`: visits given on without a word from their applicants; `within_24_hours` has the
    cancellations `within_2_hours`, too; `waited_booked`: entries in waitlists that became visits.
    """

    slots: int = 0
    offered: int = 0
    booked: int = 0
    attended: int = 0
    no_show: int = 0
    not_recorded: int = 0
    coming: int = 0
    declined: int = 0
    by_applicant: int = 0
    by_agent: int = 0
    by_screening: int = 0
    unconfirmed: int = 0
    within_24_hours: int = 0
    within_2_hours: int = 0
    moved: int = 0
    lead_seconds: int = 0
    waited: int = 0
    waited_booked: int = 0

    @property
    def cancelled(self) -> int:
        return self.by_applicant + self.by_agent + self.by_screening + self.unconfirmed

    @property
    def fill(self) -> float | None:
        """Share of the places offered that are booked still, or were to the end."""
        return round((self.booked - self.cancelled) / self.offered, 3) if self.offered else None

    @property
    def lead_hours(self) -> float | None:
        """Mean time from a booking to its visit. Why no median: sums know none."""
        return round(self.lead_seconds / self.booked / 3600, 1) if self.booked else None


NAMES = tuple(Figures.__struct_fields__)


def total(figures: Iterable[Figures]) -> Figures:
    """Return the sum of figures."""
    rows = [[getattr(one, name) for name in NAMES] for one in figures]
    return Figures(**{name: sum(column) for name, column in zip(NAMES, zip(*rows, strict=True), strict=False)})


class Label(Value, kw_only=True):
    """Subject of a row of figures: `key` is a date, an hour of the day, a property or an agent."""

    key: Any
    name: str | None = None
    area: str | None = None


class Row(Value, kw_only=True):
    """Figures of a group. `rating` is None where there is none to show."""

    label: Label
    figures: Figures
    rating: Rating | None = None


class OfId(Value, kw_only=True):
    """Figures of a property or an agent, with its name of now."""

    id: UUID
    name: str | None
    area: str | None = None
    figures: Figures
