"""Lives of schedules by chance: changed again and again, beside the oracle that expands rules by another route."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random

from booking import time_zones
from booking.domain.people.caller import Caller
from booking.domain.planning.agent_schedule import AgentSchedule
from booking.domain.planning.schedule import Schedule, require_windows
from booking.domain.planning.schedule_change import ChangeScope, Target
from booking.domain.planning.schedule_revision import Revision
from booking.domain.refusals import InvalidRequest
from booking.domain.values import replace
from booking.service.planning.schedule_changes import Change
from booking.service.planning.schedules import Asked
from tests.builders import Organization, any_schedule, organization
from tests.fakes import State, memory_store
from tests.support import schedule_oracle as oracle

Hours = set[tuple[datetime, datetime, int]]
"""Start, end and places of slots."""


class Life:
    """A schedule with those that follow it, and the occurrences that were deleted."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.at = datetime.combine(oracle.BEGAN + timedelta(days=chance.randrange(40, 330)), time(12), UTC)
        self.agency: Organization = organization(memory_store(State(clock=lambda: self.at)))
        self.chain: list[AgentSchedule] = []
        self.deleted: set[datetime] = set()

    async def run(self, steps: int) -> Sequence[str]:
        """Return the faults: changes after which other slots exist than the oracle says."""
        agent = await self.agency.agent()
        wanted = await self._begin(agent)
        told = [f"begin {wanted}"]
        for _ in range(steps):
            deed = self.chance.choice((self._delete, self._revise, self._revise, self._follow, self._pass))
            told.append(str(await deed(agent)))
            there, expected = await self._there(), self._expected(self.chain)
            if there != expected:
                return [*told, f"too many: {sorted(there - expected)[:3]}, missing: {sorted(expected - there)[:3]}"]
        return []

    async def _begin(self, agent: Caller) -> Schedule:
        schedule = self._any([])
        asked = Asked(property_id=any_schedule().property_id, agent_id=None, schedule=schedule)
        plan = (await self.agency.schedules.preview(agent, asked)).plan
        self.chain = [await self.agency.schedules.create(agent, asked, plan.hash)]
        return schedule

    async def _delete(self, agent: Caller) -> object:
        of = self.chain[-1]
        ahead = [one for one in self._occurrences(of.schedule, 3) if one not in self.deleted]
        if not ahead:
            return None
        occurrence = self.chance.choice(ahead)
        change = Change(target=Target(scope=ChangeScope.THIS, occurrence=occurrence), version=of.version)
        done = await self.agency.schedule_changes.delete(agent, of.id, change)
        assert done.schedule is not None
        self.chain[-1] = done.schedule
        self.deleted.add(occurrence)
        return f"delete {occurrence}"

    async def _revise(self, agent: Caller) -> object:
        of, terms = self.chain[-1], self._terms(self.chain[-1].schedule, self.chain[:-1])
        change = Change(target=Target(scope=ChangeScope.ALL), version=of.version)
        done = await self.agency.schedule_changes.revise(agent, of.id, change, Revision(terms=terms))
        assert done.schedule is not None
        self.chain[-1] = done.schedule
        return f"all {terms}"

    async def _follow(self, agent: Caller) -> object:
        of = self.chain[-1]
        ahead = self._occurrences(of.schedule, 1)
        if not ahead:
            return None
        occurrence = self.chance.choice(ahead)
        cut = replace(of, schedule=replace(of.schedule, until=occurrence))
        terms = self._terms(replace(of.schedule, since=occurrence), [*self.chain[:-1], cut])
        change = Change(target=Target(scope=ChangeScope.FOLLOWING, occurrence=occurrence), version=of.version)
        done = await self.agency.schedule_changes.revise(agent, of.id, change, Revision(terms=terms))
        assert done.schedule is not None
        assert done.following is not None
        self.chain[-1:] = [done.schedule, done.following]
        return f"from {occurrence} {terms}"

    async def _pass(self, _: Caller) -> object:
        self.at += timedelta(hours=self.chance.choice((24, 30, 60)))
        lease = await self.agency.store.leases.take("filling horizons", timedelta(minutes=1), None)
        assert lease is not None
        while await self.agency.horizons.step(lease):
            pass
        await self.agency.store.leases.give_back(lease)
        return f"it is {self.at}"

    def _terms(self, of: Schedule, others: Sequence[AgentSchedule]) -> dict[str, object]:
        other = replace(self._any(others, of), since=of.since, until=of.until)
        names = ("rules", "slot_minutes", "gap_minutes", "capacity", "horizon_days")
        return {name: getattr(other, name) for name in names if getattr(other, name) != getattr(of, name)}

    def _any(self, others: Sequence[AgentSchedule], of: Schedule | None = None) -> Schedule:
        """Choose terms whose slots are in the way of none, also not those of the other parts, for months to come."""
        while True:
            schedule = oracle.any_schedule(self.chance)
            schedule = replace(schedule, horizon_days=self.chance.randint(3, 20), capacity=self.chance.randint(1, 3))
            if of is not None:
                kept = self.chance.random() < 0.5
                schedule = replace(
                    schedule,
                    time_zone=of.time_zone,
                    since=of.since,
                    rules=of.rules if kept else schedule.rules,
                    slot_minutes=of.slot_minutes if kept else schedule.slot_minutes,
                )
            parts = (schedule, *(one.schedule for one in others))
            slots = sorted(hour for part in parts for hour in self._hours(part, 60))
            apart = all(one[1] <= other[0] for one, other in pairwise(slots))
            if apart and _fits(schedule):
                return schedule

    def _expected(self, chain: Sequence[AgentSchedule]) -> Hours:
        return {hour for of in chain for hour in self._hours(of.schedule, of.schedule.horizon_days)}

    def _hours(self, schedule: Schedule, days: int) -> Hours:
        return {
            (start, end, schedule.capacity)
            for occurrence, start, end, _ in self._planned(schedule, days)
            if schedule.has(occurrence) and start > self.at and occurrence not in self.deleted
        }

    def _occurrences(self, schedule: Schedule, factor: int) -> Sequence[datetime]:
        ahead = self._planned(schedule, factor * schedule.horizon_days)
        return [occurrence for occurrence, start, *_ in ahead if schedule.has(occurrence) and start > self.at]

    def _planned(self, schedule: Schedule, days: int) -> Sequence[oracle.Told]:
        today: date = self.at.astimezone(time_zones.zone(schedule.time_zone)).date()
        return oracle.planned(schedule, since=today, until=today + timedelta(days=days))

    async def _there(self) -> Hours:
        lives = (row.occurrences.values() for row in self._state.schedules.values())
        ids = {one.slot_id for those in lives for one in those if one.slot_id is not None}
        slots = (self._state.slots[self.agency.organization_id, one] for one in ids)
        return {
            (slot.start_time, slot.end_time, slot.capacity)
            for slot in slots
            if not slot.cancelled and slot.start_time > self.at
        }

    @property
    def _state(self) -> State:
        state = self.agency.store.schedules.state  # type: ignore[attr-defined]
        assert isinstance(state, State)
        return state


def _fits(schedule: Schedule) -> bool:
    try:
        require_windows(schedule)
    except InvalidRequest:
        return False
    return True
