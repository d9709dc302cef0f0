"""The store in memory: the fake that tests use.

It obeys the domain where PostgreSQL obeys its constraints, and one contract suite holds both to the same behaviour.
Nothing here awaits between a guard and its write: that is its atomicity.
"""

from tests.fakes.absences import MemoryAbsences
from tests.fakes.agent_calendars import MemoryAgentCalendars
from tests.fakes.answers import MemoryAnswers
from tests.fakes.availability import MemoryOpenings
from tests.fakes.blocks import MemoryBlocks
from tests.fakes.bookings import MemoryBookings
from tests.fakes.budgets import MemoryBudgets
from tests.fakes.calendar_feeds import MemoryCalendarFeeds
from tests.fakes.colleagues import MemoryColleagues
from tests.fakes.contacts import MemoryContacts
from tests.fakes.deadlines import MemoryDeadlines
from tests.fakes.feed import MemoryFeeds, MemoryHeads
from tests.fakes.figures import MemoryCells, MemoryFigures
from tests.fakes.freed_places import MemoryFreedPlaces
from tests.fakes.history import MemoryHistories
from tests.fakes.holds import MemoryHolds
from tests.fakes.horizons import MemoryHorizons
from tests.fakes.inbound import MemoryInbound
from tests.fakes.jobs import MemoryJobs, MemoryWithdrawals
from tests.fakes.leases import MemoryLeases
from tests.fakes.links import MemoryLinks
from tests.fakes.names import MemoryDirectory
from tests.fakes.notice_plans import MemoryNoticePlans
from tests.fakes.notices import MemoryNoticeQueue, MemoryNotices
from tests.fakes.organizations import MemoryOrganizations
from tests.fakes.outbox import MemoryOutbox
from tests.fakes.people import MemoryAgents, MemoryApplicants, MemoryLogins
from tests.fakes.phones import MemoryAnswersOfPhones, MemoryPhones
from tests.fakes.policies import MemoryPolicies
from tests.fakes.properties import MemoryProperties
from tests.fakes.reports import MemoryReports
from tests.fakes.rosters import MemoryRosters
from tests.fakes.schedule_changes import MemoryScheduleChanges
from tests.fakes.schedules import MemorySchedules
from tests.fakes.slot_batches import MemorySlotBatches
from tests.fakes.slot_changes import MemorySlotChanges
from tests.fakes.slots import MemorySlots
from tests.fakes.snapshots import MemorySnapshots
from tests.fakes.state import State
from tests.fakes.stream_tickets import MemoryTickets
from tests.fakes.templates import MemoryTemplates
from tests.fakes.trail import MemoryAuditQueries, MemoryTrail
from tests.fakes.unsubscriptions import MemoryUnsubscriptions
from tests.fakes.visits import MemoryVisits
from tests.fakes.waitlists import MemoryWaitlists
from tests.fakes.watches import MemoryWatches
from tests.fakes.webhook_deliveries import MemoryWebhookDeliveries
from tests.fakes.webhook_health import MemoryFailingEndpoints
from tests.fakes.webhooks import MemoryWebhookEndpoints
from tests.support.stores import Store

__all__ = ["State", "memory_store"]


def memory_store(state: State) -> Store:
    return Store(
        slots=MemorySlots(state),
        openings=MemoryOpenings(state),
        slot_batches=MemorySlotBatches(state),
        jobs=MemoryJobs(state),
        absences=MemoryAbsences(state),
        withdrawals=MemoryWithdrawals(state),
        slot_changes=MemorySlotChanges(state),
        schedules=MemorySchedules(state),
        schedule_changes=MemoryScheduleChanges(state),
        horizons=MemoryHorizons(state),
        rosters=MemoryRosters(state),
        holds=MemoryHolds(state),
        agent_calendars=MemoryAgentCalendars(state),
        blocks=MemoryBlocks(state),
        bookings=MemoryBookings(state),
        histories=MemoryHistories(state),
        feeds=MemoryFeeds(state),
        heads=MemoryHeads(state),
        figures=MemoryFigures(state),
        cells=MemoryCells(state),
        tickets=MemoryTickets(state),
        waitlists=MemoryWaitlists(state),
        freed_places=MemoryFreedPlaces(state),
        watches=MemoryWatches(state),
        policies=MemoryPolicies(state),
        visits=MemoryVisits(state),
        properties=MemoryProperties(state),
        notices=MemoryNotices(state),
        notice_plans=MemoryNoticePlans(state),
        notice_queue=MemoryNoticeQueue(state),
        links=MemoryLinks(state),
        reports=MemoryReports(state),
        deadlines=MemoryDeadlines(state),
        templates=MemoryTemplates(state),
        unsubscriptions=MemoryUnsubscriptions(state),
        organizations=MemoryOrganizations(state),
        directory=MemoryDirectory(state),
        snapshots=MemorySnapshots(state),
        logins=MemoryLogins(state),
        agents=MemoryAgents(state),
        contacts=MemoryContacts(state),
        phones=MemoryPhones(state),
        phone_answers=MemoryAnswersOfPhones(state),
        calendar_feeds=MemoryCalendarFeeds(state),
        colleagues=MemoryColleagues(state),
        applicants=MemoryApplicants(state),
        inbound=MemoryInbound(state),
        endpoints=MemoryWebhookEndpoints(state),
        failing_endpoints=MemoryFailingEndpoints(state),
        deliveries=MemoryWebhookDeliveries(state),
        answers=MemoryAnswers(state),
        budgets=MemoryBudgets(state),
        leases=MemoryLeases(state),
        outbox=MemoryOutbox(state),
        trail=MemoryTrail(state),
        audit_queries=MemoryAuditQueries(MemoryTrail(state)),
        auditor=state,
        now=state.now,
    )
