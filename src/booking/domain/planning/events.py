"""Events of schedules, and of times without slots."""

from uuid import UUID

from booking.domain.events import Actor, Event, EventType
from booking.domain.planning.agent_schedule import AgentSchedule, Occurrence


def block_created(organization_id: UUID, agent_id: UUID, by: Actor) -> Event:
    """Return the event of a new block of an agent, which tells nothing of it."""
    return _agent_event(EventType.BLOCK_CREATED, organization_id, agent_id, "created", by)


def block_deleted(organization_id: UUID, agent_id: UUID, by: Actor) -> Event:
    return _agent_event(EventType.BLOCK_DELETED, organization_id, agent_id, "deleted", by)


def schedule_created(schedule: AgentSchedule, by: Actor) -> Event:
    return _schedule_event(EventType.SCHEDULE_CREATED, schedule, None, schedule.status, by)


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
        start_time=skipped.start_time,
        end_time=skipped.end_time,
    )


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
    )
