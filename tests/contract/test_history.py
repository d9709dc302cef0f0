"""History of a booking: for all who have, or had, to do with it; the same in memory and in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from booking.domain.events import Actor, Appointment, Event, EventType, Recorded
from booking.domain.paging import EPOCH, Page, Paging, Position
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.names import Names
from booking.domain.properties.policy import Settings
from booking.domain.refusals import InvalidCursor
from booking.domain.values import replace
from booking.domain.visits.booking import Outcome
from booking.domain.visits.history import Happening, HistoryEntry, HistorySlot, NamedAgent, Originator, entry
from booking.domain.visits.refusals import BookingNotFound
from booking.domain.visits.slot import Slot
from tests.builders import HOUR, Organization, claims, organization, screening
from tests.support.worlds import MemoryWorld, PostgresWorld, World, as_owner

REQUESTED, CONFIRMED, MOVED = EventType.BOOKING_REQUESTED, EventType.BOOKING_CONFIRMED, EventType.BOOKING_RESCHEDULED
CANCELLED, NOTES, HELD = EventType.BOOKING_CANCELLED, EventType.BOOKING_NOTES_CHANGED, EventType.HOLD_CREATED


async def named(agency: Organization, name: str, role: AgentRole = AgentRole.MEMBER) -> Caller:
    return await agency.identity.identify(claims(organization_id=agency.organization_id, role=role, name=name), None)


async def history(
    agency: Organization, reader: Caller, booking_id: UUID, limit: int = 100, after: Page[HistoryEntry] | None = None
) -> Page[HistoryEntry]:
    paging = Paging(after=after.next if after else None, limit=limit)
    return await agency.history.list(reader, booking_id, paging=paging)


async def told(agency: Organization, reader: Caller, booking_id: UUID) -> Sequence[tuple[str, str, bool]]:
    """What happened, by whom, and whether that is the reader."""
    page = await history(agency, reader, booking_id)
    return [(one.type, one.by.role, one.by.you) for one in page.items]


async def is_hidden(agency: Organization, reader: Caller, booking_id: UUID) -> bool:
    with pytest.raises(BookingNotFound):
        await history(agency, reader, booking_id)
    return True


async def hand_over(world: World, slot: Slot, agent: Caller) -> None:
    """Give a slot to another agent, for which there is no operation yet."""
    assert agent.agent is not None
    if isinstance(world, MemoryWorld):
        world.state.slots[slot.key] = replace(world.state.slots[slot.key], agent_id=agent.agent.id)
    else:
        assert isinstance(world, PostgresWorld)
        await as_owner(world.owner_url, "UPDATE slots SET agent_id = $1 WHERE id = $2", agent.agent.id, slot.id)


async def test_what_happened_is_told_in_order_and_by_whom_as_soon_as_it_has_happened(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await named(agency, "Anna"), await named(agency, "Eve", AgentRole.ADMIN)
    applicant = await agency.applicant()
    old, new = await agency.slots_of(agent, 2)
    booking = await agency.book(applicant, old.id, "by bus")
    await world.store.outbox.place(100)
    await agency.bookings.change_notes(applicant, booking.id, "by car")
    await agency.bookings.reschedule(agent, booking.id, new.id)
    await agency.bookings.cancel(admin, booking.id, "The roof leaks.")
    found = (await history(agency, agent, booking.id)).items
    assert agent.agent is not None
    assert admin.agent is not None
    names = Names(agent="Anna")

    def at(slot: Slot) -> HistorySlot:
        return HistorySlot(
            appointment=Appointment(
                slot_id=slot.id,
                property_id=slot.property_id,
                agent_id=slot.agent_id,
                start_time=slot.start_time,
                end_time=slot.end_time,
            ),
            names=names,
        )

    the_applicant = Originator(role="applicant", you=False, agent=None)
    anna = Originator(role="member", you=True, agent=NamedAgent(id=agent.agent.id, name="Anna"))
    eve = Originator(role="admin", you=False, agent=NamedAgent(id=admin.agent.id, name="Eve"))
    assert [(one.type, one.by, one.from_state, one.to_state, one.slot, one.moved_from) for one in found] == [
        (CONFIRMED, the_applicant, None, "confirmed", at(old), None),
        (NOTES, the_applicant, None, "changed", at(old), None),
        (MOVED, anna, "confirmed", "confirmed", at(new), at(old)),
        (CANCELLED, eve, "confirmed", "cancelled_by_agent", at(new), None),
    ]
    assert [one.occurred_at for one in found] == sorted(one.occurred_at for one in found)
    await world.store.outbox.place(100)
    assert (await history(agency, agent, booking.id)).items == found


async def test_its_applicant_its_agent_and_admins_see_all_of_it_and_others_do_not_find_it(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id)
    assert await told(agency, applicant, booking.id) == [(CONFIRMED, "applicant", True)]
    for reader in (agent, await agency.admin()):
        assert await told(agency, reader, booking.id) == [(CONFIRMED, "applicant", False)]
    for reader in (
        await agency.agent(),
        await agency.applicant(),
        await other.agent(),
        await other.admin(),
        await other.applicant(),
    ):
        assert await is_hidden(agency, reader, booking.id)
        assert await is_hidden(agency, reader, uuid4())


async def test_an_agent_from_whose_slot_it_was_moved_away_sees_it_until_then(world: World) -> None:
    agency = organization(world.store)
    former, agent, admin = await agency.agent(), await agency.agent(), await agency.admin()
    applicant = await agency.applicant()
    old, new = await agency.slot(former), await agency.slot(agent, starts_in=3 * HOUR)
    booking = await agency.book(applicant, old.id)
    assert await is_hidden(agency, agent, booking.id)
    await agency.bookings.reschedule(admin, booking.id, new.id)
    await agency.bookings.change_notes(applicant, booking.id, "by car")
    await agency.bookings.cancel(agent, booking.id)
    before = [(CONFIRMED, "applicant", False), (MOVED, "admin", False)]
    assert await told(agency, former, booking.id) == before
    assert await told(agency, agent, booking.id) == [*before, (NOTES, "applicant", False), (CANCELLED, "member", True)]
    first = await history(agency, former, booking.id, limit=1)
    second = await history(agency, former, booking.id, limit=1, after=first)
    assert [one.type for one in (*first.items, *second.items)] == [CONFIRMED, MOVED]
    assert second.next is None


async def test_an_agent_to_whom_it_comes_back_sees_all_of_it(world: World) -> None:
    agency = organization(world.store)
    former, agent, admin = await agency.agent(), await agency.agent(), await agency.admin()
    applicant = await agency.applicant()
    old, new = await agency.slot(former), await agency.slot(agent, starts_in=3 * HOUR)
    booking = await agency.book(applicant, old.id)
    await agency.bookings.reschedule(admin, booking.id, new.id)
    await agency.bookings.change_notes(applicant, booking.id, "by car")
    await agency.bookings.reschedule(admin, booking.id, old.id)
    everything = [CONFIRMED, MOVED, NOTES, MOVED]
    assert [type_ for type_, _, _ in await told(agency, former, booking.id)] == everything
    assert [type_ for type_, _, _ in await told(agency, agent, booking.id)] == everything
    await agency.bookings.change_notes(applicant, booking.id, "by train")
    assert [type_ for type_, _, _ in await told(agency, former, booking.id)] == [*everything, NOTES]
    assert [type_ for type_, _, _ in await told(agency, agent, booking.id)] == everything


async def test_an_agent_whose_slot_was_handed_over_sees_what_happened_while_it_was_theirs(world: World) -> None:
    agency = organization(world.store)
    former, agent, applicant = await agency.agent(), await agency.agent(), await agency.applicant()
    slot = await agency.slot(former)
    booking = await agency.book(applicant, slot.id)
    await hand_over(world, slot, agent)
    await agency.bookings.change_notes(applicant, booking.id, "by car")
    assert await told(agency, former, booking.id) == [(CONFIRMED, "applicant", False)]
    assert await told(agency, agent, booking.id) == [(CONFIRMED, "applicant", False), (NOTES, "applicant", False)]
    assert await is_hidden(agency, await agency.agent(), booking.id)


async def test_a_former_agent_who_is_shut_out_or_at_another_agency_sees_nothing(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    former, agent, admin = await agency.agent(), await agency.agent(), await agency.admin()
    old, new = await agency.slot(former), await agency.slot(agent, starts_in=3 * HOUR)
    applicant = await agency.applicant()
    booking = await agency.book(applicant, old.id)
    await agency.bookings.reschedule(admin, booking.id, new.id)
    assert former.agent is not None
    elsewhere = replace(former, agent=replace(former.agent, organization_id=other.organization_id))
    assert await is_hidden(agency, elsewhere, booking.id)
    assert await is_hidden(agency, replace(former, agent=None), booking.id)
    also_here = replace(elsewhere, applicants=(await agency.applicant()).applicants)
    assert await is_hidden(agency, also_here, booking.id)


async def test_a_booking_tells_of_the_hold_or_the_offer_that_it_was_and_these_have_no_history_themselves(
    world: World,
) -> None:
    agency = organization(world.store)
    agent, applicant, waiter = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent)
    hold = await agency.holds.hold(applicant, slot.id)
    for reader in (applicant, agent, await agency.admin()):
        assert await is_hidden(agency, reader, hold.id)
    booking = await agency.book(applicant, slot.id, hold_id=hold.id)
    assert await told(agency, applicant, booking.id) == [(HELD, "applicant", True), (CONFIRMED, "applicant", True)]
    await agency.waitlists.join(waiter, slot.id)
    await agency.bookings.cancel(applicant, booking.id)
    offer = await agency.holds.hold(waiter, slot.id)
    taken = await agency.book(waiter, slot.id, hold_id=offer.id)
    assert [type_ for type_, _, _ in await told(agency, waiter, taken.id)] == [EventType.WAITLIST_OFFERED, CONFIRMED]


async def test_an_applicant_is_told_of_agents_whose_visit_it_was_or_becomes_and_of_no_colleague(world: World) -> None:
    agency = organization(world.store)
    former, agent = await named(agency, "Anna"), await named(agency, "Ben")
    admin = await named(agency, "Eve", AgentRole.ADMIN)
    applicant = await agency.applicant()
    old, new = await agency.slot(former), await agency.slot(agent, starts_in=3 * HOUR)
    booking = await agency.book(applicant, old.id)
    await agency.bookings.reschedule(admin, booking.id, new.id)
    await agency.bookings.cancel(agent, booking.id)
    found = (await history(agency, applicant, booking.id)).items
    assert [(one.by.role, one.by.agent and one.by.agent.name) for one in found] == [
        ("applicant", None),
        ("admin", None),
        ("member", "Ben"),
    ]
    hosts = [(one.slot and one.slot.names.agent, one.moved_from and one.moved_from.names.agent) for one in found]
    assert hosts == [("Anna", None), ("Ben", "Anna"), ("Ben", None)]


async def test_a_cancellation_by_a_screening_says_nothing_of_the_screening_to_the_applicant(world: World) -> None:
    agency = organization(world.store)
    agent, admin, applicant = await agency.agent(), await agency.admin(), await agency.applicant()
    await agency.policies.put(admin, Settings(cancel_when_ineligible=True), expected=None)
    booking = await agency.book(applicant, (await agency.slot(agent)).id)
    person, now = applicant.applicants[0], await world.store.now()
    await agency.screen(
        screening(
            agency.organization_id,
            external_id=person.external_id,
            email=person.email,
            risk_level=RiskLevel.HIGH,
            screened_at=now,
            sent_at=now,
        )
    )
    of_agent = (await history(agency, agent, booking.id)).items[-1]
    of_applicant = (await history(agency, applicant, booking.id)).items[-1]
    assert (of_agent.type, of_agent.by.role, of_agent.to_state) == (CANCELLED, "system", "cancelled_by_screening")
    assert of_applicant == replace(of_agent, to_state=None)


async def test_the_outcome_the_feedback_and_an_approval_are_told_without_anybody_s_words(world: World) -> None:
    agency = organization(world.store)
    agent, admin, applicant = await agency.agent(), await agency.admin(), await agency.applicant()
    await agency.policies.put(admin, Settings(approval_levels=(RiskLevel.LOW,)), expected=None)
    booking = await agency.book(applicant, (await agency.slot(agent)).id, "ring twice")
    await agency.bookings.approve(agent, booking.id)
    await world.jump(1.5 * HOUR)
    await agency.bookings.record(agent, booking.id, Outcome.ATTENDED)
    await agency.bookings.give_feedback(applicant, booking.id, rating=4, comment="too dark")
    found = (await history(agency, agent, booking.id)).items
    assert [(one.type, one.to_state) for one in found] == [
        (REQUESTED, "pending_approval"),
        (CONFIRMED, "confirmed"),
        (EventType.BOOKING_OUTCOME_RECORDED, "attended"),
        (EventType.BOOKING_FEEDBACK_GIVEN, "given"),
    ]
    person = applicant.applicants[0]
    words = ("ring twice", "too dark", person.name, person.email, applicant.subject, str(person.id))
    assert not any(word in repr(found) for word in words)


async def test_after_an_erasure_it_tells_still_what_happened_and_of_nobody(world: World) -> None:
    agency = organization(world.store)
    agent, admin, applicant = await named(agency, "Anna"), await agency.admin(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id)
    await agency.bookings.cancel(agent, booking.id)
    person = applicant.applicants[0]
    await agency.applicants.erase(agency.organization_id, person.id)
    assert agent.agent is not None
    await agency.store.agents.erase(agency.organization_id, agent.agent.id)
    found = (await history(agency, admin, booking.id)).items
    assert [(one.type, one.by) for one in found] == [
        (CONFIRMED, Originator(role="applicant", you=False, agent=None)),
        (CANCELLED, Originator(role="member", you=False, agent=NamedAgent(id=agent.agent.id, name=None))),
    ]
    assert [one.slot and one.slot.names for one in found] == [Names(), Names()]
    assert await is_hidden(agency, replace(applicant, applicants=()), booking.id)


async def test_pages_are_the_whole_of_it_once_though_the_relay_comes_between(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id)
    for number in range(4):
        await agency.bookings.change_notes(applicant, booking.id, f"{number}")
        if number == 2:
            await world.store.outbox.place(100)
    page = await history(agency, applicant, booking.id, limit=2)
    found = list(page.items)
    while page.next is not None:
        await world.store.outbox.place(1)
        page = await history(agency, applicant, booking.id, limit=2, after=page)
        found += page.items
    assert found == list((await history(agency, applicant, booking.id)).items)
    assert [one.type for one in found] == [CONFIRMED, *[NOTES] * 4]


async def test_a_position_that_is_none_of_its_events_is_no_cursor(world: World) -> None:
    agency = organization(world.store)
    applicant = await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(await agency.agent())).id)
    with pytest.raises(InvalidCursor):
        await agency.history.list(applicant, booking.id, paging=Paging(after=Position(EPOCH, uuid4()), limit=9))


def test_an_event_of_a_former_release_names_no_slot() -> None:
    event = Event(
        type=CONFIRMED,
        organization_id=uuid4(),
        actor=Actor(subject="somebody", role="applicant", request_id=None),
        from_state=None,
        to_state="confirmed",
        slot_id=uuid4(),
        booking_id=uuid4(),
    )
    happening = Happening(recorded=Recorded(id=uuid4(), occurred_at=EPOCH, event=event), by_agent=None)
    reader = Caller(subject="somebody", email=None, agent=None, applicants=())
    seen = entry(happening, reader, {})
    assert (seen.slot, seen.moved_from) == (None, None)
    assert seen.by == Originator(role="applicant", you=True, agent=None)
