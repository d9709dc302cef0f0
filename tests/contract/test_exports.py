"""Exports: a whole list at once, of one instant, for agents alone, with the zone of each row."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from booking.domain.choices import EVERY_BOOKING, EVERY_SLOT, BookingChoice, BookingOrder, SlotChoice, SlotOrder
from booking.domain.paging import Paging, Window
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Caller, Side
from booking.domain.people.organization import Organization as Details
from booking.domain.people.refusals import OrganizationNotFound, WrongRole
from booking.domain.properties.property import PropertyFilter, PropertyStatus
from booking.domain.refusals import ListTooBroad
from booking.domain.visits.allowed_actions import BookingView
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.waitlist import EntryStatus
from booking.service.delivery import exports
from booking.service.delivery.exports import ExportService, Zoned
from tests.builders import HOUR, Organization, claims, organization
from tests.support.worlds import World

V = TypeVar("V")
ALL = Paging(after=None, limit=100)
ANY_TIME = Window()


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 2)


def as_they_are(rows: Sequence[Zoned[V]]) -> Sequence[Zoned[V]]:
    return rows


def whole(parts: Sequence[Sequence[Zoned[V]]]) -> list[Zoned[V]]:
    return [row for part in parts for row in part]


async def bookings(
    agency: Organization,
    caller: Caller,
    chosen: BookingChoice = EVERY_BOOKING,
    *,
    side: Side | None = None,
    window: Window = ANY_TIME,
    time_zone: str | None = None,
) -> list[Zoned[BookingView]]:
    return whole(
        await agency.exports.bookings(caller, chosen, as_they_are, side=side, window=window, time_zone=time_zone)
    )


async def test_bookings_are_those_of_the_list_in_its_order_however_many_pages(world: World) -> None:
    agency = organization(world.store)
    one, other, admin = await agency.agent(), await agency.agent(), await agency.admin()
    ana = await agency.applicant()
    slots = [
        await agency.slot(agent, starts_in=hours * HOUR)
        for agent, hours in ((one, 2), (other, 4), (one, 6), (one, 8), (one, 10))
    ]
    made = [await agency.book(ana, slot.id) for slot in slots]
    await agency.bookings.cancel(ana, made[0].id)
    near = Window(until=slots[3].start_time)
    for caller, chosen, window in (
        (one, EVERY_BOOKING, ANY_TIME),
        (admin, EVERY_BOOKING, ANY_TIME),
        (admin, BookingChoice(agent_id=other.as_agent().id), ANY_TIME),
        (admin, BookingChoice(order=BookingOrder.LATEST), near),
        (admin, BookingChoice(order=BookingOrder.NEWEST), near),
        (one, BookingChoice(statuses=(BookingStatus.CONFIRMED,), with_total=True), near),
        (one, BookingChoice(property_id=uuid4()), ANY_TIME),
    ):
        listed = await agency.bookings.list(caller, chosen, side=Side.AGENT, window=window, paging=ALL)
        exported = await bookings(agency, caller, chosen, window=window)
        assert [row.item.booking for row in exported] == [view.booking for view in listed.items]
        assert all(row.item.for_agent for row in exported)
    assert len(await bookings(agency, admin)) == 5
    with pytest.raises(WrongRole):
        await bookings(agency, one, BookingChoice(agent_id=other.as_agent().id))


async def test_slots_waitlists_and_people_are_those_of_their_lists(world: World) -> None:
    agency = organization(world.store)
    one, other, admin = await agency.agent(), await agency.agent(), await agency.admin()
    slots = [
        await agency.slot(agent, starts_in=hours * HOUR) for agent, hours in ((one, 2), (one, 4), (one, 6), (other, 8))
    ]
    ana, ben, cem, eva = [
        await agency.applicant(f"{name}-{uuid4()}@example.com") for name in ("ana", "ben", "cem", "eva")
    ]
    await agency.book(ana, slots[0].id)
    for person in (ben, cem, eva):
        await agency.waitlists.join(person, slots[0].id)

    for caller, chosen in ((one, EVERY_SLOT), (admin, SlotChoice(order=SlotOrder.LATEST)), (other, EVERY_SLOT)):
        listed = await agency.slots.list(caller, chosen, window=ANY_TIME, paging=ALL)
        exported = await agency.exports.slots(caller, chosen, as_they_are, window=ANY_TIME, time_zone=None)
        assert [row.item.slot for row in whole(exported)] == [view.slot for view in listed.items]

    for viewer, status, expected in (
        (one, None, 3),
        (admin, EntryStatus.WAITING, 3),
        (other, None, 0),
        (one, EntryStatus.LEFT, 0),
    ):
        found = await agency.exports.waitlist(
            viewer, as_they_are, side=None, slot_id=slots[0].id, status=status, time_zone=None
        )
        entries = await agency.waitlists.list(viewer, side=None, slot_id=slots[0].id, status=status, paging=ALL)
        assert [row.item for row in whole(found)] == list(entries.items)
        assert len(entries.items) == expected

    for q, eligible in ((None, None), ("ana", True), (None, False)):
        people = await agency.exports.applicants(one, as_they_are, q=q, eligible=eligible, time_zone=None)
        known = await agency.applicants.list(one, q=q, eligible=eligible, paging=ALL)
        assert [row.item for row in whole(people)] == list(known.items)

    await agency.agents.remove(admin, other.as_agent().id, ALL)
    for caller, expected in ((one, 2), (admin, 3)):
        agents = await agency.exports.agents(caller, as_they_are, q=None, time_zone=None)
        colleagues = await agency.agents.list(caller, q=None, paging=ALL)
        assert [row.item for row in whole(agents)] == list(colleagues.items)
        assert len(colleagues.items) == expected


async def test_properties_are_those_of_the_list_with_their_addresses(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    for number in range(5):
        status = PropertyStatus.ARCHIVED if number == 4 else PropertyStatus.ACTIVE
        details = agency.property(uuid4(), label=f"Flat {number}", address=f"Elm Street {number}", status=status)
        await agency.properties.put(agent, details, expected=None)
    for chosen, expected in (
        (PropertyFilter(), 5),
        (PropertyFilter(q="elm street 3"), 1),
        (PropertyFilter(status=PropertyStatus.ARCHIVED), 1),
    ):
        listed = await agency.properties.list(agent, chosen, ALL)
        exported = await agency.exports.properties(agent, chosen, as_they_are, organization_id=None, time_zone=None)
        assert [row.item for row in whole(exported)] == list(listed.items)
        assert len(listed.items) == expected


async def test_the_zone_is_as_asked_or_else_the_property_or_the_organization_has_it_or_utc(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    there, elsewhere = uuid4(), uuid4()
    await agency.properties.put(agent, agency.property(there, time_zone="Europe/Warsaw"), expected=None)
    await agency.properties.put(agent, agency.property(elsewhere), expected=None)
    ana = await agency.applicant()
    for number, place in enumerate((there, elsewhere), 1):
        await agency.book(ana, (await agency.slot(agent, property_id=place, starts_in=2 * number * HOUR)).id)

    async def zones(time_zone: str | None = None) -> list[list[str]]:
        asked = agency.exports
        tables: list[Sequence[Sequence[Zoned[Any]]]] = [
            await asked.bookings(admin, EVERY_BOOKING, as_they_are, side=None, window=ANY_TIME, time_zone=time_zone),
            await asked.slots(admin, EVERY_SLOT, as_they_are, window=ANY_TIME, time_zone=time_zone),
            await asked.properties(admin, PropertyFilter(), as_they_are, organization_id=None, time_zone=time_zone),
            await asked.applicants(admin, as_they_are, q=None, eligible=None, time_zone=time_zone),
            await asked.agents(admin, as_they_are, q=None, time_zone=time_zone),
        ]
        return [[row.time_zone for row in whole(parts)] for parts in tables]

    assert await zones() == [["Europe/Warsaw", "UTC"]] * 3 + [["UTC"], ["UTC"] * 2]
    details = Details(id=agency.organization_id, time_zone="Asia/Tokyo")
    await agency.organizations.put(admin, details, expected=None)
    assert await zones() == [["Europe/Warsaw", "Asia/Tokyo"]] * 3 + [["Asia/Tokyo"], ["Asia/Tokyo"] * 2]
    assert await zones("America/Lima") == [["America/Lima"] * 2] * 3 + [["America/Lima"], ["America/Lima"] * 2]


async def test_as_many_rows_as_may_be_are_exported_and_one_more_is_refused(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    for number in range(5):
        await agency.slot(agent, starts_in=2 * (number + 1) * HOUR)

    async def exported(most: int) -> int:
        service = ExportService(world.store.snapshots, most)
        return len(whole(await service.slots(agent, EVERY_SLOT, as_they_are, window=ANY_TIME, time_zone=None)))

    assert [await exported(most) for most in (5, 6, 100)] == [5, 5, 5]
    for most in (1, 2, 3, 4):
        with pytest.raises(ListTooBroad):
            await exported(most)
    with pytest.raises(ListTooBroad, match="a calendar has at most"):
        await agency.exports.slots(agent, EVERY_SLOT, as_they_are, window=ANY_TIME, time_zone=None, most=4)
    later = Window(since=await world.store.now() + timedelta(hours=7))
    few = ExportService(world.store.snapshots, 2)
    assert len(whole(await few.slots(agent, EVERY_SLOT, as_they_are, window=later, time_zone=None))) == 2


async def test_nothing_is_exported_to_applicants_and_nothing_of_another_agency(world: World) -> None:
    agency, rival = organization(world.store), organization(world.store)
    agent, theirs = await agency.agent(), await rival.agent(AgentRole.ADMIN)
    email = f"{uuid4()}@example.com"
    applicant = await agency.applicant(email)
    await agency.book(applicant, (await agency.slot(agent)).id)
    both = await agency.identity.identify(
        claims(applicant.subject, email=email, organization_id=rival.organization_id, role=AgentRole.ADMIN), "r"
    )
    asked = agency.exports
    for caller, side, named in ((applicant, None, None), (both, Side.APPLICANT, agency.organization_id)):
        with pytest.raises(WrongRole):
            await bookings(agency, caller, side=side)
        with pytest.raises(WrongRole):
            await asked.waitlist(caller, as_they_are, side=side, slot_id=None, status=None, time_zone=None)
        with pytest.raises(WrongRole):
            await asked.properties(caller, PropertyFilter(), as_they_are, organization_id=named, time_zone=None)
    for refused in (
        asked.slots(applicant, EVERY_SLOT, as_they_are, window=ANY_TIME, time_zone=None),
        asked.applicants(applicant, as_they_are, q=None, eligible=None, time_zone=None),
        asked.agents(applicant, as_they_are, q=None, time_zone=None),
    ):
        with pytest.raises(WrongRole):
            await refused
    with pytest.raises(OrganizationNotFound):
        await asked.properties(
            theirs, PropertyFilter(), as_they_are, organization_id=agency.organization_id, time_zone=None
        )
    for stranger in (theirs, both):
        assert await bookings(agency, stranger) == []
        slots = await asked.slots(stranger, EVERY_SLOT, as_they_are, window=ANY_TIME, time_zone=None)
        assert whole(slots) == []
