"""Port to the provider of e-mail."""

from typing import Protocol

from booking.domain.notices.email import Email, Handed


class Mailer(Protocol):
    def room(self) -> int:
        """Return how many may be handed over now by the provider's limit, so that none waits within `send`."""

    async def send(self, email: Email) -> Handed:
        """Hand over an e-mail; MailRefused where that is final, MailFailed where it may be tried again later."""
