"""What came of a visit, and what its visitor says of it; the same in memory and in PostgreSQL."""

import asyncio
from datetime import timedelta

import pytest

from booking.domain.events import EventType
from booking.domain.people.refusals import WrongRole
from booking.domain.visits.booking import BookingStatus, Outcome
from booking.domain.visits.refusals import (
    BookingNotConfirmed,
    BookingNotFound,
    FeedbackGiven,
    NotAttended,
    OutcomeFinal,
    VisitNotStarted,
)
from tests.builders import HOUR, organization
from tests.support.worlds import World


async def test_an_outcome_is_recorded_once_the_visit_has_begun_and_changed_for_seven_days(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id)
    with pytest.raises(VisitNotStarted):
        await agency.bookings.record(agent, booking.id, Outcome.ATTENDED)
    await world.jump(1.5 * HOUR)
    await agency.bookings.record(agent, booking.id, Outcome.NO_SHOW)
    await world.jump(timedelta(days=7))
    view = await agency.bookings.record(await agency.admin(), booking.id, Outcome.ATTENDED)
    assert (view.booking.outcome, view.booking.status) == (Outcome.ATTENDED, BookingStatus.CONFIRMED)
    assert (await world.events())[-2:] == [
        (EventType.BOOKING_OUTCOME_RECORDED, None, "no_show"),
        (EventType.BOOKING_OUTCOME_RECORDED, "no_show", "attended"),
    ]
    await world.jump(timedelta(days=7, hours=2))
    with pytest.raises(OutcomeFinal):
        await agency.bookings.record(agent, booking.id, Outcome.NO_SHOW)


async def test_feedback_is_given_once_by_whoever_attended(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id)
    await world.jump(1.5 * HOUR)
    for outcome in (None, Outcome.NO_SHOW):
        if outcome is not None:
            await agency.bookings.record(agent, booking.id, outcome)
        with pytest.raises(NotAttended):
            await agency.bookings.give_feedback(applicant, booking.id, rating=1, comment="")
    await agency.bookings.record(agent, booking.id, Outcome.ATTENDED)
    outcomes = await asyncio.gather(
        *(
            agency.bookings.give_feedback(applicant, booking.id, rating=rating, comment="bright")
            for rating in range(1, 6)
        ),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BookingView"] + ["FeedbackGiven"] * 4
    feedback = (await agency.bookings.get(agent, booking.id)).booking.feedback
    assert feedback is not None
    assert feedback.comment == "bright"
    with pytest.raises(FeedbackGiven):
        await agency.bookings.give_feedback(applicant, booking.id, rating=5, comment="")


async def test_nothing_comes_of_a_booking_that_was_not_confirmed(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id)
    await agency.bookings.cancel(applicant, booking.id)
    await world.jump(1.5 * HOUR)
    with pytest.raises(BookingNotConfirmed):
        await agency.bookings.record(agent, booking.id, Outcome.ATTENDED)


async def test_the_agent_says_what_came_of_it_and_the_applicant_how_it_was(world: World) -> None:
    agency = organization(world.store)
    agent, admin, applicant = await agency.agent(), await agency.admin(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id)
    with pytest.raises(WrongRole):
        await agency.bookings.record(applicant, booking.id, Outcome.ATTENDED)
    with pytest.raises(WrongRole):
        await agency.bookings.give_feedback(admin, booking.id, rating=1, comment="")
    with pytest.raises(BookingNotFound):
        await agency.bookings.give_feedback(await agency.applicant(), booking.id, rating=1, comment="")
