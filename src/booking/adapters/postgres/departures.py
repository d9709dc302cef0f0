"""Departures of people: the end of all that is kept for a role or a login, in the transaction that locked them."""

from collections.abc import Collection

from booking.adapters.postgres.engine.database import Transaction
from booking.adapters.postgres.notices.calendar_feeds import end_feeds
from booking.adapters.postgres.notices.links import end_links
from booking.adapters.postgres.planning.agent_calendars import end_calendar
from booking.adapters.postgres.planning.horizons import wake_schedules
from booking.adapters.postgres.visits.watches import end_watches
from booking.domain.keys import Key


async def agent_left(transaction: Transaction, agent: Key) -> None:
    """End the feed and the own calendar of an agent, and the schedules as soon as they are looked at."""
    await end_feeds(transaction, agent)
    await end_calendar(transaction, agent)
    await wake_schedules(transaction, agent)


async def applicant_left(transaction: Transaction, person: Key) -> None:
    """End the links, the watches and the feed of an applicant."""
    await applicants_barred(transaction, [person])
    await end_feeds(transaction, person)


async def applicants_barred(transaction: Transaction, people: Collection[Key]) -> None:
    """End the links and the watches of applicants."""
    await end_links(transaction, people)
    await end_watches(transaction, people)
