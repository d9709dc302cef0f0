"""Recurrences: the bounded subset of RFC 5545 by which slots are planned, in naive local time.

A rule is daily or weekly, with BYDAY, INTERVAL, and UNTIL or COUNT; RDATE adds times and EXDATE takes times away. Weeks
begin on Monday (WKST=MO). Counting begins at the start, which is itself an occurrence only where it matches the rule.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from booking.domain.values import Value
from booking.domain.weekday import Weekday

MOST_OCCURRENCES = 5_000
"""Occurrences by COUNT, and slots of a schedule. Why: thirteen a day for a year; a plan is read by people."""

LONGEST_INTERVAL = 366
"""Days or weeks from one occurrence to the next. Why: more than that is beyond the longest horizon anyway."""

MOST_DATES = 366
"""Times of EXDATE, and of RDATE: one for each day of the longest horizon."""

EARLIEST, LATEST = datetime.fromisoformat("1970-01-01"), datetime.fromisoformat("2199-12-31T23:59:59")
"""Local times that are accepted. Why: the rules of zones reach as far, and no sum of days leaves the calendar."""


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"


class Recurrence(Value, kw_only=True):
    """Local times that recur, by a rule whose last time is not after `until`.

    Without `by_day` a daily rule has every day, and a weekly one the weekday of its start. All times are naive; tuples
    are sorted, and have each member once. `content_lines.read` makes them so, and holds the bounds.
    """

    start: datetime
    frequency: Frequency
    interval: int = 1
    by_day: tuple[Weekday, ...] = ()
    until: datetime | None = None
    count: int | None = None
    exdates: tuple[datetime, ...] = ()
    rdates: tuple[datetime, ...] = ()

    def occurrences(self, since: datetime, until: datetime) -> Sequence[datetime]:
        """Return the local times that occur, `since <= time < until`, in order and each once.

        COUNT counts the times of the rule, before EXDATE takes any of them away.
        """
        added = (one for one in self.rdates if since <= one < until)
        return sorted({*self._by_rule(since, until), *added}.difference(self.exdates))

    @property
    def offsets(self) -> Sequence[int]:
        """Days from the start to the occurrences of the first cycle, which is seven steps, or a week and its pause.

        In a weekly cycle the days before the start are negative. None: the rule never reaches any of its days.
        """
        begin, days = self.start.weekday(), [day.number for day in self.by_day]
        if self.frequency is Frequency.WEEKLY:
            return [day - begin for day in days or (begin,)]
        steps = range(0, 7 * self.interval, self.interval)
        return [step for step in steps if not days or (begin + step) % 7 in days]

    def _by_rule(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the times of the rule. Each is computed from its number, so that none before `since` is visited."""
        offsets, cycle = self.offsets, 7 * self.interval
        first = sum(offset < 0 for offset in offsets)
        number = max(first, (since - self.start).days // cycle * len(offsets))
        while True:
            cycles, place = divmod(number, len(offsets))
            at = self.start + timedelta(days=cycles * cycle + offsets[place])
            counted_out = self.count is not None and number - first >= self.count
            if counted_out or at >= until or (self.until is not None and at > self.until):
                return
            if at >= since:
                yield at
            number += 1
