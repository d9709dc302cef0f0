"""Answers of people to messages on their phones: STOP is obeyed, START ends it, and YES confirms a visit."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from booking.domain.events import Via
from booking.domain.notices.answer import Answer, Meaning
from booking.domain.people.applicant import Applicant
from booking.domain.people.caller import Caller
from booking.domain.refusals import Conflict, NotFound
from booking.domain.values import Value
from booking.service.visits.bookings import BookingService


class AskedVisit(Value, kw_only=True):
    """Visit whose applicant was asked, by a message to a phone that they have proved, and has not said anything yet.

    `released`: it was given on, and can be taken back.
    """

    booking_id: UUID
    sequence: int
    applicant: Applicant
    released: bool = False


class Answers(Protocol):
    async def save(self, answer: Answer) -> int:
        """Note that a phone has answered, and stop or start its messages; return the number of contacts with it.

        Nothing is changed by an answer that is older than one that was noted.
        """

    async def asked(self, answer: Answer) -> Sequence[AskedVisit]:
        """Return the visits that an answer may be about: that of the message that it answers, where that is known, or
        else all that the phone was asked about before, by the same channel.
        """


@dataclass(frozen=True, slots=True)
class AnswerService:
    answers: Answers
    visits: BookingService

    async def hear(self, answer: Answer, request_id: str | None = None) -> bool:
        """Return whether the phone is known, and the answer new."""
        known = await self.answers.save(answer) > 0
        confirmed = answer.meaning is Meaning.YES and await self._confirm(answer, request_id)
        return known or confirmed

    async def _confirm(self, answer: Answer, request_id: str | None) -> bool:
        """Confirm that the applicant is coming, if it is certain to which visit: a released one is taken back."""
        asked = await self.answers.asked(answer)
        if len(asked) != 1:
            return False
        (visit,) = asked
        applicant = visit.applicant
        caller = Caller(
            subject=applicant.user_id or "",
            email=None,
            agent=None,
            applicants=(applicant,),
            request_id=request_id,
            via=Via.MESSAGE,
        )
        with suppress(Conflict, NotFound):  # it has ended or moved in this moment
            if visit.released:
                await self.visits.take_back(caller, visit.booking_id)
            else:
                await self.visits.confirm_attendance(caller, visit.booking_id, visit.sequence)
            return True
        return False
