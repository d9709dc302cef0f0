"""Notice plans in PostgreSQL, as statements find the one of an organization and a property."""

from booking.adapters.postgres.engine.pool import Row
from booking.domain.notices.plan import NoticePlan, QuietHours, Release
from booking.domain.people.contact import Channel


def plan_of(row: Row) -> NoticePlan:
    """Read {plan}."""
    return NoticePlan(
        offsets=tuple(row.offsets),
        channels=tuple(map(Channel, row.channels)),
        quiet_hours=QuietHours(since=row.quiet_since, until=row.quiet_until) if row.quiet_since else None,
        release=Release(before=row.release_before, trust_sent=row.trust_sent) if row.release_before else None,
    )


def agency_channels_of(row: Row) -> tuple[Channel, ...]:
    """Read {plan} of messages that are of no property."""
    return tuple(map(Channel, row.agency_channels))
