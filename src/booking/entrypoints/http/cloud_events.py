"""CloudEvents 1.0 in JSON, as readers of the feed, of streams and of webhooks get them."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from booking.domain.delivery.feed import AVAILABILITY_CHANGED, Message, PlacesLeft, Told
from booking.domain.events import Appointment as Place
from booking.entrypoints.http.wire import ActorRole, ActorVia, Appointment, HappenedEvent, Instant, Output

_encode = msgspec.json.Encoder().encode


class FeedActor(Output):
    """`subject`: the login, for admins only."""

    subject: str | None
    role: ActorRole
    via: ActorVia | None


class SlotPlaces(Output):
    """Places of a slot as they are now."""

    capacity: Annotated[int, Meta(ge=1)]
    places_left: Annotated[int, Meta(ge=0)]


class EventData(HappenedEvent):
    """Event by ids and states. `actor` is null where it is about the places of a slot, which `availability` tells."""

    organization_id: UUID
    actor: FeedActor | None
    from_agent_id: UUID | None
    to_agent_id: UUID | None
    availability: SlotPlaces | None


class CloudEvent(Output):
    """CloudEvents 1.0, section 2."""

    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: str
    time: Instant
    datacontenttype: Literal["application/json"]
    data: EventData


def cloud_event(message: Message) -> CloudEvent:
    data = _told(message) if isinstance(message, Told) else _places_left(message)
    subject = message.recorded.event.line if isinstance(message, Told) else message.slot.slot.id
    return CloudEvent(
        specversion="1.0",
        id=data.id,
        source=f"urn:booking:organization:{data.organization_id}",
        type=data.type,
        subject=str(subject),
        time=data.occurred_at,
        datacontenttype="application/json",
        data=data,
    )


def encoded(message: Message) -> bytes:
    return _encode(cloud_event(message))


def _told(message: Told) -> EventData:
    recorded, event = message.recorded, message.recorded.event
    return EventData(
        id=recorded.id,
        type=event.type,
        occurred_at=recorded.occurred_at,
        organization_id=event.organization_id,
        actor=FeedActor(
            subject=event.actor.subject if message.for_admin else None, role=event.actor.role, via=event.actor.via
        ),
        request_id=event.actor.request_id if message.for_admin else None,
        from_state=event.from_state,
        to_state=event.to_state,
        slot_id=event.slot_id,
        booking_id=event.booking_id,
        applicant_id=event.applicant_id,
        agent_id=event.agent_id,
        property_id=event.property_id,
        endpoint_id=event.endpoint_id,
        schedule_id=event.schedule_id,
        start_time=event.start_time,
        end_time=event.end_time,
        moved_from=_appointment(event.moved_from) if event.moved_from else None,
        from_agent_id=event.moved_from.agent_id if event.moved_from else None,
        to_agent_id=event.agent_id,
        availability=None,
    )


def _places_left(message: PlacesLeft) -> EventData:
    slot = message.slot.slot
    return EventData(
        id=message.id,
        type=AVAILABILITY_CHANGED,
        occurred_at=message.at,
        organization_id=slot.organization_id,
        actor=None,
        request_id=None,
        from_state=None,
        to_state=slot.status,
        slot_id=slot.id,
        booking_id=None,
        applicant_id=None,
        agent_id=None,
        property_id=slot.property_id,
        endpoint_id=None,
        schedule_id=None,
        start_time=slot.start_time,
        end_time=slot.end_time,
        moved_from=None,
        from_agent_id=None,
        to_agent_id=None,
        availability=SlotPlaces(capacity=slot.capacity, places_left=message.slot.places_left),
    )


def _appointment(one: Place) -> Appointment:
    return Appointment(
        slot_id=one.slot_id,
        property_id=one.property_id,
        agent_id=one.agent_id,
        start_time=one.start_time,
        end_time=one.end_time,
    )
