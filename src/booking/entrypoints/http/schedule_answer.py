"""Schedule as it is answered."""

from datetime import datetime
from uuid import UUID

from booking.domain.planning import content_lines
from booking.domain.planning import schedule as domain
from booking.domain.planning.agent_schedule import AgentSchedule, ScheduleStatus
from booking.entrypoints.http.plan_answer import local
from booking.entrypoints.http.wire import Instant, Output


class ScheduleRule(Output):
    start: str
    recurrence: list[str]
    until_time: str | None


class Schedule(Output):
    id: UUID
    organization_id: UUID
    property_id: UUID
    agent_id: UUID
    status: ScheduleStatus
    time_zone: str
    rules: list[ScheduleRule]
    slot_minutes: int
    gap_minutes: int
    capacity: int
    horizon_days: int
    since: str | None
    until: str | None
    ended_at: Instant | None
    created_at: Instant
    updated_at: Instant


def shown_schedule(of: AgentSchedule) -> Schedule:
    schedule = of.schedule
    return Schedule(
        id=of.id,
        organization_id=of.organization_id,
        property_id=of.property_id,
        agent_id=of.agent_id,
        status=of.status,
        time_zone=schedule.time_zone,
        rules=_rules(schedule),
        slot_minutes=schedule.slot_minutes,
        gap_minutes=schedule.gap_minutes,
        capacity=schedule.capacity,
        horizon_days=schedule.horizon_days,
        since=_cut(schedule.since),
        until=_cut(schedule.until),
        ended_at=of.ended_at,
        created_at=of.created_at,
        updated_at=of.updated_at,
    )


def _cut(at: datetime | None) -> str | None:
    return local(at) if at else None


def _rules(schedule: domain.Schedule) -> list[ScheduleRule]:
    return [
        ScheduleRule(
            start=local(rule.recurrence.start),
            recurrence=list(content_lines.written(rule.recurrence)),
            until_time=f"{rule.until_time:%H:%M}" if rule.until_time else None,
        )
        for rule in schedule.rules
    ]
