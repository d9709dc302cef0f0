"""Events: one append-only record that is outbox, audit and change feed at once.

Events carry ids and states, never names, emails or notes. They are written in the transaction that causes them; the
store adds an id and the time.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from booking.domain.delivery.webhook_endpoint import WebhookEndpoint
from booking.domain.people.applicant import Applicant, Eligibility
from booking.domain.people.organization import Organization
from booking.domain.properties.policy import Settings
from booking.domain.properties.property import Property
from booking.domain.values import Value, replace
from booking.domain.visits.booking import Booking, BookingStatus, Outcome
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.waitlist import Entry, EntryStatus


class EventType(StrEnum):
    SLOT_CREATED = "slot.created"
    SLOT_CAPACITY_CHANGED = "slot.capacity_changed"
    SLOT_CANCELLED = "slot.cancelled"
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
    NOTICE_TEMPLATE_CHANGED = "notice_template.changed"
    AGENT_ADDED = "agent.added"
    AGENT_ROLE_CHANGED = "agent.role_changed"
    AGENT_REMOVED = "agent.removed"
    AGENT_PROFILE_CHANGED = "agent.profile_changed"
    AGENT_ERASED = "agent.erased"
    WEBHOOK_ENDPOINT_CREATED = "webhook_endpoint.created"
    WEBHOOK_ENDPOINT_CHANGED = "webhook_endpoint.changed"
    WEBHOOK_ENDPOINT_SECRET_ROTATED = "webhook_endpoint.secret_rotated"  # noqa: S105 - a type
    WEBHOOK_ENDPOINT_DELETED = "webhook_endpoint.deleted"
    WEBHOOK_ENDPOINT_FAILING = "webhook_endpoint.failing"
    WEBHOOK_ENDPOINT_DISABLED = "webhook_endpoint.disabled"


BECAME = {
    BookingStatus.HELD: EventType.HOLD_CREATED,
    BookingStatus.OFFERED: EventType.WAITLIST_OFFERED,
    BookingStatus.RELEASED: EventType.HOLD_RELEASED,
    BookingStatus.LAPSED: EventType.HOLD_LAPSED,
    BookingStatus.PENDING_APPROVAL: EventType.BOOKING_REQUESTED,
    BookingStatus.CONFIRMED: EventType.BOOKING_CONFIRMED,
    BookingStatus.DECLINED: EventType.BOOKING_DECLINED,
    BookingStatus.EXPIRED: EventType.BOOKING_EXPIRED,
    BookingStatus.CANCELLED_BY_APPLICANT: EventType.BOOKING_CANCELLED,
    BookingStatus.CANCELLED_BY_AGENT: EventType.BOOKING_CANCELLED,
    BookingStatus.CANCELLED_BY_SCREENING: EventType.BOOKING_CANCELLED,
    BookingStatus.CANCELLED_UNCONFIRMED: EventType.BOOKING_CANCELLED,
}
"""Event type of a booking that enters a state."""

STOPPED_WAITING = {
    EntryStatus.LEFT: EventType.WAITLIST_LEFT,
    EntryStatus.DECLINED: EventType.WAITLIST_LEFT,
    EntryStatus.SKIPPED: EventType.WAITLIST_SKIPPED,
}
"""Event type of an ended entry; other ends are events of the offer."""


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


def slot_created(slot: Slot, by: Actor) -> Event:
    return _slot_event(EventType.SLOT_CREATED, slot, None, by)


def slot_cancelled(slot: Slot, was: SlotStatus, by: Actor) -> Event:
    return _slot_event(EventType.SLOT_CANCELLED, slot, was, by)


def slot_capacity_changed(slot: Slot, was: int, by: Actor) -> Event:
    return _slot_event(EventType.SLOT_CAPACITY_CHANGED, slot, str(was), by, now=str(slot.capacity))


def booking_became(booking: Booking, slot: Slot, was: BookingStatus | None, by: Actor) -> Event:
    return _booking_event(BECAME[booking.status], booking, slot, was, booking.status, by)


def booking_rescheduled(booking: Booking, was: BookingStatus, left: Slot, slot: Slot, by: Actor) -> Event:
    """Return the event of a move; it names both agents, because the former one loses a visit."""
    moved_from = Appointment(
        slot_id=left.id,
        property_id=left.property_id,
        agent_id=left.agent_id,
        start_time=left.start_time,
        end_time=left.end_time,
    )
    event = _booking_event(EventType.BOOKING_RESCHEDULED, booking, slot, was, booking.status, by)
    return replace(event, moved_from=moved_from)


def outcome_recorded(booking: Booking, slot: Slot, was: Outcome | None, now: Outcome, by: Actor) -> Event:
    return _booking_event(EventType.BOOKING_OUTCOME_RECORDED, booking, slot, was, now, by)


def feedback_given(booking: Booking, slot: Slot, by: Actor) -> Event:
    return _booking_event(EventType.BOOKING_FEEDBACK_GIVEN, booking, slot, None, "given", by)


def notes_changed(booking: Booking, slot: Slot, by: Actor) -> Event:
    return _booking_event(EventType.BOOKING_NOTES_CHANGED, booking, slot, None, "changed", by)


def attendance_confirmed(booking: Booking, slot: Slot, by: Actor) -> Event:
    return _booking_event(EventType.BOOKING_ATTENDANCE_CONFIRMED, booking, slot, None, "confirmed", by)


def access_note_shown(booking: Booking, agent_id: UUID, by: Actor) -> Event:
    """Return the event of a showing of the access note to the applicant."""
    return Event(
        type=EventType.BOOKING_ACCESS_NOTE_SHOWN,
        organization_id=booking.organization_id,
        actor=by,
        from_state=None,
        to_state="shown",
        slot_id=booking.slot_id,
        booking_id=booking.id,
        applicant_id=booking.applicant_id,
        agent_id=agent_id,
        property_id=booking.property_id,
        start_time=booking.start_time,
        end_time=booking.end_time,
    )


def waitlist_joined(entry: Entry, slot: Slot, by: Actor) -> Event:
    return _entry_event(EventType.WAITLIST_JOINED, entry, slot, None, by)


def stopped_waiting(entry: Entry, slot: Slot, was: EntryStatus, by: Actor) -> Event:
    return _entry_event(STOPPED_WAITING[entry.status], entry, slot, was, by)


def policy_changed(organization_id: UUID, property_id: UUID | None, now: Settings, by: Actor) -> Event:
    """Return the event of a policy's change, from version to version; from None the first time."""
    return _changed(EventType.POLICY_CHANGED, organization_id, now.version, by, property_id)


