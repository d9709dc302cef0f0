"""Organizations: what an agency says of itself; the same in memory and in PostgreSQL."""

import asyncio
from uuid import uuid4

import pytest

from booking.domain.events import EventType
from booking.domain.people.agent import AgentRole
from booking.domain.people.organization import Organization
from booking.domain.people.refusals import OrganizationNotFound, WrongRole
from booking.domain.refusals import InvalidRequest, PreconditionFailed
from booking.domain.values import replace
from tests.builders import claims, organization, screening
from tests.support.worlds import World


async def test_nothing_is_known_of_an_organization_before_an_admin_says_it(world: World) -> None:
    agency = organization(world.store)
    applicant = await agency.applicant()
    assert await agency.organizations.get(applicant) == Organization(id=agency.organization_id)
    said = Organization(
        id=agency.organization_id,
        name="Havel & Spree",
        time_zone="Europe/Berlin",
        locale="de-DE",
        email="office@example.com",
        phone="+493012345678",
        website="https://example.com",
        colour="#1F4b99",
        logo_url="https://example.com/logo.png",
        reply_to="visits@example.com",
    )
    kept = await agency.organizations.put(await agency.admin(), said, expected=0)
    assert replace(kept, updated_at=None) == replace(said, version=1)
    assert kept.updated_at is not None
    assert await agency.organizations.get(applicant) == await agency.organizations.get(await agency.agent()) == kept
    less = await agency.organizations.put(await agency.admin(), Organization(id=said.id, name="Spree"), expected=1)
    assert replace(less, updated_at=None) == Organization(id=said.id, name="Spree", version=2)
    assert await world.events() == [
        (EventType.APPLICANT_REGISTERED, None, "eligible"),
        (EventType.APPLICANT_LINKED, "unlinked", "linked"),
        (EventType.ORGANIZATION_CHANGED, None, "1"),
        (EventType.ORGANIZATION_CHANGED, "1", "2"),
    ]


async def test_of_admins_who_saw_the_same_version_one_is_told(world: World) -> None:
    agency = organization(world.store)
    admins = [await agency.admin() for _ in range(4)]
    for version in (0, 1):
        changes = [
            agency.organizations.put(
                admin, Organization(id=agency.organization_id, name=f"Agency {turn}"), expected=version
            )
            for turn, admin in enumerate(admins)
        ]
        outcomes = await asyncio.gather(*changes, return_exceptions=True)
        assert sorted(type(one).__name__ for one in outcomes) == ["Organization"] + ["PreconditionFailed"] * 3
    fresh = organization(world.store)
    with pytest.raises(PreconditionFailed):
        await fresh.organizations.put(await fresh.admin(), Organization(id=fresh.organization_id), expected=7)
    with pytest.raises(WrongRole):
        await agency.organizations.put(await agency.agent(), Organization(id=agency.organization_id), expected=None)


async def test_an_applicant_of_several_organizations_names_one_and_an_agent_need_not(world: World) -> None:
    first, second = organization(world.store), organization(world.store)
    email = f"{uuid4()}@example.com"
    for agency in (first, second):
        await agency.screen(screening(agency.organization_id, email=email))
    applicant = await first.identity.identify(claims(email=email), None)
    with pytest.raises(InvalidRequest) as refused:
        await first.organizations.get(applicant)
    assert [(one.pointer, one.code, one.parameter) for one in refused.value.faults] == [
        ("#/organization_id", "required", "organization_id")
    ]
    assert (await first.organizations.get(applicant, second.organization_id)).id == second.organization_id
    other = organization(world.store)
    with pytest.raises(OrganizationNotFound):
        await first.organizations.get(applicant, other.organization_id)
    agent = await first.identity.identify(
        claims(email=email, organization_id=other.organization_id, role=AgentRole.MEMBER),
        None,
    )
    assert (await first.organizations.get(agent)).id == other.organization_id
