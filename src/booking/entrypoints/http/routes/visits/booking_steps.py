"""Steps that a booking takes once it is made: moves, decisions, outcomes, feedback."""

from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import ApplicantIneligible, WrongRole
from booking.domain.properties.refusals import PropertyWithdrawn
from booking.domain.refusals import NotYourSlot
from booking.domain.visits.booking import Outcome
from booking.domain.visits.refusals import (
    AlreadyBooked,
    ApplicantBusy,
    BookingNotConfirmed,
    BookingNotFound,
    BookingNotPending,
    BookingNotReleased,
    CutoffPassed,
    FeedbackGiven,
    NotAttended,
    OutcomeFinal,
    PartyTooLarge,
    SlotCancelled,
    SlotTaken,
    VisitNotStarted,
    VisitStarted,
)
from booking.entrypoints.http.booking_answer import BookingResponse, Rating, answer
from booking.entrypoints.http.guards import agents_only, applicants_only
from booking.entrypoints.http.inputs.decoding import Body, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.routes.visits.holds import CLAIM_REFUSES
from booking.entrypoints.http.wire import Input, Notes, Reason
from booking.service.visits.bookings import BookingService


class DeclineBooking(Input):
    reason: Reason | None = None


class RescheduleBooking(Input):
    slot_id: UUID


class RecordOutcome(Input):
    outcome: Outcome


class GiveFeedback(Input):
    rating: Rating
    comment: Notes = ""


@post(
    "/bookings/{booking_id:str}/reschedule",
    operation_id="rescheduleBooking",
    guards=[no_parameters],
    dependencies={"content": Body(RescheduleBooking)},
    status_code=200,
    opt={
        "refuses": (
            *(*CLAIM_REFUSES, PartyTooLarge, BookingNotFound, NotYourSlot),
            *(VisitStarted, BookingNotConfirmed, CutoffPassed),
        )
    },
)
async def reschedule_booking(
    booking_id: FromPath[str],
    content: NamedDependency[RescheduleBooking],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> BookingResponse:
    return answer(
        await bookings.reschedule(caller.showing(answer), read_id(booking_id, BookingNotFound), content.slot_id)
    )


@post(
    "/bookings/{booking_id:str}/confirm-attendance",
    operation_id="confirmAttendance",
    guards=[no_parameters],
    status_code=200,
    opt={"refuses": (BookingNotFound, VisitStarted, BookingNotConfirmed)},
)
async def confirm_attendance(
    booking_id: FromPath[str], caller: NamedDependency[Caller], bookings: NamedDependency[BookingService]
) -> BookingResponse:
    return answer(await bookings.confirm_attendance(caller.showing(answer), read_id(booking_id, BookingNotFound)))


@post(
    "/bookings/{booking_id:str}/take-back",
    operation_id="takeBackBooking",
    guards=[no_parameters],
    status_code=200,
    opt={
        "refuses": (
            *(BookingNotFound, VisitStarted, BookingNotReleased, ApplicantIneligible, SlotCancelled, SlotTaken),
            PropertyWithdrawn,
            *(AlreadyBooked, ApplicantBusy),
        )
    },
)
async def take_back_booking(
    booking_id: FromPath[str], caller: NamedDependency[Caller], bookings: NamedDependency[BookingService]
) -> BookingResponse:
    return answer(await bookings.take_back(caller.showing(answer), read_id(booking_id, BookingNotFound)))


@post(
    "/bookings/{booking_id:str}/approve",
    operation_id="approveBooking",
    guards=[agents_only, no_parameters],
    status_code=200,
    opt={"refuses": (WrongRole, BookingNotFound, NotYourSlot, BookingNotPending)},
)
async def approve_booking(
    booking_id: FromPath[str], caller: NamedDependency[Caller], bookings: NamedDependency[BookingService]
) -> BookingResponse:
    return answer(await bookings.approve(caller.showing(answer), read_id(booking_id, BookingNotFound)))


@post(
    "/bookings/{booking_id:str}/decline",
    operation_id="declineBooking",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(DeclineBooking, optional=True)},
    status_code=200,
    opt={"refuses": (WrongRole, BookingNotFound, NotYourSlot, BookingNotPending)},
)
async def decline_booking(
    booking_id: FromPath[str],
    content: NamedDependency[DeclineBooking],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> BookingResponse:
    return answer(await bookings.decline(caller.showing(answer), read_id(booking_id, BookingNotFound), content.reason))


@post(
    "/bookings/{booking_id:str}/outcome",
    operation_id="recordOutcome",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(RecordOutcome)},
    status_code=200,
    opt={"refuses": (WrongRole, BookingNotFound, NotYourSlot, BookingNotConfirmed, VisitNotStarted, OutcomeFinal)},
)
async def record_outcome(
    booking_id: FromPath[str],
    content: NamedDependency[RecordOutcome],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> BookingResponse:
    return answer(await bookings.record(caller.showing(answer), read_id(booking_id, BookingNotFound), content.outcome))


@post(
    "/bookings/{booking_id:str}/feedback",
    operation_id="giveFeedback",
    guards=[applicants_only, no_parameters],
    dependencies={"content": Body(GiveFeedback)},
    opt={"refuses": (WrongRole, BookingNotFound, NotAttended, FeedbackGiven)},
)
async def give_feedback(
    booking_id: FromPath[str],
    content: NamedDependency[GiveFeedback],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> BookingResponse:
    booking = read_id(booking_id, BookingNotFound)
    view = await bookings.give_feedback(caller.showing(answer), booking, rating=content.rating, comment=content.comment)
    return answer(view)


routes = (
    reschedule_booking,
    confirm_attendance,
    take_back_booking,
    approve_booking,
    decline_booking,
    record_outcome,
    give_feedback,
)
