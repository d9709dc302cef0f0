"""Slots in the order of their starts. Why: of thousands, a slot is compared with its neighbours alone."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from booking.domain.visits.slot import Slot


class SlotsByStart:
    def __init__(self, slots: Iterable[Slot] = ()) -> None:
        self._slots = sorted(slots, key=lambda slot: slot.start_time)
        self._starts = [slot.start_time for slot in self._slots]
        self._longest = max(map(_lasts, self._slots), default=timedelta())

    def add(self, slot: Slot) -> None:
        place = bisect_right(self._starts, slot.start_time)
        self._starts.insert(place, slot.start_time)
        self._slots.insert(place, slot)
        self._longest = max(self._longest, _lasts(slot))

    def near(self, slot: Slot) -> Sequence[Slot]:
        """Return all slots that could clash with one, and few others."""
        first, end = self._between(slot.start_time, self._longest + _lasts(slot))
        return self._slots[first:end]

    def count_about(self, at: datetime, within: timedelta) -> int:
        """Count the slots that begin at most so long before or after a time."""
        first, end = self._between(at, within)
        return end - first

    def _between(self, at: datetime, within: timedelta) -> tuple[int, int]:
        return bisect_left(self._starts, at - within), bisect_right(self._starts, at + within)


def _lasts(slot: Slot) -> timedelta:
    """Return the length of a visit and the buffer after it."""
    return slot.busy_until - slot.start_time
