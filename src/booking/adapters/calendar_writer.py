"""Writer of feeds in a thread: they may be long, and the libraries for it are only read when it is first needed."""

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from booking.service.notices.calendar_feeds import FeedContent
from booking.service.notices.words import CalendarWords

if TYPE_CHECKING:
    from booking.adapters.calendars import ICalendars


class CalendarWriter:
    def __init__(self, words: Callable[[], CalendarWords]) -> None:
        self._words = words

    async def tag(self, content: FeedContent) -> str:
        return await asyncio.to_thread(lambda: self._calendars.tag(*content))

    async def write(self, content: FeedContent) -> bytes:
        return await asyncio.to_thread(lambda: self._calendars.feed(*content))

    @cached_property
    def _calendars(self) -> "ICalendars":
        from booking.adapters.calendars import ICalendars  # its library takes long to read

        return ICalendars(self._words())
