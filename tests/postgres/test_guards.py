"""The guards of writes: what was changed past the slot's lock is not overwritten, whoever changed it."""

import asyncio
import threading

import pytest

from booking.adapters.postgres.engine.database import Database
from booking.domain.visits import roster_changes
from booking.domain.visits.roster import Roster
from booking.service.ports import Lost
from tests.builders import organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner


async def test_a_change_that_came_past_the_lock_wins_and_the_other_is_lost(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(applicant, slot.id)

    def cancel_meanwhile() -> None:
        asyncio.run(as_owner(owner_url, "UPDATE bookings SET status = 'cancelled_by_applicant'"))

    def change(roster: Roster) -> Roster:
        elsewhere = threading.Thread(target=cancel_meanwhile)
        elsewhere.start()
        elsewhere.join()
        return roster_changes.transit(
            roster, booking.id, lambda claim, _, at: claim.cancel_by_agent(reason=None, at=at)
        )

    with pytest.raises(Lost):
        await agency.store.rosters.change(slot.key, change, agent.acting_as_agent())
    (row,) = await as_owner(owner_url, "SELECT status FROM bookings")
    assert row["status"] == "cancelled_by_applicant"
