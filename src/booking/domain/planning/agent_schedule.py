"""Schedules as they are kept: of an agent at a property, with an occurrence for each slot that was made or skipped."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from booking.domain.keys import Key
from booking.domain.planning.change_plan import Hour
from booking.domain.planning.schedule import Schedule
from booking.domain.values import Value, replace

SCHEDULE_CHANGED = "schedule_changed"
"""Reason of an occurrence whose slot a change of the schedule took away: it is decided on anew if the rules have it."""


class ScheduleStatus(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"


class AgentSchedule(Value, kw_only=True):
    """Schedule by which an agent shows a property. `version` counts its changes; once ended it makes no slots."""

    organization_id: UUID
    id: UUID
    property_id: UUID
    agent_id: UUID
    schedule: Schedule
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None = None
    version: int = 1

    @property
    def key(self) -> Key:
        return self.organization_id, self.id

    @property
    def status(self) -> ScheduleStatus:
        return ScheduleStatus.ENDED if self.ended_at else ScheduleStatus.ACTIVE

    def changed(self, schedule: Schedule, *, at: datetime) -> "AgentSchedule":
        return replace(self, schedule=schedule, updated_at=at, version=self.version + 1)

    def ended(self, *, at: datetime) -> "AgentSchedule":
        return replace(self, ended_at=at, updated_at=at, version=self.version + 1)


class OccurrenceState(StrEnum):
    """State of an occurrence. Deleted is never left; the others are when the schedule is changed."""

    MADE = "made"
    SKIPPED = "skipped"
    DELETED = "deleted"


class Occurrence(Value, kw_only=True):
    """Occurrence of a schedule that was decided on. `reason`: code of the refusal for which it was skipped.

    Its times are where the rules put it; `hour` is where its slot is by now, as a list shows it.
    """

    occurrence: datetime
    start_time: datetime
    end_time: datetime
    state: OccurrenceState
    reason: str | None
    slot_id: UUID | None
    hour: Hour | None = None


class ScheduleChoice(Value, kw_only=True):
    """Schedules to list; None leaves a filter out. `slot_id`: the one that has made this slot."""

    property_id: UUID | None = None
    agent_id: UUID | None = None
    slot_id: UUID | None = None
