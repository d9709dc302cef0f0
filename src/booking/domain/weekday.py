"""Weekdays, as RFC 5545 names them."""

from datetime import date
from enum import StrEnum


class Weekday(StrEnum):
    MO = "MO"
    TU = "TU"
    WE = "WE"
    TH = "TH"
    FR = "FR"
    SA = "SA"
    SU = "SU"

    @property
    def number(self) -> int:
        """Return the day's number, as `date.weekday` counts: 0 is Monday."""
        return tuple(Weekday).index(self)

    @classmethod
    def of(cls, day: date) -> "Weekday":
        return tuple(cls)[day.weekday()]
