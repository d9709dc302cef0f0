"""Properties: what agents say of them, and who sees how much; the same in memory and in PostgreSQL."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from booking.domain.events import EventType
from booking.domain.paging import Paging
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import OrganizationNotFound, WrongRole
from booking.domain.properties.property import PropertyFilter, PropertyStatus
from booking.domain.properties.refusals import PropertyArchived, PropertyNotFound
from booking.domain.refusals import InvalidRequest, PreconditionFailed
from booking.domain.values import replace
from tests.builders import HOUR, Organization, claims, organization, screening
from tests.support.worlds import World

ALL = Paging(after=None, limit=100)
DETAILS = {
    "label": "Two rooms",
    "area": "Kreuzberg",
    "address": "Schlesische Str. 12",
    "directions": "Through the yard",
    "meeting_point": "At the gate",
    "time_zone": "Europe/Berlin",
    "image_url": "https://example.com/1.jpg",
}


async def seen(agency: Organization, caller: Caller, property_id: object) -> bool:
    return (await agency.properties.get(caller, property_id)).with_address  # type: ignore[arg-type]


async def test_any_agent_says_what_a_property_is_and_the_first_time_makes_it(world: World) -> None:
    agency = organization(world.store)
    agent, colleague, details = await agency.agent(), await agency.agent(), agency.property(uuid4(), **DETAILS)
    with pytest.raises(PropertyNotFound):
        await agency.properties.get(agent, details.id)
    made = (await agency.properties.put(agent, details, expected=0)).property
    assert made == replace(details, version=1, updated_at=made.updated_at)
    view = await agency.properties.get(colleague, details.id)
    assert (view.property, view.for_agent, view.with_address) == (made, True, True)
    less = await agency.properties.put(colleague, agency.property(details.id, label="Rooms"), expected=1)
    assert less.property == replace(
        agency.property(details.id, label="Rooms", version=2), updated_at=less.property.updated_at
    )
    assert await agency.properties.version(agent, details.id) == 2
    assert await agency.properties.version(agent, uuid4()) == 0
    assert await world.events() == [
        (EventType.PROPERTY_CHANGED, None, "1"),
        (EventType.PROPERTY_CHANGED, "1", "2"),
    ]
    with pytest.raises(WrongRole):
        await agency.properties.put(await agency.applicant(), details, expected=None)


async def test_of_agents_who_saw_the_same_version_one_is_told(world: World) -> None:
    agency = organization(world.store)
    agents, property_id = [await agency.agent() for _ in range(4)], uuid4()
    for version in (0, 1):
        changes = [
            agency.properties.put(agent, agency.property(property_id, label=f"Home {turn}"), expected=version)
            for turn, agent in enumerate(agents)
        ]
        outcomes = await asyncio.gather(*changes, return_exceptions=True)
        assert sorted(type(one).__name__ for one in outcomes) == ["PreconditionFailed"] * 3 + ["PropertyView"]
    with pytest.raises(PreconditionFailed):
        await agency.properties.put(agents[0], agency.property(uuid4()), expected=3)


async def test_a_slot_for_an_unknown_property_makes_a_nameless_one(world: World) -> None:
    agency = organization(world.store)
    agent, property_id = await agency.agent(), uuid4()
    at = await world.store.now() + HOUR
    offers = [
        agency.slots.offer(one, property_id, at + n * HOUR, at + (n + 1) * HOUR) for n, one in enumerate([agent] * 3)
    ]
    await asyncio.gather(*offers)
    found = (await agency.properties.get(await agency.applicant(), property_id)).property
    assert found == replace(agency.property(property_id), updated_at=found.updated_at)
    named = await agency.properties.put(agent, agency.property(property_id, label="Rooms"), expected=0)
    assert named.property.version == 1
    later = await agency.slots.offer(agent, property_id, at + 9 * HOUR, at + 10 * HOUR)
    assert later.availability.names.label == "Rooms"
    assert (await agency.properties.get(agent, property_id)).property == named.property


async def test_no_slots_are_offered_at_an_archived_property_and_those_there_are_stay(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    there = await agency.slot(agent)
    archived = agency.property(there.property_id, status=PropertyStatus.ARCHIVED)
    await agency.properties.put(agent, archived, expected=0)
    with pytest.raises(PropertyArchived):
        await agency.slot(agent, property_id=there.property_id, starts_in=5 * HOUR)
    booking = await agency.book(applicant, there.id)
    assert booking.slot_id == there.id
    await agency.properties.put(agent, agency.property(there.property_id), expected=1)
    await agency.slot(agent, property_id=there.property_id, starts_in=5 * HOUR)


async def test_an_applicant_sees_the_address_of_a_confirmed_visit_until_a_day_after_its_end(world: World) -> None:
    agency = organization(world.store)
    agent, applicant, other = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent)
    await agency.properties.put(agent, agency.property(slot.property_id, **DETAILS), expected=None)
    assert not await seen(agency, applicant, slot.property_id)
    booking = await agency.book(applicant, slot.id)
    assert await seen(agency, applicant, slot.property_id)
    assert not await seen(agency, other, slot.property_id)
    await agency.bookings.cancel(applicant, booking.id)
    assert not await seen(agency, applicant, slot.property_id)
    await agency.book(applicant, slot.id)
    await world.jump(timedelta(hours=25, minutes=59))
    assert await seen(agency, applicant, slot.property_id)
    await world.jump(timedelta(hours=26, minutes=1))
    assert not await seen(agency, applicant, slot.property_id)


async def test_a_list_comes_in_order_of_the_last_change_by_what_is_asked_for(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    first, second, third = (uuid4() for _ in range(3))
    await agency.properties.put(agent, agency.property(first, label="Two ROOMS", address="Spree 1"), expected=0)
    await agency.properties.put(agent, agency.property(second, area="Mitte", address="Rooms 9"), expected=0)
    archived = agency.property(third, label="Loft", status=PropertyStatus.ARCHIVED)
    third_view = await agency.properties.put(agent, archived, expected=0)
    await agency.properties.put(agent, agency.property(first, label="Two ROOMS", address="Spree 1"), expected=1)
    other = organization(world.store)
    await other.properties.put(await other.agent(), other.property(uuid4(), label="Rooms"), expected=0)

    async def ids(caller: Caller, paging: Paging = ALL, **chosen: object) -> list[object]:
        page = await agency.properties.list(caller, PropertyFilter(**chosen), paging)  # type: ignore[arg-type]
        return [view.property.id for view in page.items]

    assert await ids(agent) == await ids(applicant) == [second, third, first]
    assert await ids(agent, q="rooms") == [second, first]
    assert await ids(applicant, q="rooms") == [first]
    assert await ids(applicant, q="spree") == []
    assert await ids(agent, status=PropertyStatus.ARCHIVED) == [third]
    assert await ids(agent, updated_after=third_view.property.updated_at) == [first]
    page = await agency.properties.list(agent, PropertyFilter(), Paging(after=None, limit=2))
    assert await ids(agent, Paging(after=page.next, limit=2)) == [first]
    views = (await agency.properties.list(applicant, PropertyFilter(), ALL)).items
    assert [(view.for_agent, view.with_address) for view in views] == [(False, False)] * 3
    with pytest.raises(OrganizationNotFound):
        await agency.properties.list(applicant, PropertyFilter(), ALL, other.organization_id)


async def test_an_applicant_of_two_organizations_that_share_an_id_names_one(world: World) -> None:
    one, two = organization(world.store), organization(world.store)
    email, shared, own = f"{uuid4()}@example.com", uuid4(), uuid4()
    for agency in (one, two):
        await agency.screen(screening(agency.organization_id, email=email))
        await agency.properties.put(await agency.agent(), agency.property(shared, label="Home"), expected=0)
    await two.properties.put(await two.agent(), two.property(own), expected=0)
    applicant = await one.identity.identify(claims(email=email), None)
    assert (await one.properties.get(applicant, own)).property.organization_id == two.organization_id
    with pytest.raises(InvalidRequest):
        await one.properties.get(applicant, shared)
    with pytest.raises(InvalidRequest):
        await one.properties.list(applicant, PropertyFilter(), ALL)
    for agency in (one, two):
        view = await one.properties.get(applicant, shared, agency.organization_id)
        assert view.property.organization_id == agency.organization_id
    with pytest.raises(PropertyNotFound):
        await one.properties.get(applicant, own, one.organization_id)
    agent = await one.identity.identify(
        claims(applicant.subject, organization_id=two.organization_id, role=AgentRole.MEMBER), None
    )
    assert (await one.properties.get(agent, shared)).for_agent
    elsewhere = await one.properties.get(agent, shared, one.organization_id)
    assert (elsewhere.for_agent, elsewhere.with_address) == (False, False)
