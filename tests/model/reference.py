"""The life of visits in plain lists and loops, by the issue's text: what is answered, and what then is so.

Nothing here knows of the service's code. Time is in minutes. What is over by the clock is over for whoever asks; yet
places are handed on only when a slot is touched, as in the service, for an offer's time runs from then on.
"""

from dataclasses import dataclass, field

DAY = 24 * 60
LIVE = ("held", "offered", "pending_approval", "confirmed")
VISIT = ("pending_approval", "confirmed")
FINE = "fine"


@dataclass
class Rules:
    notice: int = 0
    cutoff: int = 0
    horizon: int | None = None
    limit: int | None = None
    property_limit: int | None = None
    hold: int = 5
    holds: int = 2
    offer: int = 30
    approve: tuple[str, ...] = ()
    approve_within: int = DAY
    approve_before: int = 120
    cancels: bool = False


@dataclass(eq=False)
class Slot:
    name: str
    place: str
    agent: str
    start: int
    end: int
    capacity: int
    cancelled: bool = False


@dataclass(eq=False)
class Claim:
    slot: Slot
    person: str
    status: str
    deadline: int | None
    sequence: int = 0
    outcome: str | None = None
    outcome_at: int | None = None
    rated: bool = False
    was_offer: bool = False
    ended: int | None = None


@dataclass(eq=False)
class Waiter:
    slot: Slot
    person: str
    status: str = "waiting"
    claim: Claim | None = None


