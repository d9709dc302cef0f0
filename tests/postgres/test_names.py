"""Names beside slots, visits and entries: what was renamed or erased is nowhere any more, whichever worker is asked."""

from uuid import UUID, uuid4

import msgspec
import pytest

from booking.adapters.postgres.engine.database import Database
from booking.domain.choices import SlotChoice
from booking.domain.paging import Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.people.names import Names
from booking.domain.values import replace
from booking.entrypoints.http import booking_answer
from booking.entrypoints.http.names import with_names, without_names
from booking.entrypoints.http.routes.visits import property_slots, slots
from tests.builders import HOUR, Organization, organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

ALL = Paging(after=None, limit=20)
SHOWN = Names(label="Elm 5", area="Kazimierz", time_zone="Europe/Warsaw", agent="Eve")


async def name(owner_url: str, agency: Organization, agent: Caller, property_id: UUID, *, label: str, of: str) -> None:
    """Name the property and the agent, as their writes do."""
    assert agent.agent is not None
    organization_id = agency.organization_id
    await as_owner(
        owner_url,
        "INSERT INTO properties (organization_id, id, label, area) VALUES ($1, $2, $3, 'Kazimierz')"
        " ON CONFLICT (organization_id, id) DO UPDATE SET label = EXCLUDED.label, area = EXCLUDED.area",
        organization_id,
        property_id,
        label,
    )
    await as_owner(
        owner_url,
        "INSERT INTO profiles (organization_id, agent_id, name) VALUES ($1, $2, $3)"
        " ON CONFLICT (organization_id, agent_id) DO UPDATE SET name = EXCLUDED.name",
        organization_id,
        agent.agent.id,
        of,
    )
    await as_owner(
        owner_url,
        "INSERT INTO organizations (organization_id, time_zone, people_version) VALUES ($1, 'Europe/Warsaw', 1)"
        " ON CONFLICT (organization_id) DO UPDATE SET people_version = organizations.people_version + 1",
        organization_id,
    )


@pytest.fixture
def agency(database: Database) -> Organization:
    return organization(postgres_store(database))


@pytest.fixture
def elsewhere(database: Database, agency: Organization) -> Organization:
    """The same agency at another worker, with caches of its own."""
    return Organization(postgres_store(database), agency.organization_id)


async def shown(at: Organization, viewer: Caller, agent: Caller, property_id: UUID) -> list[Names]:
    """The names in every view of the slots of a property."""
    page = await at.slots.bookable(viewer, property_id, window=Window(), paging=ALL)
    encoded = msgspec.json.decode(msgspec.json.encode(property_slots.encoded(page)))["slots"]
    own = await at.slots.list(agent, SlotChoice(property_id=property_id), window=Window(), paging=ALL)
    visits = [
        *(await at.bookings.list(viewer, side=None, window=Window(), paging=ALL)).items,
        *(await at.bookings.list(agent, side=None, window=Window(), paging=ALL)).items,
    ]
    entries = (await at.waitlists.list(viewer, side=None, slot_id=None, status=None, paging=ALL)).items
    assert all((encoded, own.items, visits, entries))
    return [
        *(
            Names(**{key: one["property"][key] for key in ("label", "area", "time_zone")}, agent=one["agent"]["name"])
            for one in encoded
        ),
        *(view.availability.names for view in own.items),
        *[(await at.slots.get(viewer, view.slot.id)).availability.names for view in own.items],
        *(view.context.names for view in visits),
        *[(await at.bookings.get(agent, view.booking.id)).context.names for view in visits],
        *(view.names for view in entries),
    ]


