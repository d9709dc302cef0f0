"""Agents and their profiles: the same in memory and in PostgreSQL."""

from typing import Any

import pytest

from booking.domain.agent import AgentRole, Profile
from booking.domain.caller import Caller
from booking.domain.paging import Paging, Window
from booking.domain.refusals import AgentNotFound, WrongRole
from tests.builders import HOUR, Organization, claims, organization
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
