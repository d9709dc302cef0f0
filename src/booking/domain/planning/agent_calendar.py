"""Calendars of agents, read by their URL: busy times become blocks, and nothing else of them is kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from booking.domain.keys import Key
from booking.domain.values import Value
from booking.domain.visits.slot import Span

EVERY = timedelta(minutes=15)
"""Time between two readings."""
WHOLE_AFTER = timedelta(days=1)
"""Time after which it is read whole, even if it has not changed. Why: the year ahead has moved on."""
KEPT = timedelta(hours=24)
"""Time for which blocks stay while the calendar cannot be read."""
AHEAD = timedelta(days=366)
MOST_OCCURRENCES = 2_000
"""Busy times that are read, the first ones."""
LARGEST_CALENDAR = 5 * 1024 * 1024
"""Bytes."""


class Busy(NamedTuple):
    start_time: datetime
    end_time: datetime


class AgentCalendar(Value, kw_only=True):
    """Calendar of an agent. `host`: of its URL, which is a secret. `failing_since`: first reading in vain of a row."""

    organization_id: UUID
    agent_id: UUID
    host: str
    read_at: datetime | None
    failing_since: datetime | None
    created_at: datetime

    @property
    def key(self) -> Key:
        return self.organization_id, self.agent_id


def merged(times: Iterable[Busy]) -> Sequence[Busy]:
    """Return the same times, by their start, of which none meets or touches another."""
    found: list[Busy] = []
    for one in sorted(times):
        if found and one.start_time <= found[-1].end_time:
            found[-1] = Busy(found[-1].start_time, max(found[-1].end_time, one.end_time))
        else:
            found.append(one)
    return found


def around(busy: Sequence[Busy], slots: Sequence[Span]) -> Sequence[tuple[Busy, bool]]:
    """Split busy times at the slots that they meet; each part says whether it is free of slots, or a conflict."""
    taken = merged(Busy(slot.start_time, slot.end_time) for slot in slots)
    parts = []
    for start, end in busy:
        for slot in (one for one in taken if one.start_time < end and start < one.end_time):
            if start < slot.start_time:
                parts.append((Busy(start, slot.start_time), True))
            parts.append((Busy(max(start, slot.start_time), min(end, slot.end_time)), False))
            start = min(end, slot.end_time)
        if start < end:
            parts.append((Busy(start, end), True))
    return parts
