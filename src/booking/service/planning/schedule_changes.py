"""Changes of schedules, by a plan that is looked at before. Many slots are left to a job."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias
from uuid import UUID

from booking import time_zones
from booking.domain.authority import AgentRight
from booking.domain.people.caller import Caller
from booking.domain.planning import schedule_change
from booking.domain.planning.agent_schedule import AgentSchedule
from booking.domain.planning.job import STEP, Job, JobKind
from booking.domain.planning.refusals import ScheduleNotFound
from booking.domain.planning.schedule_change import Booked, Decision, Found, ScheduleChangePlan, Target, Terms
from booking.domain.planning.slot_moves import Surroundings
from booking.domain.refusals import PreconditionFailed
from booking.domain.values import replace
from booking.domain.visits.roster import Roster
from booking.service.planning.schedules import Schedules, managed
from booking.service.planning.slot_changes import Decided, DecideSlots
from booking.service.ports import NewId
from booking.service.retrying import retry_when_lost

DecideChange: TypeAlias = Callable[[Found], Decision]
"""What becomes of a schedule; whatever it raises, nothing is saved."""


class ScheduleChanges(Protocol):
    async def change(
        self, of: AgentSchedule, target: Target, decide: DecideChange, by: AgentRight, *, dry: bool
    ) -> Decision:
        """Save a schedule as `decide` returns it, under its lock, in one transaction; if `dry`, only decide.

        ScheduleChanging while a job ends slots of it. Lost if a slot got another agent meanwhile.
        """

    async def step(self, job: Job, decide: DecideSlots, most: int) -> int:
        """Change the first slots that a job is still to end; return how many it went through."""


class ScheduleChanged(NamedTuple):
    """Plan, the schedule as it is now, and the job that ends its slots, if any; neither after a dry run."""

    plan: ScheduleChangePlan
    schedule: AgentSchedule | None
    job: Job | None


@dataclass(frozen=True, slots=True)
class ScheduleChangeService:
    changes: ScheduleChanges
    schedules: Schedules
    new_id: NewId

    async def delete(
        self,
        caller: Caller,
        schedule_id: UUID,
        target: Target,
        *,
        version: int,
        booked: Booked = Booked.KEEP,
        reason: str | None = None,
        expected: str | None = None,
        dry: bool = False,
    ) -> ScheduleChanged:
        """End a schedule of this `version`, or a part of it, with its slots to come; or only plan that if `dry`.

        PreconditionFailed for another version; PlanStale unless the plan has the hash that is `expected`, if any.
        """
        of = await managed(self.schedules, caller, schedule_id)
        home, zone = of.organization_id, time_zones.zone(of.schedule.time_zone)
        terms = Terms(booked=booked, reason=reason, may=lambda slot: caller.manages(home, slot.agent_id))
        job_id = self.new_id()

        def decide(found: Found) -> Decision:
            if found.schedule.version != version:
                raise PreconditionFailed
            decision = schedule_change.deleted(found, target, terms, zone)
            decision.plan.require(expected)
            if not found.exceeds(decision.ending):
                return decision
            given = {"schedule_id": str(of.id), "booked": booked.value, "reason": reason}
            return replace(decision, job=self._job(caller, found, job_id, len(decision.ending), given))

        def seen(decision: Decision) -> ScheduleChanged:
            return ScheduleChanged(decision.plan, None if dry else decision.schedule, None if dry else decision.job)

        by = caller.keeping(caller.acting_as_agent(of.agent_id, demoted=ScheduleNotFound), seen)
        return seen(await retry_when_lost(lambda: self.changes.change(of, target, decide, by, dry=dry)))

    async def step(self, job: Job) -> int:
        """End some of the slots that a job is to end."""
        terms = Terms(booked=Booked(job.input["booked"]), reason=job.input["reason"])

        def decide(rosters: Sequence[Roster], _: Surroundings) -> Decided:
            return Decided(*schedule_change.ended(rosters, terms))

        return await retry_when_lost(lambda: self.changes.step(job, decide, STEP))

    def _job(self, caller: Caller, found: Found, id: UUID, total: int, given: dict[str, str | None]) -> Job:
        return Job(
            organization_id=found.schedule.organization_id,
            id=id,
            kind=JobKind.SCHEDULE_CHANGE,
            total=total,
            input=given,
            subject=caller.subject,
            role=caller.as_agent().role,
            created_at=found.at,
        )
