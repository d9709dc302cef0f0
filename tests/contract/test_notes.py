"""Notes of a booking, changed by its applicant."""

from uuid import uuid4

import pytest

from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.visits.refusals import BookingNotConfirmed, BookingNotFound, VisitStarted
from booking.domain.visits.slot import Slot
from tests.builders import HOUR, Organization, claims, organization, screening
from tests.support.worlds import World


async def booked(world: World) -> tuple[Organization, Caller, Caller, Slot]:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    return agency, agent, applicant, await agency.slot(agent)


async def test_the_applicant_changes_the_notes_and_the_agent_sees_them(world: World) -> None:
    agency, agent, applicant, slot = await booked(world)
    before = await agency.book(applicant, slot.id, "We come by car.")
    told = await world.events()
    changed = await agency.bookings.change_notes(applicant, before.id, "We come by bus.")
    assert (changed.booking.notes, changed.booking.status) == ("We come by bus.", before.status)
    assert (await agency.bookings.get(agent, before.id)).booking == changed.booking
    assert (await world.events())[len(told) :] == [("booking.notes_changed", None, "changed")]
    emptied = await agency.bookings.change_notes(applicant, before.id, "")
    assert emptied.booking.notes == ""


@pytest.mark.parametrize("notes", ["We come by car.", None])
async def test_the_same_notes_or_none_are_no_change(world: World, notes: str | None) -> None:
    agency, _, applicant, slot = await booked(world)
    before = await agency.book(applicant, slot.id, "We come by car.")
    told = await world.events()
    assert (await agency.bookings.change_notes(applicant, before.id, notes)).booking == before
    assert await world.events() == told


async def test_nobody_but_its_applicant_changes_the_notes(world: World) -> None:
    agency, agent, applicant, slot = await booked(world)
    booking = await agency.book(applicant, slot.id, "We come by car.")
    for by, refusal in (
        (agent, WrongRole),
        (await agency.admin(), WrongRole),
        (await agency.applicant(), BookingNotFound),
    ):
        with pytest.raises(refusal):
            await agency.bookings.change_notes(by, booking.id, "We do not come.")
    assert (await agency.bookings.get(applicant, booking.id)).booking == booking


async def test_notes_stay_once_the_visit_has_begun_or_the_booking_has_ended(world: World) -> None:
    agency, _, applicant, slot = await booked(world)
    booking = await agency.book(applicant, slot.id, "We come by car.")
    await agency.bookings.cancel(applicant, booking.id)
    with pytest.raises(BookingNotConfirmed):
        await agency.bookings.change_notes(applicant, booking.id, "We come after all.")
    again = await agency.book(applicant, slot.id, "We come by car.")
    await world.jump(1.5 * HOUR)
    with pytest.raises(VisitStarted):
        await agency.bookings.change_notes(applicant, again.id, "We are there.")
    assert (await agency.bookings.get(applicant, again.id)).booking.notes == "We come by car."


async def test_an_agent_who_is_an_applicant_too_leaves_the_notes_of_others(world: World) -> None:
    agency = organization(world.store)
    email = f"{uuid4()}@example.com"
    await agency.screen(screening(agency.organization_id, email=email))
    both = await agency.identity.identify(
        claims(email=email, organization_id=agency.organization_id, role=AgentRole.MEMBER), None
    )
    booking = await agency.book(await agency.applicant(), (await agency.slot(both)).id, "We come by car.")
    with pytest.raises(BookingNotFound):
        await agency.bookings.change_notes(both, booking.id, "They come by bus.")
    assert (await agency.bookings.get(both, booking.id)).booking == booking
