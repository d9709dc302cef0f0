"""Calendars of slots, written and read in a thread: their library is only read when it is first needed."""

import asyncio
from collections.abc import Sequence

from booking.domain.visits.allowed_actions import SlotView
from booking.service.visits.slot_calendars import CalendarEvent


class SlotCalendarFiles:
    async def write(self, slots: Sequence[SlotView]) -> bytes:
        def write() -> bytes:
            from booking.adapters.calendars import slot_calendars

            return slot_calendars.written(slots)

        return await asyncio.to_thread(write)

    async def read(self, content: bytes) -> Sequence[CalendarEvent]:
        def read() -> Sequence[CalendarEvent]:
            from booking.adapters.calendars import slot_calendars

            return slot_calendars.read(content)

        return await asyncio.to_thread(read)
