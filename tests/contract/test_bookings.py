"""Booking, cancelling and showing visits: the same in memory and in PostgreSQL."""

import asyncio
import dataclasses
from collections import Counter
from typing import Any, cast
from uuid import uuid4

import pytest

from booking.domain.choices import BookingChoice
from booking.domain.events import EventType
from booking.domain.paging import Paging, Window
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Side
from booking.domain.people.refusals import ApplicantIneligible, WrongRole
from booking.domain.refusals import NotYourSlot, SlotNotFound
from booking.domain.values import replace
from booking.domain.visits import roster_changes
from booking.domain.visits.booking import Booking, BookingStatus, Outcome
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.place_request import BookPlace
from booking.domain.visits.refusals import (
    BookingNotConfirmed,
    BookingNotFound,
    SlotCancelled,
    SlotStarted,
    SlotTaken,
    VisitStarted,
)
from booking.domain.visits.roster import Gone, Roster
from booking.domain.visits.slot import SlotStatus
from booking.service.ports import Lost, Rosters
from booking.service.visits import place_claims
from tests.builders import HOUR, Organization, claims, organization, screening
from tests.support.worlds import World

ALL = Paging(after=None, limit=100)
ANY_TIME = Window()


async def test_a_booking_takes_the_slot_and_is_told_of(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(applicant, slot.id, "two of us")
    view = await agency.bookings.get(applicant, booking.id)
    assert view.booking == booking
    assert view.applicant is None
    assert (booking.status, booking.notes) == (BookingStatus.CONFIRMED, "two of us")
    assert (booking.start_time, booking.end_time, booking.property_id) == (
        slot.start_time,
        slot.end_time,
        slot.property_id,
    )
    assert (await agency.see(agent, slot.id)).status is SlotStatus.BOOKED
    assert (await world.events())[-1] == (EventType.BOOKING_CONFIRMED, None, "confirmed")


async def test_rivals_of_a_contested_slot_are_told_the_same_as_the_first_until_it_is_free_again(world: World) -> None:
    """Who comes first asks the roster, who comes after looks: neither may notice."""
    agency = organization(world.store)
    slot, other, _ = await agency.slots_of(await agency.agent(), 3)
    winner, *rivals, late = [await agency.applicant() for _ in range(4)]
    booking = await agency.book(winner, slot.id)
    for rival in (*rivals, winner):
        with pytest.raises(SlotTaken) as refused:
            await agency.book(rival, slot.id)
        assert [availability.slot.id for availability in refused.value.alternatives or ()][:1] == [other.id]
    with pytest.raises(SlotNotFound):
        await agency.book(late, uuid4())
    assert list(agency.place_claims.contested) == [slot.id]
    await agency.bookings.cancel(winner, booking.id)
    assert (await agency.book(late, slot.id)).slot_id == slot.id
    assert not agency.place_claims.contested


async def test_of_rivals_only_the_first_asks_the_roster_and_whoever_has_a_place_kept_ends_nothing(world: World) -> None:
    noted = []

    class Watched:
        turn = world.store.rosters.turn

        async def claim(self, *asked: Any, **named: Any) -> tuple[Roster, Commitments]:
            noted.append(list(agency.place_claims.contested))
            return await world.store.rosters.claim(*asked, **named)

    agency = organization(dataclasses.replace(world.store, rosters=cast("Rosters", Watched())))
    slot = await agency.slot(await agency.agent())
    winner, rival = await agency.applicant(), await agency.applicant()
    await agency.holds.hold(winner, slot.id)
    for _ in range(2):
        with pytest.raises(SlotTaken):
            await agency.book(rival, slot.id)
    await agency.book(winner, slot.id)
    for caller in (rival, winner, rival):
        with pytest.raises(SlotTaken):
            await agency.book(caller, slot.id)
    assert noted == [[], [], [slot.id]]


@pytest.mark.parametrize("taken", [True, False])
async def test_whoever_is_overtaken_while_they_wait_goes_back_to_look_once_and_is_then_decided_on(
    world: World, taken: bool
) -> None:
    """Found free again they get it, and are not sent back a second time."""
    decided: list[object] = []

    class Crowded:
        turn = world.store.rosters.turn

        async def claim(self, *asked: Any, contested: bool) -> tuple[Roster, Commitments]:
            if not contested:
                agency.place_claims.contested[slot.id] = None
                raise Lost
            decided.append(asked)
            return await world.store.rosters.claim(*asked, contested=contested)

    agency = organization(dataclasses.replace(world.store, rosters=cast("Rosters", Crowded())))
    slot, other = await agency.slots_of(await agency.agent(), 2)
    winner, rival = await agency.applicant(), await agency.applicant()
    if taken:
        await Organization(world.store, agency.organization_id).book(winner, slot.id)
        with pytest.raises(SlotTaken) as refused:
            await agency.book(rival, slot.id)
        assert [availability.slot.id for availability in refused.value.alternatives or ()] == [other.id]
    else:
        assert (await agency.book(rival, slot.id)).slot_id == slot.id
    assert len(decided) == (0 if taken else 1)


async def test_of_slots_found_taken_only_so_many_are_remembered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place_claims, "REMEMBERED", 2)
    agency = organization(world.store)
    slots = await agency.slots_of(await agency.agent(), 3)
    winner, rival = await agency.applicant(), await agency.applicant()
    for slot in slots:
        await agency.book(winner, slot.id)
        with pytest.raises(SlotTaken):
            await agency.book(rival, slot.id)
    assert list(agency.place_claims.contested) == [slots[1].id, slots[2].id]


