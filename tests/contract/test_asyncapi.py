"""Both directions of asyncapi.yaml, held against what is really given out and taken in."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from booking import files
from booking.adapters.notifier import payload
from booking.domain.applicant import RiskLevel
from booking.domain.events import EventType, Recorded
from booking.entrypoints.screening_events import MalformedEvent, decode
from tests.builders import organization, screening
from tests.support.worlds import World

DOCUMENT: dict[str, Any] = yaml.safe_load(files.path("asyncapi.yaml").read_bytes())
MESSAGES = DOCUMENT["components"]["messages"]
REGISTRY: Registry[Any] = Registry().with_resource("asyncapi", Resource.from_contents(DOCUMENT, DRAFT202012))

INCOMING = ["ApplicantScreened", "ApplicantScreenedBySns", "ApplicantScreenedByEventBridge"]


def faults(pointer: str, content: object) -> list[str]:
    validator = Draft202012Validator(
        {"$ref": f"asyncapi{pointer}"}, registry=REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [fault.message for fault in validator.iter_errors(content)]


async def test_all_that_is_given_out_is_as_documented_and_of_every_kind(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    person = applicant.applicants[0]
    slot, other = await agency.slots_of(agent, 2)
    booking = await agency.bookings.book(applicant, slot.id, "secret notes")
    await agency.bookings.cancel(applicant, booking.id)
    await agency.bookings.book(applicant, other.id, "")
    await agency.slots.cancel(agent, other.id)
    await agency.applicants.unlink(agency.organization_id, person.id)
    for risk_level in (RiskLevel.HIGH, RiskLevel.LOW):
        now = await world.store.now()
        await agency.screen(
            screening(
                agency.organization_id,
                external_id=person.external_id,
                risk_level=risk_level,
                screened_at=now,
                sent_at=now,
            )
        )
    given: list[dict[str, Any]] = []

    async def keep(recorded: Recorded) -> None:
        given.append(payload(recorded))

    await world.store.outbox.hand_on(keep, 100)
    by_type = {message["name"]: message["payload"]["$ref"] for key, message in MESSAGES.items() if key not in INCOMING}
    assert {event["type"] for event in given} == by_type.keys() == set(EventType)
    assert [fault for event in given for fault in faults(by_type[event["type"]], json.loads(json.dumps(event)))] == []
    assert not any(secret in json.dumps(given) for secret in ("secret notes", person.email, person.name))


@pytest.mark.parametrize("name", INCOMING)
def test_every_example_of_what_is_taken_in_is_taken_in(name: str) -> None:
    for example in MESSAGES[name]["examples"]:
        received = decode(json.dumps(example["payload"]), datetime.now(UTC))
        assert received.screening.name == "Ada Lovelace"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("applicant_id", "1"),
        ("organization_id", None),
        ("name", ""),
        ("email", "nobody"),
        ("risk_level", "high"),
        ("screened_at", "yesterday"),
        ("event_id", "1"),
    ],
)
def test_what_the_schema_refuses_is_malformed(field: str, value: object) -> None:
    """T41."""
    event = {**MESSAGES["ApplicantScreened"]["examples"][0]["payload"], field: value}
    assert faults(MESSAGES["ApplicantScreened"]["payload"]["$ref"], event)
    with pytest.raises(MalformedEvent):
        decode(json.dumps(event), datetime.now(UTC))
