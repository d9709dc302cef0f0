"""Lists that answer what is asked: by filters, in several orders, with totals."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from booking.domain.choices import EVERY_BOOKING, BookingChoice, BookingOrder, SlotChoice, SlotOrder
from booking.domain.paging import Paging, Position, Total, Window
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller, Side
from booking.domain.people.refusals import WrongRole
from booking.domain.visits.booking import Booking, BookingStatus, Outcome
from booking.domain.visits.slot import SlotStatus
from tests.builders import HOUR, Organization, organization, screening
from tests.support.worlds import World

ALL = Paging(after=None, limit=100)
ANY_TIME = Window()


async def listed(
    agency: Organization,
    caller: Caller,
    chosen: BookingChoice = EVERY_BOOKING,
    *,
    window: Window = ANY_TIME,
    side: Side | None = None,
) -> list[UUID]:
    """The ids in the list, which is the same page by page."""
    whole = await agency.bookings.list(caller, chosen, side=side, window=window, paging=ALL)
    ids, after = [], None
    while True:
        page = await agency.bookings.list(caller, chosen, side=side, window=window, paging=Paging(after=after, limit=1))
        ids += [view.booking.id for view in page.items]
        if (after := page.next) is None:
            break
    assert ids == [view.booking.id for view in whole.items]
    return ids


async def booked(agency: Organization, *visits: tuple[Caller, Caller, int, UUID]) -> Sequence[Booking]:
    return [
        await agency.book(applicant, (await agency.slot(agent, starts_in=hours * HOUR, property_id=property_id)).id)
        for agent, applicant, hours, property_id in visits
    ]


async def test_bookings_are_listed_by_each_filter_and_by_all_together(world: World) -> None:
    agency = organization(world.store)
    one, other, admin = await agency.agent(), await agency.agent(), await agency.admin()
    ana, ben = await agency.applicant(), await agency.applicant()
    here, there = uuid4(), uuid4()
    first, second, third, fourth = await booked(
        agency, (one, ana, 2, here), (other, ana, 4, there), (one, ben, 6, here), (other, ben, 8, here)
    )
    await agency.bookings.cancel(ana, first.id)
    for chosen, expected in (
        (BookingChoice(slot_id=second.slot_id), [second]),
        (BookingChoice(property_id=here), [first, third, fourth]),
        (BookingChoice(applicant_id=ben.applicants[0].id), [third, fourth]),
        (BookingChoice(agent_id=other.as_agent().id), [second, fourth]),
        (BookingChoice(statuses=(BookingStatus.CONFIRMED,)), [second, third, fourth]),
        (
            BookingChoice(statuses=(BookingStatus.CONFIRMED, BookingStatus.CANCELLED_BY_APPLICANT)),
            [first, second, third, fourth],
        ),
        (BookingChoice(property_id=here, agent_id=one.as_agent().id), [first, third]),
        (
            BookingChoice(
                property_id=here,
                applicant_id=ben.applicants[0].id,
                agent_id=one.as_agent().id,
                slot_id=third.slot_id,
                statuses=(BookingStatus.CONFIRMED,),
                needs_review=False,
            ),
            [third],
        ),
        (BookingChoice(property_id=uuid4()), []),
    ):
        assert await listed(agency, admin, chosen) == [booking.id for booking in expected], chosen
    assert await listed(agency, one, BookingChoice(property_id=here)) == [first.id, third.id]
    assert await listed(agency, ana, BookingChoice(property_id=there)) == [second.id]
    assert await listed(agency, ana, BookingChoice(applicant_id=ben.applicants[0].id)) == []


async def test_only_an_admin_chooses_by_an_agent(world: World) -> None:
    agency = organization(world.store)
    one, other, ana = await agency.agent(), await agency.agent(), await agency.applicant()
    (mine,) = await booked(agency, (one, ana, 2, uuid4()))
    own = BookingChoice(agent_id=one.as_agent().id)
    assert await listed(agency, one, own) == [mine.id]
    for caller in (other, ana):
        with pytest.raises(WrongRole):
            await listed(agency, caller, own)
    with pytest.raises(WrongRole):
        await agency.slots.list(other, SlotChoice(agent_id=one.as_agent().id), window=ANY_TIME, paging=ALL)


async def test_visits_that_need_review_or_have_an_outcome_are_asked_for(world: World) -> None:
    agency = organization(world.store)
    agent, admin, ana, ben = (
        await agency.agent(),
        await agency.admin(),
        await agency.applicant(),
        await agency.applicant(),
    )
    past, coming, safe = await booked(
        agency, (agent, ana, 1, uuid4()), (agent, ana, 9, uuid4()), (agent, ben, 7, uuid4())
    )
    await world.jump(2 * HOUR)
    await agency.bookings.record(agent, past.id, Outcome.ATTENDED)
    person = ana.applicants[0]
    await agency.screen(
        screening(
            agency.organization_id,
            external_id=person.external_id,
            email=person.email,
            risk_level=RiskLevel.HIGH,
            sent_at=await world.store.now(),
        )
    )
    assert await listed(agency, admin, BookingChoice(needs_review=True)) == [coming.id]
    assert await listed(agency, admin, BookingChoice(needs_review=False)) == [past.id, safe.id]
    assert await listed(agency, admin, BookingChoice(outcome=Outcome.ATTENDED)) == [past.id]
    assert await listed(agency, admin, BookingChoice(outcome=Outcome.NO_SHOW)) == []


async def test_bookings_are_listed_in_each_order(world: World) -> None:
    agency = organization(world.store)
    agent, admin, ana = await agency.agent(), await agency.admin(), await agency.applicant()
    late, early, middle = await booked(agency, *((agent, ana, hours, uuid4()) for hours in (8, 2, 5)))
    by_start = [early.id, middle.id, late.id]
    for caller in (admin, ana):
        assert await listed(agency, caller) == by_start
        assert await listed(agency, caller, BookingChoice(order=BookingOrder.LATEST)) == by_start[::-1]
        newest = await listed(agency, caller, BookingChoice(order=BookingOrder.NEWEST))
        assert newest == [middle.id, early.id, late.id]
    ahead = Window(since=middle.start_time)
    assert await listed(agency, admin, BookingChoice(order=BookingOrder.LATEST), window=ahead) == [late.id, middle.id]
    assert await listed(agency, admin, BookingChoice(order=BookingOrder.NEWEST), window=ahead) == [middle.id, late.id]


async def test_a_total_counts_all_pages_of_what_is_chosen(world: World) -> None:
    agency = organization(world.store)
    agent, ana = await agency.agent(), await agency.applicant()
    first, *_ = await booked(agency, *((agent, ana, hours, uuid4()) for hours in (2, 4, 6)))
    await agency.bookings.cancel(ana, first.id)

    async def total(after: Position | None = None, **choice: object) -> tuple[int, Total | None]:
        chosen = BookingChoice(with_total=True, **choice)  # type: ignore[arg-type]
        paging = Paging(after=after, limit=2)
        page = await agency.bookings.list(agent, chosen, side=None, window=ANY_TIME, paging=paging)
        return len(page.items), page.total

    assert await total() == (2, Total(count=3, exact=True))
    assert await total(statuses=(BookingStatus.CONFIRMED,)) == (2, Total(count=2, exact=True))
    assert await total(Position(first.start_time, first.id)) == (2, Total(count=3, exact=True))


async def test_slots_are_listed_by_agent_by_several_states_and_either_way(world: World) -> None:
    agency = organization(world.store)
    one, other, admin, ana = (
        await agency.agent(),
        await agency.agent(),
        await agency.admin(),
        await agency.applicant(),
    )
    here = uuid4()
    mine = [await agency.slot(one, starts_in=hours * HOUR, property_id=here) for hours in (2, 4, 6)]
    theirs = await agency.slot(other, starts_in=8 * HOUR, property_id=here)
    await agency.book(ana, mine[0].id)
    await agency.slots.cancel(one, mine[1].id)

    async def found(**choice: object) -> list[UUID]:
        chosen = SlotChoice(**choice)  # type: ignore[arg-type]
        ids, after = [], None
        while True:
            page = await agency.slots.list(admin, chosen, window=ANY_TIME, paging=Paging(after=after, limit=1))
            ids += [view.slot.id for view in page.items]
            if (after := page.next) is None:
                return ids

    every = [*(slot.id for slot in mine), theirs.id]
    assert await found() == every
    assert await found(order=SlotOrder.LATEST) == every[::-1]
    assert await found(agent_id=one.as_agent().id) == every[:3]
    assert await found(agent_id=one.as_agent().id, property_id=here, order=SlotOrder.LATEST) == every[2::-1]
    assert await found(statuses=(SlotStatus.BOOKED, SlotStatus.CANCELLED)) == every[:2]
    assert await found(statuses=(SlotStatus.AVAILABLE,), property_id=here) == every[2:]