async def test_of_fifty_rivals_exactly_one_wins(world: World) -> None:
    """Over real connections in PostgreSQL."""
    agency = organization(world.store)
    slot = await agency.slot(await agency.agent())
    rivals = [await agency.applicant() for _ in range(50)]
    outcomes = await asyncio.gather(*(agency.book(rival, slot.id, "") for rival in rivals), return_exceptions=True)
    assert Counter(map(type, outcomes)) == {Booking: 1, SlotTaken: 49}
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_a_booked_slot_is_not_booked_again_even_by_whoever_has_it(world: World) -> None:
    agency = organization(world.store)
    slot = await agency.slot(await agency.agent())
    applicant = await agency.applicant()
    await agency.book(applicant, slot.id, "")
    with pytest.raises(SlotTaken):
        await agency.book(applicant, slot.id, "")


async def test_a_slot_freed_by_a_cancellation_can_be_booked_again_and_again(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    slot = await agency.slot(agent)
    for _ in range(3):
        applicant = await agency.applicant()
        booking = await agency.book(applicant, slot.id, "")
        await agency.bookings.cancel(applicant, booking.id)
        assert (await agency.see(agent, slot.id)).status is SlotStatus.AVAILABLE
        view = await agency.bookings.get(agent, booking.id)
        assert view.booking.status is BookingStatus.CANCELLED_BY_APPLICANT
    assert (await world.events())[-1] == (EventType.BOOKING_CANCELLED, "confirmed", "cancelled_by_applicant")


async def test_a_booking_cancelled_long_ago_frees_nobody_else_s_place(world: World) -> None:
    agency = organization(world.store)
    agent, first, second = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent)
    old = await agency.book(first, slot.id, "")
    await agency.bookings.cancel(first, old.id)
    await agency.book(second, slot.id, "")
    with pytest.raises(BookingNotConfirmed):
        await agency.bookings.cancel(first, old.id)
    assert (await agency.see(agent, slot.id)).status is SlotStatus.BOOKED


