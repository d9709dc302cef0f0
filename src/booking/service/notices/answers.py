"""Answers of people to messages on their phones: STOP is obeyed, and START ends it."""

from dataclasses import dataclass
from typing import Protocol

from booking.domain.notices.answer import Answer


class Answers(Protocol):
    async def save(self, answer: Answer) -> int:
        """Note that a phone has answered, and stop or start its messages; return the number of contacts with it.

        Nothing is changed by an answer that is older than one that was noted.
        """


@dataclass(frozen=True, slots=True)
class AnswerService:
    answers: Answers

    async def hear(self, answer: Answer) -> bool:
        """Return whether the phone is known, and the answer new."""
        return await self.answers.save(answer) > 0
