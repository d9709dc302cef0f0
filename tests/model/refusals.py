"""Refusals: the first rule that a deed would break, in the order in which they are told; FINE if none."""

from tests.model.reference import DAY, FINE, VISIT, Claim, Reference, Slot

OFTEN = 3


def against_place(
    ref: Reference, person: str, slot: Slot, *, by_agent: bool, moving: Claim | None = None, hold: Claim | None = None
) -> str:
    own = ref.own(person, slot)
    mine = (own is not None and own.status in ("held", "offered")) or ref.next_in_line(person, slot)
    if ref.barred(person):
        return "applicant_ineligible"
    if slot.start <= ref.now:
        return "slot_started"
    if slot.cancelled:
        return "slot_cancelled"
    if hold is not None and own is not hold and not (own and own.status in VISIT):
        return "hold_expired"
    if not mine and not by_agent:
        if ref.now > slot.start - ref.rules.notice:
            return "notice_too_short"
        if ref.rules.horizon is not None and ref.now < slot.start - ref.rules.horizon:
            return "beyond_horizon"
    if not mine and ref.places_left(slot) == 0:
        return "slot_taken"
    if own is not None and own.status in VISIT:
        return "already_booked"
    if own is not None and own.status == "held":
        return FINE
    binding = [
        claim
        for claim in ref.claims
        if claim.person == person
        and ref.seen(claim) in ("held", "pending_approval", "confirmed")
        and claim.slot.end > ref.now
        and claim is not moving
        and claim is not own
    ]
    here = [claim for claim in binding if claim.slot.place == slot.place]
    if ref.rules.limit is not None and len(binding) >= ref.rules.limit:
        return "booking_limit"
    if ref.rules.property_limit is not None and len(here) >= ref.rules.property_limit:
        return "booking_limit"
    if any(c.slot is not slot and c.slot.start < slot.end and slot.start < c.slot.end for c in binding):
        return "applicant_busy"
    if own is None and not by_agent and len(_given_up(ref, person, slot, "cancelled_by_applicant")) >= OFTEN:
        return "booking_cooldown"
    return FINE


def _given_up(ref: Reference, person: str, slot: Slot, *statuses: str) -> list[Claim]:
    """Within the last hour."""
    own = [claim for claim in ref.claims if claim.person == person and claim.slot is slot and claim.status in statuses]
    return [claim for claim in own if claim.ended is not None and claim.ended > ref.now - 60]


def against_hold(ref: Reference, person: str, slot: Slot) -> str:
    why = against_place(ref, person, slot, by_agent=False)
    if why != FINE or ref.own(person, slot) is not None or ref.next_in_line(person, slot):
        return why
    held = [c for c in ref.claims if c.person == person and ref.seen(c) == "held" and c.slot.end > ref.now]
    if len(held) >= ref.rules.holds:
        return "hold_limit"
    past = [claim for claim in _given_up(ref, person, slot, "released", "lapsed") if not claim.was_offer]
    return "hold_cooldown" if len(past) >= OFTEN else FINE


def against_waiting(ref: Reference, person: str, slot: Slot) -> str:
    if ref.barred(person):
        return "applicant_ineligible"
    if slot.start <= ref.now:
        return "slot_started"
    if slot.cancelled:
        return "slot_cancelled"
    own = ref.own(person, slot)
    if own is not None and own.status != "offered":
        return "already_booked"
    if own is None:
        if ref.now >= slot.start - ref.rules.notice:
            return "notice_too_short"
        if ref.rules.horizon is not None and ref.now < slot.start - ref.rules.horizon:
            return "beyond_horizon"
    if own is None and ref.queued(person, slot) is None:
        if ref.places_left(slot) > 0:
            return "slot_available"
        left = [one for one in ref.queue if one.person == person and one.slot is slot and one.left is not None]
        if len([one for one in left if one.left is not None and one.left > ref.now - 60]) >= OFTEN:
            return "waitlist_cooldown"
    return FINE


def against_ending(ref: Reference, claim: Claim, *, by_agent: bool) -> str:
    if claim.slot.start <= ref.now:
        return "slot_started"
    if ref.seen(claim) not in VISIT:
        return "booking_not_confirmed"
    if not by_agent and ref.now > claim.slot.start - ref.rules.cutoff:
        return "cutoff_passed"
    return FINE


def against_deciding(ref: Reference, claim: Claim) -> str:
    return FINE if ref.seen(claim) == "pending_approval" else "booking_not_pending"


def against_recording(ref: Reference, claim: Claim) -> str:
    if ref.seen(claim) != "confirmed":
        return "booking_not_confirmed"
    if ref.now < claim.slot.start:
        return "visit_not_started"
    if claim.outcome_at is not None and claim.outcome_at + 7 * DAY < ref.now:
        return "outcome_final"
    return FINE


def against_rating(claim: Claim) -> str:
    if claim.outcome != "attended":
        return "not_attended"
    return "feedback_given" if claim.rated else FINE


def against_changing(ref: Reference, slot: Slot) -> str:
    if slot.start <= ref.now:
        return "slot_started"
    return "slot_cancelled" if slot.cancelled else FINE
