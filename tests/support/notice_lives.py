"""Lives of bookings of which people are told, by a clock that is moved over days on which clocks are changed.

All chance is one `random.Random`: a life is the same for the same seed. `Life.faults` says what should not have been
sent, and what should.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID, uuid4

from booking import time_zones
from booking.adapters.notifiers.notices import NoticeNotifier
from booking.domain.delivery.delivery import SYSTEM, Subscription
from booking.domain.notices.email import Email
from booking.domain.notices.handover import Handed, HandoverFailed, HandoverFault, HandoverRefused
from booking.domain.notices.notice import Notice, NoticeKind, NoticeState
from booking.domain.notices.plan import NoticePlan, PlanSettings, QuietHours
from booking.domain.notices.rules import WANTED
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel
from booking.domain.people.organization import Organization as Details
from booking.domain.properties.policy import Settings
from booking.domain.refusals import Refusal
from booking.domain.visits.booking import Booking, BookingStatus
from booking.entrypoints.relay import Relay
from booking.service.notices.letters import Letters
from booking.service.notices.notices import NoticeService
from booking.service.notices.sender import NoticeSender
from tests.builders import claims, organization, screening
from tests.fakes import State, memory_store
from tests.fakes.state import LONG_AGO, Subscriber
from tests.support.mail import PlainPhoneWords, PlainWords

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLACES = (
    ("Europe/Lisbon", date(2027, 3, 28)),
    ("America/New_York", date(2027, 11, 7)),
    ("Australia/Lord_Howe", date(2027, 10, 3)),
    ("Asia/Beirut", date(2027, 3, 28)),
    ("Atlantic/Azores", date(2027, 10, 31)),
)
"""Zones, each with a day on which its clock is changed."""


class Killed(BaseException):
    """The sender is gone, at this instant."""


@dataclass
class Life:
    """An agency, two applicants, and chance. `sent` has the e-mails that were accepted, with the time."""

    chance: Random
    zone: str
    begins: date
    sent: list[tuple[datetime, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    doubled: Counter[str] = field(default_factory=Counter)
    down: bool = False

    def __post_init__(self) -> None:
        self.at = datetime.combine(self.begins - timedelta(days=2), time(12), UTC)
        self.state = State(clock=lambda: self.at)
        self.agency = organization(memory_store(self.state))
        self._plan()
        self.notices = NoticeService(self.agency.store.notices, self.agency.store.bookings)
        self.relay = Relay(self.agency.store.outbox, {"notices": NoticeNotifier(self.notices)})
        self.sender = self._sender()
        self.bookings: list[Booking] = []
        self.people: dict[str, Caller] = {}
        self.erased: set[str] = set()
        self.outages: list[tuple[datetime, datetime]] = []

    async def run(self, steps: int) -> "Life":
        await self._begin()
        deeds: Sequence[tuple[int, Callable[[], Awaitable[object]]]] = (
            (6, self._book),
            (3, self._cancel),
            (3, self._move),
            (1, self._screen_out),
            (1, self._erase),
            (1, self._choose_channels),
            (1, self._change_plan),
            (10, self._time_passes),
            (1, self._outage),
        )
        weights, all_deeds = zip(*deeds, strict=True)
        for _ in range(steps):
            with suppress(Refusal):
                await self.chance.choices(all_deeds, weights)[0]()
            await self._work()
        for _ in range(30):
            await self._time_passes(6 * HOUR - timedelta(minutes=1))
        self._look_back()
        return self

    def _sender(self) -> NoticeSender:
        return NoticeSender(
            self.agency.store.notice_queue, Letters(PlainWords(), PlainPhoneWords()), {Channel.EMAIL: self}
        )

    def room(self) -> int:
        return 20

    async def send(self, email: Email) -> Handed:
        """Accept, fail, or die: before the acceptance, or after it."""
        notice = self._notice(email.message_id)
        happens = self.chance.random()
        if happens < 0.05:
            raise HandoverFailed(HandoverFault.DEFERRED)
        if happens < 0.06:
            raise HandoverRefused(self.chance.choice([HandoverFault.ADDRESS_REFUSED, HandoverFault.MESSAGE_REFUSED]))
        if happens < 0.10:
            raise Killed
        self._judge(notice)
        self.sent.append((self.at, email.message_id))
        if happens < 0.14:
            self.doubled[email.message_id] += 1
            raise Killed
        return Handed(provider_id=None)

    async def _begin(self) -> None:
        agency = self.agency
        self.state.organizations[agency.organization_id] = Details(id=agency.organization_id, time_zone=self.zone)
        self.agent = await agency.identity.identify(
            claims("eve", email="eve@example.com", organization_id=agency.organization_id, role=AgentRole.ADMIN), None
        )
        settings = Settings(cancel_when_ineligible=True)
        await agency.policies.put(self.agent, settings, expected=None)
        for name in ("ada", "ben"):
            self.people[name] = await agency.applicant(f"{name}@example.com")
        subscription = Subscription(organization_id=SYSTEM, id=uuid4(), kind="notices", target=None)
        self.state.subscribers.append(Subscriber(subscription=subscription))

    async def _work(self) -> None:
        """Plan and send, unless there is an outage; a sender that is killed is followed by another."""
        if self.down:
            return
        while await self.notices.sweep() or await self.relay.step():
            pass
        while True:
            try:
                while await self.sender.step() or self.sender.under_way:
                    pass
            except Killed:
                await asyncio.wait({*self.sender.under_way, asyncio.ensure_future(asyncio.sleep(0))})
                self.sender = self._sender()
                for row in self.state.notices.values():
                    row.under_way_until = LONG_AGO
            else:
                return

    async def _book(self) -> None:
        start = self.at + self.chance.choice([2 * HOUR, 9 * HOUR, 26 * HOUR, 50 * HOUR, 80 * HOUR])
        view = await self.agency.slots.offer(self.agent, uuid4(), start, start + HOUR, capacity=1)
        person = self.people[self.chance.choice(list(self.people))]
        self.bookings.append(await self.agency.book(person, view.slot.id))

    async def _cancel(self) -> None:
        booking = self._any()
        await self.agency.bookings.cancel(self.chance.choice([self.agent, self._owner(booking)]), booking.id)

    async def _move(self) -> None:
        booking = self._any()
        start = self.at + self.chance.randrange(3, 70) * HOUR
        view = await self.agency.slots.offer(self.agent, uuid4(), start, start + HOUR, capacity=1)
        await self.agency.bookings.reschedule(self._owner(booking), booking.id, view.slot.id)

    async def _screen_out(self) -> None:
        name = self.chance.choice(list(self.people))
        external_id = self.people[name].applicants[0].external_id
        level = self.chance.choice([RiskLevel.HIGH, RiskLevel.LOW])
        await self.agency.screen(
            screening(
                self.agency.organization_id,
                external_id=external_id,
                email=f"{name}@example.com",
                risk_level=level,
                screened_at=self.at,
                sent_at=self.at,
            )
        )

    async def _erase(self) -> None:
        if self.chance.random() < 0.2:
            name = self.chance.choice(list(self.people))
            await self.agency.applicants.erase(self.agency.organization_id, self.people[name].applicants[0].id)
            self.erased.add(name)

    async def _choose_channels(self) -> None:
        channels = self.chance.choice([None, None, (Channel.EMAIL,), (Channel.SMS,)])
        await self.agency.contacts.change(self.people["ada"], {"channels": channels})

    async def _change_plan(self) -> None:
        self._plan()
        self.state.notice_sweeps[self.agency.organization_id] = self.at, UUID(int=0)

    def _plan(self) -> None:
        self.plan = NoticePlan(
            offsets=self.chance.choice([(DAY, 2 * HOUR), (3 * HOUR,), (2 * DAY, HOUR)]),
            quiet_hours=self.chance.choice([None, QuietHours(since=time(21), until=time(8))]),
        )
        self.planned_at = self.at
        self.state.notice_plans[self.agency.organization_id, None] = PlanSettings(
            offsets=self.plan.offsets, quiet_hours=self.plan.quiet_hours
        )

    async def _time_passes(self, by: timedelta | None = None) -> None:
        """Minutes at a time, so that all that is due is due while somebody looks."""
        until = self.at + (by or timedelta(minutes=self.chance.randrange(1, 400)))
        while self.at < until:
            self.at = min(until, self.at + timedelta(minutes=10))
            await self._work()

    async def _outage(self) -> None:
        """For some hours, neither is anything planned nor sent."""
        since, self.down = self.at, True
        await self._time_passes(self.chance.choice([HOUR, 7 * HOUR]))
        self.down = False
        self.outages.append((since, self.at))

    def _any(self) -> Booking:
        booking = self.chance.choice(self.bookings or [None])
        if booking is None:
            raise Refusal
        return booking

    def _owner(self, booking: Booking) -> Caller:
        return next(one for one in self.people.values() if one.applicants[0].id == booking.applicant_id)

    def _notice(self, message_id: str) -> Notice:
        return next(row.notice for (_, id), row in self.state.notices.items() if str(id) == message_id)  # noqa: A001

    def _judge(self, notice: Notice) -> None:
        """Say what is wrong with a notice that is sent now."""
        if notice.start_time and notice.kind is not NoticeKind.AGENT_DAY and self.at >= notice.start_time:
            self.faults.append(f"{notice.kind} after the start")
        if self.at - notice.due_at > 6 * HOUR or self.at < notice.due_at:
            self.faults.append(f"{notice.kind} at another time")
        local = self.at.astimezone(time_zones.zone(self.zone)).time()
        quiet = self.plan.quiet_hours
        # it may have been due a few minutes before they began, or have failed, or there was an outage
        first = self.state.notices[notice.organization_id, notice.id].attempts == 1 and not self.outages
        if notice.kind is NoticeKind.REMINDER and quiet and first and self.at == notice.due_at and local in quiet:
            self.faults.append(f"{notice.kind} in quiet hours")
        if notice.before_start not in (None, *self.plan.offsets):
            self.faults.append(f"a reminder {notice.before_start} before, which is not planned")
        if notice.booking_id:
            booking = self.state.bookings[notice.organization_id, notice.booking_id]
            if booking.sequence != notice.sequence or booking.status not in WANTED[notice.kind]:
                self.faults.append(f"{notice.kind} of a booking that is {booking.status}")
        person = self.state.applicants.get((notice.organization_id, notice.recipient_id))
        if person is not None and person.erased:
            self.faults.append(f"{notice.kind} to an erased person")

    def _look_back(self) -> None:
        """Say what was sent twice, or not at all."""
        for message_id, copies in Counter(message_id for _, message_id in self.sent).items():
            if copies > 1 + self.doubled[message_id]:
                self.faults.append(f"{copies} copies of one message")
        causes = Counter((row.notice.cause, row.notice.recipient_id) for row in self.state.notices.values())
        self.faults += [f"{cause} twice" for cause, count in causes.items() if count > 1]
        accepted = {message_id for _, message_id in self.sent}
        for row in self.state.notices.values():
            if row.state in (NoticeState.QUEUED, NoticeState.SENDING):
                self.faults.append(f"{row.notice.kind} is {row.state} for ever")
            if (row.state is NoticeState.SENT) and str(row.notice.id) not in accepted:
                self.faults.append(f"{row.notice.kind} is said to be sent")
            if row.reason == "late" and row.attempts == 0 and not self.outages:
                self.faults.append(f"{row.notice.kind} was late")
        if not self.outages and not self.erased:
            self.faults += [f"no reminder {before} of {one}" for one, before in self._unreminded()]

    def _unreminded(self) -> Sequence[tuple[UUID, timedelta]]:
        """Return visits that took place, without a notice of a reminder that was due since they were booked so."""
        planned = {(row.notice.booking_id, row.notice.before_start) for row in self.state.notices.values()}
        return [
            (booking.id, before)
            for booking in self.state.bookings.values()
            if booking.status is BookingStatus.CONFIRMED and booking.sequence == 0
            for before in self.plan.offsets
            if booking.start_time - before - 12 * HOUR > max(booking.created_at, self.planned_at)
            and (booking.id, before) not in planned
        ]
