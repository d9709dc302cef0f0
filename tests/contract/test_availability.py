"""Availability of properties: days and slots, with the full and held ones; the same in memory and in PostgreSQL."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from booking import time_zones
from booking.domain.paging import Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.people.organization import Organization as Details
from booking.domain.properties.policy import Settings
from booking.domain.refusals import InvalidRequest
from booking.domain.visits.allowed_actions import SlotAction
from booking.domain.visits.availability import Occupancy
from booking.domain.visits.slot import Slot
from tests.builders import HOUR, Organization, claims, organization, screening
from tests.support.worlds import World

ALL = Paging(after=None, limit=100)
ANYTIME = Window()
BOTH = (Occupancy.FULL, Occupancy.HELD)


async def scene(agency: Organization) -> tuple[UUID, dict[str, Slot]]:
    """Make a property with slots of all kinds."""
    agent, property_id = await agency.agent(), uuid4()
    names = ("free", "full", "held", "shared", "owed", "cancelled")
    made = await agency.slots_of(agent, len(names), property_id)
    slots = dict(zip(names, made, strict=True))
    await agency.slots.resize(agent, slots["shared"].id, 2)
    for name in ("full", "shared", "owed"):
        await agency.book(await agency.applicant(), slots[name].id)
    await agency.holds.hold(await agency.applicant(), slots["held"].id)
    await agency.holds.hold(await agency.applicant(), slots["shared"].id)
    await agency.waitlists.join(await agency.applicant(), slots["owed"].id)
    await agency.slots.resize(agent, slots["owed"].id, 2)
    await agency.slots.cancel(agent, slots["cancelled"].id)
    return property_id, slots


async def listed(
    agency: Organization, caller: Caller, properties: Sequence[UUID], kinds: Sequence[Occupancy] = BOTH
) -> list[UUID]:
    page = await agency.availability.list(caller, properties, kinds, window=ANYTIME, paging=ALL)
    return [view.slot.id for view in page.items]


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        ((), ["free"]),
        ((Occupancy.FULL,), ["free", "full"]),
        ((Occupancy.HELD,), ["free", "held", "shared", "owed"]),
        (BOTH, ["free", "full", "held", "shared", "owed"]),
    ],
)
async def test_full_and_held_slots_are_listed_beside_the_free_ones_if_asked(
    world: World, kinds: Sequence[Occupancy], names: Sequence[str]
) -> None:
    agency = organization(world.store)
    property_id, slots = await scene(agency)
    for viewer in (await agency.applicant(), await agency.agent()):
        assert await listed(agency, viewer, [property_id], kinds) == [slots[name].id for name in names]


async def test_who_finds_a_slot_full_may_wait_there(world: World) -> None:
    agency = organization(world.store)
    property_id, slots = await scene(agency)
    viewer = await agency.applicant()
    page = await agency.availability.list(viewer, [property_id], BOTH, window=ANYTIME, paging=ALL)
    assert {view.slot.id: view.actions for view in page.items} == {
        slots["free"].id: (SlotAction.BOOK, SlotAction.HOLD),
        **{slots[name].id: (SlotAction.JOIN_WAITLIST,) for name in ("full", "held", "shared", "owed")},
    }


async def test_pages_of_several_properties_follow_each_other_by_start(world: World) -> None:
    agency = organization(world.store)
    properties = [uuid4() for _ in range(3)]
    made = [
        await agency.slot(await agency.agent(), property_id=one, starts_in=HOUR * (1 + turn + 3 * late))
        for turn, one in enumerate(properties)
        for late in range(3)
    ]
    viewer, found, after = await agency.applicant(), [], None
    while True:
        paging = Paging(after=after, limit=2)
        page = await agency.availability.list(viewer, properties, (), window=ANYTIME, paging=paging)
        found += [view.slot.id for view in page.items]
        if (after := page.next) is None:
            break
    assert found == [slot.id for slot in sorted(made, key=lambda slot: slot.start_time)]
    window = Window(since=made[0].start_time + HOUR / 2, until=made[1].start_time)
    page = await agency.availability.list(viewer, properties, (), window=window, paging=ALL)
    assert [view.slot.id for view in page.items] == [made[3].id, made[6].id]


async def test_days_count_every_kind_of_open_slot(world: World) -> None:
    agency = organization(world.store)
    property_id, slots = await scene(agency)
    days = await agency.availability.days(await agency.applicant(), [property_id], window=ANYTIME, time_zone="UTC")
    assert [sum(getattr(day, kind) for day in days) for kind in ("free", "full", "held")] == [1, 1, 3]
    (day,) = [day for day in days if day.free]
    start = slots["free"].start_time
    assert (day.place.day.date, day.first_free, day.last_free) == (start.date(), start, start)
    assert [day.first_free for day in days if not day.free] == [None] * (len(days) - 1)


async def test_days_are_those_of_the_zone_asked_for_or_of_the_property_or_of_its_organization(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    property_id, nameless = uuid4(), uuid4()
    slot = await agency.slot(agent, property_id=property_id)
    await agency.slot(await agency.agent(), property_id=nameless)

    async def shown(asked: str | None) -> dict[UUID, tuple[str, date]]:
        days = await agency.availability.days(agent, [property_id, nameless], window=ANYTIME, time_zone=asked)
        return {day.place.property_id: (day.place.time_zone, day.place.day.date) for day in days}

    def on(zone: str) -> tuple[str, date]:
        return zone, slot.start_time.astimezone(time_zones.zone(zone)).date()

    before = await shown(None)
    assert (before[property_id], before[nameless][0]) == (on("UTC"), "UTC")
    details = Details(id=agency.organization_id, time_zone="Pacific/Kiritimati")
    await agency.organizations.put(admin, details, expected=None)
    named = agency.property(property_id, time_zone="Pacific/Pago_Pago")
    await agency.properties.put(agent, named, expected=None)
    after = await shown(None)
    assert (after[property_id], after[nameless][0]) == (on("Pacific/Pago_Pago"), "Pacific/Kiritimati")
    assert (await shown("Pacific/Apia"))[property_id] == on("Pacific/Apia")


async def test_what_the_policy_closes_is_neither_listed_nor_counted(world: World) -> None:
    agency = organization(world.store)
    agent, property_id = await agency.agent(), uuid4()
    slots = [
        await agency.slot(agent, property_id=property_id, starts_in=starts_in)
        for starts_in in (HOUR, 5 * HOUR, 40 * HOUR)
    ]
    rules = Settings(notice_seconds=2 * 3600, horizon_days=1)
    await agency.policies.put(await agency.admin(), rules, expected=None)
    assert await listed(agency, agent, [property_id]) == [slots[1].id]
    days = await agency.availability.days(agent, [property_id], window=ANYTIME, time_zone=None)
    assert [(day.free, day.first_free) for day in days] == [(1, slots[1].start_time)]


async def test_every_organization_in_view_is_shown_and_no_other(world: World) -> None:
    """Its days stand by themselves, even at a property of the same id."""
    agencies, property_id, email = [organization(world.store) for _ in range(3)], uuid4(), f"{uuid4()}@example.com"
    slots = [await one.slot(await one.agent(), property_id=property_id) for one in agencies]
    for one in agencies[:2]:
        await one.screen(screening(one.organization_id, email=email))
    viewer, agency = await agencies[0].identity.identify(claims(email=email), "request-1"), agencies[0]
    assert sorted(await listed(agency, viewer, [property_id])) == sorted(slot.id for slot in slots[:2])
    days = await agency.availability.days(viewer, [property_id], window=ANYTIME, time_zone=None)
    assert sorted((day.place.organization_id, day.free) for day in days) == sorted(
        (one.organization_id, 1) for one in agencies[:2]
    )
    assert await listed(agency, viewer, [uuid4()]) == []
    assert await agency.availability.days(viewer, [uuid4()], window=ANYTIME, time_zone=None) == []


async def test_more_than_a_month_of_days_is_refused(world: World) -> None:
    agency = organization(world.store)
    agent, now = await agency.agent(), await world.store.now()

    async def days(length: timedelta) -> Sequence[object]:
        window = Window(since=now, until=now + length)
        return await agency.availability.days(agent, [uuid4()], window=window, time_zone=None)

    assert await days(timedelta(days=31, hours=1)) == await days(-HOUR) == []
    with pytest.raises(InvalidRequest) as refused:
        await days(timedelta(days=31, hours=1, seconds=1))
    assert [(fault.parameter, fault.code) for fault in refused.value.faults] == [("to", "out_of_range")]
