"""What each may do with what they look at, by asking whether it would be refused."""

from tests.model.reference import FINE, RESERVED, Claim, Reference, Slot
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


def applicant_on_slot(ref: Reference, who: str, slot: Slot) -> set[str]:
    own = ref.own(who, slot)
    return _listed(
        book=against_place(ref, who, slot, by_agent=False) == FINE,
        hold=against_hold(ref, who, slot) == FINE,
        join_waitlist=against_waiting(ref, who, slot) == FINE,
        release_hold=own is not None and own.status in RESERVED,
        leave_waitlist=ref.queued(who, slot) is not None,
    )


def agent_on_slot(ref: Reference, slot: Slot) -> set[str]:
    """To `book_for` somebody: for whom a place is kept, if for nobody else."""
    ahead = against_changing(ref, slot) == FINE
    kept = any(claim.status in RESERVED and not ref.barred(claim.person) for claim in ref.on(slot))
    return _listed(book_for=ahead and (ref.places_left(slot) > 0 or kept), set_capacity=ahead, move=ahead, cancel=ahead)


def applicant_on_booking(ref: Reference, claim: Claim) -> set[str]:
    may_end = against_ending(ref, claim, by_agent=False) == FINE
    return _listed(
        cancel=may_end,
        reschedule=may_end and not ref.barred(claim.person),
        confirm_attendance=_to_come(ref, claim),
        give_feedback=against_rating(claim) == FINE,
    )


def agent_on_booking(ref: Reference, claim: Claim) -> set[str]:
    may_end = against_ending(ref, claim, by_agent=True) == FINE
    undecided = against_deciding(ref, claim) == FINE
    return _listed(
        cancel=may_end,
        reschedule=may_end and not ref.barred(claim.person),
        confirm_attendance=_to_come(ref, claim),
        approve=undecided,
        decline=undecided,
        record_outcome=against_recording(ref, claim) == FINE,
    )


def _to_come(ref: Reference, claim: Claim) -> bool:
    return ref.seen(claim) == "confirmed" and ref.now < claim.slot.start


def _listed(**actions: bool) -> set[str]:
    return {action for action, may in actions.items() if may}
