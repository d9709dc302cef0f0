"""Plain things to test with: say what matters, the rest is made up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any
from uuid import UUID, uuid4

from booking.adapters.calendar_reader import CalendarReader
from booking.adapters.calendar_writer import CalendarWriter
from booking.adapters.calendars import ICalendars
from booking.adapters.feed_tokens import FeedTokens
from booking.adapters.ids import new_id
from booking.adapters.link_tokens import LinkTokens
from booking.adapters.outgoing.client import Outgoing
from booking.adapters.ticket_names import TicketNames
from booking.adapters.words import JinjaWords
from booking.domain.paging import EPOCH
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel, Screening
from booking.domain.people.caller import Agency, Caller, Claims
from booking.domain.people.contact import Channel
from booking.domain.planning.job import JobKind
from booking.domain.planning.recurrence import Frequency, Recurrence
from booking.domain.planning.schedule import Rule, Schedule
from booking.domain.properties.property import Property
from booking.domain.visits.booking import Booking
from booking.domain.visits.slot import Slot
from booking.service.delivery.exports import ExportService
from booking.service.delivery.feed import FeedService
from booking.service.delivery.stream_tickets import TicketService
from booking.service.delivery.webhook_deliveries import Sender, WebhookDeliveryService
from booking.service.delivery.webhooks import WebhookService
from booking.service.figures.cells import CellService
from booking.service.figures.figures import FigureService
from booking.service.notices.answers import AnswerService
from booking.service.notices.calendar_feeds import CalendarFeedService
from booking.service.notices.link_maker import LinkMaker
from booking.service.notices.links import LinkService
from booking.service.notices.phones import PhoneService
from booking.service.notices.plans import NoticePlanService
from booking.service.notices.templates import TemplateService
from booking.service.notices.words import SampleWords
from booking.service.people.agents import AgentService
from booking.service.people.applicants import ApplicantService
from booking.service.people.contacts import ContactService
from booking.service.people.identity import IdentityService
from booking.service.people.organizations import OrganizationService
from booking.service.planning.absences import AbsenceService
from booking.service.planning.agent_calendars import AgentCalendarService, CalendarSource
from booking.service.planning.blocks import BlockService
from booking.service.planning.horizons import HorizonService
from booking.service.planning.jobs import JobService, JobWorker
from booking.service.planning.schedule_changes import ScheduleChangeService
from booking.service.planning.schedules import Asked, Drafting, ScheduleService
from booking.service.planning.slot_moves import SlotMoveService
from booking.service.planning.withdrawals import WithdrawalService
from booking.service.properties.policies import PolicyService
from booking.service.properties.properties import PropertyService
from booking.service.properties.rules import RuleService
from booking.service.properties.visit_details import VisitDetailsService
from booking.service.visits.availability import AvailabilityService
from booking.service.visits.bookings import BookingService
from booking.service.visits.expiry import TidyingService
from booking.service.visits.history import HistoryService
from booking.service.visits.holds import HoldService
from booking.service.visits.place_claims import PlaceClaims
from booking.service.visits.slot_batches import SlotBatchService
from booking.service.visits.slots import SlotService
from booking.service.visits.waitlists import WaitlistService
from booking.service.visits.watches import WatchService
from tests.support.mail import Phones, PlainPhoneWords
from tests.support.stores import CIPHERS, Store

HOUR = timedelta(hours=1)
CODE = "204917"


def claims(
    subject: str | None = None,
    *,
    email: str | None = None,
    vouched: bool = True,
    organization_id: UUID | None = None,
    role: AgentRole | None = None,
    issued_at: datetime | None = None,
    name: str | None = None,
) -> Claims:
    agency = Agency(organization_id=organization_id, role=role) if organization_id and role else None
    return Claims(
        subject=subject or f"user-{uuid4()}",
        email=email,
        email_vouched=vouched,
        agency=agency,
        issued_at=issued_at,
        name=name,
    )


def screening(
    organization_id: UUID,
    *,
    external_id: UUID | None = None,
    email: str | None = None,
    risk_level: RiskLevel = RiskLevel.LOW,
    screened_at: datetime | None = None,
    sent_at: datetime | None = None,
    name: str = "Ada",
    phone: str | None = None,
    locale: str | None = None,
) -> Screening:
    return Screening(
        organization_id=organization_id,
        external_id=external_id or uuid4(),
        name=name,
        email=email or f"{uuid4()}@example.com",
        risk_level=risk_level,
        screened_at=screened_at,
        sent_at=sent_at or datetime.now(UTC),
        phone=phone,
        locale=locale,
    )


@cache
def _words() -> SampleWords:
    from booking.adapters.words import JinjaWords

    return JinjaWords()


@dataclass(frozen=True)
class Organization:
    """An organization in a store, with the use cases at hand."""

    store: Store
    organization_id: UUID

    @property
    def slots(self) -> SlotService:
        return SlotService(
            self.store.slots, self.store.rosters, self.store.policies, self.store.directory, self.store.now, new_id
        )

    @property
    def withdrawals(self) -> WithdrawalService:
        store = self.store
        return WithdrawalService(store.withdrawals, store.slot_changes, store.properties, store.now, new_id)

    @property
    def jobs(self) -> JobService:
        return JobService(self.store.jobs)

    @property
    def job_worker(self) -> JobWorker:
        return JobWorker(
            self.store.jobs,
            {
                JobKind.WITHDRAWAL: self.withdrawals.step,
                JobKind.ABSENCE: self.absences.step,
                JobKind.SCHEDULE_CHANGE: self.schedule_changes.step,
            },
        )

    @property
    def absences(self) -> AbsenceService:
        return AbsenceService(self.store.absences, self.store.slot_changes, self.store.now, new_id)

    @property
    def slot_moves(self) -> SlotMoveService:
        return SlotMoveService(self.store.slot_changes, self.store.slots, self.store.directory)

    @property
    def availability(self) -> AvailabilityService:
        store = self.store
        return AvailabilityService(store.openings, store.slots, store.rosters, store.directory, store.now)

    @property
    def feed(self) -> FeedService:
        store = self.store
        return FeedService(store.feeds, store.slots, store.heads, FeedTokens(store.feeds.secret))

    @property
    def calendar_feeds(self) -> CalendarFeedService:
        tokens = LinkTokens(self.store.feeds.secret)
        writer = CalendarWriter(JinjaWords)
        return CalendarFeedService(self.store.calendar_feeds, tokens, new_id, writer, "https://visits.example.com")

    @property
    def tickets(self) -> TicketService:
        return TicketService(self.store.tickets, self.store.feeds, TicketNames(self.store.feeds.secret))

    @property
    def slot_batches(self) -> SlotBatchService:
        store = self.store
        return SlotBatchService(
            store.slot_batches, store.slots, store.rosters, store.policies, store.directory, store.now, new_id
        )

    @property
    def horizons(self) -> HorizonService:
        store = self.store
        return HorizonService(store.horizons, Drafting(store.policies, new_id), store.now)

    @property
    def schedule_changes(self) -> ScheduleChangeService:
        store = self.store
        drafting = Drafting(store.policies, new_id)
        return ScheduleChangeService(store.schedule_changes, store.schedules, drafting, store.now, new_id)

    @property
    def schedules(self) -> ScheduleService:
        store = self.store
        return ScheduleService(store.schedules, store.slots, Drafting(store.policies, new_id), store.now, new_id)

    @cached_property
    def place_claims(self) -> PlaceClaims:
        return PlaceClaims(self.store.slots, self.store.rosters)

    @property
    def bookings(self) -> BookingService:
        return BookingService(
            self.store.bookings, self.store.rosters, self.holds, self.place_claims, self.visit_details
        )

    @property
    def history(self) -> HistoryService:
        return HistoryService(self.store.histories, self.store.directory)

    @property
    def figures(self) -> FigureService:
        return FigureService(self.store.figures, self.store.organizations)

    @property
    def cells(self) -> CellService:
        return CellService(self.store.cells)

    @property
    def visit_details(self) -> VisitDetailsService:
        return VisitDetailsService(self.store.visits, CIPHERS.access_note)

    @property
    def holds(self) -> HoldService:
        return HoldService(self.store.holds, self.store.bookings, self.store.rosters, self.place_claims)

    @property
    def link_maker(self) -> LinkMaker:
        return LinkMaker(self.store.links, LinkTokens(self.store.feeds.secret), "https://visits.example.com")

    @property
    def links(self) -> LinkService:
        store = self.store
        return LinkService(
            self.link_maker,
            store.bookings,
            store.slots,
            self.bookings,
            self.holds,
            store.notices,
            calendars,
            mails=True,
        )

    @property
    def webhooks(self) -> WebhookService:
        return WebhookService(self.store.endpoints, CIPHERS.endpoints, new_id)

    def webhook_deliveries(self, sender: Sender) -> WebhookDeliveryService:
        return WebhookDeliveryService(
            self.store.deliveries, sender, lambda recorded: recorded.event.type.encode(), self.store.now, new_id
        )

    @property
    def waitlists(self) -> WaitlistService:
        return WaitlistService(self.store.waitlists, self.store.rosters, self.place_claims)

    @property
    def watches(self) -> WatchService:
        return WatchService(self.store.watches, self.store.properties, self.store.now)

    @property
    def policies(self) -> PolicyService:
        return PolicyService(self.store.policies)

    @property
    def notice_plans(self) -> NoticePlanService:
        return NoticePlanService(self.store.notice_plans, (Channel.EMAIL,))

    @property
    def rules(self) -> RuleService:
        return RuleService(self.store.properties, self.store.policies)

    @property
    def organizations(self) -> OrganizationService:
        return OrganizationService(self.store.organizations)

    @property
    def templates(self) -> TemplateService:
        return TemplateService(self.store.templates, self.store.organizations, _words)

    @property
    def properties(self) -> PropertyService:
        return PropertyService(self.store.properties, self.store.now, CIPHERS.access_note)

    @property
    def tidying(self) -> TidyingService:
        return TidyingService(self.store.rosters)

    @property
    def identity(self) -> IdentityService:
        return IdentityService(self.store.logins)

    @property
    def blocks(self) -> BlockService:
        return BlockService(self.store.blocks, self.store.colleagues, self.store.now, new_id)

    def agent_calendars(self, source: CalendarSource | None = None) -> AgentCalendarService:
        """Calendars that are read from this source, or else over the loopback."""
        reader = source or CalendarReader(Outgoing(), loopback=True)
        calendars, now = self.store.agent_calendars, self.store.now
        return AgentCalendarService(calendars, reader, CIPHERS.calendars, now, loopback=True)

    @property
    def agents(self) -> AgentService:
        return AgentService(self.store.colleagues, self.slots, self.bookings, self.store.now)

    @property
    def exports(self) -> ExportService:
        return ExportService(self.store.snapshots)

    @property
    def contacts(self) -> ContactService:
        return ContactService(self.store.contacts)

    @property
    def phones(self) -> PhoneService:
        """Phones that get all codes, which are CODE."""
        providers = {Channel.SMS: Phones()}
        return PhoneService(self.store.phones, providers, PlainPhoneWords, new_id, lambda: CODE)

    @property
    def answers(self) -> AnswerService:
        return AnswerService(self.store.phone_answers, self.bookings)

    @property
    def applicants(self) -> ApplicantService:
        return ApplicantService(self.store.applicants, self.store.rosters)

    def property(self, property_id: UUID, **details: Any) -> Property:
        known: dict[str, Any] = {"organization_id": self.organization_id, "id": property_id, "updated_at": EPOCH}
        return Property(**known | details)

    async def agent(self, role: AgentRole = AgentRole.MEMBER) -> Caller:
        return await self.identity.identify(claims(organization_id=self.organization_id, role=role), "request-1")

    async def admin(self) -> Caller:
        return await self.agent(AgentRole.ADMIN)

    async def applicant(self, email: str | None = None, risk_level: RiskLevel = RiskLevel.LOW) -> Caller:
        email = email or f"{uuid4()}@example.com"
        await self.screen(screening(self.organization_id, email=email, risk_level=risk_level))
        return await self.identity.identify(claims(email=email), "request-2")

    async def screen(self, found: Screening) -> None:
        await self.applicants.register(found, message_id="message-1")

    async def slot(
        self,
        agent: Caller,
        *,
        property_id: UUID | None = None,
        starts_in: timedelta = HOUR,
        lasts: timedelta = HOUR,
        capacity: int = 1,
    ) -> Slot:
        start = datetime.now(UTC) + starts_in
        view = await self.slots.offer(agent, property_id or uuid4(), start, start + lasts, capacity=capacity)
        return view.slot

    async def book(self, caller: Caller, slot_id: UUID, notes: str = "", **how: Any) -> Booking:
        return (await self.bookings.book(caller, slot_id, notes, **how)).booking

    async def see(self, caller: Caller, slot_id: UUID) -> Slot:
        return (await self.slots.get(caller, slot_id)).slot

    async def slots_of(self, agent: Caller, count: int, property_id: UUID | None = None) -> Sequence[Slot]:
        property_id = property_id or uuid4()
        return [await self.slot(agent, property_id=property_id, starts_in=HOUR * (1 + n)) for n in range(count)]


def any_schedule(*, property_id: UUID | None = None, agent_id: UUID | None = None) -> Asked:
    """An hour each day, for three days; the first begins in 24 to 25 hours, whatever time it is now."""
    start = (datetime.now(UTC) + 25 * HOUR).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    rule = Rule(recurrence=Recurrence(start=start, frequency=Frequency.DAILY, count=3))
    schedule = Schedule(time_zone="UTC", rules=(rule,), slot_minutes=60, horizon_days=7)
    return Asked(property_id=property_id or uuid4(), agent_id=agent_id, schedule=schedule)


@cache
def calendars() -> ICalendars:
    return ICalendars(JinjaWords(), "visits@booking.example")


def organization(store: Store) -> Organization:
    return Organization(store, uuid4())
