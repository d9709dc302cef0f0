"""Both directions of asyncapi.yaml, held against what is really given out and taken in."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from booking.adapters.notifiers.log import payload
from booking.domain.delivery import events
from booking.domain.delivery.delivery import Subscription
from booking.domain.delivery.webhook_endpoint import EndpointSettings, EndpointStatus, WebhookEndpoint
from booking.domain.events import CLOCK, EventType, Recorded
from booking.domain.notices.notice import NoticeKind
from booking.domain.notices.plan import PlanSettings
from booking.domain.notices.template import OwnText
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import Applicant, RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.organization import Organization as Details
from booking.domain.planning.agent_calendar import Busy
from booking.domain.planning.schedule_change import ChangeScope, Target
from booking.domain.planning.slot_moves import Destination
from booking.domain.properties.policy import Settings
from booking.domain.values import replace
from booking.domain.visits.booking import Outcome
from booking.domain.visits.slot import Slot
from booking.entrypoints.http.cloud_events import cloud_event
from booking.entrypoints.messages import incoming_events
from booking.entrypoints.messages.envelopes import ID, INSTANT, MalformedEvent, UnknownEvent
from booking.entrypoints.messages.property_events import PropertyReceived
from booking.entrypoints.messages.screening_events import decode
from booking.entrypoints.relay import Relay
from booking.service.planning.agent_calendars import Reading, Validators
from booking.service.planning.schedule_changes import Change
from tests.builders import HOUR, Organization, any_schedule, organization, screening
from tests.support.chance import examples
from tests.support.contract import closed_events
from tests.support.notifiers import Telling
from tests.support.worlds import World

DOCUMENT = closed_events()
MESSAGES = DOCUMENT["components"]["messages"]
REGISTRY: Registry[Any] = Registry().with_resource("asyncapi", Resource.from_contents(DOCUMENT, DRAFT202012))

INCOMING = ["ApplicantScreened", "ApplicantScreenedBySns", "ApplicantScreenedByEventBridge"]
OF_PROPERTIES = ["PropertyUpserted", "PropertyRemoved", "PropertyByEventBridge"]


OF_FAILING_ENDPOINTS = {EventType.WEBHOOK_ENDPOINT_FAILING, EventType.WEBHOOK_ENDPOINT_DISABLED}
"""Given out after days of failures."""
SECRETS = ("secret ", "+4930", "whsec_", "hooks.example")

FORMATS = FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    """As the checker that comes with jsonschema, which knows no leap seconds."""
    return not isinstance(value, str) or bool(datetime.fromisoformat(re.sub(r":60(?=[.Z+-])", ":59", value.upper())))


def faults(pointer: str, content: object) -> list[str]:
    validator = Draft202012Validator({"$ref": f"asyncapi{pointer}"}, registry=REGISTRY, format_checker=FORMATS)
    return [fault.message for fault in validator.iter_errors(content)]


async def read_calendars(world: World, agency: Organization, agent: Caller, slot: Slot) -> None:
    """A calendar is busy over a slot, and then cannot be read for a day."""
    whose, calendars = agent.as_agent().id, agency.agent_calendars()
    lease = await world.store.leases.take("reading calendars", timedelta(hours=90), None)
    assert lease is not None
    await calendars.put(agent, whose, "https://calendar.example.com/secret")
    (due,) = await world.store.agent_calendars.take(1, lease)
    busy = [Busy(slot.start_time, slot.end_time)]
    await world.store.agent_calendars.apply(due, Reading(busy, Validators()), lease)
    for passed in (timedelta(), timedelta(hours=24)):
        await world.jump(passed)
        await world.store.agent_calendars.fail(due, lease)
    await world.jump(timedelta())
    await calendars.remove(agent, whose)


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
    await agency.bookings.change_notes(applicant, booking.id, "secret new notes")
    await agency.bookings.change_may_release(agent, booking.id, False)
    await agency.bookings.reschedule(applicant, booking.id, two.id)
    await agency.bookings.cancel(applicant, booking.id, "secret reasons")
    await agency.slots.resize(agent, one.id, 2)
    await agency.slot_moves.move(agent, one.id, Destination(start_time=one.start_time - HOUR / 4))
    await agency.book(applicant, four.id, "")
    await agency.slots.cancel(agent, four.id)
    await agency.policies.put(admin, Settings(approval_levels=(RiskLevel.LOW,)), expected=0)
    await agency.notice_plans.put(admin, PlanSettings(quiet_hours=None), expected=0)
    said = Details(id=agency.organization_id, name="secret name", phone="+493012345678")
    await agency.organizations.put(admin, said, expected=0)
    await agency.templates.put(admin, NoticeKind.CONFIRMED, None, OwnText(body="secret words"), expected=0)
    await agency.templates.reset(admin, NoticeKind.CONFIRMED, None, None)
    await agency.properties.put(
        agent,
        agency.property(one.property_id, address="secret address"),
        expected=0,
        access_note="secret note",
        keep_note=False,
    )
    await agency.agents.change_profile(agent, {"name": "secret name", "phone": "+493012345678"})
    at = await world.store.now() + timedelta(hours=90)
    await agency.withdrawals.withdraw(admin, four.property_id, at)
    await agency.withdrawals.restore(admin, four.property_id)
    block = await agency.blocks.create(admin, agent.as_agent().id, at, at + timedelta(hours=1), "secret reasons")
    await agency.blocks.remove(agent, agent.as_agent().id, block.id)
    await read_calendars(world, agency, agent, three)
    url = "https://hooks.example.com/"
    hook = (await agency.webhooks.create(admin, EndpointSettings(url=url, description="secret words"))).endpoint
    await agency.webhooks.change(admin, hook.id, {}, EndpointStatus.DISABLED, expected=1)
    await agency.webhooks.rotate(admin, hook.id)
    await agency.webhooks.remove(admin, hook.id)
    declined = await agency.book(applicant, three.id)
    await agency.bookings.decline(agent, declined.id, "secret reasons")
    late = await agency.book(applicant, three.id)
    await agency.bookings.approve(agent, late.id)
    await agency.bookings.confirm_attendance(applicant, late.id)
    undecided = await agency.slot(agent, starts_in=timedelta(hours=9))
    await agency.book(applicant, undecided.id)
    await agency.bookings.get(applicant, late.id)
    for planner in (agent, await agency.agent()):  # the second is in the way of the first at the same property
        wanted = any_schedule(property_id=one.property_id)
        plan = (await agency.schedules.preview(planner, wanted)).plan
        schedule = await agency.schedules.create(planner, wanted, plan.hash)
    first = Target(scope=ChangeScope.THIS, occurrence=plan.draft.slots[0].occurrence)
    await agency.schedule_changes.delete(planner, schedule.id, Change(target=first, version=1))
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
    await world.store.agents.erase(agency.organization_id, agent.as_agent().id)
    lease = await world.store.leases.take("filling horizons", HOUR, None)
    assert lease is not None
    await agency.horizons.step(lease)
    return person


async def test_all_that_is_given_out_is_as_documented_and_of_every_kind(world: World) -> None:
    person = await everything_that_can_happen(world)
    given: list[dict[str, Any]] = []

    async def keep(recorded: Recorded, _: Subscription) -> None:
        given.append(payload(recorded))

    while await Relay(world.store.outbox, {"log": Telling(keep)}).step():
        pass
    by_type = {
        message["name"]: message["payload"]["$ref"]
        for key, message in MESSAGES.items()
        if key not in INCOMING + OF_PROPERTIES + ["Heard", "Posted"]
    }
    assert {event["type"] for event in given} | OF_FAILING_ENDPOINTS == by_type.keys() == set(EventType)
    assert [fault for event in given for fault in faults(by_type[event["type"]], json.loads(json.dumps(event)))] == []
    assert not any(secret in json.dumps(given) for secret in (*SECRETS, person.email, person.name))


def test_what_is_told_of_endpoints_that_fail_is_as_documented() -> None:
    at = datetime.now(UTC)
    endpoint = WebhookEndpoint(
        organization_id=uuid4(),
        id=uuid4(),
        settings=EndpointSettings(url="https://hooks.example/"),
        version=1,
        position=1,
        head=2,
        failing_since=at,
        disabled_at=None,
        created_at=at,
        updated_at=at,
    )
    disabled = replace(endpoint, disabled_at=at)
    told = {
        "WebhookEndpointFailing": events.endpoint_failing(endpoint, CLOCK),
        "WebhookEndpointDisabled": events.endpoint_disabled(endpoint, disabled, CLOCK),
    }
    for name, event in told.items():
        given = payload(Recorded(id=uuid4(), occurred_at=at, event=event))
        assert faults(f"#/components/schemas/{name}", given) == []


async def test_all_that_is_heard_is_as_documented_by_both_contracts(world: World) -> None:
    agency = Organization(world.store, (await everything_that_can_happen(world)).organization_id)
    readers = [await agency.admin(), await agency.applicant()]
    await world.store.outbox.place(10_000)
    for reader in readers:
        page = await agency.feed.read(reader, None, types=(), limit=1_000)
        heard = [msgspec.to_builtins(cloud_event(one)) for one in page.messages]
        assert len(heard) > 5
        assert [fault for one in heard for fault in faults("#/components/schemas/CloudEvent", one)] == []
        assert not any(word in json.dumps(heard) for word in SECRETS)
    (example,) = MESSAGES["Heard"]["examples"]
    assert faults("#/components/schemas/CloudEvent", example["payload"]) == []


@pytest.mark.parametrize("name", INCOMING)
def test_every_example_of_what_is_taken_in_is_taken_in(name: str) -> None:
    for example in MESSAGES[name]["examples"]:
        received = decode(json.dumps(example["payload"]), datetime.now(UTC))
        assert received.screening.name == "Ada Lovelace"


@pytest.mark.parametrize("name", OF_PROPERTIES)
def test_every_example_of_news_of_a_property_is_taken_in(name: str) -> None:
    for example in MESSAGES[name]["examples"]:
        assert faults(MESSAGES[name]["payload"]["$ref"], example["payload"]) == []
        received = incoming_events.decode(json.dumps(example["payload"]), datetime.now(UTC))
        assert isinstance(received, PropertyReceived)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("property_id", "1"), ("organization_id", None), ("label", ""), ("address", "x" * 501), ("area", "a\0b")),
        *(("image_url", "http://x"), ("status", "sold"), ("status", None), ("occurred_at", "now"), ("event_id", "1")),
    ],
)
def test_news_that_the_schema_refuses_are_malformed(field: str, value: object) -> None:
    event = {**MESSAGES["PropertyUpserted"]["examples"][0]["payload"], field: value}
    assert faults(MESSAGES["PropertyUpserted"]["payload"]["$ref"], event)
    with pytest.raises(MalformedEvent):
        incoming_events.decode(json.dumps(event), datetime.now(UTC))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("applicant_id", "1"),
        ("organization_id", None),
        ("risk_level", "high"),
        ("screened_at", "yesterday"),
        ("event_id", "1"),
    ],
)
def test_what_the_schema_refuses_is_malformed(field: str, value: object) -> None:
    event = {**MESSAGES["ApplicantScreened"]["examples"][0]["payload"], field: value}
    assert faults(MESSAGES["ApplicantScreened"]["payload"]["$ref"], event)
    with pytest.raises(MalformedEvent):
        decode(json.dumps(event), datetime.now(UTC))


_ODD: list[object] = [None, 1, "", " ", "\t", "a\tb", "x" * 400, "\u200b", [], {}]
_FIELDS: dict[str, list[object]] = {
    "event_type": ["APPLICANT_SCREENED", "OTHER", None, 1],
    "applicant_id": [str(UUID(int=7)), UUID(int=7).hex, *_ODD],
    "organization_id": [str(UUID(int=8)).upper(), f"urn:uuid:{UUID(int=8)}", *_ODD],
    "name": ["Ada", *_ODD],
    "email": ["ada@example.org", "nobody", *_ODD],
    "risk_level": ["LOW", "HIGH", "high", *_ODD],
    "screened_at": [
        "2026-11-20T15:00:00+01:00",
        "2026-11-20T15:00:00+0100",
        "2026-12-31T23:59:60Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        *_ODD,
    ],
    "event_id": [str(UUID(int=9)), "{" + str(UUID(int=9)) + "}", *_ODD],
    "more": _ODD,
}
_bodies = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in _FIELDS.items()})
_whole = _bodies.map(lambda changes: MESSAGES["ApplicantScreened"]["examples"][0]["payload"] | changes)
_instants = st.sampled_from([..., *_FIELDS["screened_at"]])
_wrapped = st.one_of(
    st.tuples(st.just("ApplicantScreened"), _bodies | _whole),
    st.builds(
        lambda message, at: (
            "ApplicantScreenedBySns",
            {"Type": "Notification", "Message": json.dumps(message)} | ({} if at is ... else {"Timestamp": at}),
        ),
        _whole,
        _instants,
    ),
    st.builds(
        lambda detail, kind, at: (
            "ApplicantScreenedByEventBridge",
            {"detail": detail} | ({} if at is ... else {"time": at}) | ({} if kind is ... else {"detail-type": kind}),
        ),
        _bodies | _whole,
        st.sampled_from([..., "APPLICANT_SCREENED", "any"]),
        _instants,
    ),
)


@settings(max_examples=examples(600))
@given(_wrapped)
def test_the_contract_and_the_decoder_allow_the_same(sent: tuple[str, dict[str, Any]]) -> None:
    """What the schema allows is a screening, and nothing else is."""
    name, content = sent
    refused = faults(MESSAGES[name]["payload"]["$ref"], content)
    if not refused and isinstance(inner := content.get("Message"), str):
        refused = faults(MESSAGES["ApplicantScreened"]["payload"]["$ref"], json.loads(inner))
    if refused:
        with pytest.raises((MalformedEvent, UnknownEvent)):
            decode(json.dumps(content), datetime.now(UTC))
    else:
        decode(json.dumps(content), datetime.now(UTC))


def test_the_patterns_of_the_contract_are_the_decoders() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert (schemas["Id"]["pattern"], schemas["Instant"]["pattern"]) == (ID, INSTANT)
