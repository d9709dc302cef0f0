"""Events: one append-only record that is outbox, audit and change feed at once.

Events carry ids and states, never names, emails or notes. They are written in the transaction that causes them; the
store adds an id and the time. Each room makes its own, in its `events`.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from booking.domain.values import Value


class EventType(StrEnum):
    SLOT_CREATED = "slot.created"
    SLOT_CAPACITY_CHANGED = "slot.capacity_changed"
    SLOT_CANCELLED = "slot.cancelled"
    SLOT_MOVED = "slot.moved"
    SCHEDULE_CREATED = "schedule.created"
    SCHEDULE_CHANGED = "schedule.changed"
    SCHEDULE_ENDED = "schedule.ended"
    SCHEDULE_SLOT_SKIPPED = "schedule.slot_skipped"
    HOLD_CREATED = "hold.created"
    HOLD_RELEASED = "hold.released"
    HOLD_LAPSED = "hold.lapsed"
    WAITLIST_JOINED = "waitlist.joined"
    WAITLIST_OFFERED = "waitlist.offered"
    WAITLIST_LEFT = "waitlist.left"
    WAITLIST_SKIPPED = "waitlist.skipped"
    BOOKING_REQUESTED = "booking.requested"
    BOOKING_CONFIRMED = "booking.confirmed"
    BOOKING_DECLINED = "booking.declined"
    BOOKING_EXPIRED = "booking.expired"
    BOOKING_RESCHEDULED = "booking.rescheduled"
    BOOKING_CANCELLED = "booking.cancelled"
    BOOKING_OUTCOME_RECORDED = "booking.outcome_recorded"
    BOOKING_FEEDBACK_GIVEN = "booking.feedback_given"
    BOOKING_NOTES_CHANGED = "booking.notes_changed"
    BOOKING_ATTENDANCE_CONFIRMED = "booking.attendance_confirmed"
    BOOKING_MAY_RELEASE_CHANGED = "booking.may_release_changed"
    BOOKING_ACCESS_NOTE_SHOWN = "booking.access_note_shown"
    APPLICANT_REGISTERED = "applicant.registered"
    APPLICANT_INELIGIBLE = "applicant.ineligible"
    APPLICANT_LINKED = "applicant.linked"
    APPLICANT_UNLINKED = "applicant.unlinked"
    APPLICANT_ERASED = "applicant.erased"
    POLICY_CHANGED = "policy.changed"
    NOTICE_PLAN_CHANGED = "notice_plan.changed"
    ORGANIZATION_CHANGED = "organization.changed"
    PROPERTY_CHANGED = "property.changed"
    PROPERTY_WITHDRAWN = "property.withdrawn"
    PROPERTY_RESTORED = "property.restored"
    NOTICE_TEMPLATE_CHANGED = "notice_template.changed"
    AGENT_ADDED = "agent.added"
    AGENT_ROLE_CHANGED = "agent.role_changed"
    AGENT_REMOVED = "agent.removed"
    AGENT_PROFILE_CHANGED = "agent.profile_changed"
    AGENT_ERASED = "agent.erased"
    BLOCK_CREATED = "block.created"
    BLOCK_DELETED = "block.deleted"
    AGENT_CALENDAR_SET = "agent_calendar.set"
    AGENT_CALENDAR_REMOVED = "agent_calendar.removed"
    AGENT_CALENDAR_CONFLICTING = "agent_calendar.conflicting"
    AGENT_CALENDAR_UNREADABLE = "agent_calendar.unreadable"
    WEBHOOK_ENDPOINT_CREATED = "webhook_endpoint.created"
    WEBHOOK_ENDPOINT_CHANGED = "webhook_endpoint.changed"
    WEBHOOK_ENDPOINT_SECRET_ROTATED = "webhook_endpoint.secret_rotated"  # noqa: S105 - a type
    WEBHOOK_ENDPOINT_DELETED = "webhook_endpoint.deleted"
    WEBHOOK_ENDPOINT_FAILING = "webhook_endpoint.failing"
    WEBHOOK_ENDPOINT_DISABLED = "webhook_endpoint.disabled"


class Via(StrEnum):
    """Way of a change without signing in."""

    LINK = "link"
    MESSAGE = "message"


class Actor(Value, kw_only=True):
    """Originator of a change, with the request. `role`: applicant, member, admin, screening, ingestion, operator or
    system (the clock). `via`: None of somebody who has signed in; anybody else may have no login.
    """

    subject: str | None
    role: str
    request_id: str | None
    via: Via | None = None

    def by_the_clock(self) -> "Actor":
        """Return the system as the actor, in the same request. Why: overdue claims are ended by any request that meets
        them.
        """
        return Actor(subject=None, role="system", request_id=self.request_id)


OPERATOR = Actor(subject=None, role="operator", request_id=None)
"""Actor of operators' commands."""
BY_JOB = "job:"
"""Begin of the request's name in what a job does, whose id follows."""
CLOCK = Actor(subject=None, role="system", request_id=None)
"""Actor of changes by the clock."""


class Appointment(Value, kw_only=True):
    """Place, time and agent of a visit."""

    slot_id: UUID
    property_id: UUID
    agent_id: UUID
    start_time: datetime
    end_time: datetime


class Event(Value, kw_only=True):
    """Change of state, with its actor and the ids concerned.

    `slot_id`, `property_id`, `agent_id` and the times are the slot's, and after a move the new one's; `moved_from` is
    the old one. Events of former releases have fewer fields. `type` is an EventType, or a newer release's: that is
    passed on as it is.
    """

    type: str
    organization_id: UUID
    actor: Actor
    from_state: str | None
    to_state: str
    slot_id: UUID | None = None
    booking_id: UUID | None = None
    applicant_id: UUID | None = None
    agent_id: UUID | None = None
    property_id: UUID | None = None
    endpoint_id: UUID | None = None
    schedule_id: UUID | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    moved_from: Appointment | None = None

    @property
    def line(self) -> UUID:
        """Id of the first subject: events of the same line are delivered in order."""
        return (
            self.booking_id
            or self.slot_id
            or self.applicant_id
            or self.property_id
            or self.agent_id
            or self.endpoint_id
            or self.organization_id
        )


class Recorded(Value, kw_only=True):
    """Event in the store. Receivers recognize repetitions by its `id`."""

    id: UUID
    occurred_at: datetime
    event: Event


def version_changed(
    kind: EventType, organization_id: UUID, version: int, by: Actor, property_id: UUID | None = None
) -> Event:
    """Return the event of a change from version to version; from None the first time."""
    return Event(
        type=kind,
        organization_id=organization_id,
        actor=by,
        from_state=str(version - 1) if version > 1 else None,
        to_state=str(version),
        property_id=property_id,
    )
