"""Rows of notices that are being sent, with all that may be said in them."""

from collections.abc import Sequence
from datetime import datetime

from booking import time_zones
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.notices.facts import agency_from, visit_from
from booking.domain.delivery.webhook_endpoint import DISABLED_AFTER
from booking.domain.notices.attempt import Attempt
from booking.domain.notices.calendar import CalendarEntry
from booking.domain.notices.facts import Facts, VisitFacts
from booking.domain.notices.link import LinkTarget
from booking.domain.notices.notice import OF_SLOTS, ORIGINATORS, NoticeKind, Originator, Recipient
from booking.domain.notices.template import Language, OwnText
from booking.domain.people.contact import Channel
from booking.domain.visits.booking import TAKE_BACK, BookingStatus

OWN_WORDS = (BookingStatus.DECLINED, BookingStatus.CANCELLED_BY_AGENT, BookingStatus.CANCELLED_BY_APPLICANT)
"""States whose reason is a person's own words."""


def attempt_from(row: Row, listed: Sequence[VisitFacts]) -> Attempt:
    kind, recipient = NoticeKind(row.kind), Recipient(row.recipient)
    return Attempt(
        organization_id=row.organization_id,
        id=row.id,
        number=row.attempts,
        kind=kind,
        channel=Channel(row.channel),
        address=row.address,
        recipient_id=row.recipient_id,
        facts=Facts(
            kind=kind,
            recipient=recipient,
            at=row.at,
            locale=row.locale,
            to_name=row.to_name,
            agency=agency_from(row),
            visit=visit_from(row, recipient) if row.booking_id or kind in OF_SLOTS else None,
            visits=listed,
            by=ORIGINATORS.get(row.actor_role, Originator.SYSTEM),
            reason=row.booking_reason if row.status in OWN_WORDS else None,
            deadline=_deadline(row, kind),
            asks=row.answer_by is not None,
            day=row.start_time.astimezone(time_zones.zone(row.agency_zone)).date()
            if kind is NoticeKind.AGENT_DAY
            else None,
            endpoint_url=row.endpoint_url,
            failing_since=row.failing_since,
            entry=_entry(row, recipient) if row.booking_id else None,
            texts=[_own_text(*one) for one in row.texts or ()],
        ),
        free=bool(row.free),
        link_target=_link_target(row) if row.booking_id and row.may_act and recipient is Recipient.APPLICANT else None,
    )


def _link_target(row: Row) -> LinkTarget:
    return LinkTarget(
        organization_id=row.organization_id,
        booking_id=row.booking_id,
        applicant_id=row.recipient_id,
        sequence=row.sequence,
        status=BookingStatus(row.status),
        deadline=_deadline(row, NoticeKind(row.kind)),
        start_time=row.start_time,
        end_time=row.end_time,
        coming=row.coming,
    )


def _entry(row: Row, recipient: Recipient) -> CalendarEntry:
    return CalendarEntry(
        booking_id=row.booking_id,
        booking_sequence=row.sequence,
        booking_status=BookingStatus(row.status),
        at=row.at,
        left=recipient is Recipient.AGENT and row.recipient_id != row.agent_id,
    )


def _own_text(language: str, subject: str | None, heading: str | None, body: str) -> OwnText:
    return OwnText(language=Language(language) if language else None, subject=subject, heading=heading, body=body)


def _deadline(row: Row, kind: NoticeKind) -> datetime | None:
    """Return the end of a request, an offer, an answer or of taking back, or when a failing endpoint is disabled."""
    if kind is NoticeKind.WEBHOOK_FAILING:
        since: datetime = row.failing_since
        return since + DISABLED_AFTER
    if kind is NoticeKind.RELEASED:
        released_at: datetime = row.happened_at
        return released_at + TAKE_BACK
    found: datetime | None = row.answer_by or row.deadline
    return found
