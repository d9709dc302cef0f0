"""What a caller may do with what they look at: whatever is named here succeeds if nothing changes, the rest is refused.

Each is found by asking the rule itself, so that the two cannot part.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from booking.domain.applicant import Applicant
from booking.domain.booking import Booking, Outcome, Sight
from booking.domain.errors import Refusal
from booking.domain.opening import Opening, Standing
from booking.domain.slot import Slot

A = TypeVar("A")


class SlotAction(StrEnum):
    BOOK = "book"
    HOLD = "hold"
    RELEASE_HOLD = "release_hold"
    JOIN_WAITLIST = "join_waitlist"
    LEAVE_WAITLIST = "leave_waitlist"
    SET_CAPACITY = "set_capacity"
    CANCEL = "cancel"


class BookingAction(StrEnum):
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    APPROVE = "approve"
    DECLINE = "decline"
    RECORD_OUTCOME = "record_outcome"
    GIVE_FEEDBACK = "give_feedback"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotView:
    """A slot as its viewer may see it."""

    opening: Opening
    actions: tuple[SlotAction, ...]

    @property
    def slot(self) -> Slot:
        return self.opening.slot


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingView:
    """A booking as its viewer may see it: agents see who comes, applicants are not told about themselves."""

    sight: Sight
    for_agent: bool
    actions: tuple[BookingAction, ...]

    @property
    def booking(self) -> Booking:
        return self.sight.booking

    @property
    def applicant(self) -> Applicant | None:
        return self.sight.applicant if self.for_agent else None


def on_slot(opening: Opening, *, standing: Standing | None, manages: bool) -> tuple[SlotAction, ...]:
    """`standing` of whoever looks as an applicant; `manages` for the slot's agent and for admins."""
    slot, at = opening.slot, opening.at
    attempts: dict[SlotAction, list[Callable[[], object]]] = {action: [] for action in SlotAction}
    if standing is not None:
        own, entry = standing.claim_on(slot), standing.entry_for(slot, at=at)
        attempts[SlotAction.BOOK].append(lambda: opening.book(standing))
        attempts[SlotAction.HOLD].append(lambda: opening.hold(standing))
        attempts[SlotAction.JOIN_WAITLIST].append(lambda: opening.join(standing))
        if own is not None and own.reserved:
            attempts[SlotAction.RELEASE_HOLD].append(lambda: None)
        if entry is not None:
            attempts[SlotAction.LEAVE_WAITLIST].append(lambda: None)
    if manages:
        attempts[SlotAction.BOOK].append(opening.book_for_somebody)
        attempts[SlotAction.SET_CAPACITY].append(lambda: slot.still_ahead(at=at))
        attempts[SlotAction.CANCEL].append(lambda: slot.still_ahead(at=at))
    return _succeeding(attempts)


def on_booking(sight: Sight, *, own: bool, manages: bool) -> tuple[BookingAction, ...]:
    """`own`: whoever looks is its applicant; `manages`: the slot's agent, or an admin."""
    booking, policy, at = sight.booking, sight.policy, sight.at
    attempts: dict[BookingAction, list[Callable[[], object]]] = {action: [] for action in BookingAction}
    if own:
        attempts[BookingAction.CANCEL].append(lambda: booking.cancel_by_applicant(policy, reason=None, at=at))
        attempts[BookingAction.RESCHEDULE].append(lambda: sight.movable(by_agent=False))
        attempts[BookingAction.GIVE_FEEDBACK].append(lambda: booking.give_feedback(rating=5, comment="", at=at))
    elif manages:
        attempts[BookingAction.CANCEL].append(lambda: booking.cancel_by_agent(reason=None, at=at))
        attempts[BookingAction.RESCHEDULE].append(lambda: sight.movable(by_agent=True))
    if manages:
        attempts[BookingAction.APPROVE].append(lambda: booking.approve(at=at))
        attempts[BookingAction.DECLINE].append(lambda: booking.decline(reason=None, at=at))
        attempts[BookingAction.RECORD_OUTCOME].append(lambda: booking.record(Outcome.ATTENDED, at=at))
    return _succeeding(attempts)


def _succeeding(attempts: Mapping[A, list[Callable[[], object]]]) -> tuple[A, ...]:
    return tuple(action for action, ways in attempts.items() if any(map(_succeeds, ways)))


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except Refusal:
        return False
    return True
