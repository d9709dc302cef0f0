"""The store in PostgreSQL: every port over one pool."""

from booking.adapters.postgres.agents import PostgresAgents
from booking.adapters.postgres.applicants import PostgresApplicants
from booking.adapters.postgres.audit import PostgresTrail
from booking.adapters.postgres.bookings import PostgresBookings
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.idempotency import PostgresAnswers
from booking.adapters.postgres.identity import PostgresLogins
from booking.adapters.postgres.invariants import PostgresAuditor
from booking.adapters.postgres.outbox import PostgresOutbox
from booking.adapters.postgres.policies import PostgresPolicies
from booking.adapters.postgres.rate_limits import PostgresBudgets
from booking.adapters.postgres.rosters import PostgresRosters
from booking.adapters.postgres.slots import PostgresSlots
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
