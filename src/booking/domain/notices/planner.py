"""Planner of notices: an event, or a visit that comes, becomes messages with their recipients and times."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from booking.domain.events import BY_JOB, CLOCK, Event, Recorded
from booking.domain.notices.freed_place import FreedPlace
from booking.domain.notices.notice import Notice, NoticeKind, Recipient
from booking.domain.notices.rules import CHANNELS, WANTED, Rule, Urgency, rule_of
from booking.domain.notices.situation import Situation, Visit
from booking.domain.notices.times import (
    SOON,
    DueTime,
    after_quiet_hours,
    agent_day_due,
    answer_due,
    day_of,
    due,
    offer_ending_due,
    reminder_due,
    skipped_until,
)
from booking.domain.values import replace
from booking.domain.visits.booking import LIVE, BookingStatus
from booking.domain.visits.watch import Watch

_OF_THE_AGENCY = ("member", "admin")
_APPLICANT, _AGENT, _ORGANIZATION = Recipient.APPLICANT, Recipient.AGENT, Recipient.ORGANIZATION


def notices_of(recorded: Recorded, now: Situation) -> Sequence[Notice]:
    """Return the notices of an event: none where it is not true any more, or over.

    An agent whom a visit has left hears so whatever it came to since, unless it is theirs again.
    """
    event = recorded.event
    rule = rule_of(event.type, event.to_state)
    if rule is None:
        return ()
    if rule.kind is NoticeKind.SLOTS_SKIPPED:
        recorded, now = _together(recorded, now)
    made = [*_told(rule, recorded, now)]
    if not _holds(rule, event, now.visit):
        made = [one for one in made if one.left and now.visit and one.recipient_id != now.visit.agent_id]
    elif now.visit is not None and now.visit.status is BookingStatus.OFFERED:
        made += _offer_ending(now.visit, recorded.occurred_at)
    elif now.visit is not None and now.visit.status is BookingStatus.CONFIRMED:
        made += _before(now.visit, now)
    return _by_channels([one for one in made if now.at < one.not_after], now)


def notices_of_coming(visit: Visit, now: Situation) -> Sequence[Notice]:
    """Return the notices before a confirmed visit: its reminders, the deadline of an answer, and the agent's day."""
    return _by_channels(_before(visit, now), now)


def notices_of_freed_place(place: FreedPlace, watches: Sequence[Watch], now: Situation) -> Sequence[Notice]:
    """Return the notices to watchers of the property whose hours the start of the slot fits.

    They are due one after the other: in order of arrival.
    """
    when = due_again(now, place.happened_at, place.start_time)
    if when is None:
        return ()
    made = [
        Notice(
            organization_id=place.organization_id,
            cause=f"freed:{place.event_id}",
            kind=NoticeKind.PLACE_FREED,
            recipient=_APPLICANT,
            recipient_id=one.applicant_id,
            slot_id=place.slot_id,
            property_id=place.property_id,
            agent_id=place.agent_id,
            actor_role=CLOCK.role,
            start_time=place.start_time,
            end_time=place.end_time,
            happened_at=place.happened_at,
            due_at=when.at + timedelta(microseconds=order),
            not_after=when.not_after,
        )
        for order, one in enumerate(watches)
        if one.hours.fit(place.start_time, now.zone)
    ]
    return _by_channels(made, now)


def due_again(now: Situation, happened_at: datetime, *ends: datetime | None) -> DueTime | None:
    """Return when a notice of an event goes that waits for the end of quiet hours, by the plan as it is now."""
    at = max(now.at, happened_at)
    return due(after_quiet_hours(at, now.plan.quiet_hours, now.zone, *ends), *ends)


def _before(visit: Visit, now: Situation) -> Sequence[Notice]:
    return [*_reminders(visit, now), *_unanswered(visit, now), *_agent_day(visit, now)]