async def test_the_write_itself_cancels_no_booking_that_is_not_confirmed(world: World) -> None:
    """Whoever looked before it was cancelled, and before somebody else took the place, is told so."""
    agency = organization(world.store)
    agent, first, second = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent)
    stale = await agency.book(first, slot.id, "")
    await agency.bookings.cancel(first, stale.id)
    await agency.book(second, slot.id, "")
    with pytest.raises(Gone):
        await world.store.rosters.change(
            slot.key,
            lambda roster: roster_changes.transit(
                roster, stale.id, lambda one, _, at: one.cancel_by_agent(reason=None, at=at)
            ),
            first.acting_as_applicant(first.home),
        )
    assert (await agency.see(agent, slot.id)).status is SlotStatus.BOOKED
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_refusals_come_in_their_order_eligibility_past_cancelled_taken(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    well, unwell = await agency.applicant(), await agency.applicant(email="x@example.com")
    taken, cancelled = await agency.slots_of(agent, 2)
    await agency.book(well, taken.id, "")
    await agency.slots.cancel(agent, cancelled.id)
    for slot, refusal in ((taken, SlotTaken), (cancelled, SlotCancelled)):
        with pytest.raises(refusal):
            await agency.book(unwell, slot.id, "")
    await world.jump(5 * HOUR)
    for slot in (taken, cancelled):
        with pytest.raises(SlotStarted):
            await agency.book(unwell, slot.id, "")
    ineligible = await agency.applicant(risk_level=RiskLevel.HIGH)
    for slot in (taken, cancelled):
        with pytest.raises(ApplicantIneligible):
            await agency.book(ineligible, slot.id, "")


async def test_eligibility_is_what_the_store_says_not_what_the_caller_once_was(world: World) -> None:
    """HIGH closes new bookings at once, for callers already identified too, and a newer LOW opens them."""
    agency = organization(world.store)
    slot = await agency.slot(await agency.agent())
    applicant = await agency.applicant()
    person = applicant.applicants[0]
    for risk_level, at in ((RiskLevel.HIGH, HOUR / 60), (RiskLevel.LOW, HOUR / 30)):
        await world.jump(at)
        now = await world.store.now()
        await agency.screen(
            screening(
                agency.organization_id,
                external_id=person.external_id,
                email=person.email,
                risk_level=risk_level,
                screened_at=now,
                sent_at=now,
            )
        )
        if risk_level is RiskLevel.HIGH:
            with pytest.raises(ApplicantIneligible):
                await agency.book(applicant, slot.id, "")
    assert (await agency.book(applicant, slot.id, "")).status is BookingStatus.CONFIRMED


async def test_the_write_itself_refuses_the_ineligible_and_the_started(world: World) -> None:
    """The guard decides anew: whatever the look before it allowed, nothing is written."""
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    person = applicant.applicants[0]

    async def write() -> None:
        by = applicant.acting_as_applicant(applicant.home)
        await world.store.rosters.claim(slot.key, person.id, BookPlace(), by)

    worse = screening(
        agency.organization_id, external_id=person.external_id, email=person.email, risk_level=RiskLevel.HIGH
    )
    await agency.screen(worse)
    before = await world.events()
    with pytest.raises(ApplicantIneligible):
        await write()
    await world.jump(2 * HOUR)
    better = replace(worse, risk_level=RiskLevel.LOW, sent_at=worse.sent_at + HOUR)
    await agency.screen(better)
    with pytest.raises(SlotStarted):
        await write()
    assert await world.events() == [*before, (EventType.APPLICANT_REGISTERED, "ineligible", "eligible")]
    assert (await agency.see(agent, slot.id)).status is SlotStatus.AVAILABLE


async def test_an_applicant_books_only_where_screened(world: World) -> None:
    """A slot of another organization does not exist for them."""
    agency, other = organization(world.store), organization(world.store)
    slot = await agency.slot(await agency.agent())
    stranger = await other.applicant()
    for slot_id in (slot.id, uuid4()):
        with pytest.raises(SlotNotFound):
            await other.book(stranger, slot_id, "")


async def test_who_is_an_agent_here_and_an_applicant_there_books_there_only(world: World) -> None:
    here, there = organization(world.store), organization(world.store)
    own = await here.slot(await here.agent())
    foreign = await there.slot(await there.agent())
    email = f"{uuid4()}@example.com"
    await there.screen(screening(there.organization_id, email=email))
    both = await here.identity.identify(
        claims(email=email, organization_id=here.organization_id, role=AgentRole.ADMIN), None
    )
    with pytest.raises(SlotNotFound):
        await here.book(both, own.id, "")
    booking = await there.book(both, foreign.id, "")

    async def listed(side: Side | None) -> list[Booking]:
        page = await here.bookings.list(both, side=side, window=Window(), paging=ALL)
        return [view.booking for view in page.items]

    assert await listed(None) == await listed(Side.AGENT) == []
    assert await listed(Side.APPLICANT) == [booking]


async def test_an_agent_books_nothing_and_an_applicant_lists_no_agency(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    with pytest.raises(WrongRole):
        await agency.book(agent, slot.id, "")
    with pytest.raises(BookingNotFound):
        await agency.bookings.cancel(agent, uuid4())
    for caller, side in ((agent, Side.APPLICANT), (applicant, Side.AGENT)):
        with pytest.raises(WrongRole):
            await agency.bookings.list(caller, side=side, window=Window(), paging=ALL)


async def test_a_booking_is_in_view_of_its_applicant_its_agent_and_admins_only(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id, "")
    for caller in (agent, await agency.admin()):
        view = await agency.bookings.get(caller, booking.id)
        assert view.applicant is not None
        assert view.applicant.id == booking.applicant_id
    for outsider in (await agency.agent(), await agency.applicant(), await other.admin(), await other.applicant()):
        for booking_id in (booking.id, uuid4()):
            with pytest.raises(BookingNotFound):
                await agency.bookings.get(outsider, booking_id)
    rival = await agency.applicant()
    with pytest.raises(BookingNotFound):
        await agency.bookings.cancel(rival, booking.id)


async def test_who_is_agent_and_applicant_at_once_cancels_own_bookings_as_applicant_and_others_as_agent(
    world: World,
) -> None:
    agency = organization(world.store)
    email = f"{uuid4()}@example.com"
    await agency.screen(screening(agency.organization_id, email=email))
    both = await agency.identity.identify(
        claims(email=email, organization_id=agency.organization_id, role=AgentRole.ADMIN), None
    )
    slot = await agency.slot(both, capacity=2)
    own = await agency.book(both, slot.id)
    foreign = await agency.book(await agency.applicant(), slot.id)
    for booking in (own, foreign):
        await agency.bookings.cancel(both, booking.id)
    statuses = [(await agency.bookings.get(both, booking.id)).booking.status for booking in (own, foreign)]
    assert statuses == [BookingStatus.CANCELLED_BY_APPLICANT, BookingStatus.CANCELLED_BY_AGENT]


async def test_an_agent_who_visits_a_colleague_has_no_say_as_the_agent_of_that_visit(world: World) -> None:
    agency = organization(world.store)
    email = f"{uuid4()}@example.com"
    await agency.screen(screening(agency.organization_id, email=email))
    member = claims(email=email, organization_id=agency.organization_id, role=AgentRole.MEMBER)
    both = await agency.identity.identify(member, None)
    booking = await agency.book(both, (await agency.slot(await agency.agent())).id)
    bookings = agency.bookings
    for say in (
        bookings.approve(both, booking.id),
        bookings.decline(both, booking.id, None),
        bookings.record(both, booking.id, Outcome.ATTENDED),
        bookings.change_may_release(both, booking.id, False),
    ):
        with pytest.raises(NotYourSlot):
            await say
    assert (await bookings.get(both, booking.id)).booking == booking


async def test_lists_show_each_side_its_own(world: World) -> None:
    agency = organization(world.store)
    one, other, admin = await agency.agent(), await agency.agent(), await agency.admin()
    applicant, rival = await agency.applicant(), await agency.applicant()
    mine = [await agency.book(applicant, slot.id, "") for slot in await agency.slots_of(one, 3)]
    theirs = await agency.book(rival, (await agency.slot(other)).id, "")
    await agency.bookings.cancel(applicant, mine[0].id)

    async def listed(
        caller: object, status: BookingStatus | None = None, window: Window = ANY_TIME, paging: Paging = ALL
    ) -> list[object]:
        page = await agency.bookings.list(
            caller,  # type: ignore[arg-type]
            BookingChoice(statuses=(status,) if status else ()),
            side=None,
            window=window,
            paging=paging,
        )
        return [view.booking.id for view in page.items]

    ids = [booking.id for booking in mine]
    assert await listed(applicant) == await listed(one) == ids
    assert set(await listed(admin)) == {*ids, theirs.id}
    assert await listed(rival) == await listed(other) == [theirs.id]
    assert await listed(applicant, BookingStatus.CONFIRMED) == ids[1:]
    assert await listed(one, BookingStatus.CANCELLED_BY_APPLICANT) == ids[:1]
    assert await listed(one, window=Window(until=mine[1].start_time)) == ids[:1]
    assert await listed(one, paging=Paging(after=None, limit=2)) == ids[:2]


async def test_a_visit_that_has_started_is_not_cancelled(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id, "")
    await world.jump(HOUR * 1.5)
    with pytest.raises(VisitStarted):
        await agency.bookings.cancel(applicant, booking.id)


async def test_booking_against_cancelling_the_slot_never_leaves_a_visit_on_a_cancelled_slot(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    for slot in await agency.slots_of(agent, 20):
        booked, cancelled = await asyncio.gather(
            agency.book(applicant, slot.id, ""),
            agency.slots.cancel(agent, slot.id),
            return_exceptions=True,
        )
        assert cancelled is None
        assert isinstance(booked, Booking | SlotCancelled)
        if isinstance(booked, Booking):
            view = await agency.bookings.get(applicant, booked.id)
            assert view.booking.status is BookingStatus.CANCELLED_BY_AGENT
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_cancelling_a_booking_against_cancelling_its_slot_never_revives_the_slot(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    for slot in await agency.slots_of(agent, 20):
        booking = await agency.book(applicant, slot.id, "")
        by_applicant, by_agent = await asyncio.gather(
            agency.bookings.cancel(applicant, booking.id),
            agency.slots.cancel(agent, slot.id),
            return_exceptions=True,
        )
        assert by_agent is None
        assert by_applicant is None or isinstance(by_applicant, BookingNotConfirmed)
        assert (await agency.see(agent, slot.id)).status is SlotStatus.CANCELLED
        status = (await agency.bookings.get(applicant, booking.id)).booking.status
        won = BookingStatus.CANCELLED_BY_APPLICANT if by_applicant is None else BookingStatus.CANCELLED_BY_AGENT
        assert status is won
    assert set((await world.store.auditor.violations()).values()) == {0}
