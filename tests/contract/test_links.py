"""Links: one act on one booking each, by whoever has them, once, until the visit has changed."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest

from booking.domain.events import Via
from booking.domain.notices.link import LinkPurpose, MadeLink
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.notices.refusals import LinkNotFound, LinksNotConfigured, NoChannelConfigured
from booking.domain.paging import Paging
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel
from booking.domain.people.refusals import ApplicantIneligible
from booking.domain.properties.policy import Settings
from booking.domain.values import replace
from booking.domain.visits.booking import Booking, BookingStatus
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.history import Originator
from booking.domain.visits.refusals import BookingNotConfirmed, BookingNotFound
from booking.domain.visits.slot import Slot
from booking.service.notices.link_maker import digest_of
from booking.service.ports import Bookings
from booking.service.visits.bookings import BookingService
from tests.builders import HOUR, Organization, organization, screening
from tests.support.worlds import World

MINUTES = timedelta(minutes=1)


def tokens(made: Sequence[MadeLink] | None) -> dict[LinkPurpose, str]:
    assert made is not None
    assert all(one.url.startswith("https://visits.example.com/l/") for one in made)
    return {one.purpose: one.url.rpartition("/")[2] for one in made}


async def visit(agency: Organization, **how: int) -> tuple[Caller, Booking, Sequence[Slot]]:
    """A booked visit at the first of some slots of a property."""
    slots = await agency.slots_of(await agency.agent(), how.get("slots", 3))
    person = await agency.applicant()
    return person, await agency.book(person, slots[0].id), slots


async def status(agency: Organization, person: Caller, booking: Booking) -> BookingStatus:
    return (await agency.bookings.get(person, booking.id)).booking.status


async def offered(agency: Organization) -> tuple[Caller, UUID, Slot]:
    """A place that is offered to somebody who waited."""
    slot = await agency.slot(await agency.agent())
    first, second = await agency.applicant(), await agency.applicant()
    booking = await agency.book(first, slot.id)
    entry = (await agency.waitlists.join(second, slot.id)).entry
    await agency.bookings.cancel(first, booking.id)
    listed = await agency.waitlists.list(
        second, side=None, slot_id=slot.id, status=None, paging=Paging(after=None, limit=5)
    )
    (offer,) = [one.entry.offer_id for one in listed.items if one.entry.id == entry.id]
    assert offer
    return second, offer, slot


async def test_a_link_cancels_once_and_shows_afterwards_that_it_did(world: World) -> None:
    agency = organization(world.store)
    person, booking, _ = await visit(agency)
    made = await agency.links.make(person, booking.id)
    assert made
    assert {one.purpose: one.expires_at for one in made} == {
        LinkPurpose.CONFIRM: booking.start_time,
        LinkPurpose.CANCEL: booking.start_time,
        LinkPurpose.MOVE: booking.start_time,
        LinkPurpose.CALENDAR: booking.end_time,
    }
    token = tokens(made)[LinkPurpose.CANCEL]
    shown = await agency.links.open(token)
    assert (shown.purpose, shown.done, shown.refused) == (LinkPurpose.CANCEL, False, None)
    assert await status(agency, person, booking) is BookingStatus.CONFIRMED
    used = await agency.links.use(token, request_id="request-9")
    assert (used.done, used.context.booking.status) == (True, BookingStatus.CANCELLED_BY_APPLICANT)
    assert (await agency.links.use(token)).done
    assert (await agency.links.open(token)).done
    events = [one for one in await world.events() if one[0] == "booking.cancelled"]
    assert events == [("booking.cancelled", "confirmed", "cancelled_by_applicant")]


async def test_what_is_done_by_a_link_is_recorded_as_the_applicants_and_as_by_a_link(world: World) -> None:
    agency = organization(world.store)
    person, booking, _ = await visit(agency)
    token = tokens(await agency.links.make(person, booking.id))[LinkPurpose.CANCEL]
    await agency.links.use(token)
    told = await agency.history.list(person, booking.id, paging=Paging(after=None, limit=5))
    by = [one.by for one in told.items]
    own = Originator(role="applicant", you=True, agent=None)
    assert by == [own, replace(own, via=Via.LINK)]


async def test_an_applicant_without_a_login_acts_by_a_link(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    slot = await agency.slot(agent)
    await agency.screen(screening(agency.organization_id, email="ada@nowhere.example"))
    (ada,) = await world.store.applicants.by_email("ada@nowhere.example", agency.organization_id)
    booking = await agency.book(agent, slot.id, applicant_id=ada.id)
    await agency.links.make(agent, booking.id)
    attempts, _ = await world.store.notice_queue.take({Channel.EMAIL: 5}, 60 * MINUTES, 0)
    (attempt,) = await agency.link_maker.given([one for one in attempts if one.kind is NoticeKind.LINKS])
    await agency.links.use(attempt.facts.links[LinkPurpose.CANCEL].rpartition("/")[2])
    assert await status(agency, agent, booking) is BookingStatus.CANCELLED_BY_APPLICANT


async def test_a_visit_is_moved_in_one_step_to_a_time_that_is_shown_and_earlier_links_end(world: World) -> None:
    agency = organization(world.store)
    person, booking, slots = await visit(agency)
    made = tokens(await agency.links.make(person, booking.id))
    shown = await agency.links.open(made[LinkPurpose.MOVE])
    assert [one.id for one in shown.alternatives] == [slots[1].id, slots[2].id]
    used = await agency.links.use(made[LinkPurpose.MOVE], slot_id=slots[2].id)
    assert (used.done, used.context.booking.start_time) == (True, slots[2].start_time)
    with pytest.raises(LinkNotFound):
        await agency.links.open(made[LinkPurpose.CANCEL])
    with pytest.raises(LinkNotFound):
        await agency.links.use(made[LinkPurpose.CANCEL])
    assert tokens(await agency.links.make(person, booking.id)).keys() == made.keys()


async def test_after_a_refusal_the_link_can_be_used_still(world: World) -> None:
    agency = organization(world.store)
    person, booking, slots = await visit(agency)
    move = tokens(await agency.links.make(person, booking.id))[LinkPurpose.MOVE]
    await agency.book(await agency.applicant(), slots[1].id)
    refused = await agency.links.use(move, slot_id=slots[1].id)
    assert (refused.done, refused.refused) == (False, "slot_taken")
    assert [one.id for one in refused.alternatives] == [slots[2].id]
    assert (await agency.links.use(move)).refused == "slot_not_found"
    assert (await agency.links.use(move, slot_id=slots[2].id)).done


async def test_a_place_is_taken_by_one_link_and_the_other_holds_no_more(world: World) -> None:
    agency = organization(world.store)
    person, offer, _ = await offered(agency)
    made = tokens(await agency.links.make(person, offer))
    assert made.keys() == {LinkPurpose.ACCEPT_OFFER, LinkPurpose.DECLINE_OFFER}
    used = await agency.links.use(made[LinkPurpose.ACCEPT_OFFER])
    assert (used.done, used.context.booking.status) == (True, BookingStatus.CONFIRMED)
    with pytest.raises(LinkNotFound):
        await agency.links.use(made[LinkPurpose.DECLINE_OFFER])
    assert (await agency.links.open(made[LinkPurpose.ACCEPT_OFFER])).done


async def test_a_place_is_declined_by_a_link(world: World) -> None:
    agency = organization(world.store)
    person, offer, slot = await offered(agency)
    made = tokens(await agency.links.make(person, offer))
    assert (await agency.links.use(made[LinkPurpose.DECLINE_OFFER])).done
    with pytest.raises(LinkNotFound):
        await agency.links.use(made[LinkPurpose.ACCEPT_OFFER])
    await agency.book(await agency.applicant(), slot.id)


async def test_an_applicant_says_by_a_link_that_they_are_coming_and_is_not_asked_again(world: World) -> None:
    agency = organization(world.store)
    person, booking, _ = await visit(agency)
    token = tokens(await agency.links.make(person, booking.id))[LinkPurpose.CONFIRM]
    used = await agency.links.use(token)
    assert used.done
    assert used.context.booking.attendance_confirmed_at
    assert LinkPurpose.CONFIRM not in tokens(await agency.links.make(person, booking.id))


async def test_whose_coming_was_said_by_one_question_answers_the_other_question_alike(world: World) -> None:
    """A reminder comes by mail and to the phone: who presses both buttons reads no fault."""
    agency = organization(world.store)
    person, booking, _ = await visit(agency)
    first, second = [tokens(await agency.links.make(person, booking.id))[LinkPurpose.CONFIRM] for _ in range(2)]
    await agency.links.use(first)
    shown, used = await agency.links.open(second), await agency.links.use(second)
    assert [(one.done, one.changed) for one in (shown, used)] == [(True, False)] * 2
    events = [name for name, *_ in await world.events()]
    assert events.count("booking.attendance_confirmed") == 1


async def test_a_used_link_says_no_more_than_its_act_once_the_visit_has_changed(world: World) -> None:
    agency = organization(world.store)
    person, booking, slots = await visit(agency)
    coming = tokens(await agency.links.make(person, booking.id))[LinkPurpose.CONFIRM]
    assert not (await agency.links.use(coming)).changed
    move = tokens(await agency.links.make(person, booking.id))[LinkPurpose.MOVE]
    assert not (await agency.links.open(move)).changed
    assert not (await agency.links.use(move, slot_id=slots[1].id)).changed
    shown = await agency.links.open(coming)
    assert (shown.done, shown.changed) == (True, True)
    cancel = tokens(await agency.links.make(person, booking.id))[LinkPurpose.CANCEL]
    assert not (await agency.links.use(cancel)).changed
    assert [(one.done, one.changed) for one in [await agency.links.open(move)]] == [(True, True)]


async def test_a_taken_place_stands_until_its_visit_changes(world: World) -> None:
    agency = organization(world.store)
    person, offer, _ = await offered(agency)
    token = tokens(await agency.links.make(person, offer))[LinkPurpose.ACCEPT_OFFER]
    assert not (await agency.links.use(token)).changed
    await agency.bookings.cancel(person, offer)
    assert (await agency.links.open(token)).changed


async def test_a_visit_is_a_file_for_a_calendar_with_no_more_than_a_page_says(world: World) -> None:
    agency = organization(world.store)
    agent, person = await agency.agent(), await agency.applicant()
    place = agency.property(uuid4(), label="Two rooms", area="Alfama", address="Rua do Forno 7")
    await agency.properties.put(agent, place, expected=None)
    booking = await agency.book(person, (await agency.slot(agent, property_id=place.id)).id, "I ring twice.")
    token = tokens(await agency.links.make(person, booking.id))[LinkPurpose.CALENDAR]
    opened, used = await agency.links.open(token), await agency.links.use(token)
    assert (opened.calendar, opened.done) == (used.calendar, used.done)
    told = (opened.calendar or b"").decode()
    assert all(said in told for said in (f"UID:{booking.id}", "Two rooms", "Alfama", "STATUS:CONFIRMED"))
    assert not any(unsaid in told for unsaid in ("Rua do Forno", "I ring twice", "Ada"))


async def test_of_two_who_use_a_link_at_once_one_does_what_it_is_for(world: World) -> None:
    agency = organization(world.store)
    person, booking, slots = await visit(agency)
    move = tokens(await agency.links.make(person, booking.id))[LinkPurpose.MOVE]
    both = await asyncio.gather(*(agency.links.use(move, slot_id=one.id) for one in slots[1:]))
    assert [one.done for one in both] == [True, True]
    assert len({one.context.booking.slot_id for one in both}) == 1
    assert [name for name, _, _ in await world.events()].count("booking.rescheduled") == 1


async def test_a_link_grants_one_change_and_none_once_the_visit_was_moved(world: World) -> None:
    """Also where it was looked at before: it is asked for again with the change, under its lock."""
    agency = organization(world.store)
    person, booking, slots = await visit(agency)
    made = tokens(await agency.links.make(person, booking.id))
    cancel, move = (replace(person, link=digest_of(made[one])) for one in (LinkPurpose.CANCEL, LinkPurpose.MOVE))
    await agency.bookings.change_notes(cancel, booking.id, "By bus.")
    with pytest.raises(LinkNotFound):
        await agency.bookings.cancel(cancel, booking.id)
    await agency.bookings.reschedule(person, booking.id, slots[1].id)
    with pytest.raises(LinkNotFound):
        await agency.bookings.cancel(move, booking.id)
    assert await status(agency, person, booking) is BookingStatus.CONFIRMED


async def test_whoever_is_second_by_a_moment_sees_what_was_done(world: World) -> None:
    agency = organization(world.store)
    person, booking, _ = await visit(agency)
    token = tokens(await agency.links.make(person, booking.id))[LinkPurpose.CANCEL]

    class Slower(BookingService):
        async def cancel(self, caller: Caller, booking_id: UUID, reason: str | None = None) -> None:
            await agency.links.use(token)
            await super().cancel(caller, booking_id, reason)

    fast = agency.bookings
    slow = Slower(*(getattr(fast, one.name) for one in dataclasses.fields(fast)))
    used = await dataclasses.replace(agency.links, visits=slow).use(token)
    assert (used.done, used.refused) == (True, None)


async def test_a_link_that_is_used_between_the_two_looks_of_another_bearer_is_shown_as_used(world: World) -> None:
    agency = organization(world.store)
    person, booking, slots = await visit(agency)
    token = tokens(await agency.links.make(person, booking.id))[LinkPurpose.MOVE]
    looks = agency.links.bookings

    class Between:
        async def get(self, booking_id: UUID, caller: Caller) -> BookingContext:
            await agency.links.use(token, slot_id=slots[1].id)
            return await looks.get(booking_id, caller)

    used = await dataclasses.replace(agency.links, bookings=cast("Bookings", Between())).use(token, slot_id=slots[2].id)
    assert (used.done, used.refused, used.context.booking.slot_id) == (True, None, slots[1].id)


async def test_no_links_are_made_for_a_barred_applicant(world: World) -> None:
    agency = organization(world.store)
    await agency.policies.put(await agency.admin(), Settings(cancel_when_ineligible=False), expected=None)
    person, booking, _ = await visit(agency)
    of = person.applicants[0]
    await agency.screen(
        screening(agency.organization_id, external_id=of.external_id, email=of.email, risk_level=RiskLevel.HIGH)
    )
    assert await agency.links.make(person, booking.id) == []
    with pytest.raises(ApplicantIneligible):
        await agency.links.make(await agency.admin(), booking.id)


async def unlinked(agency: Organization, person: Caller) -> None:
    await agency.applicants.unlink(agency.organization_id, person.applicants[0].id)


async def erased(agency: Organization, person: Caller) -> None:
    await agency.applicants.erase(agency.organization_id, person.applicants[0].id)


async def barred(agency: Organization, person: Caller) -> None:
    of = person.applicants[0]
    for level in (RiskLevel.HIGH, RiskLevel.LOW):  # and a link does not come back with its person
        await agency.screen(
            screening(agency.organization_id, external_id=of.external_id, email=of.email, risk_level=level)
        )


@pytest.mark.parametrize("ended", [unlinked, erased, barred])
async def test_a_link_ends_with_its_login_its_person_and_a_high_screening(
    world: World, ended: Callable[[Organization, Caller], Awaitable[None]]
) -> None:
    agency = organization(world.store)
    await agency.policies.put(await agency.admin(), Settings(cancel_when_ineligible=False), expected=None)
    person, booking, _ = await visit(agency)
    token = tokens(await agency.links.make(person, booking.id))[LinkPurpose.CANCEL]
    await ended(agency, person)
    with pytest.raises(LinkNotFound):
        await agency.links.open(token)
    with pytest.raises(LinkNotFound):
        await agency.links.use(token)


async def test_a_link_expires_with_the_start_of_the_visit_and_is_forgotten(world: World) -> None:
    agency = organization(world.store)
    person, booking, _ = await visit(agency)
    made = tokens(await agency.links.make(person, booking.id))
    assert (await agency.links.use(made[LinkPurpose.CONFIRM])).done
    await world.jump(1.1 * HOUR)
    for purpose in (LinkPurpose.CONFIRM, LinkPurpose.CANCEL):
        with pytest.raises(LinkNotFound):
            await agency.links.open(made[purpose])
    assert tokens(await agency.links.make(person, booking.id)).keys() == {LinkPurpose.CALENDAR}
    await world.jump(2.1 * HOUR)
    lease = await world.store.leases.take("forgetting links", HOUR, None)
    assert lease
    assert [await world.store.links.forget(lease) for _ in range(2)] == [5, 0]


@pytest.mark.parametrize("token", ["", "x", "A" * 64, "\u00e4", "A" * 63 + "="])
async def test_a_made_up_link_is_none(world: World, token: str) -> None:
    with pytest.raises(LinkNotFound):
        await organization(world.store).links.open(token)


async def test_what_the_policy_refuses_is_told_before_anything_is_done(world: World) -> None:
    agency = organization(world.store)
    await agency.policies.put(await agency.admin(), Settings(cancellation_cutoff_seconds=7200), expected=None)
    person, booking, _ = await visit(agency)
    made = tokens(await agency.links.make(person, booking.id))
    for purpose in (LinkPurpose.CANCEL, LinkPurpose.MOVE):
        assert (await agency.links.open(made[purpose])).refused == "cutoff_passed"
        used = await agency.links.use(made[purpose])
        assert (used.done, used.refused, used.alternatives) == (False, "cutoff_passed", ())
    assert await status(agency, person, booking) is BookingStatus.CONFIRMED


async def test_an_agent_has_links_sent_and_reads_none(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    slot, person = await agency.slot(agent), await agency.applicant()
    booking = await agency.book(person, slot.id)
    assert await agency.links.make(agent, booking.id) is None
    assert await agency.links.make(await agency.admin(), booking.id) is None
    told = await world.store.notices.of_booking((agency.organization_id, booking.id), 9)
    assert [(one.kind, one.recipient, one.channel, one.sequence) for one in told][:1] == [
        (NoticeKind.LINKS, Recipient.APPLICANT, Channel.EMAIL, 0)
    ]
    assert len(told) <= 2  # one a minute


async def test_links_are_for_the_applicant_and_the_agent_alone_and_of_what_can_be_acted_on(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    slot, person = await agency.slot(agent), await agency.applicant()
    hold = await agency.holds.hold(person, slot.id)
    for nobody, id_ in ((person, hold.id), (agent, hold.id)):
        with pytest.raises(BookingNotFound):
            await agency.links.make(nobody, id_)
    booking = await agency.book(person, slot.id, hold_id=hold.id)
    for other in (await agency.applicant(), await agency.agent(), await organization(world.store).admin()):
        with pytest.raises(BookingNotFound):
            await agency.links.make(other, booking.id)
    await agency.bookings.cancel(person, booking.id)
    assert await agency.links.make(person, booking.id) == []
    with pytest.raises(BookingNotConfirmed):
        await agency.links.make(agent, booking.id)


async def test_without_an_address_there_are_no_links_and_without_mail_none_are_sent(world: World) -> None:
    agency = organization(world.store)
    person, booking, _ = await visit(agency)
    nowhere = dataclasses.replace(agency.links, maker=dataclasses.replace(agency.link_maker, base=None))
    with pytest.raises(LinksNotConfigured):
        await nowhere.make(person, booking.id)
    silent = dataclasses.replace(agency.links, mails=False)
    with pytest.raises(NoChannelConfigured):
        await silent.make(await agency.admin(), booking.id)
    assert await silent.make(person, booking.id)
