"""Calendars, by the library icalendar: invitations that go with a mail, and feeds (ADR 81).

Look first at `icalendars.py`; `zones.py` writes the zones of their times.
"""

from booking.adapters.calendars.icalendars import ICalendars

__all__ = ["ICalendars"]