def _by_channels(notices: Sequence[Notice], now: Situation) -> Sequence[Notice]:
    """Return the notices by each channel of the property's plan, or of the agency's where they have none."""
    return [
        one.by(channel)
        for one in notices
        for channel in ((now.plan if one.property_id else now.agency_plan).channels)
        if channel in CHANNELS[one.recipient]
    ]


def _holds(rule: Rule, event: Event, visit: Visit | None) -> bool:
    """Return whether an event is still true: its booking is in such a state, and in that slot."""
    if rule.kind not in WANTED:
        return True
    return visit is not None and visit.status in WANTED[rule.kind] and visit.slot_id == event.slot_id


def _told(rule: Rule, recorded: Recorded, now: Situation) -> Iterable[Notice]:
    event, visit = recorded.event, now.visit
    for recipient, recipient_id in _recipients(rule, event, now):
        own = recipient is _APPLICANT and event.actor.role == "applicant"
        when = _due(recorded, Urgency.AT_ONCE if own or event.actor.via else rule.urgency, now)
        if when is not None:
            yield Notice(
                organization_id=event.organization_id,
                cause=_cause(rule, recorded),
                kind=rule.kind,
                recipient=recipient,
                recipient_id=recipient_id,
                booking_id=event.booking_id,
                sequence=visit.sequence if visit else None,
                slot_id=event.slot_id,
                property_id=event.property_id,
                agent_id=event.agent_id,
                endpoint_id=event.endpoint_id,
                actor_role=_actor_role(event),
                start_time=event.start_time,
                end_time=event.end_time,
                moved_from=event.moved_from.start_time if event.moved_from else None,
                happened_at=recorded.occurred_at,
                due_at=when.at,
                not_after=when.not_after,
            )


def _together(skipped: Recorded, now: Situation) -> tuple[Recorded, Situation]:
    """Return a skipped slot as one of all that an agent's schedules skip in some minutes, by the agency's plan."""
    event = replace(skipped.event, property_id=None, start_time=None, end_time=None)
    until = skipped_until(skipped.occurred_at)
    return replace(skipped, event=event, occurred_at=until), replace(now, plan=now.agency_plan, zone=now.agency_zone)


def _cause(rule: Rule, recorded: Recorded) -> str:
    """Return the cause. Slots of a property that are withdrawn at once, or by one job, are told of together."""
    if rule.kind is NoticeKind.SLOTS_SKIPPED:
        return f"skipped:{recorded.event.agent_id}:{recorded.occurred_at.isoformat()}"
    if rule.kind is NoticeKind.SLOTS_WITHDRAWN:
        request = recorded.event.actor.request_id or ""
        together = request if request.startswith(BY_JOB) else recorded.occurred_at.isoformat()
        return f"withdrawn:{recorded.event.property_id}:{together}"
    return str(recorded.id)


def _actor_role(event: Event) -> str:
    """Return the actor's role; of what a screening ended, it is its own, although the system did it."""
    return "screening" if event.to_state == BookingStatus.CANCELLED_BY_SCREENING else event.actor.role


def _recipients(rule: Rule, event: Event, now: Situation) -> Iterable[tuple[Recipient, UUID]]:
    if _APPLICANT in rule.recipients and now.visit is not None and not now.visit.erased:
        yield _APPLICANT, now.visit.applicant_id
    if now.in_vain and event.applicant_id is not None:
        yield _APPLICANT, event.applicant_id
    if _AGENT in rule.recipients:
        former = event.moved_from.agent_id if event.moved_from else None
        for agent_id in dict.fromkeys((event.agent_id, former)):
            if agent_id is not None and now.subjects.get(agent_id) not in (None, event.actor.subject):
                yield _AGENT, agent_id
    if _ORGANIZATION in rule.recipients and event.actor.role not in _OF_THE_AGENCY:
        yield _ORGANIZATION, event.organization_id


