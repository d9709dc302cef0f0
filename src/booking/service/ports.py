"""What the use cases need from outside, in their words. Each has two implementations: memory and PostgreSQL.

Every guarded write raises `Lost` when its guard refused; then nothing was written, and a second look says why.
A write by a caller is made in a `Right`, of which an actor comes only in exchange for the row that grants it, locked in
the same transaction: a right that is gone is refused, and nothing is written.
Anything may raise `Unavailable` (the database cannot be asked) or, from a write, `OutcomeUnknown`.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from booking.domain.agent import Agent, AgentEntry, AgentRole
from booking.domain.applicant import Applicant, Screening
from booking.domain.audit import Audited, AuditFilter, Seal, Tally
from booking.domain.authority import AgentRight, By, Right
from booking.domain.availability import Availability
from booking.domain.booking import BookingStatus
from booking.domain.booking_context import BookingContext
from booking.domain.caller import Caller, Claims, Identity
from booking.domain.commitments import Commitments
from booking.domain.delivery import Batch, DeadDelivery, Settlement, Subscription
from booking.domain.events import Actor, Recorded
from booking.domain.paging import Page, Paging, Window
from booking.domain.place_request import PlaceRequest
from booking.domain.policy import Policy, Settings
from booking.domain.rate_limit import Block, Spender
from booking.domain.roster import Roster
from booking.domain.slot import Key, Slot, SlotStatus
from booking.domain.slot_page import SlotPage
from booking.domain.waitlist import EntryStatus, EntryView
from booking.service.idempotency import Answer, Asked

Clock = Callable[[], Awaitable[datetime]]
"""Clock of the database. Every deadline is decided by it, on any host."""

Notify = Callable[[Recorded, Subscription], Awaitable[None]]
"""Deliver an event to a subscriber, or raise."""
NewId = Callable[[], UUID]

Change = Callable[[Roster], Roster]
Move = Callable[[Roster, Roster, Commitments], tuple[Roster, Roster]]


class Lease(NamedTuple):
    """The right to do what one process of all does at a time. A write names its `token`, the newest of that name."""

    name: str
    token: int


class Lost(Exception):
    """The guard of a write refused: somebody was quicker. Nothing was written."""


CommitmentsByOrganization = Mapping[UUID, Commitments]
"""Commitments of one person, by organization."""


class Slots(Protocol):
    async def availability(self, slot_id: UUID, caller: Caller) -> Availability:
        """The slot as it stands now; SlotNotFound if none is in the caller's view."""

    async def seen(self, slot_id: UUID, caller: Caller) -> tuple[Availability, CommitmentsByOrganization]:
        """The same, with what counts about the caller as an applicant there."""

    async def with_nearest(
        self, slot_id: UUID, caller: Caller, limit: int
    ) -> tuple[Availability, Sequence[Availability]]:
        """The same, with the bookable slots of its property that start nearest to it, which is none of them."""

    async def all_commitments(
        self, caller: Caller, availabilities: Sequence[Availability]
    ) -> CommitmentsByOrganization:
        """What counts about the caller as an applicant, beside all of these."""

    async def add(self, slot: Slot, by: AgentRight) -> None:
        """Lost where it overlaps another of its agent or property, or has started; AgentNotFound."""

    async def of_organization(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: SlotStatus | None,
        property_id: UUID | None,
        window: Window,
        paging: Paging,
    ) -> Page[Availability]: ...

    async def bookable(
        self, property_id: UUID, caller: Caller, *, window: Window, paging: Paging
    ) -> tuple[Sequence[SlotPage], CommitmentsByOrganization]:
        """In each organization in view that has some, by the same predicate as the booking's guard: `Opening.public`
        (T12). One slot more than the page has room for, so that whether there are any is known."""


