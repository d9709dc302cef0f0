"""Events that the consumer takes in, each with its reader."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from booking.entrypoints.messages import envelopes
from booking.entrypoints.messages.envelopes import Reader
from booking.entrypoints.messages.property_events import (
    PROPERTY_REMOVED,
    PROPERTY_UPSERTED,
    PropertyReceived,
    removed_of,
    upserted_of,
)
from booking.entrypoints.messages.screening_events import APPLICANT_SCREENED, Received, screening_of

Incoming: TypeAlias = Received | PropertyReceived

READERS: Mapping[str, Reader[Incoming]] = {
    APPLICANT_SCREENED: screening_of,
    PROPERTY_UPSERTED: upserted_of,
    PROPERTY_REMOVED: removed_of,
}


def decode(body: str, sent_at: datetime) -> Incoming:
    """Read the event in a message that the queue took at `sent_at`; MalformedEvent or UnknownEvent."""
    return envelopes.decode(body, sent_at, READERS)
