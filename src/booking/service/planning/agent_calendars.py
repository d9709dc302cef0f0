"""Calendars of agents: named by their URL, and read every quarter of an hour."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.delivery.webhook_endpoint import require_receiver
from booking.domain.keys import Key
from booking.domain.people.caller import Caller
from booking.domain.planning.agent_calendar import AHEAD, AgentCalendar, Busy
from booking.domain.planning.refusals import CalendarNotFound
from booking.service.planning.blocks import whose
from booking.service.ports import Cipher, Clock, Lease
from booking.service.retrying import retry_when_lost

AT_ONCE = 8
"""Calendars that are read side by side."""


class Unreadable(Exception):
    """There is no calendar behind the URL, or one that is too large, or takes too long."""


class Validators(NamedTuple):
    """Names of a calendar's version at its server, to ask for a newer one by."""

    etag: str | None = None
    last_modified: str | None = None


class Reading(NamedTuple):
    """`busy`: None where the calendar has not changed."""

    busy: Sequence[Busy] | None
    validators: Validators


class DueCalendar(NamedTuple):
    """Calendar to be read. `zone`: of its agency; `validators`: none where it is to be read whole."""

    key: Key
    encrypted: bytes
    zone: str
    validators: Validators


class CalendarSource(Protocol):
    async def read(self, url: str, known: Validators, *, zone: str, since: datetime, until: datetime) -> Reading:
        """Read when a calendar is busy; Unreadable."""


class AgentCalendars(Protocol):
    async def put(self, agent: Key, encrypted: bytes, host: str, by: AgentRight) -> AgentCalendar:
        """Save the calendar of an agent. A former one ends with its blocks; AgentNotFound."""

    async def get(self, agent: Key) -> AgentCalendar | None: ...

    async def remove(self, agent: Key, by: AgentRight) -> None:
        """Remove the calendar of an agent, and its blocks; CalendarNotFound."""

    async def take(self, most: int, lease: Lease) -> Sequence[DueCalendar]:
        """Return calendars that are due, in any organization, and have them due again in a quarter of an hour."""

    async def apply(self, calendar: DueCalendar, reading: Reading, lease: Lease) -> None:
        """Make the blocks be the busy times, unless the URL is another by now.

        A busy time is split at the agent's slots: what is over a slot is a conflict, and told of when it is new.
        """

    async def fail(self, calendar: DueCalendar, lease: Lease) -> None:
        """Note a reading in vain; after a day of these remove the blocks, and tell of it once."""


@dataclass(frozen=True, slots=True)
class AgentCalendarService:
    """`loopback`: calendars on this machine may be read by http."""

    calendars: AgentCalendars
    source: CalendarSource
    cipher: Cipher
    now: Clock
    loopback: bool = False

    async def put(self, caller: Caller, agent_id: UUID, url: str) -> AgentCalendar:
        """Name an own calendar, or a colleague's as an admin; InvalidRequest for a URL that none may have."""
        agent = whose(caller, agent_id)
        url = f"https{url.removeprefix('webcal')}" if url.startswith("webcal://") else url
        require_receiver(url, loopback=self.loopback)
        by = caller.keeping(caller.acting_as_agent(agent_id), lambda kept: kept)
        return await self.calendars.put(agent, self.cipher.encrypt(url, agent), urlsplit(url).hostname or "", by)

    async def get(self, caller: Caller, agent_id: UUID) -> AgentCalendar:
        found = await self.calendars.get(whose(caller, agent_id))
        if found is None:
            raise CalendarNotFound
        return found

    async def remove(self, caller: Caller, agent_id: UUID) -> None:
        by = caller.keeping(caller.acting_as_agent(agent_id), lambda: None)
        await self.calendars.remove(whose(caller, agent_id), by)

    async def step(self, lease: Lease) -> int:
        """Read the calendars that are due; return their number."""
        due = await self.calendars.take(AT_ONCE, lease)
        await asyncio.gather(*(self._read(one, lease) for one in due))
        return len(due)

    async def _read(self, calendar: DueCalendar, lease: Lease) -> None:
        url, since = self.cipher.decrypt(calendar.encrypted, calendar.key), await self.now()
        try:
            if url is None:
                raise Unreadable
            reading = await self.source.read(
                url, calendar.validators, zone=calendar.zone, since=since, until=since + AHEAD
            )
        except Unreadable:
            await self.calendars.fail(calendar, lease)
        else:
            await retry_when_lost(lambda: self.calendars.apply(calendar, reading, lease))
