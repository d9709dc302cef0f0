"""The roster of a slot: who has its places and who waits for them. Every change of either is decided here.

A roster is read under the slot's lock, changed by one of these, and written in the same transaction. Each change
first lapses what is over by the clock, and in the end hands freed places to those who wait, in the order in which they
came; so a place for which somebody waits is never public, and no worker is needed for that to be true (T80, T83).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from booking.domain import events
from booking.domain.applicant import Applicant
from booking.domain.booking import OVER, SCREENING_CHANGED, Booking, BookingStatus, Outcome, Sight
from booking.domain.errors import CapacityTaken, HoldExpired, WaitlistEntryNotFound
from booking.domain.events import Actor, Event
from booking.domain.opening import Opening, Places, Standing
from booking.domain.policy import Policy
from booking.domain.slot import Slot, SlotStatus
from booking.domain.waitlist import INELIGIBLE, SLOT_CANCELLED, Entry, EntryStatus

Transition = Callable[[Booking, Policy, datetime], Booking]
"""What becomes of a booking, by the rules and at the instant given."""


class Gone(Exception):
    """The booking left this roster since it was looked at: look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """`claims` and `queue` hold what is live as stored, in order, and what a change has ended.

    `barred` are those of the people in it whom their newest screening keeps out. `by` makes the change, at `at`.
    """

    slot: Slot
    policy: Policy
    claims: tuple[Booking, ...]
    queue: tuple[Entry, ...]
    barred: frozenset[UUID]
    at: datetime
    by: Actor
    new_id: Callable[[], UUID]
    happened: tuple[Event, ...] = ()

    @property
    def live(self) -> tuple[Booking, ...]:
        return tuple(claim for claim in self.claims if claim.live)

    @property
    def waiting(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.queue if entry.status is EntryStatus.WAITING)

    @property
    def opening(self) -> Opening:
        """Meaningful once settled."""
        booked = sum(claim.visit for claim in self.live)
        places = Places(booked=booked, reserved=len(self.live) - booked, waiting=len(self.waiting))
        return Opening(slot=self.slot, places=places, policy=self.policy, at=self.at)

    def claim(self, booking_id: UUID) -> Booking:
        """Gone unless there is a live one."""
        for claim in self.live:
            if claim.id == booking_id:
                return claim
        raise Gone

    def claim_of(self, applicant_id: UUID) -> Booking:
        return next(claim for claim in self.live if claim.applicant_id == applicant_id)

    def entry_of(self, applicant_id: UUID) -> Entry:
        return next(entry for entry in self.queue if entry.applicant_id == applicant_id and entry.queued)

    def sight(self, booking: Booking, applicant: Applicant) -> Sight:
        return Sight(booking=booking, applicant=applicant, agent_id=self.slot.agent_id, policy=self.policy, at=self.at)

    def settled(self) -> "Roster":
        """What the clock and the newest screenings have ended is ended, and what that frees is offered on."""
        roster = self
        ahead = self.at < self.slot.start_time
        for claim in self.live:
            if claim.overdue(self.at):
                roster = roster._ended(claim, OVER[claim.status])
            elif claim.applicant_id in self.barred and claim.reserved:
                roster = roster._ended(claim, BookingStatus.RELEASED, reason=SCREENING_CHANGED)
            elif claim.applicant_id in self.barred and self.policy.cancel_when_ineligible and ahead:
                roster = roster._ended(claim, BookingStatus.CANCELLED_BY_SCREENING, reason=SCREENING_CHANGED)
        for entry in roster.queue:
            if entry.queued and entry.applicant_id in self.barred:
                roster = roster._stopped_waiting(entry, EntryStatus.SKIPPED, INELIGIBLE)
            elif entry.queued and not ahead:
                roster = roster._replace_entry(entry.ended(EntryStatus.LAPSED, at=self.at))
        return roster._offered_on()

    def book(self, standing: Standing, *, notes: str, hold_id: UUID | None = None, by_agent: bool = False) -> "Roster":
        """The place is the person's: confirmed, or until an agent approves where the policy asks for that."""
        roster = self.settled()
        own = roster.opening.book(roster._known(standing), hold_id=hold_id, by_agent=by_agent)
        status, deadline = roster._visit_of(standing.applicant, by_agent)
        return roster._claimed(own, standing.applicant, status, deadline, notes)._offered_on()

    def hold(self, standing: Standing) -> "Roster":
        """A place is kept for the person for a while; again while it is, and it is the same hold, not extended."""
        roster = self.settled()
        if roster.opening.hold(roster._known(standing)) is not None:
            return roster
        deadline = self.policy.hold_ends(self.slot.start_time, at=self.at)
        return roster._claimed(None, standing.applicant, BookingStatus.HELD, deadline, "")

    def release(self, hold_id: UUID) -> "Roster":
        """A hold is given back, or an offer declined; HoldExpired if it was over."""
        roster = self.settled()
        held = next((claim for claim in roster.live if claim.id == hold_id and claim.reserved), None)
        if held is None:
            raise HoldExpired
        return roster._ended(held, BookingStatus.RELEASED, by=self.by)._offered_on()

    def join(self, standing: Standing) -> "Roster":
        """At the end of the queue; where the person was, if they wait already."""
        roster = self.settled()
        if roster.opening.join(roster._known(standing)) is not None:
            return roster
        entry = Entry(
            id=self.new_id(),
            organization_id=self.slot.organization_id,
            slot_id=self.slot.id,
            applicant_id=standing.applicant.id,
            status=EntryStatus.WAITING,
            offer_id=None,
            reason=None,
            created_at=self.at,
            updated_at=self.at,
        )
        joined = replace(roster, queue=(*roster.queue, entry))
        return joined._told(events.waitlist_joined(entry, self.by))

    def leave(self, entry_id: UUID) -> "Roster":
        """Waits no more; an offer is declined with it. WaitlistEntryNotFound if they did not wait any more."""
        roster = self.settled()
        entry = next((entry for entry in roster.queue if entry.id == entry_id and entry.queued), None)
        if entry is None:
            raise WaitlistEntryNotFound
        if entry.offer_id is None:
            return roster._stopped_waiting(entry, EntryStatus.LEFT, by=self.by)
        return roster._ended(roster.claim(entry.offer_id), BookingStatus.RELEASED, by=self.by)._offered_on()

    def change(self, booking_id: UUID, transition: Transition) -> "Roster":
        """A booking made, approved, declined or cancelled by `transition`, on the roster as the clock leaves it."""
        before = self.claim(booking_id)
        after = transition(before, self.policy, self.at)
        roster = self._put(after)
        if not after.live:
            roster = roster._entry_ended(before, after)
        return roster._told(events.booking_became(after, before.status, self.by)).settled()

    def record(self, booking_id: UUID, outcome: Outcome) -> "Roster":
        before = self.claim(booking_id)
        after = before.record(outcome, at=self.at)
        return self._put(after)._told(events.outcome_recorded(after, before.outcome, outcome, self.by))

    def give_feedback(self, booking_id: UUID, *, rating: int, comment: str) -> "Roster":
        after = self.claim(booking_id).give_feedback(rating=rating, comment=comment, at=self.at)
        return self._put(after)._told(events.feedback_given(after, self.by))

    def resize(self, capacity: int) -> "Roster":
        """More places, or fewer; CapacityTaken if more than that are taken or kept."""
        self.slot.still_ahead(at=self.at)
        roster = self.settled()
        if capacity == self.slot.capacity:
            return roster
        if capacity < len(roster.live):
            raise CapacityTaken
        slot = replace(roster.slot, capacity=capacity, updated_at=self.at)
        claims = {claim.id: claim for claim in roster.claims}
        free = roster._free_places(capacity)
        for claim in roster.live:
            if claim.place is not None and claim.place > capacity:
                claims[claim.id] = replace(claim, place=free.pop(0))
        resized = replace(roster, slot=slot, claims=tuple(claims.values()))
        told = resized._told(events.slot_capacity_changed(slot, roster.slot.capacity, self.by))
        return told._counted()._offered_on()

    def cancel(self, *, reason: str | None) -> "Roster":
        """With every booking, hold and offer on it; nobody waits any more."""
        slot = self.slot.cancel(reason=reason, at=self.at)
        roster = replace(self, slot=slot)._told(events.slot_cancelled(slot, self.slot.status, self.by))
        for claim in self.live:
            over = claim.as_of(self.at)
            if over is not claim:
                roster = roster._ended(claim, over.status)
            elif claim.visit:
                roster = roster._ended(claim, BookingStatus.CANCELLED_BY_AGENT, reason=reason, by=self.by)
            else:
                roster = roster._ended(claim, BookingStatus.RELEASED, by=self.by)
        for entry in roster.queue:
            if entry.queued:
                roster = roster._stopped_waiting(entry, EntryStatus.SKIPPED, SLOT_CANCELLED)
        return roster

    def _known(self, standing: Standing) -> Standing:
        """With what this roster, which is locked and settled, says of the person, in place of what was read before."""
        applicant_id = standing.applicant.id
        elsewhere = tuple(claim for claim in standing.claims if claim.slot_id != self.slot.id)
        here = tuple(claim for claim in self.live if claim.applicant_id == applicant_id)
        entries = tuple(entry for entry in self.queue if entry.applicant_id == applicant_id)
        return replace(standing, claims=elsewhere + here, entries=entries)

    def _visit_of(self, applicant: Applicant, by_agent: bool) -> tuple[BookingStatus, datetime | None]:
        """An agent who books approves by that."""
        if by_agent or applicant.risk_level not in self.policy.approval_levels:
            return BookingStatus.CONFIRMED, None
        return BookingStatus.PENDING_APPROVAL, self.policy.approval_ends(self.slot.start_time, at=self.at)

    def _claimed(
        self,
        own: Booking | None,
        applicant: Applicant,
        status: BookingStatus,
        deadline: datetime | None,
        notes: str,
    ) -> "Roster":
        was = own.status if own else None
        if own is None:
            own = Booking.of(self.slot, applicant.id, id=self.new_id(), status=status, at=self.at, deadline=deadline)
            own = replace(own, place=self._free_places(self.slot.capacity)[0])
        claim = own.booked(status, deadline=deadline, notes=notes, at=self.at)
        return self._put(claim)._told(events.booking_became(claim, was, self.by))._served(applicant.id)

    def _served(self, applicant_id: UUID) -> "Roster":
        """Whoever has a place does not wait for one."""
        roster = self
        for entry in self.queue:
            if entry.queued and entry.applicant_id == applicant_id:
                roster = roster._replace_entry(entry.ended(EntryStatus.TAKEN, at=self.at))
        return roster

    def _ended(
        self, claim: Booking, status: BookingStatus, *, reason: str | None = None, by: Actor | None = None
    ) -> "Roster":
        ended = claim.ended(status, at=self.at, reason=reason)
        roster = self._put(ended)._told(events.booking_became(ended, claim.status, by or self.by.by_the_clock()))
        return roster._entry_ended(claim, ended)

    def _entry_ended(self, before: Booking, after: Booking) -> "Roster":
        """The entry that an offer answered goes the way of the offer."""
        if before.status is not BookingStatus.OFFERED:
            return self
        entry = next(entry for entry in self.queue if entry.offer_id == before.id)
        if not entry.queued:
            return self
        if after.status is BookingStatus.LAPSED:
            return self._replace_entry(entry.ended(EntryStatus.LAPSED, at=self.at))
        if after.reason == SCREENING_CHANGED:
            return self._stopped_waiting(entry, EntryStatus.SKIPPED, INELIGIBLE)
        if self.slot.cancelled:
            return self._stopped_waiting(entry, EntryStatus.SKIPPED, SLOT_CANCELLED)
        return self._stopped_waiting(entry, EntryStatus.DECLINED, by=self.by)

    def _stopped_waiting(
        self, entry: Entry, status: EntryStatus, reason: str | None = None, by: Actor | None = None
    ) -> "Roster":
        ended = entry.ended(status, at=self.at, reason=reason)
        roster = self._replace_entry(ended)
        return roster._told(events.stopped_waiting(ended, entry.status, by or self.by.by_the_clock()))

    def _offered_on(self) -> "Roster":
        """A free place is offered to whoever has waited longest: a hold of theirs, with a deadline of its own."""
        roster = self
        for entry in self.waiting:
            free = roster._free_places(self.slot.capacity)
            if not free or not self.opening.can_be_offered or self.slot.cancelled:
                break
            deadline = self.policy.offer_ends(self.slot.start_time, at=self.at)
            offer = Booking.of(
                self.slot,
                entry.applicant_id,
                id=self.new_id(),
                status=BookingStatus.OFFERED,
                at=self.at,
                deadline=deadline,
            )
            offer = replace(offer, place=free[0])
            offered = replace(entry, status=EntryStatus.OFFERED, offer_id=offer.id, updated_at=self.at)
            told = events.booking_became(offer, None, self.by.by_the_clock())
            roster = roster._put(offer)._replace_entry(offered)._told(told)
        return roster

    def _free_places(self, capacity: int) -> list[int]:
        taken = {claim.place for claim in self.live}
        return [place for place in range(1, capacity + 1) if place not in taken]

    def _put(self, claim: Booking) -> "Roster":
        others = tuple(claim if one.id == claim.id else one for one in self.claims)
        known = any(one.id == claim.id for one in self.claims)
        return replace(self, claims=others if known else (*others, claim))._counted()

    def _replace_entry(self, entry: Entry) -> "Roster":
        return replace(self, queue=tuple(entry if one.id == entry.id else one for one in self.queue))

    def _counted(self) -> "Roster":
        """The slot is booked once its last place is: a hold does not change that."""
        if self.slot.cancelled:
            return self
        full = sum(claim.visit for claim in self.live) >= self.slot.capacity
        status = SlotStatus.BOOKED if full else SlotStatus.AVAILABLE
        if status is self.slot.status:
            return self
        return replace(self, slot=replace(self.slot, status=status, updated_at=self.at))

    def _told(self, event: Event) -> "Roster":
        return replace(self, happened=(*self.happened, event))


