"""Roster of a slot: claims on its places, and the waitlist. Every change of either goes through a roster.

A roster is read, changed by roster_changes.py, and written only while it is still the roster that was read. Each
change first settles overdue claims, and in the end offers free places to the waitlist in order of arrival. So a place
owed to the waitlist is never public, and no worker is needed for that.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from booking.domain.events import Actor, Event
from booking.domain.people.applicant import Applicant
from booking.domain.people.names import NAMELESS, Names
from booking.domain.properties.policy import Policy
from booking.domain.values import Value, replace
from booking.domain.visits import events
from booking.domain.visits.availability import Availability, Places
from booking.domain.visits.booking import SCREENING_CHANGED, Booking, BookingStatus
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.waitlist import INELIGIBLE, SLOT_CANCELLED, Entry, EntryStatus, EntryView


class Gone(Exception):
    """The booking left this roster since it was looked at: look again."""


class Roster(Value, kw_only=True):
    """Slot with its claims and its waitlist, changed by `by` at the instant `at`.

    `claims` and `queue`: live ones as stored, in order, and those ended by the change. `former`: claims that had ended,
    as they were before the change made them live again. `barred`: people in it who are not eligible any more.
    """

    slot: Slot
    policy: Policy
    names: Names = NAMELESS
    claims: tuple[Booking, ...]
    queue: tuple[Entry, ...]
    former: tuple[Booking, ...] = ()
    barred: frozenset[UUID]
    at: datetime
    by: Actor
    new_id: Callable[[], UUID]
    happened: tuple[Event, ...] = ()

    @property
    def live(self) -> tuple[Booking, ...]:
        return tuple([claim for claim in self.claims if claim.live])

    @property
    def overdue(self) -> bool:
        """Whether a claim is over by the clock, and not settled yet."""
        return any(claim.overdue(self.at) for claim in self.claims)

    @property
    def waiting(self) -> tuple[Entry, ...]:
        return tuple([entry for entry in self.queue if entry.status is EntryStatus.WAITING])

    @property
    def availability(self) -> Availability:
        """Availability of the slot; meaningful after settling."""
        live = self.live
        booked = _visits(live)
        places = Places(booked=booked, reserved=len(live) - booked, waiting=len(self.waiting))
        return Availability(slot=self.slot, places=places, policy=self.policy, names=self.names, at=self.at)

    def claim(self, booking_id: UUID) -> Booking:
        """Return the live booking, or raise Gone."""
        for claim in self.live:
            if claim.id == booking_id:
                return claim
        raise Gone

    def claim_of(self, applicant_id: UUID) -> Booking:
        return next(claim for claim in self.live if claim.applicant_id == applicant_id)

    def entry_of(self, applicant_id: UUID) -> Entry:
        return next(entry for entry in self.queue if entry.applicant_id == applicant_id and entry.queued)

    def entry_view(self, applicant_id: UUID) -> EntryView:
        """Return the applicant's entry as they see it."""
        entry = self.entry_of(applicant_id)
        waiting = [one.id for one in self.waiting]
        offer = next((claim for claim in self.live if claim.id == entry.offer_id), None)
        return EntryView(
            entry=entry,
            position=waiting.index(entry.id) + 1 if entry.id in waiting else None,
            property_id=self.slot.property_id,
            agent_id=self.slot.agent_id,
            names=self.names,
            start_time=self.slot.start_time,
            end_time=self.slot.end_time,
            offer_ends=offer.deadline if offer else None,
            applicant=None,
        )

    def context(self, booking: Booking, applicant: Applicant) -> BookingContext:
        return BookingContext(
            booking=booking,
            applicant=applicant,
            agent_id=self.slot.agent_id,
            policy=self.policy,
            names=self.names,
            at=self.at,
        )

    def settled(self) -> "Roster":
        """End overdue claims, and claims and entries of barred people; offer the freed places on."""
        if not self.claims and not self.queue:
            return self
        roster = self
        ahead = self.at < self.slot.start_time
        for claim in sorted(self.live, key=_over_at):
            if claim.overdue(self.at):
                roster = roster.expired(claim)
            elif claim.applicant_id in self.barred and claim.reserved:
                roster = roster.ended(claim, BookingStatus.RELEASED, reason=SCREENING_CHANGED)
        for entry in roster.queue:
            if entry.queued and entry.applicant_id in self.barred:
                roster = roster.stopped_waiting(entry, EntryStatus.SKIPPED, INELIGIBLE)
            elif entry.queued and not ahead:
                roster = roster._replace_entry(entry.ended(EntryStatus.LAPSED, at=self.slot.start_time))
        return roster.offered_on()

    def commitments_of(self, commitments: Commitments) -> Commitments:
        """Return the commitments with the person's claims and entries of this settled roster, in place of the former
        ones.
        """
        if not (self.claims or self.queue or commitments.claims or commitments.entries):
            return commitments
        applicant_id = commitments.applicant.id
        elsewhere = tuple(claim for claim in commitments.claims if claim.slot_id != self.slot.id)
        here = tuple(claim for claim in self.live if claim.applicant_id == applicant_id)
        entries = tuple(entry for entry in self.queue if entry.applicant_id == applicant_id)
        return replace(commitments, claims=elsewhere + here, entries=entries)

    def visit_of(self, applicant: Applicant, by_agent: bool) -> tuple[BookingStatus, datetime | None]:
        """Return status and deadline of a new booking. An agent approves by booking."""
        if by_agent or applicant.risk_level not in self.policy.approval_levels:
            return BookingStatus.CONFIRMED, None
        return BookingStatus.PENDING_APPROVAL, self.policy.approval_ends(self.slot.start_time, at=self.at)

    def claimed(
        self,
        own: Booking | None,
        applicant: Applicant,
        status: BookingStatus,
        deadline: datetime | None,
        notes: str,
        *,
        may_release: bool = True,
        party_size: int = 1,
    ) -> "Roster":
        if own is None:
            place = self.free_places(self.slot.capacity)[0]
            claim = self._new_claim(
                applicant.id, status, deadline, place, notes, may_release=may_release, party_size=party_size
            )
        else:
            claim = own.booked(
                status, deadline=deadline, notes=notes, may_release=may_release, party_size=party_size, at=self.at
            )
        was = own.status if own else None
        return self.put(claim, events.booking_became(claim, self.slot, was, self.by)).served(applicant.id)

    def _new_claim(
        self,
        applicant_id: UUID,
        status: BookingStatus,
        deadline: datetime | None,
        place: int,
        notes: str = "",
        *,
        may_release: bool = True,
        party_size: int = 1,
    ) -> Booking:
        return Booking.of(
            self.slot,
            applicant_id,
            id=self.new_id(),
            place=place,
            status=status,
            deadline=deadline,
            notes=notes,
            may_release=may_release,
            party_size=party_size,
            at=self.at,
        )

    def served(self, applicant_id: UUID) -> "Roster":
        """End the waitlist entry of a person who has a place."""
        roster = self
        for entry in self.queue:
            if entry.queued and entry.applicant_id == applicant_id:
                roster = roster._replace_entry(entry.ended(EntryStatus.TAKEN, at=self.at))
        return roster

    def ended(
        self, claim: Booking, status: BookingStatus, *, reason: str | None = None, by: Actor | None = None
    ) -> "Roster":
        return self._after(claim, claim.ended(status, at=self.at, reason=reason), by)

    def expired(self, claim: Booking) -> "Roster":
        """End a claim at its deadline."""
        return self._after(claim, claim.as_of(self.at))

    def _after(self, before: Booking, ended: Booking, by: Actor | None = None) -> "Roster":
        roster = self.put(ended, events.booking_became(ended, self.slot, before.status, by or self.by.by_the_clock()))
        return roster.entry_ended(before, ended)

    def entry_ended(self, before: Booking, after: Booking) -> "Roster":
        """End the waitlist entry of an ended offer."""
        if before.status is not BookingStatus.OFFERED:
            return self
        entry = next(entry for entry in self.queue if entry.offer_id == before.id)
        if not entry.queued:
            return self
        if after.status is BookingStatus.LAPSED:
            return self._replace_entry(entry.ended(EntryStatus.LAPSED, at=after.updated_at))
        if after.reason == SCREENING_CHANGED:
            return self.stopped_waiting(entry, EntryStatus.SKIPPED, INELIGIBLE)
        if self.slot.cancelled:
            return self.stopped_waiting(entry, EntryStatus.SKIPPED, SLOT_CANCELLED)
        return self.stopped_waiting(entry, EntryStatus.DECLINED, by=self.by)

    def stopped_waiting(
        self, entry: Entry, status: EntryStatus, reason: str | None = None, by: Actor | None = None
    ) -> "Roster":
        ended = entry.ended(status, at=self.at, reason=reason)
        roster = self._replace_entry(ended)
        return roster.with_event(events.stopped_waiting(ended, self.slot, entry.status, by or self.by.by_the_clock()))

    def offered_on(self) -> "Roster":
        """Offer free places to the waitlist, in order of arrival: a hold for each, with a deadline of its own."""
        if not self.queue:
            return self
        roster = self
        for entry in self.waiting:
            free = roster.free_places(self.slot.capacity)
            if not free or not self.availability.can_be_offered or self.slot.cancelled:
                break
            deadline = self.policy.offer_ends(self.slot.start_time, at=self.at)
            offer = self._new_claim(entry.applicant_id, BookingStatus.OFFERED, deadline, free[0])
            offered = replace(entry, status=EntryStatus.OFFERED, offer_id=offer.id, updated_at=self.at)
            made = events.booking_became(offer, self.slot, None, self.by.by_the_clock())
            roster = roster.put(offer)._replace_entry(offered).with_event(made)
        return roster

    def free_places(self, capacity: int) -> list[int]:
        taken = {claim.place for claim in self.live}
        return [place for place in range(1, capacity + 1) if place not in taken]

    def put(self, claim: Booking, *happened: Event) -> "Roster":
        """Replace or add a claim, with its events."""
        claims = tuple(({one.id: one for one in self.claims} | {claim.id: claim}).values())
        slot = self._slot_with(claims, claim.updated_at)
        return replace(self, claims=claims, slot=slot, happened=(*self.happened, *happened))

    def _replace_entry(self, entry: Entry) -> "Roster":
        return replace(self, queue=tuple(entry if one.id == entry.id else one for one in self.queue))

    def counted(self) -> "Roster":
        return replace(self, slot=self._slot_with(self.claims, self.at))

    def _slot_with(self, claims: Sequence[Booking], at: datetime) -> Slot:
        """Return the slot with its status by these claims: booked once its last place is; holds do not count."""
        if self.slot.cancelled:
            return self.slot
        full = _visits([claim for claim in claims if claim.live]) >= self.slot.capacity
        status = SlotStatus.BOOKED if full else SlotStatus.AVAILABLE
        if status is self.slot.status:
            return self.slot
        return replace(self.slot, status=status, updated_at=at)

    def with_event(self, event: Event) -> "Roster":
        return replace(self, happened=(*self.happened, event))


def _over_at(claim: Booking) -> datetime:
    return claim.over_at


def _visits(claims: Sequence[Booking]) -> int:
    return len([claim for claim in claims if claim.visit])
