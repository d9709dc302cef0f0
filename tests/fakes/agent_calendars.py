"""Calendars of agents in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from booking.adapters.ids import new_id
from booking.domain.authority import AgentRight, acts
from booking.domain.keys import Key
from booking.domain.people.refusals import AgentNotFound
from booking.domain.planning import events
from booking.domain.planning.agent_calendar import EVERY, KEPT, WHOLE_AFTER, AgentCalendar, Busy, around, merged
from booking.domain.planning.block import Block
from booking.domain.planning.refusals import CalendarNotFound
from booking.domain.values import replace
from booking.service.planning.agent_calendars import DueCalendar, Reading, Validators
from booking.service.ports import Lease
from tests.fakes.state import CalendarRow, State


@dataclass(frozen=True, slots=True)
class MemoryAgentCalendars:
    state: State

    async def put(self, agent: Key, encrypted: bytes, host: str, by: AgentRight) -> AgentCalendar:
        actor, row = self.state.actor(by), self.state.agent(agent)
        if row is None or not acts(*row.roles):
            raise AgentNotFound
        self.state.end_calendar(agent)
        at = self.state.clock()
        added = AgentCalendar(
            organization_id=agent[0], agent_id=agent[1], host=host, read_at=None, failing_since=None, created_at=at
        )
        self.state.agent_calendars[agent] = CalendarRow(calendar=added, encrypted=encrypted, due_at=at)
        self.state.record(events.calendar_set(*agent, actor))
        return added

    async def get(self, agent: Key) -> AgentCalendar | None:
        row = self.state.agent_calendars.get(agent)
        return row.calendar if row else None

    async def remove(self, agent: Key, by: AgentRight) -> None:
        actor = self.state.actor(by)
        if not self.state.end_calendar(agent):
            raise CalendarNotFound
        self.state.record(events.calendar_removed(*agent, actor))

    async def take(self, most: int, lease: Lease) -> Sequence[DueCalendar]:
        now = self.state.clock()
        due = [row for row in self.state.agent_calendars.values() if row.due_at <= now and self.state.held(lease)]
        taken = []
        for row in due[:most]:
            row.due_at = now + EVERY
            agency = self.state.organizations.get(row.calendar.organization_id)
            known = row.whole_at > now - WHOLE_AFTER and row.given_up_at is None
            zone = (agency and agency.time_zone) or "UTC"
            validators = row.validators if known else Validators()
            taken.append(DueCalendar(row.calendar.key, row.encrypted, zone, validators))
        return taken

    async def apply(self, calendar: DueCalendar, reading: Reading, lease: Lease) -> None:
        row, at = self._held(calendar, lease), self.state.clock()
        if row is None:
            return
        row.validators, row.given_up_at = reading.validators, None
        row.whole_at = row.whole_at if reading.busy is None else at
        row.calendar = replace(row.calendar, read_at=at, failing_since=None)
        agent = calendar.key
        were = {
            (Busy(one.start_time, one.end_time), key in row.free): key
            for key, one in self.state.blocks.items()
            if one.agent == agent and one.of_calendar and one.end_time > at
        }
        busy = merged(one for one, _ in were) if reading.busy is None else reading.busy
        slots = [
            slot
            for slot in self.state.slots.values()
            if (slot.organization_id, slot.agent_id) == agent and not slot.cancelled and slot.end_time > at
        ]
        parts = around(busy, slots)
        for gone in were.keys() - set(parts):
            del self.state.blocks[were[gone]]
        new = [part for part in parts if part not in were]
        for part, free in new:
            key = agent[0], new_id()
            self.state.blocks[key] = Block(
                organization_id=agent[0],
                id=key[1],
                agent_id=agent[1],
                start_time=part.start_time,
                end_time=part.end_time,
                reason=None,
                of_calendar=True,
                conflict=not free,
                created_at=at,
            )
            row.free |= {key} if free else set()
        if not all(free for _, free in new):
            self.state.record(events.calendar_conflicting(*agent))

    async def fail(self, calendar: DueCalendar, lease: Lease) -> None:
        row, at = self._held(calendar, lease), self.state.clock()
        if row is None:
            return
        since = row.calendar.failing_since or at
        row.calendar = replace(row.calendar, failing_since=since)
        if row.given_up_at is None and since <= at - KEPT:
            row.given_up_at = at
            gone = [key for key, one in self.state.blocks.items() if one.agent == calendar.key and one.of_calendar]
            for key in gone:
                del self.state.blocks[key]
            self.state.record(events.calendar_unreadable(*calendar.key))

    def _held(self, calendar: DueCalendar, lease: Lease) -> CalendarRow | None:
        row = self.state.agent_calendars.get(calendar.key)
        return row if row and row.encrypted == calendar.encrypted and self.state.held(lease) else None
