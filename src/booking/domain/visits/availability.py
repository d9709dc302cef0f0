"""Availability of a slot at one instant, and the rules of booking, holding and waiting.

Each rule has a verdict of its own, so that all of them can be shown; the first broken rule refuses. If all rules but
one are certain to hold, only that one is asked.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from uuid import UUID

from booking.domain.people.names import NAMELESS, Names
from booking.domain.people.refusals import ApplicantIneligible
from booking.domain.properties.policy import Policy
from booking.domain.properties.refusals import PropertyWithdrawn
from booking.domain.refusals import Refusal
from booking.domain.values import Value
from booking.domain.visits import refusals
from booking.domain.visits.booking import Booking, BookingStatus
from booking.domain.visits.commitments import COOL_DOWN, Commitments, Past
from booking.domain.visits.slot import Slot
from booking.domain.visits.waitlist import Entry

IN_A_ROW = 3
"""Holds of a slot by one person within the cool-down, so that no hold is renewed for ever; likewise cancelled bookings,
and entries in the waitlist, so that rows do not grow without end."""


class Occupancy(StrEnum):
    """Kinds of slots that are open.

    Free: a place is open to everybody. Full: all places are booked. Held: neither; a place is held, offered or owed to
    the waitlist.
    """

    FREE = "free"
    FULL = "full"
    HELD = "held"


class Places(Value, kw_only=True):
    """Numbers of booked and reserved places, and of waiting people. Counted, never stored."""

    booked: int = 0
    reserved: int = 0
    waiting: int = 0


class Verdict(Value, kw_only=True):
    """Verdict of one rule; if it is broken, the refusal, and the instant at which it lifts by itself."""

    rule: str
    refusal: Refusal | None = None
    until: datetime | None = None

    @property
    def satisfied(self) -> bool:
        return self.refusal is None


@cache
def _kept(rule: str) -> Verdict:
    return Verdict(rule=rule)


def _judged(rule: str, refusal: Refusal | None, until: datetime | None = None) -> Verdict:
    return _kept(rule) if refusal is None else Verdict(rule=rule, refusal=refusal, until=until)


class Availability(Value, kw_only=True):
    """Slot with all that its rules need. `claimants` have a claim on it; `overdue`: a claim is over, and not settled
    yet.

    `frees_at`: the end of the first of its holds and offers.
    """

    slot: Slot
    places: Places
    policy: Policy
    names: Names = NAMELESS
    at: datetime
    claimants: frozenset[UUID] = frozenset()
    overdue: bool = False
    frees_at: datetime | None = None

    @property
    def places_left(self) -> int:
        """Number of public places: neither booked nor reserved, nor owed to the waitlist."""
        if self.slot.cancelled:
            return 0
        places = self.places
        free = self.slot.capacity - places.booked - places.reserved
        if places.waiting and self.can_be_offered:
            free -= places.waiting
        return free if free > 0 else 0

    @property
    def awaited_in_vain(self) -> bool:
        """Whether a free place is still to be offered to the waitlist."""
        places = self.places
        free = self.slot.capacity > places.booked + places.reserved
        return places.waiting > 0 and free and self.can_be_offered and not self.slot.cancelled

    @property
    def can_be_offered(self) -> bool:
        """Whether a free place is offered to the waitlist: while it can be booked, with time left to do so.

        Not beyond the horizon, so that waiting is no way around it; not at the notice limit, nor past it.
        """
        start = self.slot.start_time
        return self.at < self.policy.bookable_until(start) and not self._early and not self.policy.withdrawn(start)

    @property
    def _early(self) -> bool:
        """Whether the start is beyond the horizon."""
        opens = self.policy.bookable_from(self.slot.start_time)
        return opens is not None and self.at < opens

    @property
    def open(self) -> bool:
        """Whether the row, the policy and the clock allow a booking, regardless of places."""
        start, at = self.slot.start_time, self.at
        if start <= at or at > self.policy.bookable_until(start) or self.slot.cancelled:
            return False
        return not self._early and not self.policy.withdrawn(start)

    @property
    def public(self) -> bool:
        """Whether the slot is listed as bookable. The guard of the booking statement is the same predicate."""
        return self.open and self.places_left > 0

    @property
    def occupancy(self) -> Occupancy:
        if self.places_left > 0:
            return Occupancy.FREE
        return Occupancy.FULL if self.places.booked >= self.slot.capacity else Occupancy.HELD

    def unrestricted_for(self, commitments: Commitments) -> bool:
        """Whether everything depends on the places left: the person is eligible, without commitments or limits."""
        return commitments.blank and commitments.applicant.eligible and not self.policy.limits_bookings and self.open

    def book(
        self,
        commitments: Commitments,
        *,
        hold_id: UUID | None = None,
        by_agent: bool = False,
        party_size: int = 1,
    ) -> Booking | None:
        """Return the person's own claim that becomes the booking, None for a public place; or raise the refusal."""
        if hold_id is None and self.unrestricted_for(commitments):
            if self.places_left == 0:
                raise refusals.SlotTaken(self.slot)
        else:
            _enforce(self.booking_rules(commitments, hold_id=hold_id, by_agent=by_agent))
        self._admit(party_size)
        return commitments.claim_on(self.slot)

    def book_for_somebody(self) -> None:
        """Raise the refusal that holds for every applicant of an agent, with or without a reserved place."""
        self.slot.still_ahead(at=self.at)
        if self.policy.withdrawn(self.slot.start_time):
            raise PropertyWithdrawn
        if self.places_left == 0 and self.places.reserved == 0:
            raise refusals.SlotTaken(self.slot)

    def hold(self, commitments: Commitments) -> Booking | None:
        """Return the person's own hold, None for a new one; or raise the refusal."""
        _enforce(self.hold_rules(commitments))
        return commitments.claim_on(self.slot)

    def move(self, commitments: Commitments, moving: Booking, *, by_agent: bool) -> Booking | None:
        """Return the person's own claim that becomes the moved booking, None for a public place; or raise a refusal."""
        _enforce(self.booking_rules(commitments, by_agent=by_agent, moving=moving.id))
        self._admit(moving.party_size)
        return commitments.claim_on(self.slot)

    def take_back(self, commitments: Commitments) -> None:
        """Raise the refusal if a released visit cannot be had again. Neither notice nor limits hold: it was theirs."""
        own = commitments.claim_on(self.slot)
        busy = any(commitments.meeting(self.slot))
        _enforce(
            [
                *self._rules_of_the_person_and_the_slot(commitments),
                _judged("one_booking", refusals.AlreadyBooked() if own is not None else None),
                self._place(),
                _judged("no_overlap", refusals.ApplicantBusy() if busy else None),
            ]
        )

    def hold_what_can_be_booked(self, commitments: Commitments) -> None:
        """Raise the refusal of a hold to a person who could book."""
        _enforce(self._rules_of_holding(commitments))

    def join(self, commitments: Commitments) -> Entry | None:
        """Return the person's own entry, None for a new one; or raise the refusal."""
        entry = commitments.entry_for(self.slot, at=self.at)
        _enforce(self.waiting_rules(commitments))
        return entry

    def booking_rules(
        self,
        commitments: Commitments,
        *,
        hold_id: UUID | None = None,
        by_agent: bool = False,
        moving: UUID | None = None,
    ) -> list[Verdict]:
        """Return the verdicts of booking, in the order of display. `moving`: a booking to be given up for this one."""
        own = commitments.claim_on(self.slot)
        mine = own is not None and own.reserved
        verdicts = self._rules_of_the_person_and_the_slot(commitments)
        if hold_id is not None:
            expired = own is None or own.id != hold_id
            verdicts.append(_judged("hold", refusals.HoldExpired() if expired and not (own and own.visit) else None))
        if not (mine or by_agent):
            verdicts += self._rules_of_time()
        if not mine:
            verdicts.append(self._place())
        verdicts.append(_judged("one_booking", refusals.AlreadyBooked() if own is not None and own.visit else None))
        if own is None or own.status is BookingStatus.OFFERED:
            others = (moving, own.id if own else None)
            verdicts += self._limits(commitments, but=others)
            busy = any(claim.id not in others for claim in commitments.meeting(self.slot))
            verdicts.append(_judged("no_overlap", refusals.ApplicantBusy() if busy else None))
        if own is None and not by_agent:
            verdicts.append(self._cooldown("booking_cooldown", refusals.BookingCooldown, commitments.past_visits))
        return verdicts

    def hold_rules(self, commitments: Commitments) -> list[Verdict]:
        return [*self.booking_rules(commitments), *self._rules_of_holding(commitments)]

    def _rules_of_holding(self, commitments: Commitments) -> list[Verdict]:
        if commitments.claim_on(self.slot) is not None:
            return []
        held = [claim for claim in commitments.claims if claim.status is BookingStatus.HELD]
        full = len(held) >= self.policy.max_live_holds
        return [
            _judged("hold_limit", refusals.HoldLimit() if full else None),
            self._cooldown("hold_cooldown", refusals.HoldCooldown, commitments.past_holds),
        ]

    def _cooldown(self, rule: str, refusal: type[Refusal], past: Sequence[Past]) -> Verdict:
        recent = sorted([ended for slot_id, ended in past if slot_id == self.slot.id])
        if len(recent) < IN_A_ROW:
            return _kept(rule)
        return _judged(rule, refusal(), recent[-IN_A_ROW] + COOL_DOWN)

    def waiting_rules(self, commitments: Commitments) -> list[Verdict]:
        own = commitments.claim_on(self.slot)
        offered = own is not None and own.status is BookingStatus.OFFERED
        verdicts = [
            *self._rules_of_the_person_and_the_slot(commitments),
            _judged("one_booking", refusals.AlreadyBooked() if own and not offered else None),
        ]
        if not offered:
            verdicts += self._rules_of_time(waiting=True)
            if commitments.entry_for(self.slot, at=self.at) is None:
                verdicts.append(_judged("full", refusals.SlotAvailable() if self.places_left > 0 else None))
                verdicts.append(self._cooldown("waitlist_cooldown", refusals.WaitlistCooldown, commitments.past_waits))
        return verdicts

    def _rules_of_the_person_and_the_slot(self, commitments: Commitments) -> list[Verdict]:
        eligible = commitments.applicant.eligible
        started = self.slot.start_time <= self.at
        verdicts = [
            _judged("screening", None if eligible else ApplicantIneligible()),
            _judged("not_started", refusals.SlotStarted() if started else None),
            _judged("not_cancelled", refusals.SlotCancelled() if self.slot.cancelled else None),
        ]
        if self.policy.withdrawn(self.slot.start_time):
            verdicts.append(_judged("not_withdrawn", PropertyWithdrawn()))
        return verdicts

    def _rules_of_time(self, *, waiting: bool = False) -> list[Verdict]:
        """Return the verdicts of notice and horizon. At the very last instant waiting is refused: no offer could
        follow.
        """
        last = self.policy.bookable_until(self.slot.start_time)
        late = self.at >= last if waiting else self.at > last
        early = self._early
        opens = self.policy.bookable_from(self.slot.start_time) if early else None
        return [
            _judged("notice", refusals.NoticeTooShort() if late else None),
            _judged("horizon", refusals.BeyondHorizon() if early else None, opens),
        ]

    def _admit(self, party_size: int) -> None:
        """Raise PartyTooLarge beyond the policy's limit. What holds for the visit alone is no rule of the slot."""
        most = self.policy.max_party_size
        if most is not None and party_size > most:
            raise refusals.PartyTooLarge

    def _place(self) -> Verdict:
        taken = self.places_left == 0
        until = self.frees_at if taken and not self.places.waiting and not self.slot.cancelled else None
        return _judged("place", refusals.SlotTaken(self.slot) if taken else None, until)

    def _limits(self, commitments: Commitments, *, but: tuple[UUID | None, ...]) -> list[Verdict]:
        """Return the verdicts of limits. A hold counts as a booking, so that a hold in time can always become one."""
        in_all, at_one = self.policy.max_live_bookings, self.policy.max_live_bookings_per_property
        binding = commitments.binding(but=but) if in_all is not None or at_one is not None else []
        here = [claim for claim in binding if claim.property_id == self.slot.property_id]
        return [_limit("booking_limit", in_all, binding), _limit("property_limit", at_one, here)]


def _limit(rule: str, most: int | None, counted: Sequence[Booking]) -> Verdict:
    if most is None or len(counted) < most:
        return _kept(rule)
    return _judged(rule, refusals.BookingLimit(), sorted(claim.over_at for claim in counted)[-most])


def _enforce(verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        if verdict.refusal is not None:
            raise verdict.refusal


def by_nearness(availabilities: Sequence[Availability], slot: Slot) -> list[Availability]:
    """Sort by the distance of the start from the slot's start, then by the start."""
    return sorted(availabilities, key=lambda one: (abs(one.slot.start_time - slot.start_time), one.slot.start_time))
