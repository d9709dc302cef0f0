"""The demo of `booking dev`: there is something to book, however much of it was used up."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from booking.domain.paging import Paging, Window
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.planning.agent_schedule import ScheduleChoice
from booking.domain.values import replace
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import AgentBlocked
from booking.entrypoints.dev import demo, planning
from tests.builders import Organization, organization, screening
from tests.fakes import State, memory_store


@pytest.fixture
def agency() -> Organization:
    return organization(memory_store(State()))


async def load(agency: Organization) -> list[str]:
    """Load the demo; the applicants that are sent."""
    sent: list[str] = []

    async def send(_: UUID, __: UUID, ___: str, email: str, ____: RiskLevel, **_____: str | None) -> None:
        sent.append(email)

    await demo.load(agency.organization_id, services(agency), send, await agency.store.now())
    return sent


def services(agency: Organization) -> dict[str, Any]:
    names = ("identity", "slots", "organizations", "properties", "blocks", "schedules", "watches", "policies")
    return {name: getattr(agency, name) for name in (*names, "bookings", "waitlists")}


async def admin(agency: Organization) -> Caller:
    return await agency.identity.identify(
        demo.claims_of(agency.organization_id, demo.ADMIN_EMAIL, AgentRole.ADMIN), None
    )


async def offered(agency: Organization) -> list[str]:
    page = await agency.slots.list(await admin(agency), window=Window(), paging=Paging(after=None, limit=1000))
    homes = demo.properties_of(agency.organization_id)
    return [
        f"{view.slot.start_time:%Y-%m-%d} {view.slot.status}" for view in page.items if view.slot.property_id in homes
    ]


async def test_a_second_load_offers_nothing_while_there_is_something_to_book(agency: Organization) -> None:
    assert await load(agency) == ["tomas@example.com", "ines@example.com", "rui@example.com"]
    first = await offered(agency)
    assert len(first) == 7 * 4 * 2 + 1
    await load(agency)
    assert await offered(agency) == first


async def test_its_properties_and_agents_have_names_and_two_time_zones_and_keep_what_was_changed(
    agency: Organization,
) -> None:
    await load(agency)
    caller = await admin(agency)
    first, _, third = demo.properties_of(agency.organization_id)
    assert (await agency.organizations.get(caller)).time_zone == "Europe/Lisbon"
    shown, agents = {}, set[str | None]()
    for property_id in (first, third):
        page = await agency.slots.bookable(caller, property_id, window=Window(), paging=Paging(after=None, limit=100))
        (names,) = {view.names for view in page.items}
        agents |= {view.slot.agent_name for view in page.items}
        zone = ZoneInfo(names.time_zone)
        shown[names.label, names.time_zone] = sorted(
            {view.slot.start_time.astimezone(zone).hour for view in page.items}
        )
    assert shown == {
        ("Two rooms above the bakery", "Europe/Lisbon"): [10, 11],
        ("House with a garden", "Atlantic/Azores"): [10, 11, 14, 15, 18],
    }
    assert agents == {"Maria Lopes", "Ana Teixeira"}
    before = (await agency.properties.get(caller, first)).property
    await agency.properties.put(caller, replace(before, label="Sold"), expected=None)
    await load(agency)
    assert (await agency.properties.get(caller, first)).property.label == "Sold"


@pytest.mark.parametrize("how", ["booked", "cancelled"])
async def test_once_nothing_can_be_booked_a_week_of_new_slots_is_offered(agency: Organization, how: str) -> None:
    await load(agency)
    caller = await admin(agency)
    used = 0
    while found := await demo.something_to_book(agency.organization_id, agency.slots, caller):
        if how == "booked":
            applicant = await agency.applicant(f"{uuid4()}@example.com")
            await agency.book(applicant, found[1], "")
        else:
            await agency.slots.cancel(caller, found[1])
        used += 1
    assert used == 7 * 4 * 2 + (12 if how == "booked" else 1)
    await load(agency)
    now = await agency.store.now()
    days = {line.split()[0] for line in await offered(agency) if line.endswith(" available")}
    begin = 8 if how == "booked" else 1  # where slots are booked there is no room for others
    assert days == {f"{now + timedelta(days=ahead):%Y-%m-%d}" for ahead in range(begin, begin + 7)}
    assert await demo.something_to_book(agency.organization_id, agency.slots, caller)


async def test_a_colleague_plans_around_a_blocked_time_once(agency: Organization) -> None:
    for _ in range(2):
        await load(agency)
        caller, paging = await admin(agency), Paging(after=None, limit=99)
        (schedule,) = (await agency.schedules.list(caller, ScheduleChoice(), paging)).items
        found = (await agency.schedules.occurrences(caller, schedule.id, window=Window(), paging=paging)).items
        assert (schedule.property_id, len(found) % 3) == (planning.property_of(agency.organization_id), 0)
        assert [one.reason for one in found] == [AgentBlocked.code, *[None] * (len(found) - 1)]


async def test_an_applicant_asks_for_a_visit_and_another_one_waits_for_it(agency: Organization) -> None:
    await load(agency)
    for _, email, risk_level in demo.APPLICANTS:
        await agency.screen(screening(agency.organization_id, email=email, risk_level=risk_level))
    await demo.watch(agency.organization_id, services(agency), await agency.store.now())
    caller, paging = await admin(agency), Paging(after=None, limit=9)
    (entry,) = (await agency.waitlists.list(caller, side=None, slot_id=None, status=None, paging=paging)).items
    (asked,) = (await agency.bookings.list(caller, side=None, window=Window(), paging=paging)).items
    assert (asked.booking.status, asked.booking.slot_id) == (BookingStatus.PENDING_APPROVAL, entry.entry.slot_id)
