"""The notifier, for now a log: it tells what happened, by ids and states."""

from typing import Any

from booking import logs
from booking.domain.events import Recorded


async def log_notifier(recorded: Recorded) -> None:
    logs.info("event", **payload(recorded))


def payload(recorded: Recorded) -> dict[str, Any]:
    """The event as asyncapi.yaml defines it."""
    event = recorded.event
    ids = {
        "organization_id": event.organization_id,
        "slot_id": event.slot_id,
        "booking_id": event.booking_id,
        "applicant_id": event.applicant_id,
        "agent_id": event.agent_id,
        "property_id": event.property_id,
    }
    return {
        "id": str(recorded.id),
        "type": event.type.value,
        "occurred_at": recorded.occurred_at.isoformat().replace("+00:00", "Z"),
        "actor": {"subject": event.actor.subject, "role": event.actor.role},
        "request_id": event.actor.request_id,
        "from_state": event.from_state,
        "to_state": str(event.to_state),
        **{name: None if known is None else str(known) for name, known in ids.items()},
    }
