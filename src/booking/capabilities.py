"""Capabilities of the service: start here to find, or to add, anything that it does.

A new one is a line in `CAPABILITIES`, and the files that it names (ADR 50). Only `bootstrap` and `cli` import this.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from litestar.handlers import HTTPRouteHandler

from booking import metrics
from booking.adapters.ciphers import Ciphers
from booking.adapters.feed_tokens import FeedTokens
from booking.adapters.ids import new_id
from booking.adapters.notifiers.aws import AwsNotifier
from booking.adapters.notifiers.aws_clients import AwsClients
from booking.adapters.notifiers.log import LogNotifier
from booking.adapters.notifiers.notices import NoticeNotifier
from booking.adapters.notifiers.webhook import WebhookNotifier
from booking.adapters.notifiers.webhook_tests import WebhookTests
from booking.adapters.outgoing.client import Outgoing
from booking.adapters.postgres.applicants import PostgresApplicants
from booking.adapters.postgres.audit import PostgresTrail
from booking.adapters.postgres.availability import PostgresOpenings
from booking.adapters.postgres.bookings import PostgresBookings
from booking.adapters.postgres.colleagues import PostgresColleagues
from booking.adapters.postgres.contacts import PostgresContacts
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.feed import PostgresFeeds, PostgresHeads
from booking.adapters.postgres.history import PostgresHistories
from booking.adapters.postgres.holds import PostgresHolds
from booking.adapters.postgres.idempotency import PostgresAnswers
from booking.adapters.postgres.identity import PostgresLogins
from booking.adapters.postgres.inbound import PostgresInbound
from booking.adapters.postgres.migrations import require_current_schema
from booking.adapters.postgres.names import PostgresDirectory
from booking.adapters.postgres.notice_queue import PostgresNoticeQueue
from booking.adapters.postgres.notices import PostgresNotices
from booking.adapters.postgres.organizations import PostgresOrganizations
from booking.adapters.postgres.outbox import PostgresOutbox
from booking.adapters.postgres.partitions import Foresight
from booking.adapters.postgres.policies import PostgresPolicies
from booking.adapters.postgres.properties import PostgresProperties
from booking.adapters.postgres.queries.audit import AuditQueries
from booking.adapters.postgres.rate_limits import PostgresBudgets
from booking.adapters.postgres.rosters.rosters import PostgresRosters
from booking.adapters.postgres.slot_batches import PostgresSlotBatches
from booking.adapters.postgres.slots import PostgresSlots
from booking.adapters.postgres.snapshots import PostgresSnapshots
from booking.adapters.postgres.stream_tickets import PostgresTickets
from booking.adapters.postgres.visits import PostgresVisits
from booking.adapters.postgres.waitlists import PostgresWaitlists
from booking.adapters.postgres.webhook_deliveries import PostgresWebhookDeliveries
from booking.adapters.postgres.webhook_health import PostgresFailingEndpoints
from booking.adapters.postgres.webhooks import PostgresWebhookEndpoints
from booking.adapters.ticket_names import TicketNames
from booking.config import InboundSettings, Settings
from booking.domain.delivery import Backlog
from booking.domain.events import Recorded
from booking.domain.feed import Told
from booking.domain.notice_attempt import KEPT
from booking.entrypoints.consumer import Consumer
from booking.entrypoints.http.cloud_events import encoded
from booking.entrypoints.http.routes import (
    agents,
    applicants,
    audit,
    availability,
    booking_steps,
    bookings,
    feed,
    history,
    holds,
    inbound,
    me,
    organization,
    policies,
    properties,
    property_slots,
    rules,
    slot_batches,
    slots,
    stream,
    waitlist,
    webhook_deliveries,
    webhooks,
)
from booking.entrypoints.http.signatures import StandardWebhooks
from booking.entrypoints.http.signed_requests import SignedRequests
from booking.entrypoints.jobs import Job, Once
from booking.entrypoints.relay import Relay
from booking.entrypoints.sealer import Sealer
from booking.entrypoints.sqs import LONG_POLL
from booking.proxies import TrustedProxies
from booking.service.agents import AgentService
from booking.service.applicants import ApplicantService
from booking.service.audit import AuditService, SealingService
from booking.service.availability import AvailabilityService
from booking.service.bookings import BookingService
from booking.service.contacts import ContactService
from booking.service.expiry import TidyingService
from booking.service.exports import ExportService
from booking.service.feed import FeedService
from booking.service.history import HistoryService
from booking.service.holds import HoldService
from booking.service.identity import CallerCache, IdentityService
from booking.service.mail import Mailer
from booking.service.notice_sender import NoticeSender
from booking.service.notices import NoticeService
from booking.service.organizations import OrganizationService
from booking.service.place_claims import PlaceClaims
from booking.service.policies import PolicyService
from booking.service.ports import Notifier
from booking.service.properties import PropertyService
from booking.service.rate_limits import Limit
from booking.service.rules import RuleService
from booking.service.slot_batches import SlotBatchService
from booking.service.slots import SlotService
from booking.service.stream_tickets import TicketService
from booking.service.streams import StreamService
from booking.service.visit_details import VisitDetailsService
from booking.service.waitlists import WaitlistService
from booking.service.webhook_deliveries import WebhookDeliveryService
from booking.service.webhook_health import WebhookHealthService
from booking.service.webhooks import SigningSecrets, WebhookService

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

T = TypeVar("T")


@dataclass(kw_only=True)
class Parts:
    """Parts of capabilities: repositories of a database, each made once, and services that several share."""

    database: Database
    settings: Settings
    queue: "SQSClient | None" = None
    long_poll: int = LONG_POLL
    made: dict[Any, Any] = field(default_factory=dict)
    callers: CallerCache = field(default_factory=CallerCache)
    ciphers: Ciphers = field(default_factory=Ciphers)
    inbound: InboundSettings = field(default_factory=InboundSettings)
    loopback: bool = False
    """Whether receivers on this machine may be reached by http."""
    outgoing: Outgoing = field(default_factory=Outgoing)
    mailer: Mailer | None = None
    """Provider of e-mail, None where none is configured: then nothing is planned, and nobody is told of anything."""

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
    def notices(self) -> NoticeService:
        return NoticeService(self(PostgresNotices))

    @cached_property
    def properties(self) -> PropertyService:
        return PropertyService(self(PostgresProperties), self.database.now, self.ciphers.access_note)


@dataclass(frozen=True, slots=True)
class Capability:
    """`name` is how handlers ask for the `service`; `jobs` run in the background while the service lives."""

    name: str
    service: Callable[[Parts], object] | None = None
    routes: Sequence[HTTPRouteHandler] = ()
    jobs: Callable[[Parts], Iterable[Job | Once]] = lambda _: ()


def _consumer(of: Parts) -> Iterable[Job]:
    if of.queue is not None:
        url, ready = of.settings.sqs_queue_url or "", partial(require_current_schema, of.database)
        consumer = Consumer(of.queue, url, of.applicants, of.properties, ready=ready, long_poll=of.long_poll)
        yield Job("consumer", consumer.step, idle=0)


def _signed_requests(of: Parts) -> SignedRequests:
    verifier = StandardWebhooks(of.inbound.senders) if of.inbound.senders else None
    limit = Limit("address", of(PostgresBudgets), of.inbound.address_limit)
    return SignedRequests(verifier, limit, TrustedProxies(of.inbound.trusted_proxies))


def _forgetting_messages(of: Parts) -> Iterable[Once]:
    yield Once("forgetting messages", of(PostgresInbound).forget, idle=60.0)


def _sealer(of: Parts) -> Iterable[Once]:
    """Every 10 s: so long the newest events may be without a seal."""
    secret, *former = [one.encode() for one in (of.settings.audit_secret, *of.settings.audit_secrets_before)]
    sealing = SealingService(of(PostgresTrail), of.database.now, secret, former)
    yield Once("sealer", Sealer(sealing).step, idle=10.0)
    yield Once("looking ahead", of(Foresight).step, idle=86_400.0)


def _notifiers(of: Parts) -> Mapping[str, Notifier]:
    """Make the notifier of each kind of subscription."""
    notifiers: dict[str, Notifier] = {
        "log": LogNotifier(),
        "webhook": _webhook_notifier(of, of.settings.webhooks_in_flight),
    }
    if of.mailer is not None:
        notifiers["notices"] = NoticeNotifier(of.notices)
    if of.settings.events_target is not None:
        # The operator's own, as the log is: told what an admin is.
        notifiers["aws"] = AwsNotifier(of.aws, lambda recorded: encoded(Told(recorded=recorded, for_admin=True)))
    return notifiers


def _webhook_notifier(of: Parts, at_once: int) -> WebhookNotifier:
    secrets = SigningSecrets(of(PostgresWebhookEndpoints), of.ciphers.endpoints)
    return WebhookNotifier(of.outgoing, secrets, _for_admins, at_once=at_once, loopback=of.loopback)


def _for_admins(recorded: Recorded) -> bytes:
    """Encode an event for endpoints, which are the admins'."""
    return encoded(Told(recorded=recorded, for_admin=True))


