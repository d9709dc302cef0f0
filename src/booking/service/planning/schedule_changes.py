"""Changes of schedules, by a plan that is looked at before. Many slots are left to a job."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, Protocol, TypeAlias
from uuid import UUID

from booking import time_zones
from booking.domain.authority import AgentRight
from booking.domain.people.caller import Caller
from booking.domain.planning import schedule_change, schedule_revision
from booking.domain.planning.agent_schedule import AgentSchedule
from booking.domain.planning.job import STEP, Job, JobKind
from booking.domain.planning.plan import Draft
from booking.domain.planning.refusals import ScheduleEnded, ScheduleNotFound
from booking.domain.planning.schedule import require_windows
from booking.domain.planning.schedule_change import Booked, Decision, Found, ScheduleChangePlan, Target, Terms
from booking.domain.planning.schedule_revision import Revision
from booking.domain.planning.slot_moves import Surroundings
from booking.domain.refusals import PreconditionFailed
from booking.domain.values import Value, replace
from booking.domain.visits.roster import Roster
from booking.service.planning.schedules import Drafting, Schedules, managed
from booking.service.planning.slot_changes import Decided, DecideSlots
from booking.service.ports import Clock, NewId
from booking.service.retrying import retry_when_lost

DecideChange: TypeAlias = Callable[[Found], Decision]
"""What becomes of a schedule; whatever it raises, nothing is saved."""


MakeDraft: TypeAlias = Callable[[Found], Draft]
"""Slots that are to be made, of which all surroundings are wanted."""

AFTER_JOB = datetime(9999, 1, 1, tzinfo=UTC)
"""When a horizon is looked at while a job ends slots that are in its way: the job says when it is done."""


class ScheduleChanges(Protocol):
    async def change(
        self,
        of: AgentSchedule,
        target: Target,
        decide: DecideChange,
        by: AgentRight,
        *,
        dry: bool,
        draft: MakeDraft | None = None,
    ) -> Decision:
        """Save a schedule as `decide` returns it, under its lock, in one transaction; if `dry`, only decide.

        `decide` gets the surroundings of the `draft`. ScheduleChanging while a job ends slots of it. Lost if a slot got
        another agent meanwhile.
        """

    async def step(self, job: Job, decide: DecideSlots, most: int) -> int:
        """Change the first slots that a job is still to end; return how many it went through.

        After the last one of a revision the horizon goes on.
        """


class ScheduleChanged(NamedTuple):
    """Plan, the schedule as it is now, the one that follows it, and the job of its slots; none after a dry run."""

    plan: ScheduleChangePlan
    schedule: AgentSchedule | None
    following: AgentSchedule | None
    job: Job | None


class Change(Value, kw_only=True):
    """Change as it is asked for: of a `version`, on terms, by a plan with the hash that is `expected`, if any."""

    target: Target
    version: int
    booked: Booked = Booked.KEEP
    reason: str | None = None
    expected: str | None = None
    dry: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleChangeService:
    changes: ScheduleChanges
    schedules: Schedules
    drafting: Drafting
    now: Clock
    new_id: NewId

    async def delete(self, caller: Caller, schedule_id: UUID, change: Change) -> ScheduleChanged:
        """End a schedule, or a part of it, with its slots to come; or only plan that.

        PreconditionFailed for another version; PlanStale for another plan.
        """
        of = await managed(self.schedules, caller, schedule_id)
        zone = time_zones.zone(of.schedule.time_zone)
        return await self._change(
            caller, of, change, lambda found, terms: schedule_change.deleted(found, change.target, terms, zone)
        )

    async def revise(self, caller: Caller, schedule_id: UUID, change: Change, revision: Revision) -> ScheduleChanged:
        """Give a schedule other terms, or the following part, or one occurrence; or only plan that."""
        of = await managed(self.schedules, caller, schedule_id)
        if of.ended_at is not None:
            raise ScheduleEnded
        target, zone = change.target, time_zones.zone(of.schedule.time_zone)
        if target.only is not None:
            occurrence, rules, slot_id = target.only, await self.drafting.rules(of), self.new_id()

            def one(found: Found) -> Draft:
                return schedule_revision.of_one(found, occurrence, revision, rules, zone, slot_id)

            return await self._change(
                caller,
                of,
                change,
                lambda found, terms: schedule_revision.one_revised(found, target, one(found), terms, zone),
                one,
            )
        revised, at = revision.of(of.schedule), await self.now()
        require_windows(revised)
        then = replace(of, schedule=revised)
        if target.since is not None:
            cut = replace(revised, since=target.since)
            then = replace(of, id=self.new_id(), schedule=cut, created_at=at, updated_at=at, version=1)
        draft = await self.drafting.draft(then, at)
        return await self._change(
            caller,
            of,
            change,
            lambda found, terms: schedule_revision.revised(found, target, draft, terms, zone),
            lambda _: draft,
        )

    async def step(self, job: Job) -> int:
        """End some of the slots that a job is to end."""
        terms = Terms(booked=Booked(job.input["booked"]), reason=job.input["reason"])

        def decide(rosters: Sequence[Roster], _: Surroundings) -> Decided:
            return Decided(*schedule_change.ended(rosters, terms))

        return await retry_when_lost(lambda: self.changes.step(job, decide, STEP))

    async def _change(
        self,
        caller: Caller,
        of: AgentSchedule,
        change: Change,
        decided: Callable[[Found, Terms], Decision],
        draft: MakeDraft | None = None,
    ) -> ScheduleChanged:
        home, job_id = of.organization_id, self.new_id()
        terms = Terms(booked=change.booked, reason=change.reason, may=lambda slot: caller.manages(home, slot.agent_id))

        def look(found: Found) -> Found:
            if found.schedule.version != change.version:
                raise PreconditionFailed
            return found

        def decide(found: Found) -> Decision:
            decision = decided(look(found), terms)
            decision.plan.require(change.expected)
            if not found.exceeds(decision.ending):
                return decision
            given = {"schedule_id": str(of.id), "booked": change.booked.value, "reason": change.reason}
            if decision.due_at is not None:
                given["waking"] = str((decision.following or of).id)
                decision = replace(decision, due_at=AFTER_JOB)
            return decision.left_to(
                Job(
                    organization_id=home,
                    id=job_id,
                    kind=JobKind.SCHEDULE_CHANGE,
                    total=len(decision.ending),
                    input=given,
                    subject=caller.subject,
                    role=caller.as_agent().role,
                    created_at=found.at,
                )
            )

        def seen(made: Decision) -> ScheduleChanged:
            if change.dry:
                return ScheduleChanged(made.plan, None, None, None)
            return ScheduleChanged(made.plan, made.schedule, made.following, made.job)

        wanted = draft and (lambda found: draft(look(found)))
        by = caller.keeping(caller.acting_as_agent(of.agent_id, demoted=ScheduleNotFound), seen)
        return seen(
            await retry_when_lost(
                lambda: self.changes.change(of, change.target, decide, by, dry=change.dry, draft=wanted)
            )
        )
