"""Events of schedules, and of times without slots."""

from uuid import UUID

from booking.domain.events import CLOCK, Actor, Event, EventType
from booking.domain.planning.agent_schedule import AgentSchedule, Occurrence, ScheduleStatus


def block_created(organization_id: UUID, agent_id: UUID, by: Actor) -> Event:
    """Return the event of a new block of an agent, which tells nothing of it."""
    return _agent_event(EventType.BLOCK_CREATED, organization_id, agent_id, "created", by)


def block_deleted(organization_id: UUID, agent_id: UUID, by: Actor) -> Event:
    return _agent_event(EventType.BLOCK_DELETED, organization_id, agent_id, "deleted", by)


def schedule_created(schedule: AgentSchedule, by: Actor) -> Event:
    return _schedule_event(EventType.SCHEDULE_CREATED, schedule, None, schedule.status, by)


def schedule_changed(changed: AgentSchedule, by: Actor) -> Event:
    """Return the event of a change from version to version."""
    return _schedule_event(EventType.SCHEDULE_CHANGED, changed, str(changed.version - 1), str(changed.version), by)


def schedule_ended(schedule: AgentSchedule, by: Actor) -> Event:
    return _schedule_event(EventType.SCHEDULE_ENDED, schedule, ScheduleStatus.ACTIVE, ScheduleStatus.ENDED, by)


def slot_skipped(schedule: AgentSchedule, skipped: Occurrence, by: Actor) -> Event:
    """Return the event of a slot that something stands in the way of; `to_state` is the refusal's code."""
    return Event(
        type=EventType.SCHEDULE_SLOT_SKIPPED,
        organization_id=schedule.organization_id,
        actor=by,
        from_state=None,
        to_state=skipped.reason or skipped.state,
        agent_id=schedule.agent_id,
        property_id=schedule.property_id,
        schedule_id=schedule.id,
        start_time=skipped.start_time,
        end_time=skipped.end_time,
    )


def calendar_set(organization_id: UUID, agent_id: UUID, by: Actor) -> Event:
    """Return the event of a calendar that an agent has from now on, which tells nothing of it."""
    return _agent_event(EventType.AGENT_CALENDAR_SET, organization_id, agent_id, "set", by)


def calendar_removed(organization_id: UUID, agent_id: UUID, by: Actor) -> Event:
    return _agent_event(EventType.AGENT_CALENDAR_REMOVED, organization_id, agent_id, "removed", by)


def calendar_conflicting(organization_id: UUID, agent_id: UUID) -> Event:
    """Return the event of a calendar that is busy over slots of the agent, as it was not before."""
    return _agent_event(EventType.AGENT_CALENDAR_CONFLICTING, organization_id, agent_id, "conflicting", CLOCK)


def calendar_unreadable(organization_id: UUID, agent_id: UUID) -> Event:
    """Return the event of a calendar that could not be read for a day, and blocks nothing any more."""
    return _agent_event(EventType.AGENT_CALENDAR_UNREADABLE, organization_id, agent_id, "unreadable", CLOCK)


def _agent_event(kind: EventType, organization_id: UUID, agent_id: UUID, now: str, by: Actor) -> Event:
    return Event(type=kind, organization_id=organization_id, actor=by, from_state=None, to_state=now, agent_id=agent_id)


def _schedule_event(kind: EventType, schedule: AgentSchedule, was: str | None, now: str, by: Actor) -> Event:
    return Event(
        type=kind,
        organization_id=schedule.organization_id,
        actor=by,
        from_state=was,
        to_state=now,
        agent_id=schedule.agent_id,
        property_id=schedule.property_id,
        schedule_id=schedule.id,
    )
