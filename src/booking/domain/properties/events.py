"""Events of properties and policies."""

from uuid import UUID

from booking.domain.events import Actor, Event, EventType, version_changed
from booking.domain.properties.policy import Settings
from booking.domain.properties.property import Property


def policy_changed(organization_id: UUID, property_id: UUID | None, now: Settings, by: Actor) -> Event:
    """Return the event of a policy's change, from version to version; from None the first time."""
    return version_changed(EventType.POLICY_CHANGED, organization_id, now.version, by, property_id)


def property_withdrawn(organization_id: UUID, property_id: UUID, by: Actor) -> Event:
    return _withdrawal(EventType.PROPERTY_WITHDRAWN, organization_id, property_id, "withdrawn", by)


def property_restored(organization_id: UUID, property_id: UUID, by: Actor) -> Event:
    return _withdrawal(EventType.PROPERTY_RESTORED, organization_id, property_id, "restored", by)


def _withdrawal(kind: EventType, organization_id: UUID, property_id: UUID, now: str, by: Actor) -> Event:
    return Event(
        type=kind,
        organization_id=organization_id,
        actor=by,
        from_state=None,
        to_state=now,
        property_id=property_id,
    )


def property_changed(now: Property, by: Actor) -> Event:
    """Return the event of a change in the details of a property, from version to version."""
    return version_changed(EventType.PROPERTY_CHANGED, now.organization_id, now.version, by, now.id)
