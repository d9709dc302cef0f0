"""Rules of a property that applicants read: those in force there, for whoever has it in view."""

from uuid import uuid4

import pytest

from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.refusals import OrganizationNotFound
from booking.domain.properties.policy import Policy, Settings
from booking.domain.properties.property import PropertyStatus
from booking.domain.properties.refusals import PropertyNotFound
from booking.domain.refusals import InvalidRequest
from booking.service.properties.rules import Rules
from tests.builders import claims, organization, screening
from tests.support.worlds import World


async def test_the_rules_are_the_organizations_with_what_the_property_overrides(world: World) -> None:
    agency = organization(world.store)
    agent, admin, applicant = await agency.agent(), await agency.admin(), await agency.applicant()
    here, there = (await agency.slot(agent)).property_id, uuid4()
    await agency.properties.put(agent, agency.property(there, status=PropertyStatus.ARCHIVED), expected=None)
    home = agency.organization_id
    assert await agency.rules.get(applicant, here) == Rules(home, here, Policy(), approval_required=False)
    await agency.policies.put(admin, Settings(notice_seconds=60, hold_seconds=10), expected=0)
    await agency.policies.put(admin, Settings(notice_seconds=0, max_live_bookings=1), expected=0, property_id=there)
    assert await agency.rules.get(applicant, here) == Rules(
        home, here, Policy(notice_seconds=60, hold_seconds=10), approval_required=False
    )
    overridden = Policy(notice_seconds=0, hold_seconds=10, max_live_bookings=1)
    for viewer, required in ((applicant, False), (agent, None), (admin, None)):
        assert await agency.rules.get(viewer, there, home) == Rules(home, there, overridden, approval_required=required)


async def test_approval_is_told_by_the_viewers_own_level_and_not_by_others(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    property_id = (await agency.slot(agent)).property_id
    await agency.policies.put(admin, Settings(approval_levels=(RiskLevel.MEDIUM,)), expected=0)
    low, medium = await agency.applicant(), await agency.applicant(risk_level=RiskLevel.MEDIUM)
    told = [(await agency.rules.get(viewer, property_id)).approval_required for viewer in (low, medium, agent)]
    assert told == [False, True, None]
    email = f"{uuid4()}@example.com"
    await agency.screen(screening(agency.organization_id, email=email, risk_level=RiskLevel.MEDIUM))
    both = await agency.identity.identify(
        claims(email=email, organization_id=agency.organization_id, role=AgentRole.MEMBER), "r"
    )
    assert (await agency.rules.get(both, property_id)).approval_required is True


async def test_what_is_unknown_or_foreign_is_not_found(world: World) -> None:
    agency, rival = organization(world.store), organization(world.store)
    agent, admin, applicant = await agency.agent(), await agency.admin(), await agency.applicant()
    theirs = (await rival.slot(await rival.agent())).property_id
    overridden = uuid4()
    await agency.policies.put(admin, Settings(notice_seconds=1), expected=0, property_id=overridden)
    for viewer in (agent, applicant):
        for property_id in (uuid4(), theirs, overridden):
            with pytest.raises(PropertyNotFound):
                await agency.rules.get(viewer, property_id)
        with pytest.raises(OrganizationNotFound):
            await agency.rules.get(viewer, theirs, rival.organization_id)


async def test_an_applicant_of_two_organizations_that_share_an_id_names_one(world: World) -> None:
    one, other = organization(world.store), organization(world.store)
    property_id, email = uuid4(), f"{uuid4()}@example.com"
    for agency, notice in ((one, 1), (other, 2)):
        await agency.slot(await agency.agent(), property_id=property_id)
        await agency.policies.put(await agency.admin(), Settings(notice_seconds=notice), expected=0)
        await agency.screen(screening(agency.organization_id, email=email))
    applicant = await one.identity.identify(claims(email=email), "r")
    with pytest.raises(InvalidRequest):
        await one.rules.get(applicant, property_id)
    for agency, notice in ((one, 1), (other, 2)):
        found = await one.rules.get(applicant, property_id, agency.organization_id)
        assert (found.organization_id, found.policy.notice_seconds) == (agency.organization_id, notice)
    agent = await one.identity.identify(
        claims(applicant.subject, email=email, organization_id=one.organization_id, role=AgentRole.MEMBER), "r"
    )
    assert len(agent.organizations) == 2
    assert (await one.rules.get(agent, property_id)).organization_id == one.organization_id
