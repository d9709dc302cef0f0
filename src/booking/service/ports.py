"""What the use cases need from outside, in their words. Each has two implementations: memory and PostgreSQL.

Every guarded write raises `Lost` when its guard refused; then nothing was written, and a second look says why.
Anything may raise `Unavailable` (the database cannot be asked) or, from a write, `OutcomeUnknown`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from booking.domain.agent import Agent, AgentRole
from booking.domain.applicant import Applicant, Screening
from booking.domain.booking import Booking, BookingStatus, BookingView
from booking.domain.caller import Caller, Claims
from booking.domain.events import Actor, Recorded
from booking.domain.paging import Page, Paging, Window
from booking.domain.slot import Slot, SlotStatus

Clock = Callable[[], Awaitable[datetime]]
"""The database's clock: the one that every deadline is decided by, on whichever host the service runs."""

Notify = Callable[[Recorded], Awaitable[None]]
NewId = Callable[[], UUID]


class Lost(Exception):
    """The guard of a write refused: somebody was quicker. Nothing was written."""


class Slots(Protocol):
    async def get(self, slot_id: UUID, caller: Caller) -> tuple[Slot, datetime]:
        """The slot, and the instant at which it was read; SlotNotFound if none is in the caller's view."""

    async def add(self, slot: Slot, by: Actor) -> None:
        """Lost where it overlaps another of its agent or property, or has started; AgentNotFound."""

    async def cancel(self, slot: Slot, by: Actor) -> None:
        """With its live booking, if there is one; Lost unless it is live and has not started."""

    async def of_organization(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: SlotStatus | None,
        property_id: UUID | None,
        window: Window,
        paging: Paging,
    ) -> Page[Slot]: ...

    async def bookable(
        self, property_id: UUID, organizations: Sequence[UUID], *, window: Window, paging: Paging
    ) -> Page[Slot]:
        """By the same predicate as the booking's guard: available, and not started (T12)."""


class Bookings(Protocol):
    async def opening(self, slot_id: UUID, caller: Caller) -> tuple[Slot, Applicant, datetime]:
        """All that deciding on a booking takes, read at one instant: the slot, and who the caller is there.

        SlotNotFound where the caller is no applicant of the slot's organization.
        """

    async def add(self, booking: Booking, by: Actor) -> None:
        """Takes the slot; Lost unless it is available, not started, and the applicant eligible."""

    async def get(self, booking_id: UUID, caller: Caller) -> tuple[BookingView, datetime]:
        """BookingNotFound if none is in the caller's view."""

    async def cancel(self, booking: Booking, by: Actor) -> None:
        """Frees the slot; Lost unless the booking is confirmed and has not started."""

    async def of_agency(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: BookingStatus | None,
        window: Window,
        paging: Paging,
    ) -> Page[BookingView]: ...

    async def of_applicants(
        self, applicants: Sequence[Applicant], *, status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[BookingView]: ...


class Agents(Protocol):
    async def from_claims(self, claims: Claims) -> Agent | None:
        """The agent that signed claims make of their bearer, inserted or refreshed just in time; None without such."""

    async def provisioned(self, subject: str) -> Agent | None:
        """The agent that an operator made of this subject; None unless there is one."""

    async def provision(self, subject: str, organization_id: UUID, role: AgentRole) -> Agent:
        """Replaces what was provisioned for this subject before, in whichever organization."""

    async def remove(self, subject: str) -> bool:
        """Undoes the provisioning; False if there was none."""


class Applicants(Protocol):
    async def of(self, claims: Claims, request_id: str | None) -> tuple[Applicant, ...]:
        """Every applicant of this subject, after linking those whose email the issuer vouches for."""

    async def register(self, screening: Screening, by: Actor) -> Applicant:
        """As the newest screening says; the same however often, and in whichever order, they arrive."""

    async def unlink(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        """Takes the login from the applicant, for good: that login is not linked to them again. ApplicantNotFound."""


class Outbox(Protocol):
    async def hand_on(self, notify: Notify, limit: int) -> int:
        """Gives waiting events to `notify`, in order per booking, at least once; says how many it gave."""


class Tokens(Protocol):
    async def verify(self, token: str) -> Claims:
        """What a bearer token claims; Unauthenticated unless every rule holds, Unavailable if that cannot be told."""


class Auditor(Protocol):
    async def violations(self) -> Mapping[str, int]:
        """How many rows break each invariant, all of them named, zero included. Repairs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One database, as the use cases see it."""

    slots: Slots
    bookings: Bookings
    agents: Agents
    applicants: Applicants
    outbox: Outbox
    auditor: Auditor
    now: Clock
