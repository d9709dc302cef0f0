"""Both directions of asyncapi.yaml, held against what is really given out and taken in."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from booking import files
from booking.adapters.notifier import payload
from booking.domain.agent import AgentRole
from booking.domain.applicant import Applicant, RiskLevel
from booking.domain.booking import Outcome
from booking.domain.events import EventType, Recorded
from booking.domain.policy import Settings
from booking.entrypoints.relay import Relay
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


async def everything_that_can_happen(world: World) -> Applicant:
    """In the life of an agency; gives somebody who has a name and notes to keep."""
    agency = organization(world.store)
    agent, admin, applicant, other = (
        await agency.agent(),
        await agency.admin(),
        await agency.applicant(),
        await agency.applicant(),
    )
    person = applicant.applicants[0]
    one, two, three, four = await agency.slots_of(agent, 4)
    await agency.holds.release(applicant, (await agency.holds.hold(applicant, one.id)).id)
    held = await agency.holds.hold(applicant, one.id)
    booking = await agency.book(applicant, one.id, "secret notes", hold_id=held.id)
    await agency.waitlists.leave(other, (await agency.waitlists.join(other, one.id)).entry.id)
    await agency.waitlists.join(other, one.id)
    await agency.bookings.reschedule(applicant, booking.id, two.id)
    await agency.bookings.cancel(applicant, booking.id, "secret reasons")
    await agency.slots.resize(agent, one.id, 2)
    await agency.book(applicant, four.id, "")
    await agency.slots.cancel(agent, four.id)
    await agency.policies.put(admin, Settings(approval_levels=(RiskLevel.LOW,)), expected=0)
    declined = await agency.book(applicant, three.id)
    await agency.bookings.decline(agent, declined.id, "secret reasons")
    late = await agency.book(applicant, three.id)
    await agency.bookings.approve(agent, late.id)
    undecided = await agency.slot(agent, starts_in=timedelta(hours=9))
    await agency.book(applicant, undecided.id)
    await world.jump(timedelta(hours=8))
    await agency.tidying.step()
    await agency.bookings.record(agent, late.id, Outcome.ATTENDED)
    await agency.bookings.give_feedback(applicant, late.id, rating=4, comment="secret comments")
    awaited = await agency.slot(agent, starts_in=timedelta(hours=30))
    await agency.bookings.approve(agent, (await agency.book(other, awaited.id)).id)
    await agency.waitlists.join(applicant, awaited.id)
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
    await agency.applicants.erase(agency.organization_id, person.id)
    for role in (AgentRole.MEMBER, AgentRole.ADMIN):
        await world.store.agents.provision("operated", agency.organization_id, role)
    await world.store.agents.remove("operated")
    return person


async def test_all_that_is_given_out_is_as_documented_and_of_every_kind(world: World) -> None:
    person = await everything_that_can_happen(world)
    given: list[dict[str, Any]] = []

    async def keep(recorded: Recorded) -> None:
        given.append(payload(recorded))

    while await Relay(world.store.outbox, keep).step():
        pass
    by_type = {message["name"]: message["payload"]["$ref"] for key, message in MESSAGES.items() if key not in INCOMING}
    assert {event["type"] for event in given} == by_type.keys() == set(EventType)
    assert [fault for event in given for fault in faults(by_type[event["type"]], json.loads(json.dumps(event)))] == []
    assert not any(secret in json.dumps(given) for secret in ("secret", person.email, person.name))


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
