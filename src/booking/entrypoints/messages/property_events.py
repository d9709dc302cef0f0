"""Messages of the ingestion service: PROPERTY_UPSERTED and PROPERTY_REMOVED."""

from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict

from booking import time_zones
from booking.domain.properties.property import PropertyNews, PropertyStatus
from booking.entrypoints.http.wire import Directions, Link, Name, Place, TimeZone
from booking.entrypoints.messages.envelopes import Envelope, Id, Instant, MalformedEvent, fields_of, instant_of

PROPERTY_UPSERTED, PROPERTY_REMOVED = "PROPERTY_UPSERTED", "PROPERTY_REMOVED"


class PropertyEvent(msgspec.Struct, kw_only=True):
    property_id: Id
    organization_id: Id
    occurred_at: Instant | None = None
    event_id: Id | None = None


class PropertyDetails(msgspec.Struct, kw_only=True):
    """Details to set. A field that is left out stays as it is; null empties it."""

    label: Name | UnsetType | None = UNSET
    area: Name | UnsetType | None = UNSET
    address: Place | UnsetType | None = UNSET
    directions: Directions | UnsetType | None = UNSET
    meeting_point: Place | UnsetType | None = UNSET
    time_zone: TimeZone | UnsetType | None = UNSET
    image_url: Link | UnsetType | None = UNSET
    status: PropertyStatus | UnsetType = UNSET


class PropertyReceived(msgspec.Struct, kw_only=True):
    news: PropertyNews
    event_id: UUID | None


def upserted_of(envelope: Envelope) -> PropertyReceived:
    given = fields_of(envelope, PropertyDetails)
    details = {name: value for name, value in asdict(given).items() if value is not UNSET}
    if details.get("time_zone") not in (None, *time_zones.names()):
        raise MalformedEvent("time_zone: is no time zone")
    for text in details.values():
        str(text).encode()  # raises where half a character is in it
    return _received(envelope, details)


def removed_of(envelope: Envelope) -> PropertyReceived:
    return _received(envelope, {"status": PropertyStatus.ARCHIVED})


def _received(envelope: Envelope, details: dict[str, object]) -> PropertyReceived:
    event = fields_of(envelope, PropertyEvent)
    return PropertyReceived(
        news=PropertyNews(
            organization_id=UUID(event.organization_id),
            property_id=UUID(event.property_id),
            details=details,
            occurred_at=instant_of("occurred_at", event.occurred_at) if event.occurred_at else None,
            sent_at=envelope.sent_at,
        ),
        event_id=UUID(event.event_id) if event.event_id else None,
    )
