"""The store in memory: the fake that tests use.

It obeys the domain where PostgreSQL obeys its constraints, and one contract suite holds both to the same behaviour.
Nothing here awaits between a guard and its write: that is its atomicity.
"""

from booking.adapters.memory.answers import MemoryAnswers
from booking.adapters.memory.bookings import MemoryBookings
from booking.adapters.memory.budgets import MemoryBudgets
from booking.adapters.memory.outbox import MemoryOutbox
from booking.adapters.memory.people import MemoryAgents, MemoryApplicants, MemoryLogins
from booking.adapters.memory.policies import MemoryPolicies
from booking.adapters.memory.rosters import MemoryRosters
from booking.adapters.memory.slots import MemorySlots
from booking.adapters.memory.state import State
from booking.adapters.memory.trail import MemoryTrail
from booking.adapters.memory.waitlists import MemoryWaitlists
from booking.service.ports import Store

__all__ = ["State", "memory_store"]


def memory_store(state: State) -> Store:
    return Store(
        slots=MemorySlots(state),
        rosters=MemoryRosters(state),
        bookings=MemoryBookings(state),
        waitlists=MemoryWaitlists(state),
        policies=MemoryPolicies(state),
        logins=MemoryLogins(state),
        agents=MemoryAgents(state),
        applicants=MemoryApplicants(state),
        answers=MemoryAnswers(state),
        budgets=MemoryBudgets(state),
        outbox=MemoryOutbox(state),
        trail=MemoryTrail(state),
        auditor=state,
        now=state.now,
    )
