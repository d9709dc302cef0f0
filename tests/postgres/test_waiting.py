"""The order of a queue is given under its slot's lock, and holds beside the release before."""

from collections.abc import Sequence

from booking.adapters.postgres.engine.database import Database
from booking.domain.people.caller import Caller
from booking.domain.visits.slot import Slot
from tests.builders import Organization, organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

BY_THE_RELEASE_BEFORE = """
    INSERT INTO waitlist (organization_id, id, slot_id, applicant_id, status)
    VALUES ($1, gen_random_uuid(), $2, $3, 'waiting')"""


async def full_slot(agency: Organization) -> Slot:
    slot = await agency.slot(await agency.agent())
    await agency.book(await agency.applicant(), slot.id)
    return slot


async def queue(owner_url: str, slot: Slot) -> Sequence[tuple[object, int]]:
    rows = await as_owner(owner_url, "SELECT applicant_id, seq FROM waitlist WHERE slot_id = $1 ORDER BY seq", slot.id)
    return [(row["applicant_id"], row["seq"]) for row in rows]


async def test_each_queue_counts_its_own(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    for _ in range(2):
        slot = await full_slot(agency)
        people = [await agency.applicant() for _ in range(3)]
        for person in people:
            await agency.waitlists.join(person, slot.id)
        expected = [(person.applicants[0].id, place) for place, person in enumerate(people, 1)]
        assert await queue(owner_url, slot) == expected


async def test_whoever_joins_through_the_release_before_comes_after_all_who_came_before(
    database: Database, owner_url: str
) -> None:
    agency = organization(postgres_store(database))
    slot = await full_slot(agency)
    people: list[Caller] = []
    for turn in range(9):
        person = await agency.applicant()
        people.append(person)
        if turn % 3 == 1:
            key = slot.organization_id, slot.id, person.applicants[0].id
            await as_owner(owner_url, BY_THE_RELEASE_BEFORE, *key)
        else:
            await agency.waitlists.join(person, slot.id)
    found = await queue(owner_url, slot)
    assert [applicant_id for applicant_id, _ in found] == [person.applicants[0].id for person in people]
    assert len({seq for _, seq in found}) == len(people)
