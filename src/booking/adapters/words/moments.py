"""Days and times of a visit in words: in the recipient's locale and the property's zone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_timezone_name

from booking import time_zones

_TO = "\N{EN DASH}"
_IN_MINUTES = timedelta(minutes=100)
_IN_HOURS = timedelta(hours=36)


class Moments:
    """Days and times in a locale and a zone, as seen `at` an instant."""

    def __init__(self, locale: Locale, zone: str, at: datetime) -> None:
        self._locale = locale
        self._zone = time_zones.zone(zone)
        self._at = at

    def day(self, day: date) -> str:
        """Return such as "Monday, 1 March 2027"."""
        return format_date(day, "full", self._locale)

    def day_of(self, instant: datetime) -> str:
        return self.day(self._local(instant).date())

    def time(self, instant: datetime) -> str:
        """Return such as "14:30"."""
        return _spaced(format_time(self._local(instant), "short", locale=self._locale))

    def full(self, instant: datetime) -> str:
        """Return such as "Monday, 1 March 2027, 14:30"."""
        return f"{self.day_of(instant)}, {self.time(instant)}"

    def short(self, instant: datetime) -> str:
        """Return such as "Mon 1 Mar, 14:30"; the year is named where it is another than now."""
        local = self._local(instant)
        skeleton = "MMMEd" if local.year == self._local(self._at).year else "yMMMEd"
        return f"{_spaced(format_skeleton(skeleton, local, locale=self._locale))}, {self.time(instant)}"

    def span(self, start: datetime, end: datetime) -> Sequence[str]:
        """Return day, times and name of the zone: two of each where midnight or a change of clocks lies between."""
        zones = self.zone_name(start), self.zone_name(end)
        if zones[0] != zones[1]:
            return [f"{self.full(start)} ({zones[0]}) {_TO}", f"{self.full(end)} ({zones[1]})"]
        if self._local(start).date() != self._local(end).date():
            return [f"{self.full(start)} {_TO}", self.full(end), zones[0]]
        return [self.day_of(start), self.times(start, end), zones[0]]

    def times(self, start: datetime, end: datetime) -> str:
        """Return such as "14:30 to 15:00", with a dash."""
        return f"{self.time(start)} {_TO} {self.time(end)}"

    def days_until(self, instant: datetime) -> int:
        """Return the number of midnights until the instant: 0 today, 1 tomorrow."""
        return (self._local(instant).date() - self._local(self._at).date()).days

    def until(self, instant: datetime) -> str | None:
        """Return such as "in 2 hours"; None if it is over, or more than a day and a half away."""
        left = instant - self._at
        if not timedelta() < left <= _IN_HOURS:
            return None
        soon = left < _IN_MINUTES
        words = format_timedelta(
            left,
            granularity="minute" if soon else "hour",
            threshold=2 if soon else 48,
            add_direction=True,
            locale=self._locale,
        )
        return _spaced(words)

    def zone_name(self, instant: datetime) -> str:
        """Return such as "Western European Summer Time"."""
        return get_timezone_name(self._local(instant), "long", locale=self._locale)

    def _local(self, instant: datetime) -> datetime:
        return instant.astimezone(self._zone)


def _spaced(text: str) -> str:
    """Return the text with usual blanks, which all clients show, in the place of narrow ones."""
    return text.replace("\u202f", " ").replace("\xa0", " ")
