"""Sides of a booking: its applicant, and the agent who manages its slot. A caller can be both."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from booking.domain.authority import AgentRight, ApplicantRight, Right
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import Refusal, Unavailable
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.refusals import BookingNotFound

T = TypeVar("T")


async def in_either_role(
    caller: Caller,
    context: BookingContext,
    as_applicant: Callable[[], Awaitable[T]],
    as_agent: Callable[[], Awaitable[T]],
) -> T:
    """Return the result in the caller's role: as the applicant first, then as the agent.

    If both are refused, the applicant's refusal is raised.
    """
    if not owns(caller, context):
        return await as_agent()
    try:
        return await as_applicant()
    except Unavailable:
        raise
    except Refusal as refusal:
        if not manages(caller, context):
            raise
        try:
            return await as_agent()
        except Unavailable:
            raise
        except Refusal:
            raise refusal from None


async def in_either_right(caller: Caller, context: BookingContext, write: Callable[[Right, bool], Awaitable[T]]) -> T:
    """Return the result of a write in the right of either; it is told whether that is the agent's."""
    return await in_either_role(
        caller,
        context,
        lambda: write(right_of_applicant(caller, context, BookingNotFound), False),
        lambda: write(right_of_agent(caller, context, BookingNotFound), True),
    )


def right_of_applicant(caller: Caller, context: BookingContext, gone: type[Refusal] = WrongRole) -> ApplicantRight:
    return caller.acting_as_applicant(context.booking.organization_id, BookingNotFound, gone)


def right_of_agent(caller: Caller, context: BookingContext, gone: type[Refusal] = WrongRole) -> AgentRight:
    return caller.acting_as_agent(context.agent_id, demoted=BookingNotFound, gone=gone)


def manages(caller: Caller, context: BookingContext) -> bool:
    return caller.manages(context.booking.organization_id, context.agent_id)


def owns(caller: Caller, context: BookingContext) -> bool:
    return caller.is_applicant(context.applicant)
