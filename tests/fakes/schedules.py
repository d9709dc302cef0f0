"""Schedules in memory."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from booking.domain.authority import AgentRight, By
from booking.domain.events import Actor
from booking.domain.keys import Key
from booking.domain.paging import EPOCH, Page, Paging, Window
from booking.domain.planning import events
from booking.domain.planning import plan as plans
from booking.domain.planning.agent_schedule import AgentSchedule, Occurrence, OccurrenceState, ScheduleChoice
from booking.domain.planning.change_plan import Hour
from booking.domain.planning.plan import Draft, Plan
from booking.domain.properties.property import Property
from booking.domain.values import replace
from booking.domain.visits.slot_batch import LARGEST_BATCH, Surroundings
from booking.service.ports import Lost
from tests.fakes.slot_batches import around
from tests.fakes.slots import put
from tests.fakes.state import ScheduleRow, State, page_of


@dataclass(frozen=True, slots=True)
class MemorySchedules:
    state: State

    async def surroundings(self, draft: Draft, by: By) -> Surroundings:
        self.state.actor(by)
        return around(self.state, draft.of.organization_id, draft.wanted)

    async def add(self, draft: Draft, hash: str, due_at: datetime, by: AgentRight) -> AgentSchedule:
        actor, of = self.state.actor(by), draft.of
        plan = plans.decided(draft, await self.surroundings(draft, by))
        if plan.hash != hash:
            raise Lost
        nameless = Property(organization_id=of.organization_id, id=of.property_id, updated_at=of.created_at)
        self.state.properties.setdefault((of.organization_id, of.property_id), nameless)
        again_at = of.created_at if len(draft.slots) > LARGEST_BATCH else due_at
        self.state.schedules[of.key] = ScheduleRow(schedule=of, due_at=again_at)
        self.state.record(events.schedule_created(of, actor))
        make(self.state, plan, actor)
        return of

    async def get(self, key: Key) -> AgentSchedule | None:
        row = self.state.schedules.get(key)
        return row.schedule if row else None

    async def of_organization(
        self, organization_id: UUID, chosen: ScheduleChoice, paging: Paging
    ) -> Page[AgentSchedule]:
        found = (
            row.schedule
            for row in self.state.schedules.values()
            if row.schedule.organization_id == organization_id
            and chosen.property_id in (None, row.schedule.property_id)
            and chosen.agent_id in (None, row.schedule.agent_id)
            and (chosen.slot_id is None or any(one.slot_id == chosen.slot_id for one in row.occurrences.values()))
        )
        return page_of(found, lambda one: (EPOCH, one.id), Window(), paging)

    async def occurrences(self, key: Key, window: Window, paging: Paging) -> Page[Occurrence]:
        rows = self.state.schedules[key].occurrences.values()
        found = [_listed(self.state, key[0], one) for one in rows if one.start_time in window]
        return page_of(found, lambda one: (one.occurrence.replace(tzinfo=UTC), key[1]), Window(), paging)


def by_now(state: State, organization_id: UUID, one: Occurrence) -> Occurrence:
    cancelled = one.slot_id is not None and state.slots[organization_id, one.slot_id].cancelled
    return replace(one, state=OccurrenceState.DELETED) if cancelled else one


def _listed(state: State, organization_id: UUID, one: Occurrence) -> Occurrence:
    found = one.slot_id and state.slots[organization_id, one.slot_id]
    hour = Hour(agent_id=found.agent_id, start_time=found.start_time, end_time=found.end_time) if found else None
    return replace(by_now(state, organization_id, one), hour=hour)


def make(state: State, plan: Plan, actor: Actor) -> None:
    of = plan.draft.of
    row, slots = state.schedules[of.key], {one.id: one for one in plan.draft.wanted.values()}
    kept = row.occurrences
    for index, one in enumerate(plans.occurrences(plan)):
        kept[one.occurrence] = one
        if one.slot_id is not None:
            put(state, slots[one.slot_id], actor)
        else:
            row.skipped.append((state.clock(), plan.draft.wanted[index]))
            state.record(events.slot_skipped(of, one, actor))
