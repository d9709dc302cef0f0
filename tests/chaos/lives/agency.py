"""An agency of which everything is left to chance: its visits, its people, and what they want to be told."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID, uuid4

from booking.domain.notices.notice import Recipient
from booking.domain.notices.plan import PlanSettings, QuietHours
from booking.domain.notices.unsubscription import NoticeGroup, Unsubscription
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel
from booking.domain.people.organization import Organization as Details
from booking.domain.properties.policy import Settings
from booking.domain.refusals import Refusal
from booking.domain.visits.booking import Booking
from tests.builders import HOUR, Organization, claims, screening

DAY = timedelta(days=1)
QUIET = QuietHours(since=time(21), until=time(8))


@dataclass(eq=False)
class Agency:
    """`changed`: whether its plan has changed, so that what was due was due by another."""

    made: Organization
    chance: Random
    zone: str
    bookings: list[Booking] = field(default_factory=list)
    people: list[tuple[str, Caller]] = field(default_factory=list)
    changed: bool = False

    @property
    def id(self) -> UUID:
        return self.made.organization_id

    async def begin(self) -> None:
        email = f"agent-{self.id}@example.com"
        self.agent = await self.made.identity.identify(
            claims(str(uuid4()), email=email, organization_id=self.id, role=AgentRole.ADMIN), None
        )
        details = Details(id=self.id, time_zone=self.zone)
        await self.made.organizations.put(self.agent, details, expected=None)
        await self.made.policies.put(self.agent, Settings(cancel_when_ineligible=True), expected=None)
        await self._plan()
        for number in range(2):
            named = f"{number}-{self.id}@example.com"
            self.people.append((named, await self.made.applicant(named)))

    async def act(self, at: datetime) -> None:
        """Do something, if nothing refuses it."""
        deeds: Sequence[tuple[int, Callable[[datetime], Awaitable[object]]]] = (
            (8, self.book),
            (3, self._cancel),
            (3, self._move),
            (1, self._screen_out),
            (1, self._erase),
            (1, self._choose_channels),
            (1, self._unsubscribe),
            (1, self._change_plan),
        )
        weights, all_deeds = zip(*deeds, strict=True)
        with suppress(Refusal):
            await self.chance.choices(all_deeds, weights)[0](at)

    async def book(self, at: datetime) -> None:
        start = at + self.chance.choice([2 * HOUR, 9 * HOUR, 26 * HOUR, 50 * HOUR, 80 * HOUR])
        view = await self.made.slots.offer(self.agent, uuid4(), start, start + HOUR, capacity=1)
        _, person = self.chance.choice(self.people)
        self.bookings.append(await self.made.book(person, view.slot.id))

    async def _cancel(self, _: datetime) -> None:
        booking = self._any()
        await self.made.bookings.cancel(self.chance.choice([self.agent, self._owner(booking)]), booking.id)

    async def _move(self, at: datetime) -> None:
        booking = self._any()
        start = at + self.chance.randrange(3, 70) * HOUR
        view = await self.made.slots.offer(self.agent, uuid4(), start, start + HOUR, capacity=1)
        await self.made.bookings.reschedule(self._owner(booking), booking.id, view.slot.id)

    async def _screen_out(self, at: datetime) -> None:
        email, person = self.chance.choice(self.people)
        await self.made.screen(
            screening(
                self.id,
                external_id=person.applicants[0].external_id,
                email=email,
                risk_level=self.chance.choice([RiskLevel.HIGH, RiskLevel.LOW]),
                screened_at=at,
                sent_at=at,
            )
        )

    async def _erase(self, _: datetime) -> None:
        if self.chance.random() < 0.2:
            person = self.chance.choice(self.people)[1]
            await self.made.applicants.erase(self.id, person.applicants[0].id)

    async def _choose_channels(self, _: datetime) -> None:
        channels = self.chance.choice([None, None, (Channel.EMAIL,), (Channel.SMS,)])
        await self.made.contacts.change(self.people[0][1], {"channels": channels})

    async def _unsubscribe(self, _: datetime) -> None:
        person = self.people[1][1].applicants[0]
        reminders = Unsubscription(self.id, Recipient.APPLICANT, person.id, Channel.EMAIL, NoticeGroup.REMINDERS)
        store = self.made.store.unsubscriptions
        await self.chance.choice([store.add, store.remove])(reminders)

    async def _change_plan(self, _: datetime) -> None:
        self.changed = True
        await self._plan()

    async def _plan(self) -> None:
        settings = PlanSettings(
            offsets=self.chance.choice([(DAY, 2 * HOUR), (3 * HOUR,), (2 * DAY, HOUR)]),
            quiet_hours=self.chance.choice([None, QUIET]),
        )
        await self.made.notice_plans.put(self.agent, settings, expected=None)

    def _any(self) -> Booking:
        booking = self.chance.choice(self.bookings or [None])
        if booking is None:
            raise Refusal
        return booking

    def _owner(self, booking: Booking) -> Caller:
        return next(one for _, one in self.people if one.applicants[0].id == booking.applicant_id)
