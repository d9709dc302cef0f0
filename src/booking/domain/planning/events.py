"""Events of plans, and of times without slots."""

from uuid import UUID

from booking.domain.events import Actor, Event, EventType


def block_created(organization_id: UUID, agent_id: UUID, by: Actor) -> Event:
    """Return the event of a new block of an agent, which tells nothing of it."""
    return _agent_event(EventType.BLOCK_CREATED, organization_id, agent_id, "created", by)


def block_deleted(organization_id: UUID, agent_id: UUID, by: Actor) -> Event:
    return _agent_event(EventType.BLOCK_DELETED, organization_id, agent_id, "deleted", by)


def _agent_event(kind: EventType, organization_id: UUID, agent_id: UUID, now: str, by: Actor) -> Event:
    return Event(type=kind, organization_id=organization_id, actor=by, from_state=None, to_state=now, agent_id=agent_id)
