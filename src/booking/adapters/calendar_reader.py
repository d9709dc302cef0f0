"""Reader of calendars outside: fetched through the guard, and expanded in a thread, for they may be long."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from booking.adapters.outgoing.client import Outgoing
from booking.domain.delivery.receiver_url import UrlRefused, read_receiver_url
from booking.domain.planning.agent_calendar import LARGEST_CALENDAR, Busy
from booking.service.planning.agent_calendars import Reading, Unreadable, Validators

UNCHANGED = 304


class CalendarReader:
    """`loopback`: calendars on this machine may be read by http."""

    def __init__(self, outgoing: Outgoing, *, loopback: bool) -> None:
        self._outgoing = outgoing
        self._loopback = loopback

    async def read(self, url: str, known: Validators, *, zone: str, since: datetime, until: datetime) -> Reading:
        try:
            address = read_receiver_url(url, loopback=self._loopback)
        except UrlRefused:
            raise Unreadable from None
        asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        headers = {name: value for name, value in asked.items() if value is not None}
        answer = await self._outgoing.get(address, headers, LARGEST_CALENDAR + 1)
        if answer.status == UNCHANGED and headers:
            return Reading(None, known)
        if answer.failure is not None or len(answer.body) > LARGEST_CALENDAR:
            raise Unreadable

        def expand() -> Sequence[Busy]:
            from booking.adapters.calendars.busy_times import busy_times  # its libraries take long to read

            return busy_times(answer.body, zone, since, until)

        found = Validators(answer.headers.get("etag"), answer.headers.get("last-modified"))
        return Reading(await asyncio.to_thread(expand), found)
