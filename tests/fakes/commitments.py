"""Standings in memory: all that counts about a person in their organization."""

from booking.domain.people.applicant import Applicant
from booking.domain.visits.booking import Booking, BookingStatus
from booking.domain.visits.commitments import COOL_DOWN, Commitments
from booking.domain.visits.waitlist import EntryStatus
from tests.fakes.state import State

GIVEN_UP = (EntryStatus.LEFT, EntryStatus.DECLINED)
OVER = (BookingStatus.RELEASED, BookingStatus.LAPSED)


def commitments(state: State, applicant: Applicant) -> Commitments:
    at = state.clock()
    own = [claim for claim in state.bookings.values() if of(claim, applicant)]
    offers = {entry.offer_id for entry in state.entries.values()}
    held = [
        (claim.slot_id, claim.deadline if claim.overdue(at) and claim.deadline else claim.updated_at)
        for claim in own
        if (claim.status in OVER and claim.id not in offers)
        or (claim.status is BookingStatus.HELD and claim.overdue(at))
    ]
    return Commitments(
        applicant=applicant,
        claims=tuple(claim for claim in own if claim.live and not claim.overdue(at) and claim.end_time > at),
        entries=tuple(
            entry
            for entry in state.entries.values()
            if entry.queued and (entry.organization_id, entry.applicant_id) == (applicant.organization_id, applicant.id)
        ),
        past_holds=tuple((slot_id, ended) for slot_id, ended in held if ended > at - COOL_DOWN),
        past_visits=tuple(
            (claim.slot_id, claim.updated_at)
            for claim in own
            if claim.status is BookingStatus.CANCELLED_BY_APPLICANT and claim.updated_at > at - COOL_DOWN
        ),
        past_waits=tuple(
            (entry.slot_id, entry.updated_at)
            for entry in state.entries.values()
            if entry.status in GIVEN_UP
            and entry.updated_at > at - COOL_DOWN
            and (entry.organization_id, entry.applicant_id) == (applicant.organization_id, applicant.id)
        ),
        overdue=tuple(dict.fromkeys(claim.slot_key for claim in own if claim.overdue(at))),
    )


def of(claim: Booking, applicant: Applicant) -> bool:
    return (claim.organization_id, claim.applicant_id) == (applicant.organization_id, applicant.id)
