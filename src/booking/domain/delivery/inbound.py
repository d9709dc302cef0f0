"""Messages that senders post to this service."""

from datetime import timedelta
from typing import NamedTuple

KEPT = timedelta(days=14)
"""How long the id of a message is kept, so that its repetition has no second effect."""


class InboundMessage(NamedTuple):
    """Name of a message: its sender's, and the id that the sender gave it."""

    sender: str
    id: str
