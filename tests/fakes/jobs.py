"""Jobs in memory, and withdrawals of properties."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.domain.authority import AgentRight
from booking.domain.keys import Key
from booking.domain.planning.change_plan import ChangePlan
from booking.domain.planning.events import schedule_ended
from booking.domain.planning.job import Job, JobFailure, JobState
from booking.domain.properties import events
from booking.domain.properties.policy import Settings
from booking.domain.properties.property import Property
from booking.domain.values import replace
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.service.planning.slot_changes import Overtaken
from tests.fakes.rosters import MemoryRosters
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryJobs:
    state: State

    async def get(self, key: Key) -> Job | None:
        return self.state.jobs.get(key)

    async def next(self) -> Job | None:
        return next((job for job in self.state.jobs.values() if job.ended_at is None), None)

    async def end(self, job: Job, state: JobState) -> None:
        now = self.state.jobs[job.key]
        done = now.total if state is JobState.DONE else now.done
        self.state.jobs[job.key] = replace(now, state=state, done=done, ended_at=self.state.clock())


def advance(state: State, job: Job, done: int, failures: Sequence[JobFailure]) -> None:
    if state.jobs[job.key].ended_at or state.jobs[job.key].done != job.done:
        raise Overtaken
    now = state.jobs.pop(job.key)  # it comes last
    failed = (*now.failures, *failures)
    state.jobs[job.key] = replace(now, state=JobState.RUNNING, done=min(now.done + done, now.total), failures=failed)


@dataclass(frozen=True, slots=True)
class MemoryWithdrawals:
    state: State

    async def withdraw(
        self,
        property: Key,
        since: datetime,
        by: AgentRight,
        look: Callable[[Sequence[Roster]], ChangePlan],
        start: Callable[[ChangePlan], Job] | None,
    ) -> tuple[ChangePlan, Job | None]:
        actor, rosters = self.state.actor(by), MemoryRosters(self.state)
        plan = look([rosters.roster(slot.key, by) for slot in self._coming(property) if slot.start_time >= since])
        if start is None:
            return plan, None
        self._mark(property, since)
        job = start(plan)
        self.state.jobs[job.key] = job
        self.state.record(events.property_withdrawn(*property, actor))
        for row in self.state.schedules.values():
            of, at = row.schedule, self.state.clock()
            if (of.organization_id, of.property_id) == property and not of.ended_at:
                row.schedule = replace(of, ended_at=at, updated_at=at, version=of.version + 1)
                self.state.record(schedule_ended(of, actor))
        return plan, job

    async def restore(self, property: Key, by: AgentRight) -> None:
        actor = self.state.actor(by)
        if self.state.policies.get(property, Settings()).withdrawn_from is not None:
            self._mark(property, None)
            self.state.record(events.property_restored(*property, actor))

    async def ending(self, property: Key, most: int) -> Sequence[Slot]:
        return [slot for slot in self._coming(property) if self.state.withdrawn(slot)][:most]

    def _mark(self, property: Key, since: datetime | None) -> None:
        was = self.state.policies.get(property, Settings())
        self.state.policies[property] = replace(was, withdrawn_from=since)
        at = self.state.clock()
        home = self.state.properties.get(property, Property(organization_id=property[0], id=property[1], updated_at=at))
        self.state.properties[property] = replace(home, withdrawn_from=since, version=home.version + 1, updated_at=at)

    def _coming(self, property: Key) -> Sequence[Slot]:
        found = [
            slot
            for slot in self.state.slots.values()
            if (slot.organization_id, slot.property_id) == property
            and not slot.cancelled
            and slot.start_time > self.state.clock()
        ]
        return sorted(found, key=lambda slot: (slot.start_time, slot.id))
