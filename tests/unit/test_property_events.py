"""Decoding what the ingestion service sends."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from booking.domain.properties.property import PropertyStatus
from booking.entrypoints.messages.envelopes import MalformedEvent
from booking.entrypoints.messages.incoming_events import decode
from booking.entrypoints.messages.property_events import PropertyReceived

SENT, AT = datetime(2026, 11, 1, 12, tzinfo=UTC), datetime(2026, 10, 31, 10, tzinfo=UTC)
EVENT = {
    "event_type": "PROPERTY_UPSERTED",
    "property_id": "00000000-0000-4000-8000-000000000001",
    "organization_id": "00000000-0000-4000-8000-000000000002",
    "label": "Loft",
}


def read(body: str) -> PropertyReceived:
    received = decode(body, SENT)
    assert isinstance(received, PropertyReceived)
    return received


def test_an_event_names_the_details_to_set_and_others_are_passed_over() -> None:
    received = read(
        json.dumps(
            EVENT
            | {"area": None, "time_zone": "Europe/Berlin", "status": "archived", "rooms": 3, "access_note": "4711"}
            | {"occurred_at": AT.isoformat(), "event_id": EVENT["property_id"]}
        )
    )
    news = received.news
    assert news.key == (UUID(EVENT["organization_id"]), UUID(EVENT["property_id"]))
    assert received.event_id == UUID(EVENT["property_id"])
    assert (news.occurred_at, news.sent_at) == (AT, SENT)
    assert news.details == {
        "label": "Loft",
        "area": None,
        "time_zone": "Europe/Berlin",
        "status": PropertyStatus.ARCHIVED,
    }


def test_a_removal_archives_and_sets_nothing_else() -> None:
    received = read(json.dumps(EVENT | {"event_type": "PROPERTY_REMOVED"}))
    assert received.news.details == {"status": PropertyStatus.ARCHIVED}
    assert (received.news.occurred_at, received.event_id) == (None, None)


def test_it_comes_in_the_envelopes_that_screenings_come_in() -> None:
    plain = read(json.dumps(EVENT)).news
    inside = {name: value for name, value in EVENT.items() if name != "event_type"}
    for wrapped in (
        {"Type": "Notification", "Message": json.dumps(EVENT)},
        {"detail-type": "any", "detail": EVENT},
        {"detail-type": "PROPERTY_UPSERTED", "detail": inside},
    ):
        assert read(json.dumps(wrapped)).news == plain
    timed = {"detail-type": "PROPERTY_UPSERTED", "time": AT.isoformat(), "detail": inside}
    assert read(json.dumps(timed)).news.sent_at == AT


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"property_id": "1"}, "property_id: "),
        ({"organization_id": None}, "organization_id: "),
        ({"label": ""}, "label: "),
        ({"label": 7}, "label: "),
        ({"address": "a\x00b"}, "address: "),
        ({"address": "x" * 501}, "address: "),
        ({"time_zone": "Europe/Atlantis"}, "time_zone: is no time zone"),
        ({"image_url": "http://example.com"}, "image_url: "),
        ({"status": "sold"}, "status: is not one of the known values"),
        ({"status": None}, "status: "),
        ({"occurred_at": "yesterday"}, "occurred_at: "),
        ({"event_id": "1"}, "event_id: "),
        ({"label": "\ud800"}, "not valid JSON"),
    ],
)
def test_what_cannot_be_kept_is_malformed_by_its_field(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(MalformedEvent) as told:
        decode(json.dumps(EVENT | changes), SENT)
    assert str(told.value).startswith(reason)
