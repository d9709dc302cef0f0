"""Released visits are taken back from the message, or another time is chosen there."""

import asyncio
import dataclasses
from typing import Any
from uuid import UUID

import pytest

from booking.domain.notices.link import LinkPurpose
from booking.domain.notices.refusals import LinkNotFound
from booking.domain.people.caller import Caller
from booking.domain.visits.allowed_actions import BookingView
from booking.domain.visits.booking import TAKE_BACK, Booking, BookingStatus
from booking.domain.visits.refusals import BookingNotConfirmed
from booking.domain.visits.slot import Slot
from booking.service.visits.bookings import BookingService
from tests.builders import Organization, organization
from tests.contract.test_attendance import release
from tests.contract.test_links import status, tokens, visit
from tests.support.worlds import World


async def released(world: World) -> tuple[Organization, Caller, Booking, tuple[Slot, ...], str]:
    """A visit that was given on, other times, and the link that was to say that its applicant is coming."""
    agency = organization(world.store)
    person, booking, slots = await visit(agency)
    token = tokens(await agency.links.make(person, booking.id))[LinkPurpose.CONFIRM]
    await release(world, booking)
    return agency, person, booking, tuple(slots), token


async def test_the_link_to_confirm_takes_a_released_visit_back_once(world: World) -> None:
    agency, person, booking, _, token = await released(world)
    shown = await agency.links.open(token)
    assert (shown.released, shown.done, shown.refused, shown.alternatives) == (True, False, None, ())
    assert await status(agency, person, booking) is BookingStatus.CANCELLED_UNCONFIRMED
    used = await agency.links.use(token)
    now = used.context.booking
    assert (used.done, used.released, now.status, now.sequence) == (True, False, BookingStatus.CONFIRMED, 1)
    assert now.attendance_confirmed_at is not None
    assert [(await ask(token)).done for ask in (agency.links.use, agency.links.open)] == [True, True]
    assert (await world.events())[-1] == ("booking.confirmed", "cancelled_unconfirmed", "confirmed")


async def test_the_message_of_a_release_has_a_link_for_half_an_hour_and_the_visit_no_other_links(world: World) -> None:
    agency = organization(world.store)
    person, booking, _ = await visit(agency)
    old = tokens(await agency.links.make(person, booking.id))
    await release(world, booking)
    (made,) = await agency.links.make(person, booking.id) or ()
    now = (await agency.bookings.get(person, booking.id)).booking
    assert (made.purpose, made.expires_at) == (LinkPurpose.CONFIRM, now.updated_at + TAKE_BACK)
    for purpose in (LinkPurpose.CANCEL, LinkPurpose.MOVE, LinkPurpose.CALENDAR):
        with pytest.raises(LinkNotFound):
            await agency.links.open(old[purpose])
    with pytest.raises(BookingNotConfirmed):  # its agent can take it back themselves
        await agency.links.make(await agency.admin(), booking.id)
    await world.jump(TAKE_BACK)
    for token in (old[LinkPurpose.CONFIRM], *tokens([made]).values()):
        with pytest.raises(LinkNotFound):
            await agency.links.use(token)
    assert await agency.links.make(person, booking.id) == []


async def test_where_somebody_has_the_place_the_link_says_so_and_has_other_times(world: World) -> None:
    agency, person, booking, slots, token = await released(world)
    await agency.book(await agency.applicant(), booking.slot_id)
    for refused in (await agency.links.open(token), await agency.links.use(token)):
        assert (refused.done, refused.refused) == (False, "slot_taken")
        assert [one.id for one in refused.alternatives] == [one.id for one in slots[1:]]
    await agency.book(await agency.applicant(), slots[1].id)
    refused = await agency.links.use(token, slot_id=slots[1].id)
    assert (refused.done, refused.refused) == (False, "slot_taken")
    assert [one.id for one in refused.alternatives] == [slots[2].id]
    used = await agency.links.use(token, slot_id=slots[2].id)
    assert (used.done, used.released) == (True, True)
    assert (await agency.links.use(token, slot_id=slots[2].id)).done
    assert await status(agency, person, booking) is BookingStatus.CANCELLED_UNCONFIRMED
    assert [kind for kind, _, _ in await world.events()][-1] == "booking.confirmed"
    with pytest.raises(BookingNotConfirmed):
        await agency.bookings.confirm_attendance(person, booking.id)


async def test_of_two_other_times_that_are_chosen_at_once_one_is_booked(world: World) -> None:
    agency, _, booking, slots, token = await released(world)
    await agency.book(await agency.applicant(), booking.slot_id)
    before = len(await world.events())
    both = await asyncio.gather(*(agency.links.use(token, slot_id=one.id) for one in slots[1:]))
    assert [one.done for one in both] == [True, True]
    assert [kind for kind, _, _ in (await world.events())[before:]] == ["booking.confirmed"]


async def test_a_place_that_is_lost_in_the_moment_of_the_button_is_refused_with_other_times(world: World) -> None:
    agency, _, booking, slots, token = await released(world)

    class Slower(BookingService):
        async def take_back(self, caller: Caller, booking_id: UUID) -> BookingView:
            await agency.book(await agency.applicant(), booking.slot_id)
            return await super().take_back(caller, booking_id)

    refused = await dataclasses.replace(agency.links, visits=Slower(*_parts(agency))).use(token)
    assert (refused.done, refused.refused) == (False, "slot_taken")
    assert [one.id for one in refused.alternatives] == [one.id for one in slots[1:]]


async def test_a_visit_that_is_released_in_the_moment_of_the_button_can_be_taken_back(world: World) -> None:
    agency = organization(world.store)
    person, booking, _ = await visit(agency)
    token = tokens(await agency.links.make(person, booking.id))[LinkPurpose.CONFIRM]

    class Slower(BookingService):
        async def confirm_attendance(
            self, caller: Caller, booking_id: UUID, sequence: int | None = None
        ) -> BookingView:
            await release(world, booking)
            return await super().confirm_attendance(caller, booking_id)

    shown = await dataclasses.replace(agency.links, visits=Slower(*_parts(agency))).use(token)
    assert (shown.released, shown.done, shown.refused) == (True, False, None)
    assert (await agency.links.use(token)).done


def _parts(agency: Organization) -> list[Any]:
    return [getattr(agency.bookings, one.name) for one in dataclasses.fields(agency.bookings)]
