"""Calendars: the port to the adapter that writes them."""

from collections.abc import Sequence
from typing import Protocol

from booking.domain.notices.calendar import CalendarEntry
from booking.domain.notices.email import Attachment
from booking.domain.notices.facts import EntryOwner, Facts, VisitFacts


class Calendars(Protocol):
    def invitation(self, facts: Facts, address: str) -> Attachment | None:
        """Write the invitation to the owner of an address, or its end; None for a notice that changes no calendar."""

    def tag(self, of: EntryOwner, visits: Sequence[tuple[CalendarEntry, VisitFacts]]) -> str:
        """Return a tag that is another where the feed of these visits is written in another way."""

    def feed(self, of: EntryOwner, visits: Sequence[tuple[CalendarEntry, VisitFacts]]) -> bytes:
        """Write all of a person's visits, the same as long as they are the same."""
