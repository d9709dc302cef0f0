"""Schedules: previewed, then made exactly as previewed; the horizon job makes the slots of the days to come."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from booking import time_zones
from booking.domain.authority import AgentRight
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.planning import plan as plans
from booking.domain.planning.agent_schedule import AgentSchedule, Occurrence, ScheduleChoice
from booking.domain.planning.plan import Draft, Plan, Rules, ShownPlan
from booking.domain.planning.recurrence import MOST_OCCURRENCES
from booking.domain.planning.refusals import PlanStale, ScheduleNotFound
from booking.domain.planning.schedule import Schedule, require_windows
from booking.domain.values import Value, replace
from booking.domain.visits.slot_batch import Surroundings
from booking.service.ports import Clock, NewId, Policies, Slots
from booking.service.retrying import retry_when_lost


class Schedules(Protocol):
    async def surroundings(self, draft: Draft, by: AgentRight) -> Surroundings:
        """Look at all that a draft depends on."""

    async def add(self, draft: Draft, hash: str, due_at: datetime, by: AgentRight) -> AgentSchedule:
        """Save a schedule and its first slots (`plan.occurrences`) in one transaction; Lost for another hash.

        It is due for the horizon at once if slots are left, else at `due_at`.
        """

    async def get(self, key: Key) -> AgentSchedule | None: ...

    async def of_organization(
        self, organization_id: UUID, chosen: ScheduleChoice, paging: Paging
    ) -> Page[AgentSchedule]:
        """Return a page of schedules, the oldest first."""

    async def occurrences(self, key: Key, window: Window, paging: Paging) -> Page[Occurrence]:
        """Return a page of occurrences that were decided on, in order; deleted if their slot was cancelled.

        The window is of the starts by the rules.
        """


class Asked(Value, kw_only=True):
    """Schedule as it is asked for; without an agent it is the caller's own."""

    property_id: UUID
    agent_id: UUID | None
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Drafting:
    """Drafts of schedules by the rules of now."""

    policies: Policies
    new_id: NewId

    async def draft(self, of: AgentSchedule, at: datetime, but: Collection[datetime] = ()) -> Draft:
        """Expand a schedule, in a thread: a large one takes a tenth of a second."""
        rules, ids = await self.rules(of), (self.new_id() for _ in range(MOST_OCCURRENCES))
        return await asyncio.to_thread(plans.expanded, of, rules, time_zones.zone(of.schedule.time_zone), ids, at, but)

    async def rules(self, of: AgentSchedule) -> Rules:
        home, place = of.organization_id, of.property_id
        policy = await self.policies.effective(home, place)
        settings = [await self.policies.settings(home, which) for which in (None, place)]
        version = ".".join(str(one.version if one else 0) for one in settings)
        return Rules(buffer=policy.buffer, policy_version=version, tzdata=time_zones.version())


@dataclass(frozen=True, slots=True)
class ScheduleService:
    schedules: Schedules
    slots: Slots
    drafting: Drafting
    now: Clock
    new_id: NewId

    async def preview(self, caller: Caller, asked: Asked) -> ShownPlan:
        """Return the plan of a schedule, with all that stands in its way. An admin may ask for a colleague."""
        draft = await self._draft(caller, asked)
        by = caller.acting_as_agent(draft.of.agent_id)
        return await self._shown(plans.decided(draft, await self.schedules.surroundings(draft, by)))

    async def create(self, caller: Caller, asked: Asked, hash: str) -> AgentSchedule:
        """Make the schedule and its slots exactly as previewed; PlanStale with the new plan if that is another one."""

        async def attempt() -> AgentSchedule:
            draft = await self._draft(caller, asked)
            of, by = draft.of, caller.acting_as_agent(draft.of.agent_id)
            plan = plans.decided(draft, await self.schedules.surroundings(draft, by))
            if plan.hash != hash:
                raise PlanStale(await self._shown(plan))
            due_at = plans.next_day(of, time_zones.zone(of.schedule.time_zone), of.created_at)
            return await self.schedules.add(draft, hash, due_at, caller.keeping(by, lambda made: made))

        return await retry_when_lost(attempt)

    async def list(self, caller: Caller, chosen: ScheduleChoice, paging: Paging) -> Page[AgentSchedule]:
        """List schedules: a member's own, or an admin's whole organization's."""
        whose = replace(chosen, agent_id=caller.whose(chosen.agent_id))
        return await self.schedules.of_organization(caller.as_agent().organization_id, whose, paging)

    async def get(self, caller: Caller, schedule_id: UUID) -> AgentSchedule:
        """Return a schedule of the caller, or any of an admin's organization; ScheduleNotFound."""
        return await managed(self.schedules, caller, schedule_id)

    async def occurrences(
        self, caller: Caller, schedule_id: UUID, *, window: Window, paging: Paging
    ) -> Page[Occurrence]:
        """List the occurrences of a schedule that were decided on so far."""
        return await self.schedules.occurrences((await self.get(caller, schedule_id)).key, window, paging)

    async def _draft(self, caller: Caller, asked: Asked) -> Draft:
        agent = caller.as_agent()
        if not agent.is_admin and asked.agent_id not in (None, agent.id):
            raise WrongRole("only an admin may plan for a colleague")
        require_windows(asked.schedule)
        at = await self.now()
        of = AgentSchedule(
            organization_id=agent.organization_id,
            id=self.new_id(),
            property_id=asked.property_id,
            agent_id=asked.agent_id or agent.id,
            schedule=asked.schedule,
            created_at=at,
            updated_at=at,
        )
        return await self.drafting.draft(of, at)

    async def _shown(self, plan: Plan) -> ShownPlan:
        home = plan.draft.of.organization_id
        keys = {(home, slot_id) for found in plan.refused.values() for slot_id in found.slot_ids}
        there = {key[1]: found.slot for key, found in (await self.slots.by_keys(keys)).items()}
        return plans.shown(plan, there)


async def managed(schedules: Schedules, caller: Caller, schedule_id: UUID) -> AgentSchedule:
    found = await schedules.get((caller.as_agent().organization_id, schedule_id))
    if found is None or not caller.manages(found.organization_id, found.agent_id):
        raise ScheduleNotFound
    return found
