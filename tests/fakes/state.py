"""What the memory store remembers, and its clock."""

import asyncio
import operator
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from booking.adapters.ids import new_id
from booking.domain.audit import Seal
from booking.domain.authority import AgentRight, ApplicantRight, By
from booking.domain.delivery.delivery import BREAKS, LOG, SYSTEM, Attempt, Subscription
from booking.domain.delivery.inbound import InboundMessage
from booking.domain.delivery.webhook_delivery import WebhookAttempt
from booking.domain.events import Actor, Event, EventType, Recorded
from booking.domain.idempotency import Answer
from booking.domain.keys import Key
from booking.domain.notices.calendar_feed import CalendarFeed
from booking.domain.notices.freed_place import FreedPlace
from booking.domain.notices.link import Link
from booking.domain.notices.notice import Notice, NoticeKind, NoticeState, Recipient
from booking.domain.notices.plan import DEFAULT_PLAN, NoticePlan, PlanSettings
from booking.domain.notices.refusals import LinkNotFound
from booking.domain.notices.template import NoticeTemplate, OwnText, TemplateKey
from booking.domain.notices.unsubscription import GROUPS, Unsubscription
from booking.domain.paging import Page, Paging, Position, Window
from booking.domain.people.agent import AgentRole, Profile
from booking.domain.people.applicant import Applicant
from booking.domain.people.contact import Channel, Contact
from booking.domain.people.names import UTC as UTC_ZONE
from booking.domain.people.names import Names
from booking.domain.people.organization import Organization
from booking.domain.people.phone_code import PhoneCode
from booking.domain.planning.agent_calendar import AgentCalendar
from booking.domain.planning.agent_schedule import AgentSchedule, Occurrence
from booking.domain.planning.block import Block
from booking.domain.planning.job import Job
from booking.domain.properties.policy import Policy, Settings
from booking.domain.properties.property import Property
from booking.domain.visits.availability import Availability, Places
from booking.domain.visits.booking import Booking
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.waitlist import Entry, EntryStatus
from booking.domain.visits.watch import Watch
from booking.service.delivery.stream_tickets import Ticket
from booking.service.planning.agent_calendars import Validators
from booking.service.ports import Lease

T = TypeVar("T")


def real_time() -> datetime:
    return datetime.now(UTC)


LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class AgentRow:
    id: UUID
    organization_id: UUID
    subject: str
    claimed_role: AgentRole | None = None
    provisioned_role: AgentRole | None = None
    claimed_at: datetime | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    shut_out: bool = False
    erased: bool = False
    profile: Profile = field(default_factory=Profile)

    @property
    def roles(self) -> tuple[AgentRole | None, AgentRole | None]:
        """What is granted: nothing to an agent who is shut out."""
        return (None, None) if self.shut_out else (self.claimed_role, self.provisioned_role)


@dataclass(slots=True, kw_only=True)
class Freed:
    """A place that came free, and up to whom people are told of it."""

    place: FreedPlace
    after: tuple[datetime, UUID] = (LONG_AGO, UUID(int=0))


@dataclass(slots=True, kw_only=True)
class Due:
    """What is to be handed on."""

    recorded: Recorded
    position: int
    at: datetime
    attempts: int = 0
    reason: str = ""
    died_at: datetime | None = None
    token: int = 0
    under_way_until: datetime = LONG_AGO


