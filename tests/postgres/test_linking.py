"""Linking a login judges anew what it writes: what changed since it was looked for counts."""

import asyncio

import asyncpg
import pytest

from booking.adapters.postgres.engine.database import Database
from booking.domain.people.refusals import NotRegistered
from tests.builders import claims, organization, screening
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

pytestmark = pytest.mark.usefixtures("patience")

WAITING = (
    "SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
EMAIL = "ana@example.com"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE applicants SET email = 'other@example.com'",
        "UPDATE applicants SET erased_at = now(), risk_level = 'HIGH'",
        "INSERT INTO former_logins SELECT organization_id, id, 'ana' FROM applicants",
    ],
)
async def test_a_login_is_not_linked_by_what_changed_since_it_was_looked_for(
    database: Database, owner_url: str, change: str
) -> None:
    agency = organization(postgres_store(database))
    await agency.screen(screening(agency.organization_id, email=EMAIL))
    owner = await asyncpg.connect(owner_url)
    try:
        changing = owner.transaction()
        await changing.start()
        await owner.execute("SELECT FROM applicants FOR UPDATE")
        linking = asyncio.create_task(agency.identity.identify(claims("ana", email=EMAIL), None))
        while not (await as_owner(owner_url, WAITING))[0]["waiting"]:
            assert not linking.done()
        await owner.execute(change)
        await changing.commit()
        with pytest.raises(NotRegistered):
            await linking
    finally:
        await owner.close()
    (row,) = await as_owner(owner_url, "SELECT user_id FROM applicants")
    assert row["user_id"] is None


async def test_a_login_that_the_release_before_took_stays_taken_when_another_is_taken(
    database: Database, owner_url: str
) -> None:
    """That release, run again after a roll-back, notes one login in the applicant's row and knows no table of them."""
    agency = organization(postgres_store(database))
    person = (await agency.applicant(EMAIL)).applicants[0]
    await as_owner(owner_url, "UPDATE applicants SET unlinked_from = 'ben', user_id = NULL")
    for login in ("ana", "cleo"):
        await agency.identity.identify(claims(login, email=EMAIL), None)
        await agency.applicants.unlink(agency.organization_id, person.id)
    for login in ("ana", "ben", "cleo"):
        with pytest.raises(NotRegistered):
            await agency.identity.identify(claims(login, email=EMAIL), None)


async def test_only_the_former_logins_of_an_erased_person_are_forgotten(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    person = (await agency.applicant(EMAIL)).applicants[0]
    await agency.applicants.unlink(agency.organization_id, person.id)
    forget = "SELECT forget_former_logins(organization_id, id) FROM applicants"
    await as_owner(owner_url, forget)
    assert len(await as_owner(owner_url, "SELECT FROM former_logins")) == 1
    await agency.applicants.erase(agency.organization_id, person.id)
    assert await as_owner(owner_url, "SELECT FROM former_logins") == []
