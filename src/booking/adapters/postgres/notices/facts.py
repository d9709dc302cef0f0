"""Rows with the facts of visits and agencies that notices and calendars tell."""

from booking.adapters.postgres.engine.pool import Row
from booking.domain.notices.facts import AgencyFacts, VisitFacts
from booking.domain.notices.notice import Recipient
from booking.domain.visits.booking import BookingStatus


def agency_from(row: Row) -> AgencyFacts:
    return AgencyFacts(
        name=row.agency_name,
        locale=row.agency_locale,
        time_zone=row.agency_zone,
        colour=row.agency_colour,
        logo_url=row.agency_logo_url,
        reply_to=row.agency_reply_to,
        phone=row.agency_phone,
        website=row.agency_website,
    )


def visit_from(row: Row, recipient: Recipient) -> VisitFacts:
    """Return a visit as its recipient may see it: an applicant has the address once it is confirmed."""
    for_agent = recipient is Recipient.AGENT
    seen = for_agent or row.status == BookingStatus.CONFIRMED
    return VisitFacts(
        label=row.label,
        area=row.area,
        address=row.place_address if seen else None,
        directions=row.directions if seen else None,
        meeting_point=row.meeting_point if seen else None,
        agent_name=row.agent_name,
        agent_phone=row.agent_phone if seen else None,
        party_size=row.party_size if for_agent else None,
        applicant_name=row.applicant_name if for_agent and row.visitor_erased_at is None else None,
        start_time=row.start_time,
        end_time=row.end_time,
        time_zone=row.zone,
        moved_from=row.moved_from,
    )
