"""Notice: a message to a person about a change, or about a time that comes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from booking.domain.people.contact import Channel
from booking.domain.values import Value, replace


class NoticeKind(StrEnum):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    MOVED = "moved"
    CANCELLED = "cancelled"
    OFFER_MADE = "offer_made"
    OFFER_ENDING = "offer_ending"
    WAITLIST_CLOSED = "waitlist_closed"
    REMINDER = "reminder"
    ATTENDANCE_CONFIRMED = "attendance_confirmed"
    UNANSWERED = "unanswered"
    RELEASED = "released"
    PLACE_FREED = "place_freed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    LINKS = "links"
    SLOTS_WITHDRAWN = "slots_withdrawn"
    SLOTS_SKIPPED = "slots_skipped"
    CALENDAR_CONFLICT = "calendar_conflict"
    CALENDAR_UNREADABLE = "calendar_unreadable"
    AGENT_DAY = "agent_day"
    WEBHOOK_FAILING = "webhook_failing"
    WEBHOOK_DISABLED = "webhook_disabled"


class Recipient(StrEnum):
    """Role in which a person is told. A waiting person is an applicant; ORGANIZATION is the agency's own address."""

    APPLICANT = "applicant"
    AGENT = "agent"
    ORGANIZATION = "organization"


class Originator(StrEnum):
    """Originator of the change that a notice tells of. AGENT: any agent or admin; SYSTEM: the clock."""

    APPLICANT = "applicant"
    AGENT = "agent"
    SCREENING = "screening"
    SYSTEM = "system"


class NoticeState(StrEnum):
    """State of a notice. UNKNOWN: handed over, perhaps; SUPPRESSED: its address is not written to; OBSOLETE: no longer
    true, or too late.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"
    OBSOLETE = "obsolete"


_BOTH = (Recipient.APPLICANT, Recipient.AGENT)

RECIPIENTS: Mapping[NoticeKind, tuple[Recipient, ...]] = {
    NoticeKind.REQUESTED: _BOTH,
    NoticeKind.CONFIRMED: _BOTH,
    NoticeKind.DECLINED: _BOTH,
    NoticeKind.EXPIRED: _BOTH,
    NoticeKind.MOVED: _BOTH,
    NoticeKind.CANCELLED: _BOTH,
    NoticeKind.OFFER_MADE: (Recipient.APPLICANT,),
    NoticeKind.OFFER_ENDING: (Recipient.APPLICANT,),
    NoticeKind.WAITLIST_CLOSED: (Recipient.APPLICANT,),
    NoticeKind.REMINDER: _BOTH,
    NoticeKind.ATTENDANCE_CONFIRMED: _BOTH,
    NoticeKind.UNANSWERED: (Recipient.AGENT,),
    NoticeKind.RELEASED: _BOTH,
    NoticeKind.PLACE_FREED: (Recipient.APPLICANT,),
    NoticeKind.OUTCOME_UNKNOWN: (Recipient.AGENT,),
    NoticeKind.LINKS: (Recipient.APPLICANT,),
    NoticeKind.SLOTS_WITHDRAWN: (Recipient.AGENT, Recipient.ORGANIZATION),
    NoticeKind.SLOTS_SKIPPED: (Recipient.AGENT,),
    NoticeKind.CALENDAR_CONFLICT: (Recipient.AGENT,),
    NoticeKind.CALENDAR_UNREADABLE: (Recipient.AGENT,),
    NoticeKind.AGENT_DAY: (Recipient.AGENT,),
    NoticeKind.WEBHOOK_FAILING: (Recipient.ORGANIZATION,),
    NoticeKind.WEBHOOK_DISABLED: (Recipient.ORGANIZATION,),
}
"""Roles in which people can be told of each kind: there are words for these."""

OF_SLOTS = (NoticeKind.PLACE_FREED, NoticeKind.WAITLIST_CLOSED)
"""Kinds about a visit that the recipient has not booked."""


class Notice(Value, kw_only=True):
    """Message to one person, by one channel, when it is planned: ids and times alone.

    `cause` makes it once, however often the same is planned. Of an agent's day, `start_time` and `end_time` are the
    day's. `before_start`: of a reminder, or of the deadline of an answer. From `not_after` on nothing is sent. `held`:
    not to be sent before it is decided whether the visit is released.
    """

    organization_id: UUID
    cause: str
    kind: NoticeKind
    recipient: Recipient
    recipient_id: UUID
    channel: Channel = Channel.EMAIL
    booking_id: UUID | None = None
    sequence: int | None = None
    slot_id: UUID | None = None
    property_id: UUID | None = None
    agent_id: UUID | None = None
    endpoint_id: UUID | None = None
    actor_role: str
    before_start: timedelta | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    moved_from: datetime | None = None
    happened_at: datetime
    due_at: datetime
    not_after: datetime
    held: bool = False

    @property
    def id(self) -> UUID:
        """Id that stands for the cause: also after a restore it is the same, and so is the Message-ID."""
        return uuid5(self.organization_id, f"{self.cause} {self.recipient_id} {self.channel}")

    @property
    def left(self) -> bool:
        """Whether it tells an agent that a visit has left them for a colleague."""
        moved = self.kind is NoticeKind.MOVED and self.recipient is Recipient.AGENT
        return moved and self.recipient_id != self.agent_id

    def by(self, channel: Channel) -> "Notice":
        return replace(self, channel=channel)


class NoticeRecord(Value, kw_only=True):
    """Notice of a booking, as its agents see it. `attempted_at`: of the last one; `reason`: a word for the state."""

    id: UUID
    kind: NoticeKind
    recipient: Recipient
    channel: Channel
    sequence: int
    state: NoticeState
    reason: str | None
    attempts: int
    due_at: datetime
    attempted_at: datetime | None
    ended_at: datetime | None
    created_at: datetime


ORIGINATORS: Mapping[str, Originator] = {
    "applicant": Originator.APPLICANT,
    "member": Originator.AGENT,
    "admin": Originator.AGENT,
    "screening": Originator.SCREENING,
}
"""Originators by an actor's role; all others are the system."""
