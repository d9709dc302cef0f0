"""Seed of a development instance: organizations with all that a suite begins with, as one JSON document.

Everything in it goes the way that it goes in production: agents come by their claims, applicants through the queue,
slots and policies by the use cases. docs/seed.schema.json is made of the types here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from msgspec import UNSET, Meta, field

from booking import time_zones
from booking.domain.paging import EPOCH
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import LONGEST_EMAIL, RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.organization import Organization
from booking.domain.properties.property import Property
from booking.domain.refusals import Refusal
from booking.entrypoints.dev import demo
from booking.entrypoints.http.routes.people.organization import PutOrganization
from booking.entrypoints.http.routes.properties.policies import PutPolicy, settings_of
from booking.entrypoints.http.routes.properties.properties import PutProperty
from booking.entrypoints.http.slot_answer import Capacity
from booking.entrypoints.http.wire import Input, Instant, Locale, Name, Phone, Text
from booking.faults import Explained

LARGEST = 4 * 1024 * 1024  # bytes

Email = Annotated[Text, Meta(min_length=3, max_length=LONGEST_EMAIL)]


class SeedAgent(Input):
    email: Email
    name: Name | None = None
    role: AgentRole = AgentRole.MEMBER


class SeedApplicant(Input):
    email: Email
    name: Name
    phone: Phone | None = None
    locale: Locale | None = None
    risk_level: RiskLevel = RiskLevel.LOW
    external_id: UUID | None = None


class SeedSlot(Input):
    agent: Email
    property_id: UUID
    start_time: Instant
    end_time: Instant
    capacity: Capacity = 1


class SeedProperty(PutProperty, kw_only=True):
    """Its details, and its policy."""

    id: UUID
    policy: PutPolicy | None = None

    @property
    def details(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in PutProperty.__struct_fields__}


class SeedOrganization(PutOrganization, kw_only=True):
    """Its details, and all that it has."""

    id: UUID | None = None
    policy: PutPolicy | None = None
    properties: list[SeedProperty] = field(default_factory=list)
    agents: list[SeedAgent] = field(default_factory=list)
    applicants: list[SeedApplicant] = field(default_factory=list)
    slots: list[SeedSlot] = field(default_factory=list)

    @property
    def details(self) -> dict[str, Any]:
        given = {name: getattr(self, name) for name in PutOrganization.__struct_fields__}
        return given if any(value is not None for value in given.values()) else {}


class Seed(Input):
    schema: str | None = field(default=None, name="$schema")
    now: Instant | None = None
    organizations: list[SeedOrganization] = field(default_factory=list)


class SeedError(Explained):
    """The seed cannot be loaded; names the place of its fault."""


def read_seed(file: Path) -> Seed:
    """Read a seed; SeedError with the first fault, before anything is started."""
    try:
        if file.stat().st_size > LARGEST:
            raise SeedError(f"{file} is larger than {LARGEST // 1024 // 1024} MiB")
        seed = msgspec.json.decode(file.read_bytes(), type=Seed)
    except OSError as fault:
        raise SeedError(f"{file} cannot be read ({fault.strerror})") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as fault:
        raise SeedError(f"{file} is no seed: {fault} (docs/seed.schema.json says what one is)") from None
    for number, organization in enumerate(seed.organizations):
        if contradiction := _contradiction(organization):
            raise SeedError(f"{file} is no seed: {contradiction} - at `$.organizations[{number}]`")
    return seed


async def load(
    seed: Seed, home: UUID, services: Mapping[str, Any], send: demo.SendScreening
) -> Sequence[tuple[UUID, str]]:
    """Load all of it; return the organization and email of each applicant.

    They come through the queue, a moment later. SeedError for what the service refuses.
    """
    for number, organization in enumerate(seed.organizations):
        with _telling(f"$.organizations[{number}]"):
            await _load(organization, organization.id or home, services, send)
    return [(of.id or home, one.email) for of in seed.organizations for one in of.applicants]


async def _load(
    seed: SeedOrganization, organization_id: UUID, services: Mapping[str, Any], send: demo.SendScreening
) -> None:
    agents: dict[str, Caller] = {}
    for agent in seed.agents:
        claims = demo.claims_of(organization_id, agent.email, agent.role, agent.name)
        agents[agent.email] = await services["identity"].identify(claims, None)
    for property_id, policy in ((None, seed.policy), *((one.id, one.policy) for one in seed.properties)):
        if policy is not None:
            admin, settings = agents[_admin(seed)], settings_of(policy)
            await services["policies"].put(admin, settings, expected=None, property_id=property_id)
    for number, slot in enumerate(seed.slots):
        with _telling(f"its slots[{number}]"):
            times = slot.start_time, slot.end_time
            await services["slots"].offer(agents[slot.agent], slot.property_id, *times, capacity=slot.capacity)
    await _name(seed, organization_id, services, agents)  # after the slots, for one may be archived
    for number, one in enumerate(seed.applicants):
        with _telling(f"its applicants[{number}]"):
            external_id = one.external_id or uuid5(organization_id, one.email)
            how = {"phone": one.phone, "locale": one.locale}
            await send(organization_id, external_id, one.name, one.email, one.risk_level, **how)


async def _name(
    seed: SeedOrganization, organization_id: UUID, services: Mapping[str, Any], agents: Mapping[str, Caller]
) -> None:
    """Say what the organization and its properties are, where the seed does."""
    if seed.details:
        details = Organization(id=organization_id, **seed.details)
        await services["organizations"].put(agents[_admin(seed)], details, expected=None)
    for one in seed.properties:
        given = one.details
        note = given.pop("access_note")
        home = Property(organization_id=organization_id, id=one.id, updated_at=EPOCH, **given)
        how = {} if note is UNSET else {"access_note": note, "keep_note": False}
        await services["properties"].put(agents[_agent(seed)], home, expected=None, **how)


def _agent(seed: SeedOrganization) -> str:
    return seed.agents[0].email


def _admin(seed: SeedOrganization) -> str:
    return next((agent.email for agent in seed.agents if agent.role is AgentRole.ADMIN), "")


def _contradiction(seed: SeedOrganization) -> str | None:
    known = {agent.email for agent in seed.agents}
    if unknown := [slot.agent for slot in seed.slots if slot.agent not in known]:
        return f"{unknown[0]} has a slot, and is none of the agents"
    if (seed.policy or seed.details or any(one.policy for one in seed.properties)) and not _admin(seed):
        return "it has a policy or a name, and none of its agents is an admin, who could set it"
    if seed.properties and not seed.agents:
        return "it has properties, and no agent who could name them"
    for zone in (seed.time_zone, *(one.time_zone for one in seed.properties)):
        if zone is not None and zone not in time_zones.names():
            return f"{zone} is no time zone"
    return None


@contextmanager
def _telling(where: str) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        raise SeedError(f"the seed is refused: {refusal.code}, {refusal} - at `{where}`") from None
    except SeedError as error:
        raise SeedError(f"{error}, `{where}`") from None