async def test_what_is_renamed_at_one_worker_is_shown_so_at_another_by_the_next_answer(
    agency: Organization, elsewhere: Organization, owner_url: str
) -> None:
    agent, viewer, rival = await agency.agent(), await agency.applicant(), await agency.applicant()
    property_id = uuid4()
    _, booked, full = [await agency.slot(agent, starts_in=hours * HOUR, property_id=property_id) for hours in (2, 4, 6)]
    await agency.book(viewer, booked.id)
    await agency.book(rival, full.id)
    await agency.waitlists.join(viewer, full.id)
    assert set(await shown(elsewhere, viewer, agent, property_id)) == {Names()}
    await name(owner_url, agency, agent, property_id, label="Elm 5", of="Eve")
    for at in (agency, elsewhere, elsewhere):
        assert set(await shown(at, viewer, agent, property_id)) == {SHOWN}
    await name(owner_url, agency, agent, property_id, label="Elm 7", of="Eve Kent")
    renamed = msgspec.structs.replace(SHOWN, label="Elm 7", agent="Eve Kent")
    for at in (agency, elsewhere, elsewhere):
        assert set(await shown(at, viewer, agent, property_id)) == {renamed}


async def test_each_way_to_a_place_tells_the_names(agency: Organization, owner_url: str) -> None:
    agent, viewer = await agency.agent(), await agency.applicant()
    assert agent.agent is not None
    property_id = uuid4()
    await name(owner_url, agency, agent, property_id, label="Elm 5", of="Eve")
    start = await agency.store.now() + 2 * HOUR
    offered = await agency.slots.offer(agent, property_id, start, start + HOUR)
    other = await agency.slots.offer(agent, property_id, start + 2 * HOUR, start + 3 * HOUR, capacity=2)
    resized = await agency.slots.resize(agent, other.slot.id, 3)
    directly = await agency.bookings.book(viewer, offered.slot.id)
    moved = await agency.bookings.reschedule(viewer, directly.booking.id, other.slot.id)
    assert [view.availability.names for view in (offered, other, resized)] == [SHOWN] * 3
    assert [view.context.names for view in (directly, moved)] == [SHOWN] * 2


async def test_a_kept_answer_has_no_names_and_its_replay_those_of_now(agency: Organization, owner_url: str) -> None:
    agent, viewer = await agency.agent(), await agency.applicant()
    property_id = uuid4()
    await name(owner_url, agency, agent, property_id, label="Elm 5", of="Eve")
    slot = await agency.slot(agent, starts_in=2 * HOUR, property_id=property_id)
    booked = await agency.bookings.book(viewer, slot.id)
    views = (booking_answer.answer(replace(await agency.bookings.get(agent, booked.booking.id), details=None)),
             slots._answer(await agency.slots.get(agent, slot.id)))  # fmt: skip
    for told in map(msgspec.json.encode, views):
        kept = without_names(told)
        assert not any(word in kept for word in (b"Elm", b"Eve", b"Kazimierz", b"Warsaw", b"Ada", b"@example"))
        assert await with_names(kept, agency.store.directory) == told
    await name(owner_url, agency, agent, property_id, label="Elm 7", of="Eve Kent")
    await agency.applicants.erase(agency.organization_id, viewer.applicants[0].id)
    for told in map(msgspec.json.encode, views):
        again = msgspec.json.decode(await with_names(without_names(told), agency.store.directory))
        (one,) = again.values()
        assert (one["property"]["label"], one["agent"]["name"]) == ("Elm 7", "Eve Kent")
        assert one.get("applicant", {"name": "erased"})["name"] == "erased"


def test_names_are_left_out_at_any_depth() -> None:
    visit = {"organization_id": "1", "applicant": {"id": "2", "name": "Ada", "email": "ada@example.com"}}
    slot = {"organization_id": "1", "property": {"id": "3", "label": "Elm 5"}, "agent": {"id": "4", "name": "Eve"}}
    kept = without_names(msgspec.json.encode({"slots": [slot | {"bookings": [visit]}]}))
    bare = {"organization_id": "1", "property": {"id": "3"}, "agent": {"id": "4"}}
    assert msgspec.json.decode(kept) == {
        "slots": [bare | {"bookings": [{"organization_id": "1", "applicant": {"id": "2"}}]}]
    }