def _forgetting_attempts(of: Parts) -> Iterable[Once]:
    yield Once("forgetting attempts", of(PostgresWebhookDeliveries).forget, idle=60.0)


def _relay(of: Parts) -> Iterable[Job]:
    """Events that come within 0.05 s are handed on together."""
    outbox = of(PostgresOutbox)
    notifiers = _notifiers(of)
    relay = Relay(outbox, notifiers, timedelta(seconds=of.settings.relay_lease_seconds), pause=0.05)

    async def count() -> int:
        metrics.events_waiting(await outbox.waiting())
        backlogs = await outbox.backlogs()
        for kind in notifiers:
            metrics.backlog(kind, backlogs.get(kind, Backlog()))
        return 0

    async def end() -> None:
        await relay.end()
        await of.aws.close()

    yield Job("relay", relay.step, idle=0.5, end=end)
    yield Job("counting events", count, idle=5.0)


def _notices(of: Parts) -> Iterable[Job | Once]:
    """Half a second: so much later, at the most, a notice is handed over that is due."""
    queue = of(PostgresNoticeQueue)
    yield Once("forgetting notices", partial(queue.forget, KEPT), idle=60.0)
    if of.mailer is None:
        return
    from booking.adapters.words.words import JinjaWords  # its templates and languages take long to read

    sender = NoticeSender(queue, JinjaWords(), of.mailer, metrics.notice)

    async def count() -> int:
        metrics.oldest_notice(await queue.oldest())
        return 0

    yield Job("sending notices", sender.step, idle=0.5, end=sender.end)
    yield Job("planning notices", of.notices.sweep, idle=5.0)
    yield Job("counting notices", count, idle=15.0)


