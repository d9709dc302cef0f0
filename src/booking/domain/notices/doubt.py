"""Doubt: a message to a phone may have been accepted or not. It is not sent again, and the agent is told."""

from datetime import datetime

from booking.domain.events import CLOCK
from booking.domain.notices.notice import Notice, NoticeKind, Recipient
from booking.domain.notices.times import due


def notice_of_doubt(of: Notice, at: datetime) -> Notice | None:
    """Return the notice to the agent of a booking; None where it is too late, or there is none."""
    when = due(at, of.start_time)
    if when is None or of.agent_id is None:
        return None
    return Notice(
        organization_id=of.organization_id,
        cause=f"unknown:{of.id}",
        kind=NoticeKind.OUTCOME_UNKNOWN,
        recipient=Recipient.AGENT,
        recipient_id=of.agent_id,
        booking_id=of.booking_id,
        sequence=of.sequence,
        slot_id=of.slot_id,
        property_id=of.property_id,
        agent_id=of.agent_id,
        actor_role=CLOCK.role,
        start_time=of.start_time,
        end_time=of.end_time,
        happened_at=at,
        due_at=when.at,
        not_after=when.not_after,
    )
