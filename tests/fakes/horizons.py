"""Horizons of schedules in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.domain.events import CLOCK
from booking.domain.keys import Key
from booking.domain.people.refusals import AgentNotFound
from booking.domain.planning import events
from booking.domain.planning import plan as plans
from booking.domain.planning.agent_schedule import SCHEDULE_CHANGED, AgentSchedule
from booking.domain.planning.plan import Draft
from booking.domain.properties.refusals import PropertyArchived
from booking.domain.values import replace
from booking.domain.visits.slot_batch import LARGEST_BATCH
from booking.service.ports import Lease
from tests.fakes.schedules import make
from tests.fakes.slot_batches import around
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryHorizons:
    state: State

    async def take_due(self, lease: Lease) -> Sequence[AgentSchedule]:
        if not self.state.held(lease):
            return []
        now = self.state.clock()
        due = [row for row in self.state.schedules.values() if row.due_at <= now and not row.schedule.ended_at]
        for row in due:
            row.due_at = now + timedelta(minutes=5)
        return [row.schedule for row in due]

    async def decided_on(self, key: Key) -> Collection[datetime]:
        return {at for at, one in self.state.schedules[key].occurrences.items() if one.reason != SCHEDULE_CHANGED}

    async def fill(self, draft: Draft, due_at: datetime) -> None:
        of, row = draft.of, self.state.schedules[draft.of.key]
        if row.schedule.version != of.version:
            return
        try:
            plan = plans.decided(draft, around(self.state, of.organization_id, draft.wanted))
        except AgentNotFound:
            at = self.state.clock()
            row.schedule = replace(of, ended_at=at, updated_at=at, version=of.version + 1)
            self.state.record(events.schedule_ended(of, CLOCK))
        except PropertyArchived:
            row.due_at = due_at
        else:
            make(self.state, plan, CLOCK)
            row.due_at = of.created_at if len(draft.slots) > LARGEST_BATCH else due_at
