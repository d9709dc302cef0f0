"""What the handlers need: the use cases, and word of whether this instance is ready."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from booking.service.bookings import BookingService
from booking.service.identity import IdentityService
from booking.service.ports import Tokens
from booking.service.slots import SlotService


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    tokens: Tokens
    identity: IdentityService
    slots: SlotService
    bookings: BookingService
    ready: Callable[[], Awaitable[None]]
    """Returns, or raises Unavailable that says what is missing."""