@dataclass(slots=True, kw_only=True)
class Subscriber:
    """A subscription, its cursor, and its lease, which goes by the real time."""

    subscription: Subscription
    event_types: Collection[str] | None = None
    position: int = 0
    token: int = 0
    leased_until: datetime = LONG_AGO
    deliveries: dict[UUID, Due] = field(default_factory=dict)
    attempts: list[WebhookAttempt] = field(default_factory=list)
    failures: int = 0
    failing_since: datetime | None = None
    failed_at: datetime | None = None
    rests_until: datetime = LONG_AGO
    disabled_at: datetime | None = None

    @property
    def key(self) -> Key:
        return self.subscription.organization_id, self.subscription.id

    def attempted(self, attempts: Sequence[Attempt], now: datetime) -> None:
        """Keep a record of those attempts that are kept."""
        self.attempts += [
            WebhookAttempt(
                id=new_id(),
                event_id=one.delivery.recorded.id,
                type=one.delivery.recorded.event.type,
                position=one.delivery.organization_position,
                attempt=one.delivery.attempts + 1,
                attempted_at=now - one.ago,
                ms=one.outcome.ms,
                status=one.outcome.status,
                failure=one.outcome.failure,
                answer=one.outcome.answer,
            )
            for one in sorted(attempts, key=lambda one: one.ago, reverse=True)
            if one.outcome.ms is not None
        ]

    @property
    def under_way(self) -> int:
        return sum(due.under_way_until > real_time() for due in self.deliveries.values())

    @property
    def heads(self) -> Sequence[Due]:
        """What is not dead, and the first of its line."""
        first: dict[UUID, Due] = {}
        for due in sorted(self.deliveries.values(), key=lambda due: due.position):
            if due.died_at is None:
                first.setdefault(due.recorded.event.line, due)
        return [*first.values()]

    def answer(self, answered: bool, failures: int, rests: Sequence[timedelta], now: datetime) -> None:
        """Count the calls that failed after the last that was heard."""
        if answered:
            self.failures, self.failing_since, self.failed_at, self.rests_until = 0, None, None, LONG_AGO
        if failures:
            self.failing_since, self.failed_at = self.failing_since or now, now
            if self.rests_until <= now:
                self.failures = min(self.failures + failures, max(self.failures + 1, BREAKS))
                if self.failures >= BREAKS:
                    self.rests_until = now + rests[min(self.failures - BREAKS, len(rests) - 1)]


