"""Words of notices: the port to the adapter that writes them."""

from typing import Protocol

from booking.domain.notices.facts import Facts, Message


class Words(Protocol):
    def render(self, facts: Facts) -> Message:
        """Write a message in the recipient's language, or else the agency's, or else English."""
