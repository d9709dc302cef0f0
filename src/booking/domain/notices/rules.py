"""Notice rules: the notices of each event, their recipients and times, and the states that they are true in.

The table in docs/notices.md is made of `RULES` and `WANTED`.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from booking.domain.events import EventType
from booking.domain.notices.freed_place import FREES
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.people.contact import Channel
from booking.domain.visits.booking import VISITS, BookingStatus


class Urgency(StrEnum):
    """AT_ONCE: does not wait for the end of quiet hours. SOON: nor does that of a visit within a day. WAITS: all other
    waits, unless it answers an act of the recipient's own. An act by a link is told of at once."""

    AT_ONCE = "at once"
    SOON = "at once within 24 h of the visit, else after quiet hours"
    WAITS = "after quiet hours"


class Rule(NamedTuple):
    event: EventType
    kind: NoticeKind
    recipients: Sequence[Recipient]
    urgency: Urgency
    to_state: BookingStatus | None = None
    """None: any for which there is no rule of its own."""


_APPLICANT, _AGENT, _ORGANIZATION = Recipient.APPLICANT, Recipient.AGENT, Recipient.ORGANIZATION

RULES = (
    Rule(EventType.BOOKING_REQUESTED, NoticeKind.REQUESTED, (_APPLICANT, _AGENT), Urgency.WAITS),
    Rule(EventType.BOOKING_CONFIRMED, NoticeKind.CONFIRMED, (_APPLICANT, _AGENT), Urgency.WAITS),
    Rule(EventType.BOOKING_DECLINED, NoticeKind.DECLINED, (_APPLICANT, _AGENT), Urgency.WAITS),
    Rule(EventType.BOOKING_EXPIRED, NoticeKind.EXPIRED, (_APPLICANT, _AGENT), Urgency.WAITS),
    Rule(EventType.BOOKING_RESCHEDULED, NoticeKind.MOVED, (_APPLICANT, _AGENT), Urgency.SOON),
    Rule(EventType.BOOKING_CANCELLED, NoticeKind.CANCELLED, (_APPLICANT, _AGENT), Urgency.SOON),
    Rule(
        EventType.BOOKING_CANCELLED,
        NoticeKind.RELEASED,
        (_APPLICANT, _AGENT),
        Urgency.AT_ONCE,
        BookingStatus.CANCELLED_UNCONFIRMED,
    ),
    Rule(EventType.BOOKING_ATTENDANCE_CONFIRMED, NoticeKind.ATTENDANCE_CONFIRMED, (_APPLICANT, _AGENT), Urgency.SOON),
    Rule(EventType.WAITLIST_OFFERED, NoticeKind.OFFER_MADE, (_APPLICANT,), Urgency.AT_ONCE),
    Rule(EventType.WAITLIST_SKIPPED, NoticeKind.WAITLIST_CLOSED, (_APPLICANT,), Urgency.SOON),
    Rule(EventType.SLOT_CANCELLED, NoticeKind.SLOTS_WITHDRAWN, (_AGENT, _ORGANIZATION), Urgency.SOON),
    Rule(EventType.SCHEDULE_SLOT_SKIPPED, NoticeKind.SLOTS_SKIPPED, (_AGENT,), Urgency.WAITS),
    Rule(EventType.AGENT_CALENDAR_CONFLICTING, NoticeKind.CALENDAR_CONFLICT, (_AGENT,), Urgency.WAITS),
    Rule(EventType.AGENT_CALENDAR_UNREADABLE, NoticeKind.CALENDAR_UNREADABLE, (_AGENT,), Urgency.WAITS),
    Rule(EventType.WEBHOOK_ENDPOINT_FAILING, NoticeKind.WEBHOOK_FAILING, (_ORGANIZATION,), Urgency.WAITS),
    Rule(EventType.WEBHOOK_ENDPOINT_DISABLED, NoticeKind.WEBHOOK_DISABLED, (_ORGANIZATION,), Urgency.WAITS),
)
"""Notices of events. Agents are not told of their own acts, and an organization's address not of its agents'."""

CHANNELS: Mapping[Recipient, Sequence[Channel]] = {
    _APPLICANT: tuple(Channel),
    _AGENT: (Channel.EMAIL,),
    _ORGANIZATION: (Channel.EMAIL,),
}
"""Channels by which each can be told, if the plan has them: no phone of an agent or an organization is proved."""

WANTED: Mapping[NoticeKind, frozenset[BookingStatus]] = {
    NoticeKind.REQUESTED: frozenset({BookingStatus.PENDING_APPROVAL}),
    NoticeKind.CONFIRMED: frozenset({BookingStatus.CONFIRMED}),
    NoticeKind.DECLINED: frozenset({BookingStatus.DECLINED}),
    NoticeKind.EXPIRED: frozenset({BookingStatus.EXPIRED}),
    NoticeKind.MOVED: VISITS,
    NoticeKind.CANCELLED: frozenset(
        {
            BookingStatus.CANCELLED_BY_APPLICANT,
            BookingStatus.CANCELLED_BY_AGENT,
            BookingStatus.CANCELLED_BY_SCREENING,
        }
    ),
    NoticeKind.OFFER_MADE: frozenset({BookingStatus.OFFERED}),
    NoticeKind.OFFER_ENDING: frozenset({BookingStatus.OFFERED}),
    NoticeKind.REMINDER: frozenset({BookingStatus.CONFIRMED}),
    NoticeKind.ATTENDANCE_CONFIRMED: frozenset({BookingStatus.CONFIRMED}),
    NoticeKind.UNANSWERED: frozenset({BookingStatus.CONFIRMED}),
    NoticeKind.RELEASED: frozenset({BookingStatus.CANCELLED_UNCONFIRMED}),
    NoticeKind.OUTCOME_UNKNOWN: frozenset(BookingStatus),
    NoticeKind.LINKS: VISITS | {BookingStatus.OFFERED},
}
"""States of a booking in which a notice of it is sent. In any other state, or once it was moved, it is obsolete."""

HEARD = frozenset(
    {
        *(rule.event for rule in RULES),
        EventType.WAITLIST_LEFT,
        *FREES,
    }
)
"""Events that make notices, free a place, or after which some notices are no longer true."""

_RULES: Mapping[tuple[str, str | None], Rule] = {(rule.event, rule.to_state): rule for rule in RULES}


def rule_of(event_type: str, to_state: str) -> Rule | None:
    """Return the rule of an event; None where it makes no notice."""
    return _RULES.get((event_type, to_state)) or _RULES.get((event_type, None))
