"""An agency of which everything is left to chance: its visits, its people, and their wishes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import TypeAlias
from uuid import UUID, uuid4

from booking.domain.notices.answer import Answer
from booking.domain.notices.notice import Recipient
from booking.domain.notices.plan import PlanSettings, QuietHours, Release
from booking.domain.notices.unsubscription import NoticeGroup, Unsubscription
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel
from booking.domain.people.organization import Organization as Details
from booking.domain.properties.policy import Settings
from booking.domain.refusals import Refusal
from booking.domain.visits.booking import Booking
from tests.builders import CODE, HOUR, Organization, claims, screening
from tests.support.lives.evidence import SeenBooking, SeenNotice
from tests.support.lives.timeline import Timeline

DAY = timedelta(days=1)
QUIET = QuietHours(since=time(21), until=time(8))
CHANNELS = (Channel.EMAIL, Channel.WHATSAPP)


Deed: TypeAlias = Callable[[datetime], Awaitable[object]]


@dataclass(eq=False)
class Person:
    """`refused`: addresses that nothing may be sent to, with the time since when."""

    email: str
    caller: Caller
    phone: str = ""
    channels: Timeline[tuple[Channel, ...] | None] = field(default_factory=Timeline)
    unsubscribed: Timeline[bool] = field(default_factory=Timeline)
    stopped: Timeline[bool] = field(default_factory=Timeline)
    refused: dict[str, datetime] = field(default_factory=dict)
    erased_at: datetime | None = None

    @property
    def id(self) -> UUID:
        return self.caller.applicants[0].id

    @property
    def wishes_since(self) -> datetime:
        """Return the time from which the person wants to hear by these ways."""
        return max(wishes.since for wishes in (self.channels, self.unsubscribed, self.stopped))

    def calm_since(self, at: datetime) -> bool:
        """Return whether nothing has been between the person and their e-mail since then."""
        wishes = (self.channels.now, self.unsubscribed.now) == (None, False)
        steady = max(self.channels.since, self.unsubscribed.since) <= at
        return wishes and steady and not self.refused and self.erased_at is None


@dataclass(eq=False)
class Agency:
    """`spared`: bookings that may not be released, as an agent made them. `places`: of each slot. `wanted`: slots that
    somebody has waited for. `links`: of each booking, by which it can be said that the applicant comes. `intents`: what
    people are about to do.
    """

    made: Organization
    chance: Random
    zone: str
    bookings: list[Booking] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    plans: Timeline[PlanSettings] = field(default_factory=Timeline)
    spared: set[UUID] = field(default_factory=set)
    places: dict[UUID, int] = field(default_factory=dict)
    wanted: set[UUID] = field(default_factory=set)
    links: dict[UUID, str] = field(default_factory=dict)
    intents: list[tuple[datetime, Deed]] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        return self.made.organization_id

    async def begin(self, at: datetime) -> None:
        self.agent_email = f"agent-{self.id}@example.com"
        self.agent_refused: dict[str, datetime] = {}
        self.agent = await self.made.identity.identify(
            claims(str(uuid4()), email=self.agent_email, organization_id=self.id, role=AgentRole.ADMIN), None
        )
        details = Details(id=self.id, time_zone=self.zone)
        await self.made.organizations.put(self.agent, details, expected=None)
        await self.made.policies.put(self.agent, Settings(cancel_when_ineligible=True), expected=None)
        await self._change_plan(at)
        for number in range(2):
            email = f"{number}-{self.id}@example.com"
            person = Person(email, await self.made.applicant(email))
            for timeline in (person.unsubscribed, person.stopped):
                timeline.add(at, False)
            person.channels.add(at, None)
            self.people.append(person)
        await self._prove_phone(self.people[0])

    async def act(self, at: datetime) -> None:
        """Do something, if nothing refuses it."""
        deeds: Sequence[tuple[int, Deed]] = (
            (9, self._book),
            (1, self._book_for_somebody),
            (2, self._wait),
            (3, self._cancel),
            (3, self._move),
            (2, self._answer),
            (1, self._screen_out),
            (1, self._erase),
            (1, self._choose_channels),
            (1, self._unsubscribe),
            (1, self._stop),
            (1, self._change_plan),
        )
        weights, all_deeds = zip(*deeds, strict=True)
        with suppress(Refusal):
            await self.chance.choices(all_deeds, weights)[0](at)

    async def go_on(self, at: datetime) -> bool:
        """Do what people were about to do, if nothing refuses it; return whether there was something."""
        due = [one for one in self.intents if one[0] <= at]
        for one in due:
            self.intents.remove(one)
            with suppress(Refusal):
                await one[1](at)
        return bool(due)

    def hear_of(self, booking: SeenBooking, at: datetime) -> None:
        """Let somebody whose visit was released want it back soon, and somebody who has an offer accept it."""
        person = self._owner(booking.applicant_id)

        async def take_back(_: datetime) -> None:
            if booking.id in self.links and self.chance.random() < 0.5:
                await self.made.links.use(self.links[booking.id].rpartition("/")[2])
            else:
                await self.made.bookings.take_back(person.caller, booking.id)

        async def accept(_: datetime) -> None:
            self.bookings.append(await self.made.book(person.caller, booking.slot_id))

        deeds: Mapping[str, Deed] = {"cancelled_unconfirmed": take_back, "offered": accept}
        if booking.status in deeds and self.chance.random() < 0.7:
            self.intents.append((at + timedelta(minutes=10 * self.chance.randrange(1, 6)), deeds[booking.status]))

    def hear_question(self, notice: SeenNotice, link: str, at: datetime) -> None:
        """Let the applicant answer later, by the message's link or by YES, or want to hear no more, or say nothing."""
        assert notice.booking_id is not None
        if link:
            self.links[notice.booking_id] = link
        person = self._owner(notice.recipient_id)

        async def answer(at: datetime) -> None:
            if notice.channel == "whatsapp":
                await self._say(person, "YES", at)
            else:
                await self.made.links.use(link.rpartition("/")[2])

        async def unsubscribe(at: datetime) -> None:
            await self._subscribe(person, at, ends=True)

        deed = self.chance.choice([answer, answer, unsubscribe, None, None, None, None])
        if deed is not None:
            self.intents.append((at + timedelta(minutes=10 * self.chance.randrange(120)), deed))

    async def _book(self, at: datetime) -> None:
        start = at + self.chance.choice([2 * HOUR, 9 * HOUR, 26 * HOUR, 50 * HOUR, 80 * HOUR])
        person = self.chance.choice(self.people)
        self.bookings.append(await self.made.book(person.caller, await self._slot(start)))

    async def _book_for_somebody(self, at: datetime) -> None:
        person, slot_id = self.chance.choice(self.people), await self._slot(at + 50 * HOUR)
        booking = await self.made.book(self.agent, slot_id, applicant_id=person.id)
        self.bookings.append(booking)
        self.spared.add(booking.id)

    async def _wait(self, _: datetime) -> None:
        booking = self._any()
        other = next(one for one in self.people if one.id != booking.applicant_id)
        self.wanted.add(booking.slot_id)
        await self.made.waitlists.join(other.caller, booking.slot_id)

    async def _cancel(self, _: datetime) -> None:
        booking = self._any()
        await self.made.bookings.cancel(
            self.chance.choice([self.agent, self._owner(booking.applicant_id).caller]), booking.id
        )

    async def _move(self, at: datetime) -> None:
        booking = self._any()
        slot_id = await self._slot(at + self.chance.randrange(3, 70) * HOUR)
        await self.made.bookings.reschedule(self._owner(booking.applicant_id).caller, booking.id, slot_id)

    async def _answer(self, at: datetime) -> None:
        booking = self._any()
        await self.made.bookings.confirm_attendance(self._owner(booking.applicant_id).caller, booking.id)

    async def _screen_out(self, at: datetime) -> None:
        person = self.chance.choice(self.people)
        await self.made.screen(
            screening(
                self.id,
                external_id=person.caller.applicants[0].external_id,
                email=person.email,
                risk_level=self.chance.choice([RiskLevel.HIGH, RiskLevel.LOW]),
                screened_at=at,
                sent_at=at,
            )
        )

    async def _erase(self, at: datetime) -> None:
        if self.chance.random() < 0.2:
            person = self.chance.choice(self.people)
            await self.made.applicants.erase(self.id, person.id)
            person.erased_at = person.erased_at or at

    async def _choose_channels(self, at: datetime) -> None:
        person = self.chance.choice(self.people)
        channels = self.chance.choice([None, None, (Channel.EMAIL,), (Channel.WHATSAPP,)])
        await self.made.contacts.change(person.caller, {"channels": channels})
        person.channels.add(at, channels)

    async def _unsubscribe(self, at: datetime) -> None:
        await self._subscribe(self.chance.choice(self.people), at, ends=self.chance.random() < 0.3)

    async def _subscribe(self, person: Person, at: datetime, *, ends: bool) -> None:
        reminders = Unsubscription(self.id, Recipient.APPLICANT, person.id, Channel.EMAIL, NoticeGroup.REMINDERS)
        store = self.made.store.unsubscriptions
        await (store.add if ends else store.remove)(reminders)
        person.unsubscribed.add(at, ends)

    async def _stop(self, at: datetime) -> None:
        person, stops = self.people[0], self.chance.random() < 0.5
        await self._say(person, "STOP" if stops else "START", at)
        person.stopped.add(at, stops)

    async def _change_plan(self, at: datetime) -> None:
        release = Release(before=self.chance.choice([HOUR, 3 * HOUR]), trust_sent=self.chance.random() < 0.3)
        settings = PlanSettings(
            offsets=self.chance.choice([(DAY, 2 * HOUR), (6 * HOUR,), (2 * DAY, HOUR)]),
            channels=self.chance.choice([(Channel.EMAIL,), (Channel.EMAIL,), CHANNELS]),
            quiet_hours=self.chance.choice([None, QUIET]),
            release=self.chance.choice([None, release, release]),
            may_release=self.chance.random() < 0.9,
        )
        await self.made.notice_plans.put(self.agent, settings, expected=None)
        self.plans.add(at, settings)

    async def _prove_phone(self, person: Person) -> None:
        person.phone = f"+49{self.id.int % 10**11:011}"
        await self.made.contacts.change(person.caller, {"phone": person.phone})
        await self.made.phones.send_code(person.caller, None)
        await self.made.phones.prove(person.caller, CODE)

    async def _say(self, person: Person, text: str, at: datetime) -> None:
        said_at = at.replace(microsecond=0)
        await self.made.answers.hear(Answer(phone=person.phone, channel=Channel.WHATSAPP, text=text, at=said_at))

    async def _slot(self, start: datetime) -> UUID:
        capacity = self.chance.choice([1, 1, 1, 2])
        view = await self.made.slots.offer(self.agent, uuid4(), start, start + HOUR, capacity=capacity)
        self.places[view.slot.id] = capacity
        return view.slot.id

    def _any(self) -> Booking:
        booking = self.chance.choice(self.bookings or [None])
        if booking is None:
            raise Refusal
        return booking

    def _owner(self, applicant_id: UUID) -> Person:
        return next(one for one in self.people if one.id == applicant_id)
