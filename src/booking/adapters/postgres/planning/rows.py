"""Readers of rows of planning, and how rules stand in a row."""

import json
from datetime import datetime, time

from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.rows import Words
from booking.domain.planning import content_lines
from booking.domain.planning.agent_schedule import AgentSchedule, Occurrence, OccurrenceState
from booking.domain.planning.change_plan import Hour
from booking.domain.planning.schedule import Rule, Schedule
from booking.domain.values import replace

_STATE = Words(OccurrenceState)


def rules_to(schedule: Schedule) -> str:
    return json.dumps(
        [
            {
                "start": rule.recurrence.start.isoformat(),
                "recurrence": content_lines.written(rule.recurrence),
                "until_time": rule.until_time and rule.until_time.isoformat(),
            }
            for rule in schedule.rules
        ]
    )


def schedule_from(row: Row) -> AgentSchedule:
    return AgentSchedule(
        organization_id=row.organization_id,
        id=row.id,
        property_id=row.property_id,
        agent_id=row.agent_id,
        schedule=Schedule(
            time_zone=row.time_zone,
            rules=tuple(
                Rule(
                    recurrence=content_lines.read(datetime.fromisoformat(one["start"]), one["recurrence"]),
                    until_time=time.fromisoformat(one["until_time"]) if one["until_time"] else None,
                )
                for one in json.loads(row.rules)
            ),
            slot_minutes=row.slot_minutes,
            gap_minutes=row.gap_minutes,
            capacity=row.capacity,
            horizon_days=row.horizon_days,
            since=row.since,
            until=row.until,
        ),
        created_at=row.created_at,
        updated_at=row.updated_at,
        ended_at=row.ended_at,
        version=row.version,
    )


def occurrence_from(row: Row) -> Occurrence:
    return Occurrence(
        occurrence=row.occurrence,
        start_time=row.start_time,
        end_time=row.end_time,
        state=_STATE[row.state_now],
        reason=row.reason,
        slot_id=row.slot_id,
    )


def listed_occurrence_from(row: Row) -> Occurrence:
    """Read it with the hour of its slot as that is by now."""
    hour = Hour(agent_id=row.slot_agent, start_time=row.slot_start, end_time=row.slot_end) if row.slot_id else None
    return replace(occurrence_from(row), hour=hour)
