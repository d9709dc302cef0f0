"""Changes of schedules: of one occurrence, of it and the following, or of all to come."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from booking.domain.planning.agent_schedule import SCHEDULE_CHANGED, AgentSchedule, Occurrence, OccurrenceState
from booking.domain.planning.change_plan import PlannedChange, hash_of, planned_change
from booking.domain.planning.job import Job, JobFailure
from booking.domain.planning.plan import Plan, ShownPlan
from booking.domain.planning.refusals import OccurrenceNotFound, PlanStale, ScheduleEnded
from booking.domain.planning.schedule import planned
from booking.domain.refusals import NotYourSlot, Refusal
from booking.domain.values import Value, replace
from booking.domain.visits import roster_changes, slot_batch
from booking.domain.visits.refusals import SlotTaken
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_batch import LARGEST_BATCH, MOST_CLAIMS, Surroundings


class ChangeScope(StrEnum):
    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


class Booked(StrEnum):
    """Treatment of slots with a claim, or with people who wait."""

    KEEP = "keep"
    CANCEL = "cancel"


class KeptFor(StrEnum):
    """Reason for which a slot stays as an exception: it is booked, or was changed by itself, or a colleague has it by
    now.
    """

    BOOKED = "booked"
    CHANGED = "changed"
    COLLEAGUE = "colleague"


class Target(Value, kw_only=True):
    """Occurrences that a change is of. `occurrence`: the one, or the first of the following; None for all."""

    scope: ChangeScope
    occurrence: datetime | None = None

    @property
    def only(self) -> datetime | None:
        return self.occurrence if self.scope is ChangeScope.THIS else None

    @property
    def since(self) -> datetime | None:
        return self.occurrence if self.scope is ChangeScope.FOLLOWING else None


class Terms(Value, kw_only=True):
    """Terms on which slots end. `may`: whether a slot is the caller's to change."""

    booked: Booked
    reason: str | None
    may: Callable[[Slot], bool] = lambda _: True

    def keeps(self, roster: Roster) -> KeptFor | None:
        """Return why a slot stays, if it does. Claims that are over by the clock are none."""
        if not self.may(roster.slot):
            return KeptFor.COLLEAGUE
        settled = roster.settled()
        taken = bool(settled.live or settled.waiting)
        return KeptFor.BOOKED if taken and self.booked is Booked.KEEP else None


class Coming(NamedTuple):
    """Occurrence to come that was decided on, with the roster of its slot, unless that is cancelled."""

    occurrence: Occurrence
    roster: Roster | None


class Found(NamedTuple):
    """Schedule under its lock, with the occurrences to come that a change is of.

    `known`: surroundings of the slots that are to be made; `there`: slots among them, by id.
    """

    schedule: AgentSchedule
    coming: Sequence[Coming]
    at: datetime
    known: Surroundings | None = None
    there: Mapping[UUID, Slot] = {}

    def exceeds(self, ending: Sequence[tuple[Roster, Roster]]) -> bool:
        """Return whether slots are too many to end in one transaction, in which all that are there would be locked."""
        many = sum(one.roster is not None for one in self.coming) > LARGEST_BATCH
        return bool(ending) and (many or sum(len(was.live) for was, _ in ending) > MOST_CLAIMS)


class PlannedOccurrence(Value, kw_only=True):
    """Occurrence in a plan, with its slot before and after; one that has none yet is without."""

    occurrence: datetime
    kept: KeptFor | None
    slot: PlannedChange | None


class ScheduleChangePlan(Value, kw_only=True):
    """Plan of a change, in the order of the occurrences, with the slots that are made."""

    target: Target
    occurrences: tuple[PlannedOccurrence, ...]
    made: ShownPlan | None = None

    @property
    def hash(self) -> str:
        """Hash of all that would happen; the present time is no part of it."""
        return hash_of([self.target, self.occurrences, self.made and self.made.plan.hash])

    def require(self, expected: str | None) -> None:
        """Raise PlanStale if another plan than this one was looked at; None: none was."""
        if expected not in (None, self.hash):
            raise PlanStale(self)


class Decision(Value, kw_only=True):
    """Schedule as it is to be, and slots that end, each before and after.

    `written`: occurrences as they are to be; `made`: slots to be made, for the schedule or the one that follows it;
    `following`: that one, with the occurrences that it takes over; `due_at`: when its horizon is looked at next. With a
    `job` that ends them, the slots are still as they were, and none are made.
    """

    schedule: AgentSchedule
    plan: ScheduleChangePlan
    ending: Sequence[tuple[Roster, Roster]]
    written: Sequence[Occurrence] = ()
    made: Plan | None = None
    following: AgentSchedule | None = None
    taken_over: Sequence[Occurrence] = ()
    due_at: datetime | None = None
    job: Job | None = None

    def left_to(self, job: Job) -> "Decision":
        """Return the change with its slots left to a job; occurrences stay with the slots that it is to end."""
        ending = {was.slot.id for was, _ in self.ending}
        there = {one.occurrence for one in self.plan.occurrences if one.slot and one.slot.slot_id in ending}
        return replace(self, job=job, written=[one for one in self.written if one.occurrence not in there])


