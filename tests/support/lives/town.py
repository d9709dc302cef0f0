"""Agencies by one clock, the workers that tell people, and providers that fail, lose answers, and report."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from structlog.testing import capture_logs

from booking.adapters.notifiers.notices import NoticeNotifier
from booking.domain.notices.attempt import Attempt, NoticeEnd
from booking.domain.notices.email import Email
from booking.domain.notices.facts import Facts, Message
from booking.domain.notices.handover import Handed, HandoverFailed, HandoverFault, HandoverRefused, HandoverUnknown
from booking.domain.notices.link import LinkPurpose
from booking.domain.notices.notice import NoticeState
from booking.domain.notices.reference import Reference
from booking.domain.notices.report import Report
from booking.domain.notices.short_message import ShortMessage, ShortWords
from booking.domain.people.contact import Channel
from booking.entrypoints.relay import Relay
from booking.service.notices.letters import Letters
from booking.service.notices.notices import NoticeService
from booking.service.notices.releases import ReleaseService
from booking.service.notices.reports import ReportService
from booking.service.notices.sender import NoticeSender
from booking.service.visits.expiry import TidyingService
from tests.builders import HOUR
from tests.support.lives.agency import Agency
from tests.support.lives.evidence import Evidence
from tests.support.lives.judge import Judge
from tests.support.mail import PlainPhoneWords
from tests.support.worlds import World

PLACES = (
    ("Europe/Lisbon", date(2027, 3, 28)),
    ("America/New_York", date(2027, 11, 7)),
    ("Australia/Lord_Howe", date(2027, 10, 3)),
    ("Asia/Beirut", date(2027, 3, 28)),
    ("Atlantic/Azores", date(2027, 10, 31)),
)
"""Zones, each with a day on which its clock is changed."""

LONGEST = timedelta(hours=90)  # until a visit that is booked is over
DEEDS = 3.5  # for each booking
OUTAGES = 0.1  # a day


class Killed(BaseException):
    """The sender is gone, at this instant."""


class Words:
    """Words that say whether they ask, and the link that answers."""

    def render(self, facts: Facts) -> Message:
        return Message(subject=facts.kind, text=_said(facts), html="")


class PhoneWords(PlainPhoneWords):
    def render(self, facts: Facts) -> ShortWords:
        return ShortWords(text=_said(facts), template=facts.kind, language="en")


def _said(facts: Facts) -> str:
    return f"{'asks' if facts.asks else ''} {facts.links.get(LinkPurpose.CONFIRM, '')}"


class Town:
    """`tick`: so far the clock is moved at a time."""

    def __init__(
        self, world: World, evidence: Evidence, agencies: Sequence[Agency], chance: Random, tick: timedelta
    ) -> None:
        self.world, self.agencies, self.chance, self.tick = world, agencies, chance, tick
        self.evidence, self.judge = evidence, Judge(agencies, evidence)
        self.by_id = {agency.id: agency for agency in agencies}
        store = world.store
        self.notices = NoticeService(store.notices, store.bookings)
        self.relay = Relay(store.outbox, {"notices": NoticeNotifier(self.notices)})
        self.releases, self.tidying = ReleaseService(store.deadlines, store.rosters), TidyingService(store.rosters)
        self.reports = ReportService(store.reports, lambda _: None)
        self.sender = self._sender()
        self.coming_reports: list[tuple[datetime, str, Report]] = []
        self.unsaid: set[UUID] = set()
        self.down_until: datetime | None = None

    async def live(self, begins: datetime, days: float, bookings: int) -> Sequence[str]:
        """Let the agencies have so many bookings within these days, and time for all of them to come to their end;
        return the faults.
        """
        until = self.until = begins + timedelta(days=days)
        if self.tick > HOUR:  # while the clock leaps nobody looks
            self.judge.outages.append((begins, until + LONGEST))
        await self._stop_clock(begins)
        await self.world.subscribe("notices")
        for agency in self.agencies:
            await agency.begin(self.at)
        await self.judge.look(self.at)
        deeds = DEEDS * bookings * self.tick / timedelta(days=days)
        grid = begins
        while grid < until + LONGEST:
            number = int(deeds + self.chance.random()) if grid < until else 0
            chosen = dict.fromkeys(self.chance.choice(self.agencies) for _ in range(number))
            gone_on = [await agency.go_on(self.at) for agency in self.agencies]
            await asyncio.gather(*(agency.act(self.at) for agency in chosen))
            if chosen or any(gone_on):
                await self.judge.look(self.at)
            with capture_logs():
                await self._work()
            grid += self.tick
            await self._stop_clock(grid)
        await self.judge.look_back(self.at)
        return self.judge.faults

    async def hand_over(self, channel: Channel, notice_id: UUID, reference: Reference, to: str, text: str) -> Handed:
        """Accept, fail, lose the answer, or die: before the acceptance, or after it."""
        happens = self.chance.random()
        if happens < 0.05:
            raise HandoverFailed(self.chance.choice([HandoverFault.DEFERRED, HandoverFault.NOT_CONNECTED]))
        if happens < 0.055:
            fault = self.chance.choice([HandoverFault.ADDRESS_REFUSED, HandoverFault.MESSAGE_REFUSED])
            await self.judge.hear_refusal(reference, to if fault is HandoverFault.ADDRESS_REFUSED else None, self.at)
            raise HandoverRefused(fault)
        if happens < 0.09:
            raise Killed
        letter = await self.judge.hear(notice_id, to, text, self.at)
        if letter is not None and (letter.asks or letter.link):
            self.by_id[reference.organization_id].hear_question(letter.notice, letter.link, self.at)
        self.unsaid.add(notice_id)
        if happens < 0.11:
            raise Killed
        if happens < 0.13:
            if channel is not Channel.EMAIL:
                raise HandoverUnknown(HandoverFault.TIMED_OUT)
            self._allow_again([notice_id])
            raise HandoverFailed(HandoverFault.TIMED_OUT)
        delivered = self.chance.random() < 0.5
        self.judge.note(notice_id, self.at if delivered else None)
        if not delivered:
            self._expect_report(reference, to)
        return Handed(provider_id=str(notice_id), delivered=delivered)

    async def hurry(self) -> None:
        """Some seconds pass, and somebody acts before or after that, while messages are on their way."""
        if self.at > self.until:
            return
        acting, seconds = self.chance.choice(self.agencies), timedelta(seconds=self.chance.randrange(1, 9))
        early = self.chance.random() < 0.5
        if early:
            await acting.act(self.at)
            await self.judge.look(self.at)
        await self._stop_clock(self.at + seconds)
        if not early:
            await acting.act(self.at)
            await self.judge.look(self.at)

    def _sender(self) -> NoticeSender:
        return NoticeSender(
            SlowQueue(self),
            Letters(Words(), PhoneWords()),
            {channel: Provider(self, channel) for channel in (Channel.EMAIL, Channel.WHATSAPP)},
            links=self.agencies[0].made.link_maker,
            clock=lambda: self.at.timestamp(),
        )

    def _expect_report(self, reference: Reference, to: str) -> None:
        """Let the provider tell later what became of a message, or nothing."""
        at = self.at + timedelta(minutes=self.chance.randrange(1, 300))
        fate = self.chance.random()
        if fate < 0.6:
            report = Report(reference=reference, state=NoticeState.DELIVERED)
        elif fate < 0.62:
            report = Report(reference=reference, state=NoticeState.BOUNCED, reason="soft")
        elif fate < 0.64:
            state = self.chance.choice([NoticeState.BOUNCED, NoticeState.COMPLAINED])
            report = Report(reference=reference, state=state, suppresses=(to,))
        else:
            return
        self.coming_reports.append((at, to, report))

    async def _hear_reports(self) -> None:
        for one in [one for one in self.coming_reports if one[0] <= self.at]:
            self.coming_reports.remove(one)
            _, to, report = one
            await self.reports.hear(report)
            self.judge.hear_report(report, to, self.at)

    def _allow_again(self, notice_ids: Collection[UUID]) -> None:
        """Allow a further copy of messages whose acceptance nobody has noted."""
        self.judge.doubled.update(self.unsaid.intersection(notice_ids))
        self.unsaid.difference_update(notice_ids)

    async def _stop_clock(self, at: datetime) -> None:
        self.at = at
        await self.world.stop(at)

    async def _work(self) -> None:
        """Hear, plan, release and send, unless there is an outage; a sender that is killed is followed by another."""
        fails = self.at < self.until and self.chance.random() < OUTAGES * (self.tick / timedelta(days=1))
        if self.down_until is None and fails:
            self.down_until = self.at + self.chance.choice([HOUR, 7 * HOUR])
            self.judge.outages.append((self.at, self.down_until))
        if self.down_until is not None and self.at < self.down_until:
            return
        self.down_until = None
        await self._hear_reports()
        await self._plan()
        while await self.releases.step():
            pass
        await self.judge.look(self.at)
        self.judge.see_who_stays(self.at)
        while await self.tidying.step():
            pass
        await self.judge.look(self.at)
        await self._plan()
        await self._send()

    async def _plan(self) -> None:
        while await self.relay.step() or await self.notices.sweep():
            pass

    async def _send(self) -> None:
        while True:
            try:
                while await self.sender.step() or self.sender.under_way:
                    pass
            except Killed:
                await asyncio.wait({*self.sender.under_way, asyncio.ensure_future(asyncio.sleep(0))})
                self.sender = self._sender()
                unheard = await self.evidence.bury()
                self._allow_again(unheard)
                self.judge.forget(unheard)
            else:
                return


class Provider:
    def __init__(self, town: Town, channel: Channel) -> None:
        self.town, self.channel = town, channel

    def room(self) -> int:
        return 20

    async def send(self, letter: Email | ShortMessage) -> Handed:
        text = letter.text if isinstance(letter, Email) else letter.words.text
        assert letter.reference is not None
        notice_id = UUID(letter.message_id) if isinstance(letter, Email) else letter.reference.notice_id
        return await self.town.hand_over(self.channel, notice_id, letter.reference, letter.to, text)


class SlowQueue:
    """The store's queue. Now and then seconds pass between the last question and the handing over."""

    def __init__(self, town: Town) -> None:
        self.town, self.queue = town, town.world.store.notice_queue
        self.note, self.oldest, self.forget = self.queue.note, self.queue.oldest, self.queue.forget

    async def take(
        self, room: Mapping[Channel, int], lease: timedelta, cap: int, asking: Collection[Channel] = tuple(Channel)
    ) -> tuple[Sequence[Attempt], Sequence[NoticeEnd]]:
        taken = await self.queue.take(room, lease, cap, asking)
        if taken[0] and self.town.chance.random() < 0.1:
            await self.town.hurry()
        return taken


def noon_before(day: date) -> datetime:
    """Return when a life begins: two days before."""
    return datetime.combine(day - timedelta(days=2), time(12), UTC)