class Rosters(Protocol):
    """The one way in which places, holds, offers, waitlists and bookings are changed: one after the other on a slot."""

    async def change(self, slot: Key, change: Change, by: By) -> Roster:
        """The roster as `change` leaves it, saved with its events; what `change` raises saves nothing."""

    async def claim(
        self,
        slot: Key,
        applicant_id: UUID,
        request: PlaceRequest,
        by: Right,
        *,
        contested: bool = False,
    ) -> tuple[Roster, Commitments]:
        """Decide a request by an applicant (`place_request.decide`); return the saved roster and their commitments.

        Unless `contested`, it may be booked directly if no rule can refuse, and raises Lost if the slot was found taken
        while it waited for its turn. SlotNotFound and ApplicantNotFound if the organization has none by that id.
        """

    async def move(self, old: Key, new: Key, applicant_id: UUID, move: Move, by: Right) -> Roster:
        """The same for two slots at once, locked in the order of their ids; gives the new one's roster."""

    def turn(self, *keys: object) -> AbstractAsyncContextManager[None]:
        """The turn of a caller among those in this process who contend for the same: bookings, or slots, by their keys.
        It may be nobody's where waiting could keep up others."""

    async def overdue(self, limit: int) -> Sequence[Key]:
        """Slots on which something is over by the clock and still to be tidied, in whichever organization."""

    async def of_applicant(self, applicant: Applicant) -> Sequence[Key]:
        """Slots on which the applicant has a claim, or for which they wait."""


