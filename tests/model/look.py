"""Looking at the service and at the reference: what people and agents see, and what the auditor counts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from booking.domain.paging import Page, Paging, Window
from booking.domain.visits.allowed_actions import BookingView, SlotView
from booking.domain.visits.booking import Booking
from booking.domain.visits.waitlist import EntryView
from tests.model.allowed import agent_on_booking, agent_on_slot, applicant_on_booking, applicant_on_slot
from tests.model.life import Life
from tests.model.reference import UNMADE, VISIT, Claim, Waiter
from tests.model.scene import PEOPLE

ALL = Paging(after=None, limit=1000)


async def look_at_slots(life: Life, who: str) -> None:
    """An admin looks at all of them and at who waits; `who` at one of them."""
    agency, admin = life.agency, life.callers["admin"]
    life.reference.look()
    _slots(life, await agency.slots.list(admin, window=Window(), paging=ALL))
    _entries(life, await agency.waitlists.list(admin, side=None, slot_id=None, status=None, paging=ALL))
    slot = life.reference.slots[life.reference.now % len(life.reference.slots)]
    seen = await agency.slots.get(life.callers[who], life.slots[slot.name])
    assert (slot.name, _actions(seen)) == (slot.name, applicant_on_slot(life.reference, who, slot))


async def look_at_bookings(life: Life, who: str) -> None:
    """An admin looks at all of them, `who` at their own."""
    listing = life.agency.bookings.list
    _bookings(life, await listing(life.callers["admin"], side=None, window=Window(), paging=ALL))
    _own(life, who, await listing(life.callers[who], side=None, window=Window(), paging=ALL))


async def check(life: Life) -> None:
    """At the end. Nobody waits while a place is free, but for rules that were loosened since the slot was touched."""
    for who in PEOPLE:
        await look_at_slots(life, who)
        await look_at_bookings(life, who)
    broken = {name: count for name, count in (await life.store.auditor.violations()).items() if count}
    waiting_in_vain = broken.pop("person who waits while a place is free", 0)
    assert broken == {}
    if any(map(life.reference.forgotten, life.reference.slots)):
        await life.tidy()
        assert not any((await life.store.auditor.violations()).values())
    else:
        assert waiting_in_vain == 0


def _slots(life: Life, page: Page[SlotView]) -> None:
    ref = life.reference
    assert {
        view.slot.id: (view.slot.status.value, view.slot.capacity, view.availability.places_left, _actions(view))
        for view in page.items
    } == {
        life.slots[slot.name]: (ref.status(slot), slot.capacity, ref.places_left(slot), agent_on_slot(ref, slot))
        for slot in ref.slots
    }


def _bookings(life: Life, page: Page[BookingView]) -> None:
    ref = life.reference
    assert {
        view.booking.id: (*_told(view.booking), view.context.needs_review, _actions(view)) for view in page.items
    } == {
        life.ids[claim]: (*_known(life, claim), _needs_review(life, claim), agent_on_booking(ref, claim))
        for claim in ref.claims
        if claim.status not in UNMADE
    }


def _own(life: Life, who: str, page: Page[BookingView]) -> None:
    assert {view.booking.id: _actions(view) for view in page.items} == {
        life.ids[claim]: applicant_on_booking(life.reference, claim)
        for claim in life.reference.claims
        if claim.person == who and claim.status not in UNMADE
    }


def _entries(life: Life, page: Page[EntryView]) -> None:
    ref = life.reference
    assert {
        view.entry.id: (view.entry.status.value, view.position, view.entry.reason, view.offer_ends)
        for view in page.items
    } == {
        life.ids[one]: (ref.seen_waiter(one), _position(life, one), one.reason, _offer_ends(life, one))
        for one in ref.queue
        if ref.seen_waiter(one) in ("waiting", "offered", "skipped")
    }


def _told(booking: Booking) -> Sequence[object]:
    return (
        booking.slot_id,
        booking.status.value,
        booking.deadline,
        booking.sequence,
        booking.outcome.value if booking.outcome else None,
        booking.feedback is not None,
    )


def _known(life: Life, claim: Claim) -> Sequence[object]:
    status = life.reference.seen(claim)
    deadline = life.time(claim.deadline) if status in VISIT and claim.deadline is not None else None
    return life.slots[claim.slot.name], status, deadline, claim.sequence, claim.outcome, claim.rated


def _needs_review(life: Life, claim: Claim) -> bool:
    ref = life.reference
    return ref.seen(claim) in VISIT and claim.slot.start > ref.now and ref.barred(claim.person)


def _position(life: Life, one: Waiter) -> int | None:
    if life.reference.seen_waiter(one) != "waiting":
        return None
    return life.reference.waiting(one.slot).index(one) + 1


def _offer_ends(life: Life, one: Waiter) -> datetime | None:
    if life.reference.seen_waiter(one) != "offered":
        return None
    assert one.claim is not None
    assert one.claim.deadline is not None
    return life.time(one.claim.deadline)


def _actions(view: Any) -> set[str]:
    return {action.value for action in view.actions}
