"""Rights are locked with what is written in them: who takes one away waits for the change that is under way."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import asyncpg
import pytest

from booking.adapters.postgres.engine.database import Database
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import NotRegistered
from tests.builders import Organization, claims, organization
from tests.support.locks import waits
from tests.support.stores import postgres_store

pytestmark = pytest.mark.usefixtures("patience")

Take = Callable[[Organization, Caller], Coroutine[Any, Any, object]]


async def remove(agency: Organization, agent: Caller) -> object:
    return await agency.store.agents.remove(agent.subject)


async def unlink(agency: Organization, person: Caller) -> object:
    return await agency.applicants.unlink(agency.organization_id, person.applicants[0].id)


@pytest.mark.parametrize("take", [remove, unlink])
async def test_a_right_is_not_taken_away_from_under_a_change(
    database: Database, elsewhere: Database, owner_url: str, take: Take
) -> None:
    agency = organization(postgres_store(database))
    there = Organization(postgres_store(elsewhere), agency.organization_id)
    member = claims()
    await agency.store.agents.provision(member.subject, agency.organization_id, AgentRole.MEMBER)
    agent, person = await agency.identity.identify(member, None), await agency.applicant()
    booking = await agency.book(person, (await agency.slot(agent)).id)
    by = agent if take is remove else person
    owner = await asyncpg.connect(owner_url)
    try:
        holding = owner.transaction()
        await holding.start()
        await owner.execute("SELECT FROM bookings FOR UPDATE")
        change = asyncio.create_task(agency.bookings.cancel(by, booking.id))
        assert await waits(owner_url, "^UPDATE bookings", change)
        taking = asyncio.create_task(take(there, by))
        assert await waits(owner_url, "^(SELECT .* FROM agents a .*WHERE a.subject|UPDATE applicants)", taking)
        assert not change.done()
        await holding.rollback()
        await change
        await taking
    finally:
        await owner.close()
    with pytest.raises(NotRegistered):
        await agency.slots.cancel(by, booking.slot_id) if take is remove else await agency.book(by, booking.slot_id)


async def test_a_change_that_finds_its_right_being_taken_away_waits_and_is_refused(
    database: Database, owner_url: str
) -> None:
    agency = organization(postgres_store(database))
    member = claims()
    await agency.store.agents.provision(member.subject, agency.organization_id, AgentRole.MEMBER)
    agent = await agency.identity.identify(member, None)
    slot = await agency.slot(agent)
    owner = await asyncpg.connect(owner_url)
    try:
        taking = owner.transaction()
        await taking.start()
        await owner.execute("UPDATE agents SET provisioned_role = NULL")
        change = asyncio.create_task(agency.slots.cancel(agent, slot.id))
        assert await waits(owner_url, "FROM agents|JOIN agents", change)
        await taking.commit()
        with pytest.raises(NotRegistered):
            await change
    finally:
        await owner.close()