def deleted(found: Found, target: Target, terms: Terms, zone: tzinfo) -> Decision:
    """End a schedule, its following part, or one occurrence, with the slots to come.

    ScheduleEnded, OccurrenceNotFound; NotYourSlot for one slot that a colleague has by now.
    """
    of, at = found.schedule, found.at
    if of.ended_at is not None:
        raise ScheduleEnded
    if target.only is not None:
        return _one_deleted(found, target, target.only, terms, zone)
    if target.since is not None:
        require(found, target.since, zone)
        last = min(filter(None, (target.since, of.schedule.until)))
        after = of.changed(replace(of.schedule, until=last), at=at)
    else:
        after = of.ended(at=at)
    return _decision(after, target, found.coming, terms)


def ended(rosters: Sequence[Roster], terms: Terms) -> tuple[Sequence[Roster], Sequence[JobFailure]]:
    """End slots in the step of a job. One that cannot be ended, or was booked since, is a failure, and stays."""
    after: list[Roster] = []
    failures: list[JobFailure] = []
    for roster in rosters:
        (end,) = [SlotTaken()] if terms.keeps(roster) else slot_batch.cancel_each([roster], terms.reason)
        after.append(roster if isinstance(end, Refusal) else end)
        if isinstance(end, Refusal):
            failures.append(JobFailure(slot_id=roster.slot.id, code=end.code))
    return after, failures


def _one_deleted(found: Found, target: Target, occurrence: datetime, terms: Terms, zone: tzinfo) -> Decision:
    before = require_one(found, occurrence, zone)
    live = [one for one in found.coming if one.roster is not None]
    if any(one.roster is not None and not terms.may(one.roster.slot) for one in live):
        raise NotYourSlot
    decision = _decision(found.schedule, target, live, terms)
    if live and not decision.ending:
        return decision
    changed = found.schedule.changed(found.schedule.schedule, at=found.at)
    if live:
        return replace(decision, schedule=changed)
    tombstone = replace(before, state=OccurrenceState.DELETED, reason=None)
    alone = PlannedOccurrence(occurrence=occurrence, kept=None, slot=None)
    plan = ScheduleChangePlan(target=target, occurrences=(alone,))
    return replace(decision, schedule=changed, plan=plan, written=[tombstone])


def require_one(found: Found, occurrence: datetime, zone: tzinfo) -> Occurrence:
    """Return an occurrence that can still be changed by itself: not deleted, and its slot has not begun."""
    before = require(found, occurrence, zone)
    live = any(one.occurrence is before and one.roster is not None for one in found.coming)
    if before.state is OccurrenceState.DELETED or (before.state is OccurrenceState.MADE and not live):
        raise OccurrenceNotFound
    return before


def require(found: Found, occurrence: datetime, zone: tzinfo) -> Occurrence:
    """Return an occurrence to come, as it was decided on or as the rules have it; or raise OccurrenceNotFound."""
    for one in found.coming:
        if one.occurrence.occurrence == occurrence and one.occurrence.reason != SCHEDULE_CHANGED:
            return one.occurrence
    day = occurrence.date()
    for slot in planned(found.schedule.schedule, zone, since=day, until=day + timedelta(days=1)):
        if slot.occurrence == occurrence and slot.start_time > found.at:
            return Occurrence(
                occurrence=occurrence,
                start_time=slot.start_time,
                end_time=slot.end_time,
                state=OccurrenceState.SKIPPED,
                reason=None,
                slot_id=None,
            )
    raise OccurrenceNotFound


def _decision(after: AgentSchedule, target: Target, coming: Iterable[Coming], terms: Terms) -> Decision:
    told: list[PlannedOccurrence] = []
    ending: list[tuple[Roster, Roster]] = []
    for one, roster in coming:
        if roster is None:
            continue
        kept = terms.keeps(roster)
        then = roster if kept else roster_changes.cancel(roster, reason=terms.reason)
        if kept is None:
            ending.append((roster, then))
        told.append(PlannedOccurrence(occurrence=one.occurrence, kept=kept, slot=planned_change(roster, then)))
    return Decision(schedule=after, plan=ScheduleChangePlan(target=target, occurrences=tuple(told)), ending=ending)
