"""Events of webhook endpoints."""

from booking.domain.delivery.webhook_endpoint import WebhookEndpoint
from booking.domain.events import Actor, Event, EventType


def endpoint_created(endpoint: WebhookEndpoint, by: Actor) -> Event:
    return _endpoint_event(EventType.WEBHOOK_ENDPOINT_CREATED, endpoint, None, endpoint.status, by)


def endpoint_changed(was: WebhookEndpoint, now: WebhookEndpoint, by: Actor) -> Event:
    """Return the event of a change in an endpoint, which tells its states, and nothing else of it."""
    return _endpoint_event(EventType.WEBHOOK_ENDPOINT_CHANGED, now, was.status, now.status, by)


def endpoint_secret_rotated(endpoint: WebhookEndpoint, by: Actor) -> Event:
    return _endpoint_event(EventType.WEBHOOK_ENDPOINT_SECRET_ROTATED, endpoint, None, "rotated", by)


def endpoint_deleted(was: WebhookEndpoint, by: Actor) -> Event:
    return _endpoint_event(EventType.WEBHOOK_ENDPOINT_DELETED, was, was.status, "deleted", by)


def endpoint_failing(endpoint: WebhookEndpoint, by: Actor) -> Event:
    """Return the event of an endpoint that fails for days and will be disabled."""
    return _endpoint_event(EventType.WEBHOOK_ENDPOINT_FAILING, endpoint, endpoint.status, endpoint.status, by)


def endpoint_disabled(was: WebhookEndpoint, now: WebhookEndpoint, by: Actor) -> Event:
    return _endpoint_event(EventType.WEBHOOK_ENDPOINT_DISABLED, now, was.status, now.status, by)


def _endpoint_event(kind: EventType, endpoint: WebhookEndpoint, was: str | None, now: str, by: Actor) -> Event:
    return Event(
        type=kind,
        organization_id=endpoint.organization_id,
        actor=by,
        from_state=was,
        to_state=now,
        endpoint_id=endpoint.id,
    )
