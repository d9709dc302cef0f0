"""What people do, to the reference alone: each deed says what is answered, and lets the reference follow."""

from tests.model.reference import FINE, LIVE, RESERVED, UNMADE, VISIT, Claim, Reference, Slot, Waiter
from tests.model.refusals import (
    against_changing,
    against_deciding,
    against_ending,
    against_hold,
    against_place,
    against_rating,
    against_recording,
    against_waiting,
)


def _visit(ref: Reference, person: str, slot: Slot, *, by_agent: bool) -> tuple[str, int | None]:
    if by_agent or ref.risk[person] not in ref.rules.approve:
        return "confirmed", None
    before = slot.start - ref.rules.approve_before
    return "pending_approval", min(ref.now + ref.rules.approve_within, before if before > ref.now else slot.start)


def _serve(ref: Reference, person: str, slot: Slot) -> None:
    if (one := ref.queued(person, slot)) is not None:
        one.status = "taken"


def _rival(ref: Reference, person: str, slot: Slot) -> bool:
    """Whoever has nothing on a full slot is told so at once, and what of theirs is over elsewhere stays as it is."""
    live = [claim for claim in ref.claims if claim.slot is slot and claim.status in LIVE]
    if any(ref.over(claim) or claim.person == person for claim in live):
        return False
    return against_place(ref, person, slot, by_agent=False) == "slot_taken"


def book(ref: Reference, person: str, slot: Slot, *, by_agent: bool = False, hold: Claim | None = None) -> str:
    if not by_agent and hold is None and _rival(ref, person, slot):
        return "slot_taken"
    ref.touch_overdue([*ref.overdue_of(person), slot])
    if (why := against_place(ref, person, slot, by_agent=by_agent, hold=hold)) != FINE:
        return why
    ref.touch(slot)
    status, deadline = _visit(ref, person, slot, by_agent=by_agent)
    claim = ref.own(person, slot)
    if claim is None:
        claim = Claim(slot, person, status, deadline)
        ref.claims.append(claim)
    claim.status, claim.deadline = status, deadline
    _serve(ref, person, slot)
    ref.touch(slot)
    return FINE


def hold(ref: Reference, person: str, slot: Slot) -> str:
    if _rival(ref, person, slot):
        return "slot_taken"
    ref.touch_overdue([*ref.overdue_of(person), slot])
    if (why := against_hold(ref, person, slot)) != FINE:
        return why
    ref.touch(slot)
    if ref.own(person, slot) is None:
        ref.claims.append(Claim(slot, person, "held", min(ref.now + ref.rules.hold, slot.start)))
    return FINE


def release(ref: Reference, claim: Claim) -> str:
    if claim.status not in UNMADE:
        return "hold_not_found"
    if ref.seen(claim) not in RESERVED or ref.barred(claim.person):
        return "hold_expired"
    ref.touch(claim.slot)
    for one in ref.queue:
        if one.claim is claim and one.status == "offered":
            one.status, one.left = "declined", ref.now
    ref.end(claim, "released")
    ref.touch(claim.slot)
    return FINE


def join(ref: Reference, person: str, slot: Slot) -> str:
    ref.touch_overdue([*ref.overdue_of(person), slot])
    if (why := against_waiting(ref, person, slot)) != FINE:
        return why
    ref.touch(slot)
    if ref.queued(person, slot) is None:
        ref.queue.append(Waiter(slot, person))
    return FINE


def leave(ref: Reference, one: Waiter) -> str:
    if ref.seen_waiter(one) not in ("waiting", "offered") or ref.barred(one.person):
        return "waitlist_entry_not_found"
    ref.touch(one.slot)
    if one.claim is None:
        one.status, one.left = "left", ref.now
        return FINE
    one.status, one.left = "declined", ref.now
    ref.end(one.claim, "released")
    ref.touch(one.slot)
    return FINE


def cancel(ref: Reference, claim: Claim, *, by_agent: bool) -> str:
    if (why := against_ending(ref, claim, by_agent=by_agent)) != FINE:
        return why
    ref.end(claim, "cancelled_by_agent" if by_agent else "cancelled_by_applicant")
    ref.touch(claim.slot)
    return FINE


def decide(ref: Reference, claim: Claim, status: str) -> str:
    if (why := against_deciding(ref, claim)) != FINE:
        return why
    if status == "confirmed":
        claim.status, claim.deadline = status, None
    else:
        ref.end(claim, status)
    ref.touch(claim.slot)
    return FINE


def move(ref: Reference, claim: Claim, to: Slot, *, by_agent: bool, to_own: bool) -> str:
    """`to_own`: whether it is the agent's own slot, too, or an admin's to manage."""
    if ref.barred(claim.person):
        return "applicant_ineligible"
    if (why := against_ending(ref, claim, by_agent=by_agent)) != FINE:
        return why
    if by_agent and not to_own:
        return "not_your_slot"
    ref.touch_overdue([*ref.overdue_of(claim.person), to])
    if (why := against_place(ref, claim.person, to, by_agent=by_agent, moving=claim)) != FINE:
        return why
    ref.touch(to)
    _serve(ref, claim.person, to)
    if (own := ref.own(claim.person, to)) is not None:
        ref.end(own, "released")
    old = claim.slot
    claim.slot, claim.sequence = to, claim.sequence + 1
    if by_agent:
        claim.deadline = None if claim.deadline is None else min(claim.deadline, to.start)
    else:
        claim.status, claim.deadline = _visit(ref, claim.person, to, by_agent=False)
    ref.touch(old)
    ref.touch(to)
    return FINE


def record(ref: Reference, claim: Claim, outcome: str) -> str:
    if (why := against_recording(ref, claim)) != FINE:
        return why
    claim.outcome = outcome
    claim.outcome_at = ref.now if claim.outcome_at is None else claim.outcome_at
    return FINE


def rate(claim: Claim) -> str:
    if (why := against_rating(claim)) != FINE:
        return why
    claim.rated = True
    return FINE


def resize(ref: Reference, slot: Slot, capacity: int) -> str:
    if (why := against_changing(ref, slot)) != FINE:
        return why
    offered = min(slot.capacity - ref.taken(slot), ref.awaited(slot))
    if capacity != slot.capacity and capacity < ref.taken(slot) + max(0, offered):
        return "capacity_taken"
    ref.touch(slot)
    slot.capacity = capacity
    ref.touch(slot)
    return FINE


def cancel_slot(ref: Reference, slot: Slot) -> str:
    if (why := against_changing(ref, slot)) != FINE:
        return why
    slot.cancelled = True
    for claim in [claim for claim in ref.claims if claim.slot is slot and claim.status in LIVE]:
        if ref.over(claim):
            ref.end(claim, ref.seen(claim))
        else:
            ref.end(claim, "cancelled_by_agent" if claim.status in VISIT else "released")
    for one in ref.waiting(slot):
        ref.skip(one)
    return FINE


def screen(ref: Reference, person: str, risk: str) -> None:
    ref.risk[person] = risk
    if risk == "HIGH":
        concerned = [claim.slot for claim in ref.claims if claim.person == person and claim.status in LIVE]
        concerned += [one.slot for one in ref.queue if one.person == person and one.status in ("waiting", "offered")]
        for slot in [slot for slot in ref.slots if slot in concerned]:
            for claim in ref.on(slot):
                if claim.person == person and claim.status in VISIT and ref.rules.cancels and ref.now < slot.start:
                    ref.end(claim, "cancelled_by_screening")
            ref.touch(slot)
