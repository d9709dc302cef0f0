"""Parts of capabilities: repositories, and services that several share, each made once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from booking.adapters.aws_clients import AwsClients
from booking.adapters.calendar_reader import CalendarReader
from booking.adapters.calendar_writer import CalendarWriter
from booking.adapters.ciphers import Ciphers
from booking.adapters.feed_tokens import FeedTokens
from booking.adapters.ids import new_id
from booking.adapters.link_tokens import LinkTokens
from booking.adapters.notifiers.webhook import WebhookNotifier
from booking.adapters.outgoing.client import Outgoing
from booking.adapters.phones.codes import new_phone_code
from booking.adapters.postgres.colleagues import PostgresColleagues
from booking.adapters.postgres.delivery.feed import PostgresFeeds, PostgresHeads
from booking.adapters.postgres.delivery.stream_tickets import PostgresTickets
from booking.adapters.postgres.delivery.webhooks import PostgresWebhookEndpoints
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.figures.figures import PostgresFigures
from booking.adapters.postgres.notices.calendar_feeds import PostgresCalendarFeeds
from booking.adapters.postgres.notices.links import PostgresLinks
from booking.adapters.postgres.notices.notices import PostgresNotices
from booking.adapters.postgres.notices.phones import PostgresPhones
from booking.adapters.postgres.notices.unsubscriptions import PostgresUnsubscriptions
from booking.adapters.postgres.people.applicants import PostgresApplicants
from booking.adapters.postgres.people.names import PostgresDirectory
from booking.adapters.postgres.people.organizations import PostgresOrganizations
from booking.adapters.postgres.planning.absences import PostgresAbsences
from booking.adapters.postgres.planning.agent_calendars import PostgresAgentCalendars
from booking.adapters.postgres.planning.schedule_changes import PostgresScheduleChanges
from booking.adapters.postgres.planning.schedules import PostgresSchedules
from booking.adapters.postgres.planning.slot_changes import PostgresSlotChanges
from booking.adapters.postgres.planning.withdrawals import PostgresWithdrawals
from booking.adapters.postgres.properties.policies import PostgresPolicies
from booking.adapters.postgres.properties.properties import PostgresProperties
from booking.adapters.postgres.rate_limits import PostgresBudgets
from booking.adapters.postgres.visits.bookings import PostgresBookings
from booking.adapters.postgres.visits.holds import PostgresHolds
from booking.adapters.postgres.visits.rosters.rosters import PostgresRosters
from booking.adapters.postgres.visits.slots import PostgresSlots
from booking.adapters.postgres.visits.visits import PostgresVisits
from booking.adapters.ticket_names import TicketNames
from booking.adapters.unsubscription_tokens import UnsubscriptionTokens
from booking.config import InboundSettings, LinkSettings, Settings
from booking.config.proxies import TrustedProxies
from booking.domain.delivery.feed import Told
from booking.domain.events import Recorded
from booking.domain.people.contact import Channel
from booking.entrypoints.http.address_limit import AddressLimit
from booking.entrypoints.http.cloud_events import encoded
from booking.entrypoints.http.inbound.meta_signature import MetaRequests, MetaSignature
from booking.entrypoints.http.inbound.signed_requests import SignedRequests
from booking.entrypoints.http.inbound.sns_topic import SnsRequests, SnsTopic
from booking.entrypoints.http.inbound.standard_webhooks import StandardRequests, StandardWebhooks
from booking.entrypoints.http.inputs.decoding import LARGEST_BATCH
from booking.entrypoints.messages import ses_reports, whatsapp_reports
from booking.entrypoints.sqs import LONG_POLL
from booking.metrics import catalogue, record
from booking.service.delivery.feed import FeedService
from booking.service.delivery.stream_tickets import TicketService
from booking.service.delivery.streams import StreamService
from booking.service.delivery.webhooks import SigningSecrets
from booking.service.figures.figures import FigureService
from booking.service.notices.calendar_feeds import CalendarFeedService
from booking.service.notices.link_maker import LinkMaker
from booking.service.notices.notices import NoticeService
from booking.service.notices.phones import PhoneService
from booking.service.notices.provider import Provider
from booking.service.notices.unsubscriptions import UnsubscriptionService
from booking.service.people.agents import AgentService
from booking.service.people.applicants import ApplicantService
from booking.service.people.identity import CallerCache
from booking.service.planning.absences import AbsenceService
from booking.service.planning.agent_calendars import AgentCalendarService
from booking.service.planning.schedule_changes import ScheduleChangeService
from booking.service.planning.schedules import Drafting
from booking.service.planning.withdrawals import WithdrawalService
from booking.service.properties.properties import PropertyService
from booking.service.properties.visit_details import VisitDetailsService
from booking.service.rate_limits import Limit
from booking.service.visits.bookings import BookingService
from booking.service.visits.holds import HoldService
from booking.service.visits.place_claims import PlaceClaims
from booking.service.visits.slots import SlotService

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

    from booking.adapters.calendars import ICalendars
    from booking.adapters.words import JinjaWords
    from booking.adapters.words.short_texts import ShortTexts

T = TypeVar("T")


@dataclass(kw_only=True)
class Parts:
    """Parts of capabilities: repositories of a database, each made once, and services that several share."""

    database: Database
    settings: Settings
    queue: "SQSClient | None" = None
    long_poll: int = LONG_POLL
    made: dict[Any, Any] = field(default_factory=dict)
    callers: CallerCache = field(default_factory=lambda: CallerCache(looked=_count_caller))
    ciphers: Ciphers = field(default_factory=Ciphers)
    inbound: InboundSettings = field(default_factory=InboundSettings)
    links: LinkSettings = field(default_factory=LinkSettings)
    loopback: bool = False
    """Whether receivers on this machine may be reached by http."""
    outgoing: Outgoing = field(default_factory=Outgoing)
    providers: Mapping[Channel, Provider[Any]] = field(default_factory=dict)
    """Providers of the channels that are configured. Where none is, nothing is planned, and nobody is told."""
    paid_messages: int = 0
    """Messages to phones that an organization may send on a day; 0 for any number."""

    def __call__(self, repository: Callable[[Database], T]) -> T:
        if repository not in self.made:
            self.made[repository] = repository(self.database)
        return cast("T", self.made[repository])

    @cached_property
    def aws(self) -> AwsClients:
        return AwsClients()

    @cached_property
    def place_claims(self) -> PlaceClaims:
        return PlaceClaims(self(PostgresSlots), self(PostgresRosters))

    @cached_property
    def holds(self) -> HoldService:
        return HoldService(self(PostgresHolds), self(PostgresBookings), self(PostgresRosters), self.place_claims)

    @cached_property
    def slots(self) -> SlotService:
        return SlotService(
            self(PostgresSlots),
            self(PostgresRosters),
            self(PostgresPolicies),
            self(PostgresDirectory),
            self.database.now,
            new_id,
        )

    @cached_property
    def bookings(self) -> BookingService:
        return BookingService(
            self(PostgresBookings),
            self(PostgresRosters),
            self.holds,
            self.place_claims,
            VisitDetailsService(self(PostgresVisits), self.ciphers.access_note),
        )

    @cached_property
    def agents(self) -> AgentService:
        return AgentService(self(PostgresColleagues), self.slots, self.bookings, self.database.now, self.callers)

    @cached_property
    def agent_calendars(self) -> AgentCalendarService:
        source = CalendarReader(self.outgoing, loopback=self.loopback)
        calendars, cipher = self(PostgresAgentCalendars), self.ciphers.calendars
        return AgentCalendarService(calendars, source, cipher, self.database.now, self.loopback)

    @cached_property
    def applicants(self) -> ApplicantService:
        return ApplicantService(self(PostgresApplicants), self(PostgresRosters), self.callers)

    @cached_property
    def feed(self) -> FeedService:
        feeds = self(PostgresFeeds)
        return FeedService(feeds, self(PostgresSlots), self(PostgresHeads), FeedTokens(feeds.secret))

    @cached_property
    def streams(self) -> StreamService:
        of = self.feed
        return StreamService(of.feeds, of.slots, of.heads, of.tokens, encoded)

    @cached_property
    def figures(self) -> FigureService:
        return FigureService(self(PostgresFigures), self(PostgresOrganizations))

    @cached_property
    def notices(self) -> NoticeService:
        return NoticeService(self(PostgresNotices), self(PostgresBookings), tuple(self.providers))

    @cached_property
    def calendar_feeds(self) -> CalendarFeedService:
        tokens = LinkTokens(self(PostgresFeeds).secret)
        return CalendarFeedService(
            self(PostgresCalendarFeeds), tokens, new_id, CalendarWriter(lambda: self.words), self.links.public_url
        )

    @cached_property
    def feed_limit(self) -> AddressLimit:
        return self._address_limit("feeds", self.links.address_limit)

    @cached_property
    def words(self) -> "JinjaWords":
        from booking.adapters.words import JinjaWords  # its templates and languages take long to read

        return JinjaWords()

    @cached_property
    def calendars(self) -> "ICalendars":
        from booking.adapters.calendars import ICalendars  # its library takes long to read

        return ICalendars(self.words, self.settings.sender)

    @cached_property
    def phone_words(self) -> "ShortTexts":
        from booking.adapters.words.short_texts import ShortTexts  # likewise

        return ShortTexts()

    @cached_property
    def phones(self) -> PhoneService:
        return PhoneService(
            self(PostgresPhones),
            {channel: provider for channel, provider in self.providers.items() if channel is not Channel.EMAIL},
            lambda: self.phone_words,
            new_id,
            new_phone_code,
            self.paid_messages,
        )

    @cached_property
    def link_maker(self) -> LinkMaker:
        return LinkMaker(self(PostgresLinks), LinkTokens(self(PostgresFeeds).secret), self.links.public_url)

    @cached_property
    def unsubscriptions(self) -> UnsubscriptionService:
        tokens = UnsubscriptionTokens(self(PostgresFeeds).secret)
        return UnsubscriptionService(self(PostgresUnsubscriptions), tokens, self.links.public_url)

    @cached_property
    def link_limit(self) -> AddressLimit:
        return self._address_limit("links", self.links.address_limit)

    @cached_property
    def properties(self) -> PropertyService:
        return PropertyService(self(PostgresProperties), self.database.now, self.ciphers.access_note)

    @cached_property
    def absences(self) -> AbsenceService:
        return AbsenceService(self(PostgresAbsences), self(PostgresSlotChanges), self.database.now, new_id)

    @cached_property
    def withdrawals(self) -> WithdrawalService:
        return WithdrawalService(
            self(PostgresWithdrawals), self(PostgresSlotChanges), self(PostgresProperties), self.database.now, new_id
        )

    @cached_property
    def schedule_changes(self) -> ScheduleChangeService:
        return ScheduleChangeService(
            self(PostgresScheduleChanges),
            self(PostgresSchedules),
            Drafting(self(PostgresPolicies), new_id),
            self.database.now,
            new_id,
        )

    @cached_property
    def addresses(self) -> AddressLimit:
        return self._address_limit("address", self.inbound.address_limit)

    @cached_property
    def screenings(self) -> StandardRequests:
        verifier = StandardWebhooks(self.inbound.senders) if self.inbound.senders else None
        return SignedRequests(verifier, self.addresses, unset="ask its operator for BOOKING_INBOUND_SECRETS")

    @cached_property
    def ses(self) -> SnsRequests:
        topic = self.inbound.ses_topic
        verifier = None if topic is None else SnsTopic(topic, self.outgoing.fetch)
        return SignedRequests(
            verifier, self.addresses, unset="ask its operator for BOOKING_SES_TOPIC", sender=ses_reports.SENDER
        )

    @cached_property
    def whatsapp(self) -> MetaRequests:
        """Notifications of Meta may have many reports each."""
        settings = self.inbound.whatsapp
        verifier = None if settings is None else MetaSignature(settings)
        return SignedRequests(
            verifier,
            self.addresses,
            unset="ask its operator for BOOKING_WHATSAPP_URL",
            sender=whatsapp_reports.SENDER,
            largest=LARGEST_BATCH,
        )

    @cached_property
    def tickets(self) -> TicketService:
        feeds = self(PostgresFeeds)
        return TicketService(self(PostgresTickets), feeds, TicketNames(feeds.secret))

    def _address_limit(self, name: str, limit: int) -> AddressLimit:
        return AddressLimit(Limit(name, self(PostgresBudgets), limit), TrustedProxies(self.inbound.trusted_proxies))

    def webhook_notifier(self, at_once: int) -> WebhookNotifier:
        secrets = SigningSecrets(self(PostgresWebhookEndpoints), self.ciphers.endpoints)
        return WebhookNotifier(self.outgoing, secrets, for_admins, at_once=at_once, loopback=self.loopback)


def _count_caller(hit: bool) -> None:
    record.count(catalogue.cache, "callers", "hit" if hit else "miss")


def for_admins(recorded: Recorded) -> bytes:
    """Encode an event for endpoints, which are the admins'."""
    return encoded(Told(recorded=recorded, for_admin=True))
