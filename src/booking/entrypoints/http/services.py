"""What the handlers need: the use cases, and word of whether this instance is ready."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from booking.service.applicants import ApplicantService
from booking.service.audit import AuditService
from booking.service.bookings import BookingService
from booking.service.holds import HoldService
from booking.service.identity import IdentityService
from booking.service.policies import PolicyService
from booking.service.ports import Answers, Tokens
from booking.service.rate_limits import Limits
from booking.service.slots import SlotService
from booking.service.waitlists import WaitlistService


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    tokens: Tokens
    identity: IdentityService
    slots: SlotService
    holds: HoldService
    bookings: BookingService
    waitlists: WaitlistService
    policies: PolicyService
    applicants: ApplicantService
    audit: AuditService
    answers: Answers
    limits: Limits
    ready: Callable[[], Awaitable[None]]
    """Returns, or raises Unavailable that says what is missing."""