@dataclass(slots=True, kw_only=True)
class EndpointRow:
    """A webhook endpoint, but what its subscription says."""

    subscriber: Subscriber
    secret: bytes
    description: str | None
    created_at: datetime
    updated_at: datetime
    version: int = 1
    former_secret: bytes | None = None
    former_until: datetime | None = None
    warned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A calendar feed, and the login of its person when it was made."""

    feed: CalendarFeed
    subject: str


@dataclass(slots=True, kw_only=True)
class CalendarRow:
    """A calendar of an agent. `free`: its blocks that no slot was under."""

    calendar: AgentCalendar
    encrypted: bytes
    due_at: datetime
    validators: Validators = field(default_factory=Validators)
    whole_at: datetime = LONG_AGO
    given_up_at: datetime | None = None
    free: set[Key] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class NoticeRow:
    """A notice, and how far it is. Its lease goes by the real time."""

    notice: Notice
    due_at: datetime
    state: NoticeState = NoticeState.QUEUED
    reason: str | None = None
    attempts: int = 0
    attempted_at: datetime | None = None
    created_at: datetime = LONG_AGO
    under_way_until: datetime = LONG_AGO
    ended_at: datetime | None = None
    answer_by: datetime | None = None
    provider_id: str | None = None
    held: bool = False

    def end(self, state: NoticeState, reason: str | None, at: datetime) -> None:
        self.state, self.reason, self.ended_at, self.under_way_until = state, reason, at, LONG_AGO


@dataclass(slots=True, kw_only=True)
class ScheduleRow:
    """A schedule, when its horizon is looked at next, what came of its occurrences, and when slots were skipped."""

    schedule: AgentSchedule
    due_at: datetime
    occurrences: dict[datetime, Occurrence] = field(default_factory=dict)
    skipped: list[tuple[datetime, Slot]] = field(default_factory=list)
    left_to: dict[UUID, UUID] = field(default_factory=dict)
    """Jobs that are still to end a slot, by its id."""


THE_LOG = Subscription(organization_id=SYSTEM, id=LOG, kind="log", target=None)


@dataclass(slots=True)
class State:
    """`bookings` has every claim, holds and offers included; `entries` are in the order in which people came."""

    clock: Callable[[], datetime] = real_time
    slots: dict[Key, Slot] = field(default_factory=dict)
    agent_calendars: dict[Key, CalendarRow] = field(default_factory=dict)
    jobs: dict[Key, Job] = field(default_factory=dict)
    blocks: dict[Key, Block] = field(default_factory=dict)
    bookings: dict[Key, Booking] = field(default_factory=dict)
    entries: dict[Key, Entry] = field(default_factory=dict)
    schedules: dict[Key, ScheduleRow] = field(default_factory=dict)
    policies: dict[tuple[UUID, UUID | None], Settings] = field(default_factory=dict)
    organizations: dict[UUID, Organization] = field(default_factory=dict)
    properties: dict[Key, Property] = field(default_factory=dict)
    agents: dict[tuple[UUID, str], AgentRow] = field(default_factory=dict)
    applicants: dict[Key, Applicant] = field(default_factory=dict)
    contacts: dict[Key, Contact] = field(default_factory=dict)
    phone_codes: list[tuple[Key, PhoneCode, datetime]] = field(default_factory=list)
    paid_messages: Counter[tuple[UUID, date]] = field(default_factory=Counter)
    former_logins: set[tuple[Key, str]] = field(default_factory=set)
    events: list[Recorded] = field(default_factory=list)
    tickets: dict[bytes, tuple[Ticket, datetime]] = field(default_factory=dict)
    listeners: set[asyncio.Event] = field(default_factory=set)
    positions: dict[UUID, tuple[int, datetime]] = field(default_factory=dict)
    subscribers: list[Subscriber] = field(default_factory=lambda: [Subscriber(subscription=THE_LOG)])
    endpoints: dict[Key, EndpointRow] = field(default_factory=dict)
    budgets: dict[tuple[UUID, str, datetime], int] = field(default_factory=dict)
    seals: list[Seal] = field(default_factory=list)
    leases: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    answers: dict[tuple[UUID, str, str, str], tuple[datetime, tuple[bytes, bytes], Answer]] = field(
        default_factory=dict
    )
    inbound: dict[tuple[UUID, InboundMessage], datetime] = field(default_factory=dict)
    notices: dict[Key, NoticeRow] = field(default_factory=dict)
    channels_since: dict[Channel, datetime] = field(default_factory=dict)
    notice_plans: dict[tuple[UUID, UUID | None], PlanSettings] = field(default_factory=dict)
    watches: dict[tuple[UUID, UUID, UUID], Watch] = field(default_factory=dict)
    dismissed: dict[tuple[UUID, UUID, UUID], datetime] = field(default_factory=dict)
    freed_places: dict[UUID, Freed] = field(default_factory=dict)
    calendar_feeds: dict[tuple[UUID, bytes], FeedRow] = field(default_factory=dict)
    notice_sweeps: dict[UUID, tuple[datetime, UUID]] = field(default_factory=dict)
    links: dict[bytes, Link] = field(default_factory=dict)
    used_links: dict[bytes, datetime] = field(default_factory=dict)
    suppressions: set[tuple[UUID, str, str]] = field(default_factory=set)
    unsubscriptions: set[Unsubscription] = field(default_factory=set)
    stopped: set[tuple[UUID, str, str]] = field(default_factory=set)
    wrote_at: dict[Key, datetime] = field(default_factory=dict)
    templates: dict[TemplateKey, NoticeTemplate] = field(default_factory=dict)

    async def now(self) -> datetime:
        return self.clock()

    def held(self, lease: Lease) -> bool:
        return self.leases[lease.name][0] == lease.token

    def forget_notices(
        self, organization_id: UUID, person_id: UUID, email: str | None, phone: str | None = None
    ) -> None:
        self.notices = {key: row for key, row in self.notices.items() if row.notice.recipient_id != person_id}
        for channel, address in (("email", email), ("sms", phone), ("whatsapp", phone)):
            self.suppressions.discard((organization_id, channel, (address or "").lower()))
            self.stopped.discard((organization_id, channel, address or ""))
        person = organization_id, person_id
        self.unsubscriptions = {
            one for one in self.unsubscriptions if (one.organization_id, one.recipient_id) != person
        }

    def address_of(self, notice: Notice) -> str | None:
        """Return the address of an applicant by the notice's channel: a phone only once it is proved."""
        key = notice.organization_id, notice.recipient_id
        person, contact = self.applicants[key], self.contacts.get(key)
        address: str | None = person.email
        if notice.channel is not Channel.EMAIL:
            address = contact.phone if contact and contact.phone_proved else None
        return None if person.erased else address

    def unsubscribed(self, notice: Notice) -> bool:
        whose = notice.organization_id, notice.recipient, notice.recipient_id, notice.channel
        return any(one[:4] == whose and one.group == GROUPS.get(notice.kind) for one in self.unsubscriptions)

    def texts_of(self, organization_id: UUID, kind: NoticeKind, recipient: Recipient) -> tuple[OwnText, ...]:
        of = organization_id, kind, recipient
        return tuple(one.text for key, one in self.templates.items() if key[:3] == of and one.text.body is not None)

    def end_watches(self, person: Key) -> None:
        self.watches = {key: one for key, one in self.watches.items() if (key[0], key[2]) != person}

    def end_feeds(self, owner: Key) -> None:
        self.calendar_feeds = {
            key: row
            for key, row in self.calendar_feeds.items()
            if (row.feed.organization_id, row.feed.owner_id) != owner
        }

    def end_calendar(self, agent: Key) -> bool:
        self.blocks = {key: one for key, one in self.blocks.items() if one.agent != agent or not one.of_calendar}
        return self.agent_calendars.pop(agent, None) is not None

    def end_blocks(self, agent: Key) -> None:
        self.blocks = {key: block for key, block in self.blocks.items() if block.agent != agent}

    def wake_schedules(self, agent: Key) -> None:
        for row in self.schedules.values():
            if (row.schedule.organization_id, row.schedule.agent_id) == agent:
                row.due_at = self.clock()

    def record(self, *happened: Event) -> None:
        self.events.extend(Recorded(id=new_id(), occurred_at=self.clock(), event=event) for event in happened)
        for listener in self.listeners:
            listener.set()

    def policy(self, organization_id: UUID, property_id: UUID) -> Policy:
        own = self.policies.get((organization_id, property_id))
        return Policy().overridden_by(self.policies.get((organization_id, None))).overridden_by(own)

    def withdrawn(self, slot: Slot) -> bool:
        return self.policy(slot.organization_id, slot.property_id).withdrawn(slot.start_time)

    def notice_plan(self, organization_id: UUID, property_id: UUID | None) -> NoticePlan:
        agency = DEFAULT_PLAN.overridden_by(self.notice_plans.get((organization_id, None)))
        own = self.notice_plans.get((organization_id, property_id)) if property_id else None
        return agency.overridden_by(own).held_to

    def applicant(self, one: Booking | Entry) -> Applicant:
        return self.applicants[one.organization_id, one.applicant_id]

    def agent(self, key: Key) -> AgentRow | None:
        return next((row for row in self.agents.values() if (row.organization_id, row.id) == key), None)

    def actor(self, by: By) -> Actor:
        """Return the actor of a right that its row grants still; refuse any other."""
        match by:
            case AgentRight():
                found = [row for row in self.agents.values() if (row.organization_id, row.id) == by.key]
                return by.granted(*found[0].roles)
            case ApplicantRight():
                if by.link is not None and not self.link_holds(by.link):
                    raise LinkNotFound
                return by.granted(self.applicants[by.key].user_id)
            case Actor():
                return by

    def link_holds(self, digest: bytes) -> bool:
        link = self.links.get(digest)
        if link is None or digest in self.used_links or link.expires_at <= self.clock():
            return False
        return self.bookings[link.organization_id, link.booking_id].sequence == link.sequence

    def use_link(self, by: By) -> None:
        if isinstance(by, ApplicantRight) and by.link is not None:
            self.used_links[by.link] = self.clock()

    def end_links(self, person: Key) -> None:
        self.links = {
            digest: one for digest, one in self.links.items() if (one.organization_id, one.applicant_id) != person
        }

    def claims_on(self, key: Key) -> list[Booking]:
        """Live as stored."""
        return [claim for claim in self.bookings.values() if claim.slot_key == key and claim.live]

    def queue_for(self, key: Key) -> list[Entry]:
        return [
            entry for entry in self.entries.values() if (entry.organization_id, entry.slot_id) == key and entry.queued
        ]

    def availability(self, slot: Slot) -> Availability:
        """As it stands by the clock."""
        at = self.clock()
        claims = self.claims_on(slot.key)
        running = [claim for claim in claims if not claim.overdue(at)]
        reserved = [claim for claim in running if claim.reserved and self.applicant(claim).eligible]
        booked = sum(claim.visit for claim in running)
        expired = [claim.deadline for claim in claims if claim.visit and claim.overdue(at) and claim.deadline]
        return Availability(
            slot=slot.as_of(booked=booked, freed_at=min(expired, default=None)),
            places=Places(
                booked=booked,
                reserved=len(reserved),
                waiting=sum(
                    entry.status is EntryStatus.WAITING and self.applicant(entry).eligible
                    for entry in self.queue_for(slot.key)
                ),
            ),
            policy=self.policy(slot.organization_id, slot.property_id),
            names=self.names_of(slot),
            at=at,
            claimants=frozenset(claim.applicant_id for claim in claims),
            overdue=len(running) < len(claims),
            frees_at=min((claim.deadline for claim in reserved if claim.deadline), default=None),
        )

    def names(self, organization_id: UUID, property_id: UUID, agent_id: UUID | None) -> Names:
        host = next(
            (one for one in self.agents.values() if (one.organization_id, one.id) == (organization_id, agent_id)), None
        )
        home, agency = self.properties.get((organization_id, property_id)), self.organizations.get(organization_id)
        return Names(
            label=home.label if home else None,
            area=home.area if home else None,
            time_zone=(home and home.time_zone) or (agency and agency.time_zone) or UTC_ZONE,
            agent=host.profile.name if host else None,
        )

    def names_of(self, slot: Slot) -> Names:
        return self.names(slot.organization_id, slot.property_id, slot.agent_id)

    def public(self, slot: Slot) -> bool:
        availability = self.availability(slot)
        return availability.slot.status is SlotStatus.AVAILABLE and availability.public

    async def unknown_events(self) -> Mapping[str, int]:
        return Counter(str(one.event.type) for one in self.events if one.event.type not in set(EventType))

    async def violations(self) -> Mapping[str, int]:
        full = {key for key, slot in self.slots.items() if slot.status is SlotStatus.BOOKED}
        counts = {key: self.claims_on(key) for key in self.slots}
        return {
            "slot and bookings disagree": sum(
                (sum(claim.visit for claim in claims) >= self.slots[key].capacity) is not (key in full)
                for key, claims in counts.items()
                if not self.slots[key].cancelled
            ),
            "oversold": sum(len(claims) > self.slots[key].capacity for key, claims in counts.items()),
            "claim on a cancelled slot": sum(
                len(claims) for key, claims in counts.items() if self.slots[key].cancelled
            ),
            "person who waits while a place is free": sum(
                any(entry.status is EntryStatus.WAITING for entry in self.queue_for(key))
                and self.availability(self.slots[key]).can_be_offered
                and len(claims) < self.slots[key].capacity
                for key, claims in counts.items()
            ),
        }


def page_of(
    items: Iterable[T],
    start_and_id: Callable[[T], tuple[datetime, UUID]],
    window: Window,
    paging: Paging,
    *,
    down: bool = False,
) -> Page[T]:
    def position(item: T) -> Position:
        return Position(*start_and_id(item))

    ordered = sorted((item for item in items if position(item).start_time in window), key=position, reverse=down)
    passed = operator.lt if down else operator.gt
    rest = [item for item in ordered if paging.after is None or passed(position(item), paging.after)]
    shown = rest[: paging.limit]
    return Page(items=shown, next=position(shown[-1]) if len(rest) > paging.limit else None)