def move(old: Roster, new: Roster, booking_id: UUID, standing: Standing, *, by_agent: bool) -> tuple[Roster, Roster]:
    """The booking from one slot to another, the same one with the next sequence: the old place is free again, and
    offered on, only if the new one is won. Moved by its applicant, it needs the approval that a new one would."""
    before = old.claim(booking_id)
    if not by_agent:
        before.movable_by_applicant(old.policy, at=old.at)
    else:
        before.still_ahead(at=old.at)
    new = new.settled()
    own = new.opening.move(new._known(standing), booking_id, by_agent=by_agent)
    new = new._served(standing.applicant.id)
    if own is not None:
        new = new._ended(own, BookingStatus.RELEASED, by=new.by)
    status, deadline = new._visit_of(standing.applicant, by_agent)
    if by_agent:
        status, deadline = before.status, before.deadline and min(before.deadline, new.slot.start_time)
    moved = replace(
        before,
        slot_id=new.slot.id,
        property_id=new.slot.property_id,
        place=new._free_places(new.slot.capacity)[0],
        status=status,
        deadline=deadline,
        sequence=before.sequence + 1,
        updated_at=new.at,
        start_time=new.slot.start_time,
        end_time=new.slot.end_time,
    )
    new = new._put(moved)._told(events.booking_rescheduled(moved, before.status, new.by))
    left = replace(old, claims=tuple(claim for claim in old.claims if claim.id != booking_id))
    return left._counted().settled(), new._offered_on()
