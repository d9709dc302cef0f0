"""The sender: side by side, in good order at the end, and whatever the provider or the words do."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from booking.domain.notices.attempt import LIMITED, PAUSES, Attempt, NoticeEnd, Outcome, failed
from booking.domain.notices.email import Email
from booking.domain.notices.facts import AgencyFacts, Facts
from booking.domain.notices.handover import Handed
from booking.domain.notices.notice import NoticeKind, NoticeState, Recipient
from booking.domain.people.contact import Channel
from booking.service.notices import sender as notice_sender
from booking.service.notices.letters import Letters
from booking.service.notices.sender import NoticeSender
from booking.service.ports import Lease
from tests.support.mail import PlainPhoneWords, PlainWords, Post


def attempt(number: int = 1, address: str = "ada@example.com") -> Attempt:
    return Attempt(
        recipient_id=uuid4(),
        organization_id=uuid4(),
        id=uuid4(),
        number=number,
        kind=NoticeKind.REMINDER,
        channel=Channel.EMAIL,
        address=address,
        facts=Facts(
            kind=NoticeKind.REMINDER,
            recipient=Recipient.APPLICANT,
            at=datetime.now(UTC),
            agency=AgencyFacts(time_zone="UTC"),
        ),
    )


class Queue:
    """Queue that hands out these attempts, once."""

    def __init__(self, *attempts: Attempt) -> None:
        self.attempts = list(attempts)
        self.outcomes: list[Outcome] = []
        self.noted: list[int] = []
        """Numbers of outcomes that were noted together."""

    async def take(
        self, room: Mapping[Channel, int], lease: timedelta, cap: int, asking: Collection[Channel] = ()
    ) -> tuple[Sequence[Attempt], Sequence[NoticeEnd]]:
        most = room[Channel.EMAIL]
        taken, self.attempts = self.attempts[:most], self.attempts[most:]
        return taken, []

    async def note(self, outcomes: Sequence[Outcome]) -> Sequence[NoticeEnd]:
        self.outcomes += outcomes
        self.noted.append(len(outcomes))
        return [NoticeEnd(kind=one.attempt.kind, channel=one.attempt.channel, state=one.state) for one in outcomes]

    async def oldest(self) -> float:
        return 0.0

    async def forget(self, kept: timedelta, lease: Lease) -> int:
        return 0


class Slow(Post):
    """Provider that answers these addresses only when it is told to."""

    def __init__(self, *slow: str) -> None:
        super().__init__()
        self.slow, self.answer = slow, asyncio.Event()

    async def send(self, email: Email) -> Handed:
        if email.to in self.slow:
            await self.answer.wait()
        return await super().send(email)


def sending(queue: Queue, post: Post, words: PlainWords | None = None) -> NoticeSender:
    return NoticeSender(queue, Letters(words or PlainWords(), PlainPhoneWords()), {Channel.EMAIL: post})


async def drain(sender: NoticeSender) -> None:
    while await sender.step():
        pass


async def test_one_that_hangs_keeps_no_other_waiting_and_the_end_waits_for_it() -> None:
    queue, post = Queue(attempt(address="slow@example.com"), attempt(), attempt()), Slow("slow@example.com")
    sender = sending(queue, post)
    await drain(sender)
    assert [one.to for one in post.emails] == ["ada@example.com"] * 2
    post.answer.set()
    await sender.end()
    assert [one.state for one in queue.outcomes] == [NoticeState.SENT] * 3


async def test_outcomes_are_saved_together_and_at_the_end_they_wait_for_none_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Hanging(Slow):
        def __init__(self, *slow: str) -> None:
            super().__init__(*slow)
            self.reached, self.end = list[str](), asyncio.Event()

        async def send(self, email: Email) -> Handed:
            self.reached.append(email.to)
            if email.to == "hanging@example.com":
                await self.end.wait()
            return await super().send(email)

    monkeypatch.setattr(notice_sender, "PAUSE", 0)
    addresses = ["hanging@example.com", "slow@example.com", "slow@example.com"]
    queue, post = Queue(*(attempt(address=one) for one in addresses)), Hanging("slow@example.com")
    sender = sending(queue, post)
    while post.reached != addresses:
        await sender.step()
    ending = asyncio.create_task(sender.end())
    post.answer.set()
    async with asyncio.timeout(5):
        while not queue.noted:  # noqa: ASYNC110 - the queue has no event
            await asyncio.sleep(0)
    assert (queue.noted, ending.done()) == ([2], False)
    post.end.set()
    await ending
    assert queue.noted == [2, 1]


async def test_a_provider_that_does_not_answer_is_given_up_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice_sender, "PATIENCE", 0.01)
    queue, post = Queue(attempt(address="slow@example.com")), Slow("slow@example.com")
    await drain(sending(queue, post))
    assert [(one.reason, one.again_in) for one in queue.outcomes] == [("timed_out", PAUSES[0])]


async def test_words_that_fail_are_told_by_their_class_and_nothing_of_the_person() -> None:
    class Wordless(PlainWords):
        def render(self, facts: Facts) -> object:  # type: ignore[override]
            raise KeyError("ada@example.com")

    queue = Queue(attempt())
    with capture_logs() as logs:
        await drain(sending(queue, Post(), Wordless()))
    assert [(one.reason, one.again_in) for one in queue.outcomes] == [("KeyError", PAUSES[0])]
    assert [(one["event"], one["kind"], one["error"]) for one in logs] == [
        ("notice not sent", NoticeKind.REMINDER, "KeyError")
    ]
    assert "ada@" not in str(logs)


async def test_a_store_that_fails_fails_the_step_and_ends_what_is_under_way() -> None:
    class Broken(Queue):
        async def note(self, outcomes: Sequence[Outcome]) -> Sequence[NoticeEnd]:
            raise ConnectionError

    post = Slow("slow@example.com")
    sender = sending(Broken(attempt(address="slow@example.com"), attempt()), post)
    with pytest.raises(ConnectionError):
        await drain(sender)
    hanging = list(sender.under_way)
    await asyncio.wait(hanging)
    assert [one.cancelled() for one in hanging] == [True]
    assert await sender.step() == 1
    assert sender.under_way == {}


def test_pauses_grow_and_the_last_one_holds() -> None:
    assert [failed(attempt(number), "deferred").again_in for number in (1, 2, 5, 6, 99)] == [
        *(PAUSES[0], PAUSES[1], PAUSES[4], PAUSES[4], PAUSES[4]),
    ]
    assert failed(attempt(9), "limited").again_in == LIMITED
