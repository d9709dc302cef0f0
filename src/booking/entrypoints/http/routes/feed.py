"""Feed over HTTP: events in their order, as CloudEvents."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get
from litestar.di import NamedDependency
from msgspec import Meta

from booking.domain.caller import Caller
from booking.domain.events import Appointment as Place
from booking.domain.feed import AVAILABILITY_CHANGED, Message, PlacesLeft, Told
from booking.domain.refusals import InvalidCursor, PositionRetired
from booking.entrypoints.http.decoding import Query
from booking.entrypoints.http.routes.audit import ActorRole, Appointment
from booking.entrypoints.http.wire import Distinct, Input, Instant, Output
from booking.service.feed import FeedService

LONGEST_WAIT = 20
MOST = 1_000
USUAL = 100

_encode = msgspec.json.Encoder().encode

FeedType = Annotated[str, Meta(max_length=64, pattern=r"^[a-z_]+\.[a-z_]+(?!\n)$")]


class FeedQuery(Input):
    after: Annotated[str, Meta(max_length=8_192, pattern=r"^[A-Za-z0-9_-]+(?!\n)$")] | None = None
    types: Annotated[tuple[FeedType, ...], Distinct] = ()
    limit: Annotated[int, Meta(ge=1, le=MOST)] = USUAL
    wait: Annotated[int, Meta(ge=0, le=LONGEST_WAIT)] = 0


class FeedActor(Output):
    """`subject`: the login, for admins only."""

    subject: str | None
    role: ActorRole


class SlotPlaces(Output):
    """Places of a slot as they are now."""

    capacity: Annotated[int, Meta(ge=1)]
    places_left: Annotated[int, Meta(ge=0)]


class EventData(Output):
    """Event by ids and states. `actor` is null where it is about the places of a slot, which `availability` tells."""

    id: UUID
    type: str
    occurred_at: Instant
    organization_id: UUID
    actor: FeedActor | None
    request_id: str | None
    from_state: str | None
    to_state: str
    slot_id: UUID | None
    booking_id: UUID | None
    applicant_id: UUID | None
    agent_id: UUID | None
    property_id: UUID | None
    start_time: Instant | None
    end_time: Instant | None
    moved_from: Appointment | None
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


class FeedPage(Output):
    events: list[CloudEvent]
    position: str


@get(
    "/events",
    operation_id="listEvents",
    dependencies={"parameters": Query(FeedQuery)},
    opt={"refuses": (InvalidCursor, PositionRetired)},
)
async def list_events(
    parameters: NamedDependency[FeedQuery], caller: NamedDependency[Caller], feed: NamedDependency[FeedService]
) -> FeedPage:
    page = await feed.read(
        caller, parameters.after, types=parameters.types, limit=parameters.limit, wait=parameters.wait
    )
    return FeedPage(events=[cloud_event(one) for one in page.messages], position=page.position)


routes = (list_events,)


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
        actor=FeedActor(subject=event.actor.subject if message.for_admin else None, role=event.actor.role),
        request_id=event.actor.request_id if message.for_admin else None,
        from_state=event.from_state,
        to_state=event.to_state,
        slot_id=event.slot_id,
        booking_id=event.booking_id,
        applicant_id=event.applicant_id,
        agent_id=event.agent_id,
        property_id=event.property_id,
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
