"""Port to the provider of a channel."""

from typing import Protocol, TypeAlias, TypeVar

from booking.domain.notices.email import Email
from booking.domain.notices.handover import Handed

L = TypeVar("L", contravariant=True)


class Provider(Protocol[L]):
    """Provider of a channel, which takes letters of the channel's form."""

    def room(self) -> int:
        """Return how many may be handed over now by the provider's limit, so that none waits within `send`."""

    async def send(self, letter: L, /) -> Handed:
        """Hand over a letter; HandoverRefused where that is final, HandoverFailed where it may be tried again later."""


Mailer: TypeAlias = Provider[Email]