def notice_plan_changed(organization_id: UUID, property_id: UUID | None, version: int, by: Actor) -> Event:
    """Return the event of a change in a notice plan, from version to version; from None the first time."""
    return _changed(EventType.NOTICE_PLAN_CHANGED, organization_id, version, by, property_id)


def organization_changed(now: Organization, by: Actor) -> Event:
    """Return the event of a change in the details of an organization, from version to version."""
    return _changed(EventType.ORGANIZATION_CHANGED, now.id, now.version, by)


def notice_template_changed(organization_id: UUID, by: Actor) -> Event:
    """Return the event of a new text of an agency's own, which tells nothing of it."""
    return _template_event(organization_id, "changed", by)


def notice_template_reset(organization_id: UUID, by: Actor) -> Event:
    """Return the event of the end of a text of an agency's own."""
    return _template_event(organization_id, "reset", by)


def property_changed(now: Property, by: Actor) -> Event:
    """Return the event of a change in the details of a property, from version to version."""
    return _changed(EventType.PROPERTY_CHANGED, now.organization_id, now.version, by, now.id)


def agent_became(organization_id: UUID, agent_id: UUID, was: str | None, now: str | None, by: Actor) -> Event | None:
    """Return the event of a change of role; None if it is the same role."""
    if was == now:
        return None
    gone_or_other = EventType.AGENT_ROLE_CHANGED if now else EventType.AGENT_REMOVED
    return Event(
        type=gone_or_other if was else EventType.AGENT_ADDED,
        organization_id=organization_id,
        actor=by,
        from_state=was,
        to_state=now or "removed",
        agent_id=agent_id,
    )


def agent_profile_changed(organization_id: UUID, agent_id: UUID, by: Actor) -> Event:
    """Return the event of a change in an agent's profile, which tells nothing of it."""
    return _agent_event(EventType.AGENT_PROFILE_CHANGED, organization_id, agent_id, "changed", by)


def agent_erased(organization_id: UUID, agent_id: UUID, by: Actor) -> Event:
    return _agent_event(EventType.AGENT_ERASED, organization_id, agent_id, "erased", by)


def endpoint_created(endpoint: WebhookEndpoint, by: Actor) -> Event:
    return _endpoint_event(EventType.WEBHOOK_ENDPOINT_CREATED, endpoint, None, endpoint.status, by)


def endpoint_changed(was: WebhookEndpoint, now: WebhookEndpoint, by: Actor) -> Event:
    """Return the event of a change in an endpoint, which tells its states, and nothing else of it."""
    return _endpoint_event(EventType.WEBHOOK_ENDPOINT_CHANGED, now, was.status, now.status, by)


