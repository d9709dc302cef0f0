"""Capabilities of the service: start here to find, or to add, anything that it does.

A new one is a line in `CAPABILITIES`, and the files that it names (ADR 50). Only `bootstrap` and `cli` import this.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar.handlers import HTTPRouteHandler

from booking import background
from booking.adapters.ids import new_id
from booking.adapters.late_pages import LatePages, LatePropertyPages
from booking.adapters.notifiers.webhook_tests import WebhookTests
from booking.adapters.postgres.colleagues import PostgresColleagues
from booking.adapters.postgres.delivery.webhook_deliveries import PostgresWebhookDeliveries
from booking.adapters.postgres.delivery.webhook_health import PostgresFailingEndpoints
from booking.adapters.postgres.delivery.webhooks import PostgresWebhookEndpoints
from booking.adapters.postgres.idempotency import PostgresAnswers
from booking.adapters.postgres.notices.answers import PostgresAnswersOfPhones
from booking.adapters.postgres.notices.links import PostgresLinks
from booking.adapters.postgres.notices.notices import PostgresNotices
from booking.adapters.postgres.notices.plans import PostgresNoticePlans
from booking.adapters.postgres.notices.reports import PostgresReports
from booking.adapters.postgres.notices.templates import PostgresTemplates
from booking.adapters.postgres.people.contacts import PostgresContacts
from booking.adapters.postgres.people.identity import PostgresLogins
from booking.adapters.postgres.people.names import PostgresDirectory
from booking.adapters.postgres.people.organizations import PostgresOrganizations
from booking.adapters.postgres.planning.blocks import PostgresBlocks
from booking.adapters.postgres.planning.horizons import PostgresHorizons
from booking.adapters.postgres.planning.jobs import PostgresJobs
from booking.adapters.postgres.planning.schedules import PostgresSchedules
from booking.adapters.postgres.planning.slot_changes import PostgresSlotChanges
from booking.adapters.postgres.properties.policies import PostgresPolicies
from booking.adapters.postgres.properties.properties import PostgresProperties
from booking.adapters.postgres.queries.audit import AuditQueries
from booking.adapters.postgres.rate_limits import PostgresBudgets
from booking.adapters.postgres.snapshots import PostgresSnapshots
from booking.adapters.postgres.visits.availability import PostgresOpenings
from booking.adapters.postgres.visits.bookings import PostgresBookings
from booking.adapters.postgres.visits.history import PostgresHistories
from booking.adapters.postgres.visits.rosters.rosters import PostgresRosters
from booking.adapters.postgres.visits.slot_batches import PostgresSlotBatches
from booking.adapters.postgres.visits.slots import PostgresSlots
from booking.adapters.postgres.visits.waitlists import PostgresWaitlists
from booking.adapters.postgres.visits.watches import PostgresWatches
from booking.adapters.slot_calendar_files import SlotCalendarFiles
from booking.domain.people.contact import Channel
from booking.entrypoints.http.pages.html import Pages
from booking.entrypoints.http.routes import audit
from booking.entrypoints.http.routes.delivery import feed, inbound, stream, webhook_deliveries, webhooks
from booking.entrypoints.http.routes.figures import property_pages, visit_figures
from booking.entrypoints.http.routes.notices import (
    calendar_feeds,
    links,
    notices,
    phones,
    plans,
    reports,
    templates,
    unsubscriptions,
)
from booking.entrypoints.http.routes.people import agents, applicants, me, organization
from booking.entrypoints.http.routes.planning import (
    absences,
    agent_calendars,
    blocks,
    jobs,
    schedule_changes,
    schedules,
    slot_moves,
    withdrawals,
)
from booking.entrypoints.http.routes.properties import policies, properties, rules
from booking.entrypoints.http.routes.visits import (
    availability,
    booking_steps,
    bookings,
    eligibility,
    history,
    holds,
    property_slots,
    slot_batches,
    slot_imports,
    slots,
    waitlists,
    watches,
)
from booking.entrypoints.jobs import Job, Once, Part
from booking.parts import Parts, for_admins
from booking.service.audit import AuditService
from booking.service.delivery.exports import ExportService
from booking.service.delivery.webhook_deliveries import WebhookDeliveryService
from booking.service.delivery.webhook_health import WebhookHealthService
from booking.service.delivery.webhooks import WebhookService
from booking.service.figures.property_pages import PropertyPageService
from booking.service.notices.answers import AnswerService
from booking.service.notices.links import LinkService
from booking.service.notices.plans import NoticePlanService
from booking.service.notices.reports import ReportService
from booking.service.notices.templates import TemplateService
from booking.service.people.contacts import ContactService
from booking.service.people.identity import IdentityService
from booking.service.people.organizations import OrganizationService
from booking.service.planning.blocks import BlockService
from booking.service.planning.horizons import HorizonService
from booking.service.planning.jobs import JobService
from booking.service.planning.schedules import Drafting, ScheduleService
from booking.service.planning.slot_moves import SlotMoveService
from booking.service.properties.policies import PolicyService
from booking.service.properties.rules import RuleService
from booking.service.visits.availability import AvailabilityService
from booking.service.visits.history import HistoryService
from booking.service.visits.slot_batches import SlotBatchService
from booking.service.visits.waitlists import WaitlistService
from booking.service.visits.watches import WatchService


@dataclass(frozen=True, slots=True)
class Capability:
    """`name` is how handlers ask for the `service`; `jobs` run in the background while the service lives."""

    name: str
    service: Callable[[Parts], object] | None = None
    routes: Sequence[HTTPRouteHandler] = ()
    jobs: Callable[[Parts], Iterable[Job | Once]] = lambda _: ()


CAPABILITIES = (
    Capability("slots", lambda of: of.slots, (*slots.routes, *eligibility.routes, *property_slots.routes)),
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
        (*slot_batches.routes, *slot_imports.routes),
    ),
    Capability("slot_calendars", lambda _: SlotCalendarFiles()),
    Capability(
        "slot_moves",
        lambda of: SlotMoveService(of(PostgresSlotChanges), of(PostgresSlots), of(PostgresDirectory)),
        slot_moves.routes,
    ),
    Capability(
        "schedules",
        lambda of: ScheduleService(
            of(PostgresSchedules), of(PostgresSlots), Drafting(of(PostgresPolicies), new_id), of.database.now, new_id
        ),
        schedules.routes,
        lambda of: [
            Once(
                "filling horizons",
                HorizonService(of(PostgresHorizons), Drafting(of(PostgresPolicies), new_id), of.database.now).step,
                idle=1.0,
            )
        ],
    ),
    Capability("schedule_changes", lambda of: of.schedule_changes, schedule_changes.routes),
    Capability("absences", lambda of: of.absences, absences.routes),
    Capability("withdrawals", lambda of: of.withdrawals, withdrawals.routes),
    Capability("jobs", lambda of: JobService(of(PostgresJobs)), jobs.routes, background.jobs),
    Capability("holds", lambda of: of.holds, holds.routes, background.tidying),
    Capability(
        "waitlists",
        lambda of: WaitlistService(of(PostgresWaitlists), of(PostgresRosters), of.place_claims),
        waitlists.routes,
    ),
    Capability(
        "watches",
        lambda of: WatchService(of(PostgresWatches), of(PostgresProperties), of.database.now),
        watches.routes,
        lambda of: [Once("forgetting watches", of(PostgresWatches).forget, idle=60.0)],
    ),
    Capability("bookings", lambda of: of.bookings, (*bookings.routes, *booking_steps.routes)),
    Capability(
        "figures",
        lambda of: of.figures,
        visit_figures.routes,
        background.figures,
    ),
    Capability(
        "property_pages",
        lambda of: PropertyPageService(
            of.figures, of(PostgresProperties), of(PostgresDirectory), LatePropertyPages(), of.database.now
        ),
        property_pages.routes,
    ),
    Capability("history", lambda of: HistoryService(of(PostgresHistories), of(PostgresDirectory)), history.routes),
    Capability("organizations", lambda of: OrganizationService(of(PostgresOrganizations)), organization.routes),
    Capability("properties", lambda of: of.properties, properties.routes),
    Capability("rules", lambda of: RuleService(of(PostgresProperties), of(PostgresPolicies)), rules.routes),
    Capability("policies", lambda of: PolicyService(of(PostgresPolicies)), policies.routes),
    Capability("applicants", lambda of: of.applicants, applicants.routes, background.consumer),
    Capability("inbound", lambda of: of.screenings, inbound.routes, background.forgetting_messages),
    Capability("agents", lambda of: of.agents, agents.routes),
    Capability(
        "blocks",
        lambda of: BlockService(of(PostgresBlocks), of(PostgresColleagues), of.database.now, new_id),
        blocks.routes,
    ),
    Capability(
        "agent_calendars",
        lambda of: of.agent_calendars,
        agent_calendars.routes,
        lambda of: [Once("reading calendars", of.agent_calendars.step, idle=1.0)],
    ),
    Capability("exports", lambda of: ExportService(of(PostgresSnapshots))),
    Capability("contacts", lambda of: ContactService(of(PostgresContacts))),
    Capability("phones", lambda of: of.phones, phones.routes, background.forgetting_codes),
    Capability("identity", lambda of: IdentityService(of(PostgresLogins), of.callers), me.routes),
    Capability("feed", lambda of: of.feed, feed.routes),
    Capability("tickets", lambda of: of.tickets),
    Capability("streams", lambda of: of.streams, stream.routes, background.streams),
    Capability(
        "webhooks",
        lambda of: WebhookService(of(PostgresWebhookEndpoints), of.ciphers.endpoints, new_id, of.loopback),
        webhooks.routes,
        lambda of: [
            Once("webhook health", WebhookHealthService(of(PostgresFailingEndpoints)).step, idle=1.0, part=Part.RELAY)
        ],
    ),
    Capability(
        "webhook_deliveries",
        lambda of: WebhookDeliveryService(
            of(PostgresWebhookDeliveries),
            WebhookTests(of.webhook_notifier(1)),
            for_admins,
            of.database.now,
            new_id,
        ),
        webhook_deliveries.routes,
        background.forgetting_attempts,
    ),
    Capability(
        "notice_plans",
        lambda of: NoticePlanService(of(PostgresNoticePlans), tuple(of.providers)),
        plans.routes,
    ),
    Capability("calendar_feeds", lambda of: of.calendar_feeds, calendar_feeds.routes),
    Capability("feed_limit", lambda of: of.feed_limit),
    Capability("notices", lambda of: of.notices, notices.routes, background.notices),
    Capability(
        "notice_templates",
        lambda of: TemplateService(of(PostgresTemplates), of(PostgresOrganizations), lambda: of.words),
        templates.routes,
    ),
    Capability("reports", lambda of: ReportService(of(PostgresReports), background.count_notice), reports.routes),
    Capability("ses", lambda of: of.ses),
    Capability("whatsapp", lambda of: of.whatsapp),
    Capability("phone_answers", lambda of: AnswerService(of(PostgresAnswersOfPhones), of.bookings)),
    Capability(
        "links",
        lambda of: LinkService(
            of.link_maker,
            of(PostgresBookings),
            of(PostgresSlots),
            of.bookings,
            of.holds,
            of(PostgresNotices),
            lambda: of.calendars,
            Channel.EMAIL in of.providers,
        ),
        links.routes,
        lambda of: [Once("forgetting links", of(PostgresLinks).forget, idle=60.0)],
    ),
    Capability("unsubscriptions", lambda of: of.unsubscriptions, unsubscriptions.routes),
    Capability("link_limit", lambda of: of.link_limit),
    Capability("pages", lambda _: Pages(LatePages())),
    Capability("audit", lambda of: AuditService(of(AuditQueries)), audit.routes, background.sealer),
    Capability("relay", jobs=background.relay),
    Capability("vitals", jobs=background.vitals),
    Capability("tracing", jobs=background.forgetting_traces),
    Capability("idempotency", jobs=lambda of: [Once("forgetting answers", of(PostgresAnswers).forget, idle=60.0)]),
    Capability("rate limits", jobs=lambda of: [Once("forgetting budgets", of(PostgresBudgets).forget, idle=60.0)]),
)

ROUTES = [route for capability in CAPABILITIES for route in capability.routes]


def services_of(of: Parts) -> Mapping[str, Any]:
    """Make the services, each under the name that handlers ask for."""
    return {capability.name: capability.service(of) for capability in CAPABILITIES if capability.service is not None}


def jobs_of(of: Parts) -> Iterable[Job | Once]:
    return (job for capability in CAPABILITIES for job in capability.jobs(of))