@dataclass
class Reference:
    risk: dict[str, str]
    slots: list[Slot]
    now: int = 0
    rules: Rules = field(default_factory=Rules)
    claims: list[Claim] = field(default_factory=list)
    queue: list[Waiter] = field(default_factory=list)

    # what is so

    def over(self, claim: Claim) -> bool:
        return claim.status in LIVE and claim.deadline is not None and claim.deadline <= self.now

    def seen(self, claim: Claim) -> str:
        if not self.over(claim):
            return claim.status
        return "expired" if claim.status == "pending_approval" else "lapsed"

    def on(self, slot: Slot) -> list[Claim]:
        """Claims that are not over."""
        return [claim for claim in self.claims if claim.slot is slot and self.seen(claim) in LIVE]

    def waiting(self, slot: Slot) -> list[Waiter]:
        return [one for one in self.queue if one.slot is slot and one.status == "waiting"]

    def seen_waiter(self, one: Waiter) -> str:
        if one.status == "waiting" and one.slot.start <= self.now:
            return "lapsed"
        if one.status == "offered" and one.claim is not None and self.over(one.claim):
            return "lapsed"
        return one.status

    def barred(self, person: str) -> bool:
        return self.risk[person] == "HIGH"

    def places_left(self, slot: Slot) -> int:
        if slot.cancelled:
            return 0
        taken = sum(claim.status in VISIT or not self.barred(claim.person) for claim in self.on(slot))
        waiting = sum(not self.barred(one.person) for one in self.waiting(slot))
        return max(0, slot.capacity - taken - (waiting if self.now < slot.start - self.rules.notice else 0))

    def status(self, slot: Slot) -> str:
        """As stored: what is over counts until somebody touches the slot."""
        if slot.cancelled:
            return "cancelled"
        booked = sum(claim.slot is slot and claim.status in VISIT for claim in self.claims)
        return "booked" if booked >= slot.capacity else "available"

    def own(self, person: str, slot: Slot) -> Claim | None:
        return next((claim for claim in self.on(slot) if claim.person == person), None)

    def queued(self, person: str, slot: Slot) -> Waiter | None:
        found = [one for one in self.queue if one.slot is slot and one.person == person]
        return next((one for one in found if one.status in ("waiting", "offered")), None)

    # what happens by itself

    def end(self, claim: Claim, status: str) -> None:
        claim.status, claim.deadline, claim.ended = status, None, self.now
        for one in self.queue:
            if one.claim is claim and one.status == "offered":
                one.status = "lapsed" if status == "lapsed" else "skipped"

    def touch(self, slot: Slot) -> None:
        """Ends what is over, and offers on what is free."""
        if slot.cancelled:
            return
        for claim in [claim for claim in self.claims if claim.slot is slot and claim.status in LIVE]:
            if self.over(claim):
                self.end(claim, self.seen(claim))
            elif self.barred(claim.person) and claim.status in ("held", "offered"):
                self.end(claim, "released")
        for one in self.waiting(slot):
            if self.barred(one.person):
                one.status = "skipped"
            elif slot.start <= self.now:
                one.status = "lapsed"
        for one in self.waiting(slot):
            if len(self.on(slot)) < slot.capacity and self.now < slot.start - self.rules.notice:
                until = min(self.now + self.rules.offer, slot.start - self.rules.notice)
                one.claim = Claim(slot, one.person, "offered", until, was_offer=True)
                one.status = "offered"
                self.claims.append(one.claim)

    def touch_overdue(self, slots: list[Slot]) -> None:
        for slot in slots:
            if any(claim.slot is slot and self.over(claim) for claim in self.claims):
                self.touch(slot)

    def overdue_of(self, person: str) -> list[Slot]:
        return list({id(c.slot): c.slot for c in self.claims if c.person == person and self.over(c)}.values())

    def tidy(self) -> None:
        for slot in self.slots:
            forgotten = self.waiting(slot) and (
                slot.start <= self.now
                or (
                    self.now < slot.start - self.rules.notice
                    and any(not self.barred(one.person) for one in self.waiting(slot))
                    and slot.capacity
                    > sum(claim.status in VISIT or not self.barred(claim.person) for claim in self.on(slot))
                )
            )
            if forgotten or any(claim.slot is slot and self.over(claim) for claim in self.claims):
                self.touch(slot)

    # why not

    def against_place(
        self, person: str, slot: Slot, *, by_agent: bool, moving: Claim | None = None, hold: Claim | None = None
    ) -> str:
        own = self.own(person, slot)
        mine = own is not None and own.status in ("held", "offered")
        if self.barred(person):
            return "applicant_ineligible"
        if slot.start <= self.now:
            return "slot_started"
        if slot.cancelled:
            return "slot_cancelled"
        if hold is not None and own is not hold and not (own and own.status in VISIT):
            return "hold_expired"
        if not mine and not by_agent:
            if self.now > slot.start - self.rules.notice:
                return "notice_too_short"
            if self.rules.horizon is not None and self.now < slot.start - self.rules.horizon:
                return "beyond_horizon"
        if not mine and self.places_left(slot) == 0:
            return "slot_taken"
        if own is not None and own.status in VISIT:
            return "already_booked"
        if own is not None and own.status == "held":
            return FINE
        binding = [
            claim
            for claim in self.claims
            if claim.person == person
            and self.seen(claim) in ("held", "pending_approval", "confirmed")
            and claim.slot.end > self.now
            and claim is not moving
            and claim is not own
        ]
        here = [claim for claim in binding if claim.slot.place == slot.place]
        if self.rules.limit is not None and len(binding) >= self.rules.limit:
            return "booking_limit"
        if self.rules.property_limit is not None and len(here) >= self.rules.property_limit:
            return "booking_limit"
        if any(c.slot is not slot and c.slot.start < slot.end and slot.start < c.slot.end for c in binding):
            return "applicant_busy"
        return FINE

    def against_hold(self, person: str, slot: Slot) -> str:
        why = self.against_place(person, slot, by_agent=False)
        if why != FINE or self.own(person, slot) is not None:
            return why
        held = [c for c in self.claims if c.person == person and self.seen(c) == "held" and c.slot.end > self.now]
        if len(held) >= self.rules.holds:
            return "hold_limit"
        past = [
            claim
            for claim in self.claims
            if claim.person == person
            and claim.slot is slot
            and not claim.was_offer
            and claim.status in ("released", "lapsed")
            and claim.ended is not None
            and claim.ended > self.now - 60
        ]
        return "hold_cooldown" if len(past) >= 3 else FINE

    def against_waiting(self, person: str, slot: Slot) -> str:
        if self.barred(person):
            return "applicant_ineligible"
        if slot.start <= self.now:
            return "slot_started"
        if slot.cancelled:
            return "slot_cancelled"
        own = self.own(person, slot)
        if own is not None and own.status != "offered":
            return "already_booked"
        if self.now >= slot.start - self.rules.notice:
            return "notice_too_short"
        if own is None and self.queued(person, slot) is None and self.places_left(slot) > 0:
            return "slot_available"
        return FINE

    def against_ending(self, claim: Claim, *, by_agent: bool) -> str:
        if claim.slot.start <= self.now:
            return "slot_started"
        if self.seen(claim) not in VISIT:
            return "booking_not_confirmed"
        if not by_agent and self.now > claim.slot.start - self.rules.cutoff:
            return "cutoff_passed"
        return FINE
