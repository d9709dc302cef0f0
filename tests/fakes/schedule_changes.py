"""Changes of schedules in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.events import Actor
from booking.domain.planning import events
from booking.domain.planning.agent_schedule import SCHEDULE_CHANGED, AgentSchedule, OccurrenceState
from booking.domain.planning.job import Job
from booking.domain.planning.refusals import ScheduleChanging
from booking.domain.planning.schedule_change import Coming, Decision, Found, Target
from booking.domain.planning.slot_moves import Surroundings
from booking.domain.values import replace
from booking.domain.visits.slot import Slot
from booking.service.planning.schedule_changes import DecideChange, MakeDraft
from booking.service.planning.slot_changes import DecideSlots
from tests.fakes.jobs import advance
from tests.fakes.rosters import MemoryRosters
from tests.fakes.schedules import by_now, make
from tests.fakes.slot_batches import around
from tests.fakes.slots import put
from tests.fakes.state import ScheduleRow, State

NOTHING = Surroundings(agents=(), slots=(), blocks=(), engagements=())


@dataclass(frozen=True, slots=True)
class MemoryScheduleChanges:
    state: State

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
        actor, row = self.state.actor(by), self.state.schedules[of.key]
        if any(self.state.jobs[of.organization_id, job].ended_at is None for job in row.left_to.values()):
            raise ScheduleChanging
        found = Found(row.schedule, self._coming(row, target, by), self.state.clock())
        if draft is not None:
            known = around(self.state, of.organization_id, draft(found).wanted)
            there = {slot.id: slot for slot in self.state.slots.values()}
            found = found._replace(known=known, there=there)
        decision = decide(found)
        if not dry and decision.schedule.version != row.schedule.version:
            self._save(row, decision, actor)
        return decision

    def _save(self, row: ScheduleRow, decision: Decision, actor: Actor) -> None:
        after, following = decision.schedule, decision.following
        row.schedule = after
        self.state.record(
            events.schedule_ended(after, actor) if after.ended_at else events.schedule_changed(after, actor)
        )
        if decision.job is not None:
            self.state.jobs[decision.job.key] = decision.job
            row.left_to = {was.slot.id: decision.job.id for was, _ in decision.ending}
        else:
            MemoryRosters(self.state).keep(*(now for _, now in decision.ending))
        row.occurrences |= {one.occurrence: one for one in decision.written}
        if following is not None and decision.due_at is not None:
            self.state.schedules[following.key] = ScheduleRow(
                schedule=following,
                due_at=decision.due_at,
                occurrences={one.occurrence: one for one in decision.taken_over},
            )
            self.state.record(events.schedule_created(following, actor))
        elif decision.due_at is not None:
            row.due_at = decision.due_at
        if decision.made is not None and decision.job is None:
            if decision.plan.target.only is None:
                make(self.state, decision.made, actor)
            else:
                put(self.state, decision.made.draft.wanted[0], actor)

    async def step(self, job: Job, decide: DecideSlots, most: int) -> int:
        home, rosters = job.organization_id, MemoryRosters(self.state)
        row = self.state.schedules[home, UUID(job.input["schedule_id"])]
        slots = [slot_id for slot_id, left_to in row.left_to.items() if left_to == job.id][:most]
        if slots:
            after, failures = decide([rosters.roster((home, slot_id), job.by) for slot_id in slots], NOTHING)
            rosters.keep(*after)
            row.left_to = {slot_id: one for slot_id, one in row.left_to.items() if slot_id not in slots}
            if "waking" in job.input:
                row.occurrences |= {
                    at: replace(one, state=OccurrenceState.SKIPPED, reason=SCHEDULE_CHANGED, slot_id=None)
                    for at, one in row.occurrences.items()
                    if one.slot_id in {roster.slot.id for roster in after if roster.slot.cancelled and roster.happened}
                }
            advance(self.state, job, len(slots), failures)
        elif "waking" in job.input:
            self.state.schedules[home, UUID(job.input["waking"])].due_at = job.created_at
        return len(slots)

    def _coming(self, row: ScheduleRow, target: Target, by: AgentRight) -> Sequence[Coming]:
        rosters, home, now = MemoryRosters(self.state), row.schedule.organization_id, self.state.clock()
        found = []
        for at, one in sorted(row.occurrences.items()):
            slot: Slot | None = self.state.slots[home, one.slot_id] if one.slot_id else None
            aimed = target.only in (None, at) and (target.since is None or target.since <= at)
            if aimed and max(one.start_time, slot.start_time if slot else one.start_time) > now:
                live = slot is not None and not slot.cancelled and slot.start_time > now
                roster = rosters.roster(slot.key, by) if slot is not None and live else None
                found.append(Coming(by_now(self.state, home, one), roster))
        return found
