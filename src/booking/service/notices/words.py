"""Words of notices and calendars: the ports to the adapter that writes them."""

from collections.abc import Sequence
from typing import Protocol

from booking.domain.notices.calendar import CalendarStatus
from booking.domain.notices.facts import EntryOwner, EntryText, Facts, Message, VisitFacts
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.notices.short_message import ShortWords


class Words(Protocol):
    def render(self, facts: Facts) -> Message:
        """Write a message in the recipient's language, or else the agency's, or else English."""


class CalendarWords(Protocol):
    def entry(self, visit: VisitFacts, of: EntryOwner, status: CalendarStatus) -> EntryText:
        """Write the texts of a visit in a calendar, in its owner's language, or else the agency's, or else English."""


class SampleWords(Words, Protocol):
    """Words that can be looked at before anything is told."""

    def sample(self, kind: NoticeKind, recipient: Recipient, locale: str | None) -> Facts:
        """Return facts such as a notice of this kind has."""


class PhoneWords(Protocol):
    def render(self, facts: Facts) -> ShortWords:
        """Write a message for a phone, in such a language."""

    def code(self, code: str, locales: Sequence[str | None]) -> ShortWords:
        """Write the message with a code, in the first of these languages that there are words of."""
