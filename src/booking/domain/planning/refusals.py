"""Refusals that are of plans, and of times without slots."""

from collections.abc import Sequence
from typing import Any

from booking.domain.refusals import Conflict, Impossible, NotFound


class PlanStale(Conflict):
    title = "This would do something else by now: look at the new plan, and send its hash."

    def __init__(self, plan: Any) -> None:
        """Take the plan as it is now."""
        super().__init__()
        self.plan = plan


class JobNotFound(NotFound):
    title = "There is no such job, or it is outside your view."


class BlockNotFound(NotFound):
    title = "The agent has no such block."


class CalendarNotFound(NotFound):
    title = "The agent has no calendar here."


class BlockOfCalendar(Conflict):
    title = "The agent's calendar is busy then: change it there."


class BlockOverlapsSlots(Conflict):
    title = "The agent has slots at that time: cancel them, or block another time."

    def __init__(self, slots: Sequence[Any]) -> None:
        """Take the first slots that are there, by their start."""
        super().__init__()
        self.slots = tuple(slots)


class BlockEndsBeforeStart(Impossible):
    title = "A block must end after its start."


class BlockInPast(Impossible):
    title = "A block must end in the future."


class ScheduleNotFound(NotFound):
    title = "There is no such schedule, or it is outside your view."


class ScheduleEnded(Conflict):
    title = "The schedule has ended: make another one."


class ScheduleChanging(Conflict):
    title = "Another change of this schedule is under way: follow its job first."


class OccurrenceNotFound(NotFound):
    title = "The schedule has no such occurrence to come."
