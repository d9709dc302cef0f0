"""Notice by which an agent has links sent to an applicant."""

from booking.domain.notices.link import LinkTarget
from booking.domain.notices.notice import Notice, NoticeKind, Recipient
from booking.domain.notices.times import due
from booking.domain.people.agent import AgentRole
from booking.domain.people.refusals import ApplicantIneligible
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.refusals import BookingNotConfirmed


def links_notice(context: BookingContext, by: AgentRole) -> Notice:
    """Return the notice, the same within a minute; ApplicantIneligible, or BookingNotConfirmed after the last act.

    None of a released visit: the message of its release has the link.
    By e-mail alone. Why: a short message is read on a locked phone by others than the person.
    """
    if not context.applicant.eligible:
        raise ApplicantIneligible
    booking, at = context.booking, context.at
    target = LinkTarget.of(booking.as_of(at))
    when = due(at, booking.start_time, booking.deadline)
    if when is None or booking.returnable_until or not target.purposes(at):
        raise BookingNotConfirmed
    return Notice(
        organization_id=booking.organization_id,
        cause=f"{booking.id}:{booking.sequence}:links:{at:%Y-%m-%dT%H:%M}",
        kind=NoticeKind.LINKS,
        recipient=Recipient.APPLICANT,
        recipient_id=booking.applicant_id,
        booking_id=booking.id,
        sequence=booking.sequence,
        slot_id=booking.slot_id,
        property_id=booking.property_id,
        agent_id=context.agent_id,
        actor_role=by,
        start_time=booking.start_time,
        end_time=booking.end_time,
        happened_at=at,
        due_at=when.at,
        not_after=when.not_after,
    )
