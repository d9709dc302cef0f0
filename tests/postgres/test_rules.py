"""Rules of a property that has slots from before there were properties."""

import pytest

from booking.adapters.postgres.engine.database import Database
from booking.domain.properties.refusals import PropertyNotFound
from tests.builders import organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner


async def test_a_property_without_a_row_has_the_rules_of_its_organization(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    applicant = await agency.applicant()
    slot = await agency.slot(await agency.agent())
    await as_owner(owner_url, "DELETE FROM properties")
    found = await agency.rules.get(applicant, slot.property_id)
    assert (found.property_id, found.policy.notice_seconds) == (slot.property_id, 0)
    rival = organization(agency.store)
    stranger = await rival.applicant()
    with pytest.raises(PropertyNotFound):
        await rival.rules.get(stranger, slot.property_id)