class Bookings(Protocol):
    async def get(self, booking_id: UUID, caller: Caller) -> BookingContext:
        """Holds and offers too; BookingNotFound if none is in the caller's view."""

    async def of_agency(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        status: BookingStatus | None,
        window: Window,
        paging: Paging,
    ) -> Page[BookingContext]: ...

    async def of_applicants(
        self, applicants: Sequence[Applicant], *, status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[BookingContext]: ...


class Waitlists(Protocol):
    async def get(self, entry_id: UUID, applicants: Sequence[Applicant]) -> EntryView:
        """WaitlistEntryNotFound unless it is one of theirs."""

    async def in_vain(
        self,
        organization_ids: Sequence[UUID],
        *,
        agent_id: UUID | None = None,
        applicants: Sequence[Applicant] | None = None,
        slot_id: UUID | None = None,
    ) -> Sequence[Key]:
        """Slots for which people wait, or these applicants do, though a place is free; some of them, if many."""

    async def of_agency(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        slot_id: UUID | None,
        statuses: Sequence[EntryStatus],
        paging: Paging,
    ) -> Page[EntryView]: ...

    async def of_applicants(
        self,
        applicants: Sequence[Applicant],
        *,
        slot_id: UUID | None,
        statuses: Sequence[EntryStatus],
        paging: Paging,
    ) -> Page[EntryView]: ...


class Policies(Protocol):
    async def settings(self, organization_id: UUID, property_id: UUID | None) -> Settings | None:
        """What the organization (without a property) or the property has set; None where nothing ever was."""

    async def effective(self, organization_id: UUID, property_id: UUID) -> Policy:
        """The rules that hold for the property."""

    async def put(
        self, organization_id: UUID, property_id: UUID | None, settings: Settings, expected: int | None, by: AgentRight
    ) -> Settings:
        """In place of all that was set; PreconditionFailed unless that was the version `expected` (None: any)."""


class Logins(Protocol):
    async def of(self, claims: Claims, request_id: str | None) -> Identity:
        """The agent that signed claims make of their bearer, inserted or refreshed just in time; without such claims,
        the one that an operator made of the subject. And every applicant of the subject, after linking those whose
        email the issuer vouches for."""


class Agents(Protocol):
    async def provision(self, subject: str, organization_id: UUID, role: AgentRole) -> Agent:
        """Replaces what was provisioned for this subject before, in whichever organization."""

    async def remove(self, subject: str) -> bool:
        """Undoes the provisioning; False if there was none."""

    async def entries(self, organization_id: UUID | None) -> Sequence[AgentEntry]:
        """Return the agents that have a role, of one organization or of all, in the order in which they came."""


class Applicants(Protocol):
    async def of_organization(
        self, organization_id: UUID, *, q: str | None, eligible: bool | None, paging: Paging
    ) -> Page[Applicant]:
        """In the order in which they came; `q` is found anywhere in a name or an email, ASCII case ignored."""

    async def by_email(self, email: str, organization_id: UUID | None) -> Sequence[Applicant]:
        """Return the applicants of an email, ASCII case ignored, of one organization or of all; by id."""

    async def register(self, screening: Screening, by: Actor) -> Applicant:
        """As the newest screening says; the same however often, and in whichever order, they arrive."""

    async def unlink(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        """Takes the login from the applicant, for good: however many were taken, none of them is linked to them again.
        ApplicantNotFound."""

    async def erase(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        """Takes name, email, logins and all that was written by or about them in this organization; the ids stay, and
        so does every place that was taken. Gives the applicant as they were; again, and what is left to do is done.
        ApplicantNotFound."""


class Answers(Protocol):
    async def once(self, asked: Asked, answer: Callable[[], Awaitable[Answer]]) -> Answer:
        """What was answered before, or else by `answer`: kept, if it is final, in the transaction of all that
        `answer` changes; if it is not, nothing of that stays. `answer` may be called again, as a whole.

        IdempotencyKeyReused where the key came with something else; IdempotencyInProgress while the first is answered.
        IdempotencyLimit, before anything is done, where as many are kept for the person as may be: none is dropped.
        """

    async def forget(self, lease: Lease) -> int:
        """Some of what was kept for long enough; says how many."""


class Budgets(Protocol):
    async def lease(self, spender: Spender, count: int, limit: int) -> Block:
        """So many requests of this minute's, as far as the limit allows, shared with every other process."""

    async def forget(self, lease: Lease) -> int:
        """Some of the minutes that are over; says how many."""


class Leases(Protocol):
    async def take(self, name: str, lasting: timedelta, mine: Lease | None) -> Lease | None:
        """Takes a lease that is over, or renews `mine`; None while it is another holder's."""

    async def give_back(self, lease: Lease) -> None:
        """Ends a lease before its time, unless it is another holder's by now."""


class Outbox(Protocol):
    """Hands on what happened to each subscription: at least once, in order per booking."""

    async def place(self, limit: int) -> int:
        """Gives the next positions to committed events that have none, in their order (T62); says to how many."""

    async def take(self, kinds: Collection[str], many: int, limit: int, lease: timedelta) -> Sequence[Batch]:
        """Leases subscriptions of these kinds that have something to hear, so `many` at most. `limit`: of the events in
        a batch that are new to its subscription, and of those that are due again."""

    async def settle(self, batch: Batch, settlement: Settlement) -> bool:
        """Moves the subscription's cursor on, and keeps what failed or waits, for later. False where the lease is
        another holder's by now: then nothing was written."""

    async def waiting(self) -> int:
        """How many events are still to be handed on, for each subscription; the dead are not."""

    async def dead(self, limit: int) -> Sequence[DeadDelivery]:
        """In the order of their positions."""

    async def redrive(self, event_ids: Sequence[UUID] | None) -> int:
        """Makes the dead deliveries of these events due again, or all of them; says how many."""


class Unreadable(Exception):
    """A record of the audit holds what the service could not have written, and cannot read."""


class AuditTrail(Protocol):
    """The placed events, and the seals over them; Unreadable where somebody else wrote there."""

    async def of_organization(
        self, organization_id: UUID, chosen: AuditFilter, *, before: int | None, limit: int
    ) -> Sequence[Audited]:
        """Those before a position of the organization's, the newest first."""

    async def placed(self, first: int, limit: int, *, last: int | None = None) -> Sequence[Audited]:
        """Of all organizations, from a position on, in order."""

    async def last_seal(self) -> Seal | None: ...

    async def tally(self) -> Tally:
        """How far the order has come, at one instant."""

    async def add_seal(self, seal: Seal, lease: Lease | None = None) -> None:
        """Lost where it is not the next one, over the next positions; or where the lease is another holder's by now."""

    async def seals(self, first: int, limit: int) -> Sequence[Seal]:
        """From a number on, in order."""


class Tokens(Protocol):
    async def verify(self, token: str) -> Claims:
        """What a bearer token claims; Unauthenticated unless every rule holds, Unavailable if that cannot be told."""


class Auditor(Protocol):
    async def violations(self) -> Mapping[str, int]:
        """How many rows break each invariant, all of them named, zero included. Repairs nothing."""

    async def unknown_events(self) -> Mapping[str, int]:
        """How many events there are of each type that only a newer release knows: no violation, and worth a word."""
