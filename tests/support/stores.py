"""The repositories of one database, by their ports, and the parts that they make for the service's capabilities."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from booking.adapters.ciphers import Ciphers
from booking.adapters.outgoing.client import Outgoing
from booking.adapters.postgres.audit import PostgresTrail
from booking.adapters.postgres.colleagues import PostgresColleagues
from booking.adapters.postgres.delivery.feed import PostgresFeeds, PostgresHeads
from booking.adapters.postgres.delivery.inbound import PostgresInbound
from booking.adapters.postgres.delivery.outbox import PostgresOutbox
from booking.adapters.postgres.delivery.stream_tickets import PostgresTickets
from booking.adapters.postgres.delivery.webhook_deliveries import PostgresWebhookDeliveries
from booking.adapters.postgres.delivery.webhook_health import PostgresFailingEndpoints
from booking.adapters.postgres.delivery.webhooks import PostgresWebhookEndpoints
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.figures.cells import PostgresCells
from booking.adapters.postgres.figures.figures import PostgresFigures
from booking.adapters.postgres.idempotency import PostgresAnswers
from booking.adapters.postgres.invariants import PostgresAuditor
from booking.adapters.postgres.leases import PostgresLeases
from booking.adapters.postgres.notices.answers import PostgresAnswersOfPhones
from booking.adapters.postgres.notices.calendar_feeds import PostgresCalendarFeeds
from booking.adapters.postgres.notices.deadlines import PostgresDeadlines
from booking.adapters.postgres.notices.freed_places import PostgresFreedPlaces
from booking.adapters.postgres.notices.links import PostgresLinks
from booking.adapters.postgres.notices.notices import PostgresNotices
from booking.adapters.postgres.notices.phones import PostgresPhones
from booking.adapters.postgres.notices.plans import PostgresNoticePlans
from booking.adapters.postgres.notices.queue import PostgresNoticeQueue
from booking.adapters.postgres.notices.reports import PostgresReports
from booking.adapters.postgres.notices.templates import PostgresTemplates
from booking.adapters.postgres.notices.unsubscriptions import PostgresUnsubscriptions
from booking.adapters.postgres.people.agents import PostgresAgents
from booking.adapters.postgres.people.applicants import PostgresApplicants
from booking.adapters.postgres.people.contacts import PostgresContacts
from booking.adapters.postgres.people.identity import PostgresLogins
from booking.adapters.postgres.people.names import PostgresDirectory
from booking.adapters.postgres.people.organizations import PostgresOrganizations
from booking.adapters.postgres.planning.absences import PostgresAbsences
from booking.adapters.postgres.planning.agent_calendars import PostgresAgentCalendars
from booking.adapters.postgres.planning.blocks import PostgresBlocks
from booking.adapters.postgres.planning.horizons import PostgresHorizons
from booking.adapters.postgres.planning.jobs import PostgresJobs
from booking.adapters.postgres.planning.schedule_changes import PostgresScheduleChanges
from booking.adapters.postgres.planning.schedules import PostgresSchedules
from booking.adapters.postgres.planning.slot_changes import PostgresSlotChanges
from booking.adapters.postgres.planning.withdrawals import PostgresWithdrawals
from booking.adapters.postgres.properties.policies import PostgresPolicies
from booking.adapters.postgres.properties.properties import PostgresProperties
from booking.adapters.postgres.queries.audit import AuditQueries
from booking.adapters.postgres.rate_limits import PostgresBudgets
from booking.adapters.postgres.snapshots import PostgresSnapshots
from booking.adapters.postgres.visits.availability import PostgresOpenings
from booking.adapters.postgres.visits.bookings import PostgresBookings
from booking.adapters.postgres.visits.history import PostgresHistories
from booking.adapters.postgres.visits.holds import PostgresHolds
from booking.adapters.postgres.visits.rosters.rosters import PostgresRosters
from booking.adapters.postgres.visits.slot_batches import PostgresSlotBatches
from booking.adapters.postgres.visits.slots import PostgresSlots
from booking.adapters.postgres.visits.visits import PostgresVisits
from booking.adapters.postgres.visits.waitlists import PostgresWaitlists
from booking.adapters.postgres.visits.watches import PostgresWatches
from booking.config import InboundSettings, LinkSettings
from booking.parts import Parts
from booking.service.audit import AuditQueries as AuditQueriesPort
from booking.service.audit import AuditTrail
from booking.service.delivery.exports import Snapshots
from booking.service.delivery.feed import Feeds, Heads
from booking.service.delivery.stream_tickets import Tickets
from booking.service.delivery.webhook_deliveries import WebhookDeliveries
from booking.service.delivery.webhook_health import FailingEndpoints
from booking.service.delivery.webhooks import WebhookEndpoints
from booking.service.figures.cells import Cells
from booking.service.figures.figures import VisitFigures
from booking.service.notices.answers import Answers as AnswersOfPhones
from booking.service.notices.calendar_feeds import CalendarFeeds
from booking.service.notices.freed_places import FreedPlaces
from booking.service.notices.link_maker import Links
from booking.service.notices.notices import Notices
from booking.service.notices.phones import Phones
from booking.service.notices.plans import NoticePlans
from booking.service.notices.releases import Deadlines
from booking.service.notices.reports import Reports
from booking.service.notices.sender import NoticeQueue
from booking.service.notices.templates import Templates
from booking.service.notices.unsubscriptions import Unsubscriptions
from booking.service.people.agents import Colleagues
from booking.service.people.applicants import Applicants, InboundMessages
from booking.service.people.contacts import Contacts
from booking.service.people.identity import Logins
from booking.service.people.organizations import Organizations
from booking.service.planning.absences import Absences
from booking.service.planning.agent_calendars import AgentCalendars
from booking.service.planning.blocks import Blocks
from booking.service.planning.horizons import Horizons
from booking.service.planning.jobs import Jobs
from booking.service.planning.schedule_changes import ScheduleChanges
from booking.service.planning.schedules import Schedules
from booking.service.planning.slot_changes import SlotChanges
from booking.service.planning.withdrawals import Withdrawals
from booking.service.ports import (
    Agents,
    Answers,
    Auditor,
    Bookings,
    Clock,
    Directory,
    Leases,
    Outbox,
    Policies,
    Rosters,
    Slots,
)
from booking.service.properties.properties import Properties
from booking.service.properties.visit_details import Visits
from booking.service.rate_limits import Budgets
from booking.service.visits.availability import Openings
from booking.service.visits.history import Histories
from booking.service.visits.holds import Holds
from booking.service.visits.slot_batches import SlotBatches
from booking.service.visits.waitlists import Waitlists
from booking.service.visits.watches import Watches

REPOSITORIES: dict[str, Any] = {
    "slots": PostgresSlots,
    "openings": PostgresOpenings,
    "slot_batches": PostgresSlotBatches,
    "jobs": PostgresJobs,
    "absences": PostgresAbsences,
    "withdrawals": PostgresWithdrawals,
    "slot_changes": PostgresSlotChanges,
    "schedules": PostgresSchedules,
    "schedule_changes": PostgresScheduleChanges,
    "horizons": PostgresHorizons,
    "rosters": PostgresRosters,
    "holds": PostgresHolds,
    "agent_calendars": PostgresAgentCalendars,
    "blocks": PostgresBlocks,
    "bookings": PostgresBookings,
    "histories": PostgresHistories,
    "feeds": PostgresFeeds,
    "heads": PostgresHeads,
    "figures": PostgresFigures,
    "cells": PostgresCells,
    "tickets": PostgresTickets,
    "waitlists": PostgresWaitlists,
    "freed_places": PostgresFreedPlaces,
    "watches": PostgresWatches,
    "policies": PostgresPolicies,
    "visits": PostgresVisits,
    "properties": PostgresProperties,
    "notices": PostgresNotices,
    "notice_plans": PostgresNoticePlans,
    "notice_queue": PostgresNoticeQueue,
    "links": PostgresLinks,
    "calendar_feeds": PostgresCalendarFeeds,
    "reports": PostgresReports,
    "deadlines": PostgresDeadlines,
    "templates": PostgresTemplates,
    "unsubscriptions": PostgresUnsubscriptions,
    "organizations": PostgresOrganizations,
    "directory": PostgresDirectory,
    "snapshots": PostgresSnapshots,
    "logins": PostgresLogins,
    "agents": PostgresAgents,
    "contacts": PostgresContacts,
    "phones": PostgresPhones,
    "phone_answers": PostgresAnswersOfPhones,
    "colleagues": PostgresColleagues,
    "applicants": PostgresApplicants,
    "inbound": PostgresInbound,
    "endpoints": PostgresWebhookEndpoints,
    "failing_endpoints": PostgresFailingEndpoints,
    "deliveries": PostgresWebhookDeliveries,
    "answers": PostgresAnswers,
    "budgets": PostgresBudgets,
    "leases": PostgresLeases,
    "outbox": PostgresOutbox,
    "trail": PostgresTrail,
    "audit_queries": AuditQueries,
    "auditor": PostgresAuditor,
}


async def no_address(_: str) -> Sequence[str]:
    """Look up a name where nothing has an address."""
    return ()


NOTHING_INBOUND = InboundSettings()
LINKS = LinkSettings(public_url="https://visits.example.com")
OUTGOING = Outgoing(resolve=no_address)
CIPHERS = Ciphers("a key for tests alone, of 32 bytes and more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One database, as the use cases see it."""

    slots: Slots
    openings: Openings
    slot_batches: SlotBatches
    jobs: Jobs
    absences: Absences
    withdrawals: Withdrawals
    slot_changes: SlotChanges
    schedules: Schedules
    schedule_changes: ScheduleChanges
    horizons: Horizons
    rosters: Rosters
    holds: Holds
    agent_calendars: AgentCalendars
    blocks: Blocks
    bookings: Bookings
    histories: Histories
    feeds: Feeds
    heads: Heads
    figures: VisitFigures
    cells: Cells
    tickets: Tickets
    waitlists: Waitlists
    freed_places: FreedPlaces
    watches: Watches
    policies: Policies
    visits: Visits
    properties: Properties
    notices: Notices
    notice_plans: NoticePlans
    notice_queue: NoticeQueue
    links: Links
    calendar_feeds: CalendarFeeds
    reports: Reports
    deadlines: Deadlines
    templates: Templates
    unsubscriptions: Unsubscriptions
    organizations: Organizations
    directory: Directory
    snapshots: Snapshots
    logins: Logins
    agents: Agents
    contacts: Contacts
    phones: Phones
    phone_answers: AnswersOfPhones
    colleagues: Colleagues
    applicants: Applicants
    inbound: InboundMessages
    endpoints: WebhookEndpoints
    failing_endpoints: FailingEndpoints
    deliveries: WebhookDeliveries
    answers: Answers
    budgets: Budgets
    leases: Leases
    outbox: Outbox
    trail: AuditTrail
    audit_queries: AuditQueriesPort
    auditor: Auditor
    now: Clock


def postgres_store(database: Database) -> Store:
    return Store(**{name: repository(database) for name, repository in REPOSITORIES.items()}, now=database.now)


def parts_of(store: Store, inbound: InboundSettings = NOTHING_INBOUND, links: LinkSettings = LINKS) -> Parts:
    """The parts with this store's repositories in place of those of a database."""
    made = {repository: getattr(store, name) for name, repository in REPOSITORIES.items()}
    return Parts(
        database=cast("Any", store),
        settings=cast("Any", None),
        made=made,
        ciphers=CIPHERS,
        inbound=inbound,
        links=links,
        outgoing=OUTGOING,
    )