def _tidying(of: Parts) -> Iterable[Job]:
    """Every second: so long a person on a waitlist may wait for an offer."""
    yield Job("tidying", TidyingService(of(PostgresRosters)).step, idle=1.0)


def _tickets(of: Parts) -> TicketService:
    feeds = of(PostgresFeeds)
    return TicketService(of(PostgresTickets), feeds, TicketNames(feeds.secret))


def _streams(of: Parts) -> Iterable[Job | Once]:
    """A tenth of a second: so much later, at the most, who waits hears of an event that has its position.

    Every two seconds: within five, a stream ends whose reader has another role."""
    heads, streams = of(PostgresHeads), of.streams

    async def end() -> None:
        await streams.drain()
        await heads.end()

    yield Job("watching the feed", streams.step, idle=0.1, busy=0.05, end=end)
    yield Job("checking readers", streams.check, idle=2.0, busy=2.0)
    yield Once("forgetting tickets", of(PostgresTickets).forget, idle=60.0)


CAPABILITIES = (
    Capability("slots", lambda of: of.slots, (*slots.routes, *property_slots.routes)),
    Capability(
        "availability",
        lambda of: AvailabilityService(
            of(PostgresOpenings), of(PostgresSlots), of(PostgresRosters), of(PostgresDirectory), of.database.now
        ),
        availability.routes,
    ),
    Capability(
        "slot_batches",
        lambda of: SlotBatchService(
            of(PostgresSlotBatches),
            of(PostgresSlots),
            of(PostgresRosters),
            of(PostgresPolicies),
            of(PostgresDirectory),
            of.database.now,
            new_id,
        ),
        slot_batches.routes,
    ),
    Capability("holds", lambda of: of.holds, holds.routes, _tidying),
    Capability(
        "waitlists",
        lambda of: WaitlistService(of(PostgresWaitlists), of(PostgresRosters), of.place_claims),
        waitlist.routes,
    ),
    Capability("bookings", lambda of: of.bookings, (*bookings.routes, *booking_steps.routes)),
    Capability("history", lambda of: HistoryService(of(PostgresHistories), of(PostgresDirectory)), history.routes),
    Capability("organizations", lambda of: OrganizationService(of(PostgresOrganizations)), organization.routes),
    Capability("properties", lambda of: of.properties, properties.routes),
    Capability("rules", lambda of: RuleService(of(PostgresProperties), of(PostgresPolicies)), rules.routes),
    Capability("policies", lambda of: PolicyService(of(PostgresPolicies)), policies.routes),
    Capability("applicants", lambda of: of.applicants, applicants.routes, _consumer),
    Capability("inbound", _signed_requests, inbound.routes, _forgetting_messages),
    Capability("agents", lambda of: of.agents, agents.routes),
    Capability("exports", lambda of: ExportService(of(PostgresSnapshots))),
    Capability("contacts", lambda of: ContactService(of(PostgresContacts))),
    Capability("identity", lambda of: IdentityService(of(PostgresLogins), of.callers), me.routes),
    Capability("feed", lambda of: of.feed, feed.routes),
    Capability("tickets", _tickets),
    Capability("streams", lambda of: of.streams, stream.routes, _streams),
    Capability(
        "webhooks",
        lambda of: WebhookService(of(PostgresWebhookEndpoints), of.ciphers.endpoints, new_id, of.loopback),
        webhooks.routes,
        lambda of: [Once("webhook health", WebhookHealthService(of(PostgresFailingEndpoints)).step, idle=1.0)],
    ),
    Capability(
        "webhook_deliveries",
        lambda of: WebhookDeliveryService(
            of(PostgresWebhookDeliveries), WebhookTests(_webhook_notifier(of, 1)), _for_admins, of.database.now, new_id
        ),
        webhook_deliveries.routes,
        _forgetting_attempts,
    ),
    Capability("notices", lambda of: of.notices, jobs=_notices),
    Capability("audit", lambda of: AuditService(of(AuditQueries)), audit.routes, _sealer),
    Capability("relay", jobs=_relay),
    Capability("idempotency", jobs=lambda of: [Once("forgetting answers", of(PostgresAnswers).forget, idle=60.0)]),
    Capability("rate limits", jobs=lambda of: [Once("forgetting budgets", of(PostgresBudgets).forget, idle=60.0)]),
)

ROUTES = [route for capability in CAPABILITIES for route in capability.routes]


def services_of(of: Parts) -> Mapping[str, Any]:
    """Make the services, each under the name that handlers ask for."""
    return {capability.name: capability.service(of) for capability in CAPABILITIES if capability.service is not None}


def jobs_of(of: Parts) -> Iterable[Job | Once]:
    return (job for capability in CAPABILITIES for job in capability.jobs(of))
