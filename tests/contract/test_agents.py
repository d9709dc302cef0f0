"""Agents and their profiles: the same in memory and in PostgreSQL."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from booking.domain.events import EventType
from booking.domain.paging import Paging, Window
from booking.domain.people.agent import Agent, AgentRole, Profile
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, CannotRemoveOneself, NotRegistered, WrongRole
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.slot import SlotStatus
from tests.builders import HOUR, Organization, claims, organization, screening
from tests.support.worlds import World

EVER, FIRST = Window(), Paging(after=None, limit=9)


async def identified(agency: Organization, subject: str, **said: Any) -> Caller:
    role = AgentRole.MEMBER
    return await agency.identity.identify(
        claims(subject, organization_id=agency.organization_id, role=role, **said), None
    )


async def test_the_first_name_comes_from_a_token_and_the_email_follows_it(world: World) -> None:
    agency, now = organization(world.store), await world.store.now()
    first = await identified(agency, "ada", name="Ada", email="ada@example.com", issued_at=now - 3 * HOUR)
    assert await agency.agents.profile(first) == Profile(name="Ada", email="ada@example.com")
    unvouched = {"email": "eve@example.com", "vouched": False}
    again = await identified(agency, "ada", name="Eve", issued_at=now - 2 * HOUR, **unvouched)
    assert await agency.agents.profile(again) == Profile(name="Ada", email="ada@example.com")
    moved = await identified(agency, "ada", email="a.l@example.com", issued_at=now - HOUR)
    assert await agency.agents.profile(moved) == Profile(name="Ada", email="a.l@example.com")
    older = await identified(agency, "ada", email="ada@example.com", issued_at=now - 4 * HOUR)
    assert await agency.agents.profile(older) == Profile(name="Ada", email="a.l@example.com")


async def test_an_agent_by_an_operator_s_word_is_named_by_their_tokens_too(world: World) -> None:
    agency, now = organization(world.store), await world.store.now()
    await world.store.agents.provision("ada", agency.organization_id, AgentRole.ADMIN)
    caller = await agency.identity.identify(claims("ada", name="Ada", email="a@b.example", issued_at=now), None)
    assert await agency.agents.profile(caller) == Profile(name="Ada", email="a@b.example")
    (entry,) = await world.store.agents.entries(agency.organization_id)
    assert (entry.subject, entry.name) == ("ada", "Ada")


async def test_an_agent_says_who_they_are_and_takes_it_back(world: World) -> None:
    agency = organization(world.store)
    agent, colleague = await agency.agent(), await agency.agent()
    said = {"name": "Mira", "phone": "+4930123456", "locale": "de-DE", "photo_url": "https://example.com/m.png"}
    assert await agency.agents.change_profile(agent, said) == Profile(**said)
    kept = await agency.agents.change_profile(agent, {"phone": None, "name": "Mira Beck"})
    assert kept == Profile(name="Mira Beck", locale="de-DE", photo_url="https://example.com/m.png")
    assert await agency.agents.change_profile(agent, {}) == kept == await agency.agents.profile(agent)
    assert (await agency.agents.get(colleague, agent.as_agent().id)).profile == kept
    assert await agency.agents.profile(await agency.applicant()) is None
    slot = await agency.slot(agent)
    assert (await agency.slots.get(colleague, slot.id)).availability.names.agent == "Mira Beck"
    with pytest.raises(WrongRole):
        await agency.agents.change_profile(await agency.applicant(), said)


async def test_a_page_of_slots_has_the_name_of_now(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)

    async def named() -> str | None:
        page = await agency.slots.bookable(applicant, slot.property_id, window=EVER, paging=FIRST)
        return page.items[0].slot.agent_name

    assert await named() is None
    await agency.agents.change_profile(agent, {"name": "Mira"})
    assert await named() == "Mira"


async def test_members_list_the_active_and_admins_all(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    admin, member = await agency.admin(), await identified(agency, "ada", name="Ada L", email="ada@example.com")
    await world.store.agents.provision("left", agency.organization_id, AgentRole.MEMBER)
    left = (await world.store.agents.entries(agency.organization_id))[-1]
    await world.store.agents.remove("left")
    stranger = await other.agent()

    async def found(by: Caller, q: str | None = None, paging: Paging = FIRST) -> list[object]:
        page = await agency.agents.list(by, q=q, paging=paging)
        return [*((one.id, one.role, one.active) for one in page.items), page.next and page.next.id]

    first, second = (caller.as_agent().id for caller in (admin, member))
    active = [(first, AgentRole.ADMIN, True), (second, AgentRole.MEMBER, True)]
    assert await found(member) == [*active, None]
    assert await found(admin) == [*active, (left.id, None, False), None]
    assert await found(admin, q="aDA@") == await found(member, q="a l") == [active[1], None]
    assert await found(admin, paging=Paging(after=None, limit=1)) == [active[0], first]
    assert (await agency.agents.get(admin, left.id)).active is False
    for by, whom in ((member, left.id), (stranger, second), (admin, stranger.as_agent().id)):
        with pytest.raises(AgentNotFound):
            await agency.agents.get(by, whom)
    with pytest.raises(WrongRole):
        await agency.agents.list(await agency.applicant(), q=None, paging=FIRST)


async def test_who_is_shut_out_is_nobody_whatever_a_token_says_until_they_are_let_in_again(world: World) -> None:
    agency, now = organization(world.store), await world.store.now()
    admin, agent = await agency.admin(), await identified(agency, "ada", issued_at=now - 3 * HOUR)
    whom = agent.as_agent().id
    removal = await agency.agents.remove(admin, whom, FIRST)
    assert (removal.agent.active, removal.agent.role, removal.slots.items) == (False, AgentRole.MEMBER, [])
    with pytest.raises(NotRegistered):
        await agency.slot(agent)
    with pytest.raises(AgentNotFound):
        await agency.slots.offer(admin, uuid4(), now + HOUR, now + 2 * HOUR, whom)
    for role, issued_at in ((AgentRole.MEMBER, None), (AgentRole.MEMBER, now - HOUR), (AgentRole.ADMIN, now)):
        said = claims("ada", organization_id=agency.organization_id, role=role, issued_at=issued_at)
        for _ in range(2):
            with pytest.raises(NotRegistered):
                await agency.identity.identify(said, None)
    assert (await agency.agents.restore(admin, whom)).role is AgentRole.ADMIN
    assert (await agency.identity.identify(said, None)).as_agent() == Agent(
        id=whom, organization_id=agency.organization_id, role=AgentRole.ADMIN
    )
    told = [one for one in await agents_told(world) if one[1] == whom]
    assert told == [
        (EventType.AGENT_ADDED, whom, None, "member"),
        (EventType.AGENT_REMOVED, whom, "member", "removed"),
        (EventType.AGENT_ADDED, whom, None, "admin"),
    ]


async def test_an_operator_s_word_lets_in_again(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    agent = await world.store.agents.provision("ada", agency.organization_id, AgentRole.MEMBER)
    await agency.agents.remove(admin, agent.id, FIRST)
    with pytest.raises(NotRegistered):
        await agency.identity.identify(claims("ada"), None)
    assert [entry.id for entry in await world.store.agents.entries(agency.organization_id)] == [admin.as_agent().id]
    assert await world.store.agents.provision("ada", agency.organization_id, AgentRole.MEMBER) == agent
    assert (await agency.identity.identify(claims("ada"), None)).agent == agent


async def test_an_applicant_stays_one_where_their_agent_is_shut_out(world: World) -> None:
    agency = organization(world.store)
    admin, agent = await agency.admin(), await identified(agency, "ada", email="ada@example.com")
    await agency.screen(screening(agency.organization_id, email="ada@example.com"))
    await agency.agents.remove(admin, agent.as_agent().id, FIRST)
    both = await identified(agency, "ada", email="ada@example.com")
    assert (both.agent, len(both.applicants)) == (None, 1)


async def test_the_coming_slots_of_who_is_shut_out_are_told_with_their_visits_and_cancelled_if_asked(
    world: World,
) -> None:
    agency = organization(world.store)
    admin, agent, applicant = await agency.admin(), await agency.agent(), await agency.applicant()
    first, second, third = await agency.slots_of(agent, 3)
    other = await agency.slot(admin)
    await agency.slots.cancel(agent, second.id)
    booking = await agency.book(applicant, third.id)
    whom = agent.as_agent().id
    removal = await agency.agents.remove(admin, whom, Paging(after=None, limit=1))
    assert ([view.slot.id for view in removal.slots.items], dict(removal.bookings)) == ([first.id], {first.id: []})
    removal = await agency.agents.remove(admin, whom, Paging(after=removal.slots.next, limit=1))
    ((view,),) = removal.bookings.values()
    assert ([one.slot.id for one in removal.slots.items], view.booking.id, removal.slots.next) == (
        [third.id],
        booking.id,
        None,
    )
    assert (await agency.see(applicant, first.id)).status is SlotStatus.AVAILABLE
    for _ in range(2):
        removal = await agency.agents.remove(admin, whom, FIRST, cancel_slots=True, reason="moved on")
        assert (removal.slots.items, removal.bookings) == ([], {})
    assert [(await agency.see(applicant, one.id)).status for one in (first, second, third, other)] == [
        *[SlotStatus.CANCELLED] * 3,
        SlotStatus.AVAILABLE,
    ]
    cancelled = (await agency.bookings.get(applicant, booking.id)).booking
    assert (cancelled.status, cancelled.reason) == (BookingStatus.CANCELLED_BY_AGENT, "moved on")


async def test_nobody_shuts_out_themselves_a_stranger_or_without_being_an_admin(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    admin, agent, stranger = await agency.admin(), await agency.agent(), await other.agent()
    with pytest.raises(CannotRemoveOneself):
        await agency.agents.remove(admin, admin.as_agent().id, FIRST)
    with pytest.raises(AgentNotFound):
        await agency.agents.remove(admin, stranger.as_agent().id, FIRST)
    with pytest.raises(AgentNotFound):
        await agency.agents.restore(admin, stranger.as_agent().id)
    with pytest.raises(WrongRole):
        await agency.agents.remove(agent, admin.as_agent().id, FIRST)
    assert (
        stranger.as_agent()
        == (
            await other.identity.identify(
                claims(stranger.subject, organization_id=other.organization_id, role=AgentRole.MEMBER), None
            )
        ).agent
    )


async def test_of_two_admins_who_shut_each_other_out_one_does(world: World) -> None:
    agency = organization(world.store)
    one, two = await agency.admin(), await agency.admin()
    outcomes = await asyncio.gather(
        agency.agents.remove(one, two.as_agent().id, FIRST),
        agency.agents.remove(two, one.as_agent().id, FIRST),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NotRegistered", "Removal"]


async def agents_told(world: World) -> list[tuple[object, ...]]:
    while await world.store.outbox.place(100):
        pass
    told = [one.recorded.event for one in await world.store.trail.placed(1, 1000)]
    return [(one.type, one.agent_id, one.from_state, one.to_state) for one in told if one.type.startswith("agent.")]
