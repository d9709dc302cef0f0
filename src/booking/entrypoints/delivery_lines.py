"""Lines of a batch: events of one booking, or else of one subject, are delivered one after the other."""

from collections import deque
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from uuid import UUID

from booking.domain.delivery.delivery import Delivery


class Lines:
    """Deliveries that were not begun yet. Of each line only the first one can be taken, in the order of positions."""

    def __init__(self, deliveries: Iterable[Delivery]) -> None:
        self._lines: dict[UUID, deque[Delivery]] = {}
        for one in deliveries:
            self._lines.setdefault(one.recorded.event.line, deque()).append(one)
        self._free = [(line[0].position, key) for key, line in self._lines.items() if not line[0].behind]
        heapify(self._free)

    def take(self, most: int) -> Sequence[Delivery]:
        """Take the first deliveries of at most so many lines. Each holds its line until `go_on`."""
        return [self._lines[heappop(self._free)[1]].popleft() for _ in range(min(most, len(self._free)))]

    def go_on(self, heard: Delivery) -> None:
        """Let the next delivery of its line be taken, unless that has to wait for an earlier one."""
        key = heard.recorded.event.line
        if (line := self._lines[key]) and not line[0].behind:
            heappush(self._free, (line[0].position, key))

    @property
    def free(self) -> Sequence[Delivery]:
        """Return the deliveries of the lines that nothing holds."""
        return [one for _, key in self._free for one in self._lines[key]]

    @property
    def left(self) -> Sequence[Delivery]:
        """Return the deliveries that were not taken."""
        return [one for line in self._lines.values() for one in line]
