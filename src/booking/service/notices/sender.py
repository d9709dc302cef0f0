"""Sending of notices that are due: asked for the last time, written, and handed over to their channel's provider."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

import structlog

from booking.domain.notices.attempt import (
    FRESH,
    LEASE,
    Attempt,
    NoticeEnd,
    Outcome,
    accepted,
    failed,
    refused,
    stale,
    unknown,
)
from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused, HandoverUnknown
from booking.domain.notices.notice import NoticeState
from booking.domain.people.contact import Channel
from booking.service.notices.letters import Letters
from booking.service.notices.link_maker import LinkMaker
from booking.service.notices.provider import Provider
from booking.service.notices.unsubscriptions import UnsubscriptionService
from booking.service.ports import Lease
from booking.tracing.spans import Kind, follow, within

MOST = 20  # notices of a channel that are handed over side by side
PAUSE = 0.2  # seconds that a step waits for the first of them
PATIENCE = LEASE.total_seconds() / 2  # seconds for one to be handed over

log = structlog.get_logger("booking.notices")


class NoticeQueue(Protocol):
    async def take(
        self, room: Mapping[Channel, int], lease: timedelta, cap: int, asking: Collection[Channel] = tuple(Channel)
    ) -> tuple[Sequence[Attempt], Sequence[NoticeEnd]]:
        """Take notices that are due; also where an attempt has had no outcome for as long as the lease.

        In one statement each is asked for once more, by booking, sequence, plan, consent and address: those that are
        wanted are being sent from then on, and the others end. `room`: the most of each channel that is configured;
        those of other channels end, too. `cap`: messages of an organization a day that cost
        money, 0 for any number. Where an attempt by such a channel had no outcome, it is `unknown`: the agent is told.
        `asking`: channels by which people can answer whether they are coming.
        """

    async def note(self, outcomes: Sequence[Outcome]) -> Sequence[NoticeEnd]:
        """Save the outcomes of attempts, unless a newer attempt was made."""

    async def oldest(self) -> float:
        """Return for how many seconds the first of all is due."""

    async def forget(self, kept: timedelta, lease: Lease) -> int:
        """Delete some notices that ended so long ago; return their number."""


@dataclass(slots=True)
class NoticeSender:
    """`count` hears of each change of state; `clock` is in seconds. One message is written at a time: several threads
    that are busy would keep the loop waiting for each of them.
    """

    queue: NoticeQueue
    letters: Letters
    providers: Mapping[Channel, Provider[Any]]
    count: Callable[[NoticeEnd], None] = lambda _: None
    unsubscriptions: UnsubscriptionService | None = None
    links: LinkMaker | None = None
    clock: Callable[[], float] = time.monotonic
    lease: timedelta = LEASE
    fresh: timedelta = FRESH
    paid_messages: int = 0
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    under_way: dict["asyncio.Task[Outcome]", Channel] = field(default_factory=dict)

    async def step(self) -> int:
        """Send notices that are due; return the number that were taken, or have an outcome."""
        room = self._room()
        taken = await self._take(room) if any(room.values()) else 0
        return taken + await self._note(PAUSE)

    async def end(self) -> None:
        """Wait for attempts under way, and save their outcomes."""
        while self.under_way:
            await self._note(PATIENCE)

    def _room(self) -> Mapping[Channel, int]:
        """Return the room of each channel. Why: one whose provider hangs keeps no other waiting."""
        busy = Counter(self.under_way.values())
        return {
            channel: max(0, min(provider.room(), MOST - busy[channel])) for channel, provider in self.providers.items()
        }

    def _asking(self) -> Collection[Channel]:
        """Return the channels that ask. Why not SMS without links: nobody reads what people answer to one."""
        linked = self.links is not None and self.links.base is not None
        return [one for one in self.providers if linked or one is not Channel.SMS]

    async def _take(self, room: Mapping[Channel, int]) -> int:
        asked_at = self.clock()
        attempts, ended = await self.queue.take(room, self.lease, self.paid_messages, self._asking())
        if self.unsubscriptions is not None:
            attempts = await self.unsubscriptions.given(attempts)
        if self.links is not None:
            attempts = await self.links.given(attempts)
        self.under_way.update({asyncio.ensure_future(self._send(one, asked_at)): one.channel for one in attempts})
        for one in ended:
            self.count(one)
        return len(attempts) + len(ended)

    async def _note(self, seconds: float) -> int:
        """Wait for the first attempt that is done, save the outcomes of all that are done, and return their number.

        Until then they could be sent again.
        """
        try:
            if self.under_way:
                await asyncio.wait(self.under_way, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            done = [one for one in self.under_way if one.done()]
            for one in done:
                del self.under_way[one]
            if outcomes := [one.result() for one in done if not one.cancelled()]:
                for end in await self.queue.note(outcomes):
                    self.count(end)
        except BaseException:
            for one in self.under_way:
                one.cancel()
            raise
        return len(done)

    async def _send(self, attempt: Attempt, asked_at: float) -> Outcome:
        with within([follow(f"send {attempt.channel}", Kind.CLIENT, attempt.trace)]) as followed:
            outcome = await self._handed_over(attempt, asked_at)
            for span in followed:
                span.failed = outcome.state is NoticeState.FAILED
                span.tell(
                    {
                        "booking.notice": str(attempt.id),
                        "booking.kind": str(attempt.kind),
                        "booking.attempt": attempt.number,
                        "booking.outcome": str(outcome.state),
                        "booking.reason": outcome.reason,
                    }
                )
            return outcome

    async def _handed_over(self, attempt: Attempt, asked_at: float) -> Outcome:
        try:
            async with self.writing:
                letter = await asyncio.to_thread(self.letters.of, attempt)
        except Exception as error:
            return failed(attempt, _logged(attempt, error))
        if self.clock() - asked_at > self.fresh.total_seconds():
            return stale(attempt)
        try:
            async with asyncio.timeout(PATIENCE):
                handed = await self.providers[attempt.channel].send(letter)
        except HandoverRefused as error:
            return refused(attempt, error.fault)
        except HandoverFailed as error:
            return failed(attempt, error.fault)
        except HandoverUnknown as error:
            return unknown(attempt, error.fault)
        except TimeoutError:
            return unknown(attempt, HandoverFault.TIMED_OUT)
        except Exception as error:
            return unknown(attempt, _logged(attempt, error))
        return accepted(attempt, handed.provider_id, delivered=handed.delivered)


def _logged(attempt: Attempt, error: Exception) -> str:
    """Log an error and return its name. Why no more: its words may be personal."""
    name = type(error).__name__
    log.error("notice not sent", kind=attempt.kind, error=name)
    return name
