"""Events of notice plans and templates."""

from uuid import UUID

from booking.domain.events import Actor, Event, EventType, version_changed


def notice_plan_changed(organization_id: UUID, property_id: UUID | None, version: int, by: Actor) -> Event:
    """Return the event of a change in a notice plan, from version to version; from None the first time."""
    return version_changed(EventType.NOTICE_PLAN_CHANGED, organization_id, version, by, property_id)


def notice_template_changed(organization_id: UUID, by: Actor) -> Event:
    """Return the event of a new text of an agency's own, which tells nothing of it."""
    return _template_event(organization_id, "changed", by)


def notice_template_reset(organization_id: UUID, by: Actor) -> Event:
    """Return the event of the end of a text of an agency's own."""
    return _template_event(organization_id, "reset", by)


def _template_event(organization_id: UUID, now: str, by: Actor) -> Event:
    return Event(
        type=EventType.NOTICE_TEMPLATE_CHANGED,
        organization_id=organization_id,
        actor=by,
        from_state=None,
        to_state=now,
    )
