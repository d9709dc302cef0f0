"""Changes of schedules in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.planning import events
from booking.domain.planning.agent_schedule import AgentSchedule
from booking.domain.planning.job import Job
from booking.domain.planning.refusals import ScheduleChanging
from booking.domain.planning.schedule_change import Coming, Decision, Found, Target
from booking.domain.planning.slot_moves import Surroundings
from booking.domain.visits.slot import Slot
from booking.service.planning.schedule_changes import DecideChange
from booking.service.planning.slot_changes import DecideSlots
from tests.fakes.jobs import advance
from tests.fakes.rosters import MemoryRosters
from tests.fakes.schedules import by_now
from tests.fakes.state import ScheduleRow, State

NOTHING = Surroundings(agents=(), slots=(), blocks=(), engagements=())


@dataclass(frozen=True, slots=True)
class MemoryScheduleChanges:
    state: State

    async def change(
        self, of: AgentSchedule, target: Target, decide: DecideChange, by: AgentRight, *, dry: bool
    ) -> Decision:
        actor, row = self.state.actor(by), self.state.schedules[of.key]
        if any(self.state.jobs[of.organization_id, job].ended_at is None for job in row.left_to.values()):
            raise ScheduleChanging
        decision = decide(Found(row.schedule, self._coming(row, target, by), self.state.clock()))
        after = decision.schedule
        if dry or after.version == row.schedule.version:
            return decision
        row.schedule = after
        self.state.record(
            events.schedule_ended(after, actor) if after.ended_at else events.schedule_changed(after, actor)
        )
        row.occurrences |= {one.occurrence: one for one in decision.deleted}
        if decision.job is not None:
            self.state.jobs[decision.job.key] = decision.job
            row.left_to = {was.slot.id: decision.job.id for was, _ in decision.ending}
        else:
            MemoryRosters(self.state).keep(*(now for _, now in decision.ending))
        return decision

    async def step(self, job: Job, decide: DecideSlots, most: int) -> int:
        home, rosters = job.organization_id, MemoryRosters(self.state)
        row = self.state.schedules[home, UUID(job.input["schedule_id"])]
        slots = [slot_id for slot_id, left_to in row.left_to.items() if left_to == job.id][:most]
        if slots:
            after, failures = decide([rosters.roster((home, slot_id), job.by) for slot_id in slots], NOTHING)
            rosters.keep(*after)
            row.left_to = {slot_id: one for slot_id, one in row.left_to.items() if slot_id not in slots}
            advance(self.state, job, len(slots), failures)
        return len(slots)

    def _coming(self, row: ScheduleRow, target: Target, by: AgentRight) -> Sequence[Coming]:
        rosters, home, now = MemoryRosters(self.state), row.schedule.organization_id, self.state.clock()
        found = []
        for at, one in sorted(row.occurrences.items()):
            slot: Slot | None = self.state.slots[home, one.slot_id] if one.slot_id else None
            aimed = target.only in (None, at) and (target.since is None or target.since <= at)
            if aimed and (slot.start_time if slot else one.start_time) > now:
                live = slot is not None and not slot.cancelled
                roster = rosters.roster(slot.key, by) if slot is not None and live else None
                found.append(Coming(by_now(self.state, home, one), roster))
        return found
