"""Events of people and their organization."""

from uuid import UUID

from booking.domain.events import Actor, Event, EventType, version_changed
from booking.domain.people.applicant import Applicant, Eligibility
from booking.domain.people.organization import Organization


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


def organization_changed(now: Organization, by: Actor) -> Event:
    """Return the event of a change in the details of an organization, from version to version."""
    return version_changed(EventType.ORGANIZATION_CHANGED, now.id, now.version, by)


def _agent_event(kind: EventType, organization_id: UUID, agent_id: UUID, now: str, by: Actor) -> Event:
    return Event(type=kind, organization_id=organization_id, actor=by, from_state=None, to_state=now, agent_id=agent_id)


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
