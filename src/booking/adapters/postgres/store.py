"""The store in PostgreSQL: every port over one pool."""

from booking.adapters.postgres.agents import PostgresAgents
from booking.adapters.postgres.answers import PostgresAnswers
from booking.adapters.postgres.applicants import PostgresApplicants
from booking.adapters.postgres.auditor import PostgresAuditor
from booking.adapters.postgres.bookings import PostgresBookings
from booking.adapters.postgres.budgets import PostgresBudgets
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.logins import PostgresLogins
from booking.adapters.postgres.outbox import PostgresOutbox
from booking.adapters.postgres.policies import PostgresPolicies
from booking.adapters.postgres.rosters import PostgresRosters
from booking.adapters.postgres.slots import PostgresSlots
from booking.adapters.postgres.trail import PostgresTrail
from booking.adapters.postgres.waitlists import PostgresWaitlists
from booking.service.ports import Store


def postgres_store(database: Database) -> Store:
    return Store(
        slots=PostgresSlots(database),
        rosters=PostgresRosters(database),
        bookings=PostgresBookings(database),
        waitlists=PostgresWaitlists(database),
        policies=PostgresPolicies(database),
        logins=PostgresLogins(database),
        agents=PostgresAgents(database),
        applicants=PostgresApplicants(database),
        answers=PostgresAnswers(database),
        budgets=PostgresBudgets(database),
        outbox=PostgresOutbox(database),
        trail=PostgresTrail(database),
        auditor=PostgresAuditor(database),
        now=database.now,
    )
