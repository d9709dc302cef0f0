"""Events of the contract, as a receiver reads them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from estate_os_booking.events import BookingConfirmed, InvalidEvent, read_event

CONTRACT = yaml.safe_load((Path(__file__).parents[3] / "asyncapi.yaml").read_text("utf-8"))
MESSAGES = [
    CONTRACT["components"]["messages"][one["$ref"].split("/")[-1]]
    for one in CONTRACT["channels"]["events"]["messages"].values()
]
EXAMPLES = [(one["name"], example["payload"]) for one in MESSAGES for example in one["examples"]]
CONFIRMED: dict[str, Any] = next(payload for name, payload in EXAMPLES if name == "booking.confirmed")


@pytest.mark.parametrize(("name", "payload"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_every_example_of_the_contract_is_read(name: str, payload: dict[str, Any]) -> None:
    event = read_event(payload)
    assert event is not None
    assert event.type == name
    assert event.occurred_at == datetime.fromisoformat(payload["occurred_at"])


def test_an_event_has_the_type_of_its_type() -> None:
    event = read_event(CONFIRMED)
    assert isinstance(event, BookingConfirmed)
    assert event.start_time == datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_a_type_of_a_newer_release_is_passed_over_and_a_field_and_a_role_come_through() -> None:
    assert read_event({**CONFIRMED, "type": "moon.full"}) is None
    event = read_event({**CONFIRMED, "colour": "red", "actor": {"subject": "x", "role": "robot"}})
    assert event is not None
    assert event.actor.role == "robot"


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ("{", "truncated"),
        ("null", "Expected `object`"),
        ({**CONFIRMED, "id": "x"}, r"\$\.id"),
        ({**CONFIRMED, "occurred_at": "yesterday"}, r"\$\.occurred_at"),
        ({**CONFIRMED, "to_state": "declined"}, r"\$\.to_state"),
        ({**CONFIRMED, "booking_id": None}, r"\$\.booking_id"),
        ({name: value for name, value in CONFIRMED.items() if name != "actor"}, "actor"),
    ],
)
def test_what_the_contract_does_not_allow_is_refused_and_says_where(given: str | dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidEvent, match=where):
        read_event(given)
