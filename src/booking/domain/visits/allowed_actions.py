"""Actions that a viewer may take on a slot or a booking.

A listed action succeeds if nothing changes meanwhile; all others are refused. Why: each is found by asking the rule
itself, so that list and rule cannot differ.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import ParamSpec
from uuid import UUID

from booking.domain.people.applicant import Applicant
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Policy
from booking.domain.properties.visit_details import VisitDetails
from booking.domain.refusals import Refusal
from booking.domain.values import Value
from booking.domain.visits.availability import Availability
from booking.domain.visits.booking import Booking, Outcome
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.slot import Slot

P = ParamSpec("P")


class SlotAction(StrEnum):
    """Actions on a slot, in the order of display."""

    BOOK = "book"
    HOLD = "hold"
    RELEASE_HOLD = "release_hold"
    JOIN_WAITLIST = "join_waitlist"
    LEAVE_WAITLIST = "leave_waitlist"
    BOOK_FOR = "book_for"
    SET_CAPACITY = "set_capacity"
    MOVE = "move"
    CANCEL = "cancel"


class BookingAction(StrEnum):
    """Actions on a booking, in the order of display."""

    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    CONFIRM_ATTENDANCE = "confirm_attendance"
    TAKE_BACK = "take_back"
    APPROVE = "approve"
    DECLINE = "decline"
    RECORD_OUTCOME = "record_outcome"
    GIVE_FEEDBACK = "give_feedback"


_BOOK = (SlotAction.BOOK,)
_BOOK_OR_HOLD = (SlotAction.BOOK, SlotAction.HOLD)


class SlotView(Value, kw_only=True):
    """Slot with the viewer's actions."""

    availability: Availability
    actions: tuple[SlotAction, ...]

    @property
    def slot(self) -> Slot:
        return self.availability.slot


class BookingView(Value, kw_only=True):
    """Booking with the viewer's actions; agents see the applicant, too."""

    context: BookingContext
    for_agent: bool
    actions: tuple[BookingAction, ...]
    details: VisitDetails | None = None
    """Only where one booking is looked at."""

    @property
    def booking(self) -> Booking:
        return self.context.booking

    @property
    def applicant(self) -> Applicant | None:
        return self.context.applicant if self.for_agent else None


def view(availability: Availability, caller: Caller, commitments: Mapping[UUID, Commitments]) -> SlotView:
    """Return the slot with the caller's actions, by their commitments in each organization."""
    slot = availability.slot
    manages = caller.manages(slot.organization_id, slot.agent_id)
    return SlotView(
        availability=availability,
        actions=on_slot(availability, commitments=commitments.get(slot.organization_id), manages=manages),
    )


def on_slot(availability: Availability, *, commitments: Commitments | None, manages: bool) -> tuple[SlotAction, ...]:
    """Return the actions on a slot. `commitments`: the viewer's as an applicant; `manages`: for its agent and for
    admins.
    """
    if (
        not manages
        and commitments is not None
        and availability.unrestricted_for(commitments)
        and availability.places_left > 0
    ):
        return public_actions(availability.policy)
    may = _for_the_person(availability, commitments) if commitments is not None else []
    if manages:
        if _succeeds(availability.book_for_somebody):
            may.append(SlotAction.BOOK_FOR)
        if _succeeds(availability.slot.still_ahead, at=availability.at):
            may += [SlotAction.SET_CAPACITY, SlotAction.MOVE, SlotAction.CANCEL]
    return tuple(may)


def public_actions(policy: Policy) -> tuple[SlotAction, ...]:
    """Return the actions on a public slot of an eligible applicant without commitments or limits."""
    return _BOOK_OR_HOLD if policy.max_live_holds else _BOOK


def _for_the_person(availability: Availability, commitments: Commitments) -> list[SlotAction]:
    may = []
    own, entry = commitments.claim_on(availability.slot), commitments.entry_for(availability.slot, at=availability.at)
    bookable = _succeeds(availability.book, commitments)
    if bookable:
        may.append(SlotAction.BOOK)
    if bookable and _succeeds(availability.hold_what_can_be_booked, commitments):
        may.append(SlotAction.HOLD)
    if own is not None and own.reserved:
        may.append(SlotAction.RELEASE_HOLD)
    public = bookable and own is None and entry is None  # nobody waits for what is free
    if not public and _succeeds(availability.join, commitments):
        may.append(SlotAction.JOIN_WAITLIST)
    if entry is not None:
        may.append(SlotAction.LEAVE_WAITLIST)
    return may


def on_booking(context: BookingContext, *, own: bool, manages: bool) -> tuple[BookingAction, ...]:
    """Return the actions on a booking. `own`: for its applicant; `manages`: for the slot's agent and for admins.

    An action of either role is an action of a caller with both.
    """
    booking, at = context.booking, context.at
    may = []
    if (own and _succeeds(booking.changeable_by_applicant, context.policy, at=at)) or (
        manages and _succeeds(booking.still_ahead, at=at)
    ):
        may.append(BookingAction.CANCEL)
    if (own and _succeeds(context.movable, by_agent=False)) or (manages and _succeeds(context.movable, by_agent=True)):
        may.append(BookingAction.RESCHEDULE)
    if (own or manages) and _succeeds(booking.confirm_attendance, at=at):
        may.append(BookingAction.CONFIRM_ATTENDANCE)
    if (own or manages) and _succeeds(context.returnable):
        may.append(BookingAction.TAKE_BACK)
    if manages:
        if _succeeds(booking.approve, at=at):
            may.append(BookingAction.APPROVE)
        if _succeeds(booking.decline, reason=None, at=at):
            may.append(BookingAction.DECLINE)
        if _succeeds(booking.record, Outcome.ATTENDED, at=at):
            may.append(BookingAction.RECORD_OUTCOME)
    if own and booking.outcome is not None and _succeeds(booking.give_feedback, rating=5, comment="", at=at):
        may.append(BookingAction.GIVE_FEEDBACK)
    return tuple(may)


def _succeeds(attempt: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    try:
        attempt(*args, **kwargs)
    except Refusal:
        return False
    return True
