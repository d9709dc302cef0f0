"""Notifier that writes events to the log, by ids and states."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from booking import logs
from booking.domain.delivery.delivery import Delivery, Outcome, Subscription
from booking.domain.events import Appointment, Recorded


class LogNotifier:
    """Writes each event as a line; that does not fail."""

    together = 1_000
    at_once = 1

    async def __call__(self, deliveries: Sequence[Delivery], _: Subscription) -> Sequence[Outcome]:
        for one in deliveries:
            logs.info("event", **payload(one.recorded))
        return [Outcome()] * len(deliveries)


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
        "endpoint_id": event.endpoint_id,
        "schedule_id": event.schedule_id,
    }
    return {
        "id": str(recorded.id),
        "type": str(event.type),
        "occurred_at": _instant(recorded.occurred_at),
        "actor": {"subject": event.actor.subject, "role": event.actor.role},
        "request_id": event.actor.request_id,
        "from_state": event.from_state,
        "to_state": str(event.to_state),
        **{name: None if known is None else str(known) for name, known in ids.items()},
        "start_time": _instant(event.start_time) if event.start_time else None,
        "end_time": _instant(event.end_time) if event.end_time else None,
        "moved_from": _appointment(event.moved_from) if event.moved_from else None,
    }


def _appointment(one: Appointment) -> dict[str, str]:
    return {
        "slot_id": str(one.slot_id),
        "property_id": str(one.property_id),
        "agent_id": str(one.agent_id),
        "start_time": _instant(one.start_time),
        "end_time": _instant(one.end_time),
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
