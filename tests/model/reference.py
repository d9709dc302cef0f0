"""The life of visits in plain lists and loops, by the issue's text: what is answered, and what then is so.

Nothing here knows of the service's code. Time is in minutes. What is over by the clock is over for whoever asks; yet
places are handed on only when a slot is touched, as in the service, for an offer's time runs from then on.
"""

from dataclasses import dataclass, field

DAY = 24 * 60
RESERVED = ("held", "offered")
VISIT = ("pending_approval", "confirmed")
LIVE = (*RESERVED, *VISIT)
UNMADE = (*RESERVED, "released", "lapsed")
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
    reason: str | None = None
    left: int | None = None


@dataclass
class Reference:
    risk: dict[str, str]
    slots: list[Slot]
    now: int = 0
    rules: Rules = field(default_factory=Rules)
    claims: list[Claim] = field(default_factory=list)
    queue: list[Waiter] = field(default_factory=list)

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
        return max(0, slot.capacity - self.taken(slot) - self.awaited(slot))

    def taken(self, slot: Slot) -> int:
        return sum(claim.status in VISIT or not self.barred(claim.person) for claim in self.on(slot))

    def awaited(self, slot: Slot) -> int:
        """Places that can be offered to those who wait."""
        if not self.in_time(slot):
            return 0
        return sum(not self.barred(one.person) for one in self.waiting(slot))

    def next_in_line(self, person: str, slot: Slot) -> bool:
        """Whether a free place is theirs as soon as somebody touches the slot."""
        if slot.cancelled or not self.in_time(slot):
            return False
        first = [one.person for one in self.waiting(slot) if not self.barred(one.person)]
        return person in first[: max(0, slot.capacity - self.taken(slot))]

    def in_time(self, slot: Slot) -> bool:
        """Whether places are offered: neither past the notice nor beyond the horizon."""
        near = self.rules.horizon is None or self.now >= slot.start - self.rules.horizon
        return near and self.now < slot.start - self.rules.notice

    def status(self, slot: Slot) -> str:
        """By the clock, whether or not somebody has touched the slot since."""
        if slot.cancelled:
            return "cancelled"
        booked = sum(claim.status in VISIT for claim in self.on(slot))
        return "booked" if booked >= slot.capacity else "available"

    def own(self, person: str, slot: Slot) -> Claim | None:
        return next((claim for claim in self.on(slot) if claim.person == person), None)

    def queued(self, person: str, slot: Slot) -> Waiter | None:
        found = [one for one in self.queue if one.slot is slot and one.person == person]
        return next((one for one in found if self.seen_waiter(one) in ("waiting", "offered")), None)

    # what happens by itself

    def end(self, claim: Claim, status: str) -> None:
        claim.ended = claim.deadline if self.over(claim) else self.now
        claim.status, claim.deadline = status, None
        for one in self.queue:
            if one.claim is claim and one.status == "offered":
                if status == "lapsed":
                    one.status = status
                else:
                    self.skip(one)

    def skip(self, one: Waiter) -> None:
        one.status, one.reason = "skipped", "slot_cancelled" if one.slot.cancelled else "applicant_ineligible"

    def touch(self, slot: Slot) -> None:
        """Ends what is over, and offers on what is free."""
        if slot.cancelled:
            return
        for claim in [claim for claim in self.claims if claim.slot is slot and claim.status in LIVE]:
            if self.over(claim):
                self.end(claim, self.seen(claim))
            elif self.barred(claim.person) and claim.status in RESERVED:
                self.end(claim, "released")
        for one in self.waiting(slot):
            if self.barred(one.person):
                self.skip(one)
            elif slot.start <= self.now:
                one.status = "lapsed"
        for one in self.waiting(slot):
            if len(self.on(slot)) < slot.capacity and self.in_time(slot):
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
            if (
                self.forgotten(slot)
                or (self.waiting(slot) and slot.start <= self.now)
                or any(claim.slot is slot and self.over(claim) for claim in self.claims)
            ):
                self.touch(slot)

    def forgotten(self, slot: Slot) -> bool:
        """Whether people wait while a place is free: by the clock, or by a change of rules, which touches no slot."""
        return not slot.cancelled and self.awaited(slot) > 0 and self.taken(slot) < slot.capacity

    def look(self) -> None:
        """Whoever looks touches what is forgotten."""
        for slot in self.slots:
            if self.forgotten(slot):
                self.touch(slot)
