"""Changes of a roster: functions that return the next roster, or raise a refusal.

Each first settles the roster, then decides by the rules, and in the end offers freed places on.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from booking.domain.properties.policy import Policy
from booking.domain.refusals import SlotNotFound
from booking.domain.values import replace
from booking.domain.visits import events
from booking.domain.visits.booking import SCREENING_CHANGED, Booking, BookingStatus, Outcome
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.refusals import CapacityTaken, HoldExpired, WaitlistEntryNotFound
from booking.domain.visits.roster import Roster
from booking.domain.visits.waitlist import SLOT_CANCELLED, Entry, EntryStatus

Transition = Callable[[Booking, Policy, datetime], Booking]
"""Change of a booking, by the policy, at an instant."""


def book(
    roster: Roster,
    commitments: Commitments,
    *,
    notes: str,
    party_size: int = 1,
    hold_id: UUID | None = None,
    by_agent: bool = False,
    may_release: bool = True,
) -> Roster:
    """Book a place: confirmed, or pending where the policy asks for approval."""
    roster = roster.settled()
    standing = roster.commitments_of(commitments)
    own = roster.availability.book(standing, hold_id=hold_id, by_agent=by_agent, party_size=party_size)
    status, deadline = roster.visit_of(commitments.applicant, by_agent)
    claimed = roster.claimed(
        own, commitments.applicant, status, deadline, notes, may_release=may_release, party_size=party_size
    )
    return claimed.offered_on()


def hold(roster: Roster, commitments: Commitments) -> Roster:
    """Hold a place for a while. A repeated hold is the same hold, not extended."""
    roster = roster.settled()
    if roster.availability.hold(roster.commitments_of(commitments)) is not None:
        return roster
    deadline = roster.policy.hold_ends(roster.slot.start_time, at=roster.at)
    return roster.claimed(None, commitments.applicant, BookingStatus.HELD, deadline, "")


def release(roster: Roster, hold_id: UUID) -> Roster:
    """Give back a hold, or decline an offer; HoldExpired if it was over."""
    roster = roster.settled()
    held = next((claim for claim in roster.live if claim.id == hold_id and claim.reserved), None)
    if held is None:
        raise HoldExpired
    return roster.ended(held, BookingStatus.RELEASED, by=roster.by).offered_on()


def join(roster: Roster, commitments: Commitments) -> Roster:
    """Add the person at the end of the waitlist, unless they wait already."""
    roster = roster.settled()
    if roster.availability.join(roster.commitments_of(commitments)) is not None:
        return roster
    entry = Entry(
        id=roster.new_id(),
        organization_id=roster.slot.organization_id,
        slot_id=roster.slot.id,
        applicant_id=commitments.applicant.id,
        status=EntryStatus.WAITING,
        offer_id=None,
        reason=None,
        created_at=roster.at,
        updated_at=roster.at,
    )
    joined = replace(roster, queue=(*roster.queue, entry))
    return joined.with_event(events.waitlist_joined(entry, roster.slot, roster.by))


def leave(roster: Roster, entry_id: UUID) -> Roster:
    """End a wait, and decline its offer; WaitlistEntryNotFound if it has ended before."""
    roster = roster.settled()
    entry = next((entry for entry in roster.queue if entry.id == entry_id and entry.queued), None)
    if entry is None:
        raise WaitlistEntryNotFound
    if entry.offer_id is None:
        return roster.stopped_waiting(entry, EntryStatus.LEFT, by=roster.by)
    return roster.ended(roster.claim(entry.offer_id), BookingStatus.RELEASED, by=roster.by).offered_on()


def transit(roster: Roster, booking_id: UUID, transition: Transition) -> Roster:
    """Change a booking by `transition`, on the roster as the clock leaves it."""
    before = roster.claim(booking_id)
    after = transition(before, roster.policy, roster.at)
    roster = roster.put(after)
    if not after.live:
        roster = roster.entry_ended(before, after)
    return roster.with_event(events.booking_became(after, roster.slot, before.status, roster.by)).settled()


def record(roster: Roster, booking_id: UUID, outcome: Outcome) -> Roster:
    before = roster.claim(booking_id)
    after = before.record(outcome, at=roster.at)
    return roster.put(after, events.outcome_recorded(after, roster.slot, before.outcome, outcome, roster.by))


def change_notes(roster: Roster, booking_id: UUID, notes: str) -> Roster:
    """Change the notes of a booking. The same notes are no change, and no event."""
    before = roster.claim(booking_id)
    after = before.change_notes(notes, at=roster.at)
    return roster if after is before else roster.put(after, events.notes_changed(after, roster.slot, roster.by))


def change_may_release(roster: Roster, booking_id: UUID, may_release: bool) -> Roster:
    """Allow the release of a visit, or forbid it. What is so already is no change, and no event."""
    before = roster.claim(booking_id)
    after = before.change_may_release(may_release, at=roster.at)
    return roster if after is before else roster.put(after, events.may_release_changed(after, roster.slot, roster.by))


def confirm_attendance(roster: Roster, booking_id: UUID) -> Roster:
    """Confirm that the applicant is coming. Said again, it is no change, and no event."""
    before = roster.claim(booking_id)
    after = before.confirm_attendance(at=roster.at)
    return roster if after is before else roster.put(after, events.attendance_confirmed(after, roster.slot, roster.by))


def release_unconfirmed(roster: Roster, booking_id: UUID, sequence: int) -> Roster:
    """End a visit without a word that its applicant is coming, and offer its place on.

    It stays if it was confirmed, moved or ended meanwhile; and where its place is of no use: there are public ones, and
    nobody waits.
    """
    roster = roster.settled()
    claim = next((claim for claim in roster.live if (claim.id, claim.sequence) == (booking_id, sequence)), None)
    useless = roster.availability.places_left > 0 and not roster.waiting
    if claim is None or not claim.unconfirmed or useless or claim.start_time <= roster.at:
        return roster
    return roster.ended(claim, BookingStatus.CANCELLED_UNCONFIRMED).offered_on()


def take_back(roster: Roster, commitments: Commitments, released: Booking) -> Roster:
    """Make a released visit live again, if its place is free."""
    released.returnable(at=roster.at)
    roster = roster.settled()
    roster.availability.take_back(roster.commitments_of(commitments))
    again = released.taken_back(roster.free_places(roster.slot.capacity)[0], at=roster.at)
    roster = replace(roster, former=(*roster.former, released))
    return roster.put(again, events.booking_became(again, roster.slot, released.status, roster.by)).served(
        again.applicant_id
    )


def give_feedback(roster: Roster, booking_id: UUID, *, rating: int, comment: str) -> Roster:
    after = roster.claim(booking_id).give_feedback(rating=rating, comment=comment, at=roster.at)
    return roster.put(after, events.feedback_given(after, roster.slot, roster.by))


def screen_out(roster: Roster, applicant_id: UUID) -> Roster:
    """End claims of an applicant who is not eligible any more: holds, and bookings if the policy says so."""
    if roster.policy.cancel_when_ineligible and roster.at < roster.slot.start_time:
        for claim in roster.live:
            if claim.applicant_id == applicant_id and claim.as_of(roster.at).visit:
                roster = roster.ended(claim, BookingStatus.CANCELLED_BY_SCREENING, reason=SCREENING_CHANGED)
    return roster.settled()


def resize(roster: Roster, capacity: int) -> Roster:
    """Change the number of places; CapacityTaken if more are taken or reserved."""
    roster.slot.still_ahead(at=roster.at)
    roster = roster.settled()
    if capacity == roster.slot.capacity:
        return roster
    if capacity < len(roster.live):
        raise CapacityTaken
    was = roster.slot
    slot = replace(was, capacity=capacity, updated_at=roster.at)
    claims = {claim.id: claim for claim in roster.claims}
    free = roster.free_places(capacity)
    for claim in roster.live:
        if claim.place is not None and claim.place > capacity:
            claims[claim.id] = replace(claim, place=free.pop(0))
    resized = replace(roster, slot=slot, claims=tuple(claims.values()))
    resized = resized.with_event(events.slot_capacity_changed(slot, was.capacity, roster.by))
    return resized.counted().offered_on()


def move_slot(roster: Roster, *, start_time: datetime, agent_id: UUID) -> Roster:
    """Move the slot with everything on it: bookings, holds, offers and the waitlist. Where it is already is no change.

    A hold or an offer whose time is over by the new start ends, and its place is offered on.
    """
    roster = roster.settled()
    was, slot = roster.slot, roster.slot.moved(start_time=start_time, agent_id=agent_id, at=roster.at)
    if (was.start_time, was.agent_id) == (start_time, agent_id):
        return roster
    roster = replace(roster, slot=slot).with_event(events.slot_moved(was, slot, roster.by))
    for before in roster.live:
        claim = before.moved_with(slot, roster.policy, at=roster.at)
        roster = roster.put(claim, *events.moved_with_slot(claim, was, slot, roster.by))
    return roster.settled()


def cancel(roster: Roster, *, reason: str | None) -> Roster:
    """Cancel the slot with every booking, hold, offer and waitlist entry."""
    slot = roster.slot.cancel(reason=reason, at=roster.at)
    roster = replace(roster, slot=slot).with_event(events.slot_cancelled(slot, roster.slot.status, roster.by))
    for claim in roster.live:
        if claim.overdue(roster.at):
            roster = roster.expired(claim)
        elif claim.visit:
            roster = roster.ended(claim, BookingStatus.CANCELLED_BY_AGENT, reason=reason, by=roster.by)
        else:
            roster = roster.ended(claim, BookingStatus.RELEASED, by=roster.by)
    for entry in roster.queue:
        if entry.queued:
            roster = roster.stopped_waiting(entry, EntryStatus.SKIPPED, SLOT_CANCELLED)
    return roster


def move(
    old: Roster, new: Roster, booking_id: UUID, commitments: Commitments, *, by_agent: bool
) -> tuple[Roster, Roster]:
    """Move a booking to another slot: the same booking with the next sequence.

    The old place is freed, and offered on, only if the new one is won. Moved by its applicant, it needs the approval
    that a new one would.
    """
    if new.slot.organization_id != old.slot.organization_id:
        raise SlotNotFound  # in view perhaps, but of another agency
    before = old.claim(booking_id)
    if not by_agent:
        before.changeable_by_applicant(old.policy, at=old.at)
    else:
        before.still_ahead(at=old.at)
    new = new.settled()
    own = new.availability.move(new.commitments_of(commitments), before, by_agent=by_agent)
    new = new.served(commitments.applicant.id)
    if own is not None:
        new = new.ended(own, BookingStatus.RELEASED, by=new.by)
    status, deadline = new.visit_of(commitments.applicant, by_agent)
    if by_agent:
        status, deadline = before.status, before.deadline and min(before.deadline, new.slot.start_time)
    moved = replace(
        before,
        slot_id=new.slot.id,
        property_id=new.slot.property_id,
        place=new.free_places(new.slot.capacity)[0],
        status=status,
        deadline=deadline,
        sequence=before.sequence + 1,
        attendance_confirmed_at=None,
        updated_at=new.at,
        start_time=new.slot.start_time,
        end_time=new.slot.end_time,
    )
    new = new.put(moved, events.booking_rescheduled(moved, before.status, old.slot, new.slot, new.by))
    left = replace(old, claims=tuple(claim for claim in old.claims if claim.id != booking_id))
    return left.counted().settled(), new.offered_on()