def _due(recorded: Recorded, urgency: Urgency, now: Situation) -> DueTime | None:
    at, event, visit = recorded.occurred_at, recorded.event, now.visit
    starts = [one.start_time for one in (event, event.moved_from) if one is not None and one.start_time is not None]
    soon = urgency is Urgency.SOON and any(start - at <= SOON for start in starts)
    ends = event.start_time, visit.deadline if visit and visit.status in LIVE else None
    if urgency is not Urgency.AT_ONCE and not soon:
        at = after_quiet_hours(at, now.plan.quiet_hours, now.zone, *ends)
    return due(at, *ends)


def _offer_ending(visit: Visit, made_at: datetime) -> Iterable[Notice]:
    when = offer_ending_due(made_at, visit.deadline) if visit.deadline else None
    if when is not None and not visit.erased:
        cause = f"{visit.booking_id}:{visit.sequence}:offer_ending:0"
        yield _of_visit(visit, NoticeKind.OFFER_ENDING, _APPLICANT, visit.applicant_id, cause, when, made_at)


def _reminders(visit: Visit, now: Situation) -> Iterable[Notice]:
    for before in now.plan.offsets:
        when = reminder_due(visit.start_time, before, planned_at=now.at, quiet=now.plan.quiet_hours, zone=now.zone)
        if when is not None and not visit.erased:
            cause = f"{visit.booking_id}:{visit.sequence}:reminder:{before.total_seconds():.0f}"
            yield _of_visit(visit, NoticeKind.REMINDER, _APPLICANT, visit.applicant_id, cause, when, now.at, before)


def _unanswered(visit: Visit, now: Situation) -> Iterable[Notice]:
    """Return the notice for the agent where there is no answer by the deadline, and the visit stays all the same."""
    release = now.plan.release
    when = answer_due(visit.start_time, release.before, planned_at=now.at) if release else None
    if release is not None and when is not None and not visit.erased:
        cause = f"{visit.booking_id}:{visit.sequence}:unanswered:{release.before.total_seconds():.0f}"
        made = _of_visit(visit, NoticeKind.UNANSWERED, _AGENT, visit.agent_id, cause, when, now.at, release.before)
        yield replace(made, held=True)


def _agent_day(visit: Visit, now: Situation) -> Iterable[Notice]:
    """Return the digest of the day, which all of an agent's visits on it make once."""
    day, since, until = day_of(visit.start_time, now.agency_zone)
    starts = [one for one in (*visit.day_starts, visit.start_time) if since <= one < until]
    quiet = now.agency_plan.quiet_hours
    when = agent_day_due(day, starts, planned_at=now.at, quiet=quiet, zone=now.agency_zone)
    if when is not None:
        yield Notice(
            organization_id=visit.organization_id,
            cause=f"{visit.agent_id}:{day}",
            kind=NoticeKind.AGENT_DAY,
            recipient=_AGENT,
            recipient_id=visit.agent_id,
            agent_id=visit.agent_id,
            actor_role=CLOCK.role,
            start_time=since,
            end_time=until,
            happened_at=now.at,
            due_at=when.at,
            not_after=when.not_after,
        )


def _of_visit(
    visit: Visit,
    kind: NoticeKind,
    recipient: Recipient,
    recipient_id: UUID,
    cause: str,
    when: DueTime,
    happened_at: datetime,
    before_start: timedelta | None = None,
) -> Notice:
    return Notice(
        organization_id=visit.organization_id,
        cause=cause,
        kind=kind,
        recipient=recipient,
        recipient_id=recipient_id,
        booking_id=visit.booking_id,
        sequence=visit.sequence,
        slot_id=visit.slot_id,
        property_id=visit.property_id,
        agent_id=visit.agent_id,
        actor_role=CLOCK.role,
        before_start=before_start,
        start_time=visit.start_time,
        end_time=visit.end_time,
        happened_at=happened_at,
        due_at=when.at,
        not_after=when.not_after,
    )