def endpoint_secret_rotated(endpoint: WebhookEndpoint, by: Actor) -> Event:
    return _endpoint_event(EventType.WEBHOOK_ENDPOINT_SECRET_ROTATED, endpoint, None, "rotated", by)


def endpoint_deleted(was: WebhookEndpoint, by: Actor) -> Event:
    return _endpoint_event(EventType.WEBHOOK_ENDPOINT_DELETED, was, was.status, "deleted", by)


def endpoint_failing(endpoint: WebhookEndpoint, by: Actor) -> Event:
    """Return the event of an endpoint that fails for days and will be disabled."""
    return _endpoint_event(EventType.WEBHOOK_ENDPOINT_FAILING, endpoint, endpoint.status, endpoint.status, by)


def endpoint_disabled(was: WebhookEndpoint, now: WebhookEndpoint, by: Actor) -> Event:
    return _endpoint_event(EventType.WEBHOOK_ENDPOINT_DISABLED, now, was.status, now.status, by)


def applicant_screened(before: Applicant | None, after: Applicant, by: Actor) -> Event | None:
    """Return the event of a change of eligibility; None if it did not change."""
    was = before.eligibility if before else None
    if was is after.eligibility:
        return None
    kind = EventType.APPLICANT_REGISTERED if after.eligible else EventType.APPLICANT_INELIGIBLE
    return _applicant_event(kind, after, was, after.eligibility, by)


def applicant_linked(applicant: Applicant, by: Actor) -> Event:
    return _applicant_event(EventType.APPLICANT_LINKED, applicant, "unlinked", "linked", by)


def applicant_unlinked(applicant: Applicant, by: Actor) -> Event:
    return _applicant_event(EventType.APPLICANT_UNLINKED, applicant, "linked", "unlinked", by)


def applicant_erased(applicant: Applicant, by: Actor) -> Event:
    return _applicant_event(EventType.APPLICANT_ERASED, applicant, None, "erased", by)


def _changed(kind: EventType, organization_id: UUID, version: int, by: Actor, property_id: UUID | None = None) -> Event:
    return Event(
        type=kind,
        organization_id=organization_id,
        actor=by,
        from_state=str(version - 1) if version > 1 else None,
        to_state=str(version),
        property_id=property_id,
    )


def _template_event(organization_id: UUID, now: str, by: Actor) -> Event:
    return Event(
        type=EventType.NOTICE_TEMPLATE_CHANGED,
        organization_id=organization_id,
        actor=by,
        from_state=None,
        to_state=now,
    )


def _slot_event(
    kind: EventType,
    slot: Slot,
    was: str | None,
    by: Actor,
    *,
    now: str | None = None,
    booking_id: UUID | None = None,
    applicant_id: UUID | None = None,
) -> Event:
    return Event(
        type=kind,
        organization_id=slot.organization_id,
        actor=by,
        from_state=was,
        to_state=now or slot.status,
        slot_id=slot.id,
        booking_id=booking_id,
        applicant_id=applicant_id,
        agent_id=slot.agent_id,
        property_id=slot.property_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
    )


def _booking_event(kind: EventType, booking: Booking, slot: Slot, was: str | None, now: str, by: Actor) -> Event:
    return _slot_event(kind, slot, was, by, now=now, booking_id=booking.id, applicant_id=booking.applicant_id)


def _entry_event(kind: EventType, entry: Entry, slot: Slot, was: EntryStatus | None, by: Actor) -> Event:
    return _slot_event(kind, slot, was, by, now=entry.status, applicant_id=entry.applicant_id)


def _agent_event(kind: EventType, organization_id: UUID, agent_id: UUID, now: str, by: Actor) -> Event:
    return Event(type=kind, organization_id=organization_id, actor=by, from_state=None, to_state=now, agent_id=agent_id)


def _endpoint_event(kind: EventType, endpoint: WebhookEndpoint, was: str | None, now: str, by: Actor) -> Event:
    return Event(
        type=kind,
        organization_id=endpoint.organization_id,
        actor=by,
        from_state=was,
        to_state=now,
        endpoint_id=endpoint.id,
    )


def _applicant_event(
    kind: EventType, applicant: Applicant, was: Eligibility | str | None, now: Eligibility | str, by: Actor
) -> Event:
    return Event(
        type=kind,
        organization_id=applicant.organization_id,
        actor=by,
        from_state=was,
        to_state=now,
        applicant_id=applicant.id,
    )
