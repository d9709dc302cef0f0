"""An address that refuses in the very instant in which its person is erased leaves no hash behind."""

import asyncio
from typing import Any

import asyncpg
import pytest

from booking.adapters.postgres.engine.database import Database
from booking.domain.notices.attempt import LEASE, Attempt, refused
from booking.domain.notices.handover import HandoverFault
from booking.domain.people.contact import Channel
from tests.contract.test_notices import ADA, EVE, Scene
from tests.support.locks import waits
from tests.support.stores import postgres_store
from tests.support.worlds import PostgresWorld, as_owner

pytestmark = pytest.mark.usefixtures("patience")

REFUSED = """INSERT INTO suppressions (organization_id, channel, address, reason)
             VALUES ($1, $2, address_hash($1, $3), 'address_refused')"""
ERASED = {ADA: "erase_applicant", EVE: "erase_agent"}


@pytest.fixture
async def scene(database: Database, owner_url: str) -> Scene:
    return await Scene(PostgresWorld(postgres_store(database), owner_url, database)).begin()


async def attempted(scene: Scene) -> dict[str, Attempt]:
    await scene.visit()
    await scene.plan()
    taken, _ = await scene.world.store.notice_queue.take({Channel.EMAIL: 10}, LEASE, 0)
    return {one.address: one for one in taken}


def erasing(scene: Scene, email: str) -> "asyncio.Task[Any]":
    organization_id, store = scene.agency.organization_id, scene.world.store
    assert scene.agent.agent
    if email == EVE:
        return asyncio.create_task(store.agents.erase(organization_id, scene.agent.agent.id))
    return asyncio.create_task(scene.agency.applicants.erase(organization_id, scene.ada.applicants[0].id))


@pytest.mark.parametrize("email", [ADA, EVE])
async def test_a_refusal_that_is_being_noted_is_forgotten_with_its_person(
    scene: Scene, owner_url: str, email: str
) -> None:
    attempt = (await attempted(scene))[email]
    noting = await asyncpg.connect(owner_url)
    try:
        async with noting.transaction():
            await noting.execute("SELECT FROM notices WHERE id = $1 FOR NO KEY UPDATE", attempt.id)
            await noting.execute(REFUSED, attempt.organization_id, attempt.channel, email)
            erased = erasing(scene, email)
            assert await waits(owner_url, "erase_", erased)
        await erased
    finally:
        await noting.close()
    assert await as_owner(owner_url, "SELECT FROM suppressions") == []


@pytest.mark.parametrize("email", [ADA, EVE])
async def test_a_refusal_that_is_noted_while_its_person_is_being_erased_is_none(
    scene: Scene, owner_url: str, email: str
) -> None:
    attempt = (await attempted(scene))[email]
    owner = await asyncpg.connect(owner_url)
    try:
        async with owner.transaction():
            await owner.execute(f"SELECT {ERASED[email]}($1, $2)", attempt.organization_id, attempt.recipient_id)
            outcome = refused(attempt, HandoverFault.ADDRESS_REFUSED)
            noted = asyncio.create_task(scene.world.store.notice_queue.note([outcome]))
            assert await waits(owner_url, "suppressions", noted)
        assert await noted == []
    finally:
        await owner.close()
    assert await as_owner(owner_url, "SELECT FROM suppressions") == []
