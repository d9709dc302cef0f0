"""Rows of figures."""

from booking.adapters.postgres.engine.pool import Row
from booking.domain.figures.figures import NAMES, Figures


def figures_from(row: Row) -> Figures:
    return Figures(**{name: row[name] for name in NAMES})
