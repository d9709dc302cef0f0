"""Ports that several use cases share; the others stand beside their use case. Each has a PostgreSQL adapter and a fake.

Every guarded write raises `Lost` if its guard refused: nothing was written, and a second look tells why. A write by a
caller takes a `Right`, which gives an actor only in exchange for the row that grants it, locked in the same
transaction: without it, the write is refused as a whole. Any call may raise `Unavailable` (the database cannot be
asked), and any write `OutcomeUnknown`.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from booking.domain.authority import AgentRight, By, Right
from booking.domain.choices import BookingChoice, SlotChoice
from booking.domain.delivery.delivery import Backlog, Batch, DeadDelivery, Delivery, Outcome, Settlement, Subscription
from booking.domain.idempotency import Answer, Asked
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.agent import Agent, AgentEntry, AgentRole
from booking.domain.people.applicant import Applicant
from booking.domain.people.caller import Caller, Claims
from booking.domain.people.names import Names
from booking.domain.properties.policy import Policy, Settings
from booking.domain.refusals import Refusal
from booking.domain.visits.availability import Availability
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.place_request import PlaceRequest
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_page import SlotPage

Clock = Callable[[], Awaitable[datetime]]
"""Clock of the database. Every deadline is decided by it, on any host."""

NewId = Callable[[], UUID]

Change = Callable[[Roster], Roster]
ChangeAll = Callable[[Sequence[Roster]], Sequence[Roster | Refusal]]
Move = Callable[[Roster, Roster, Commitments], tuple[Roster, Roster]]


class Lease(NamedTuple):
    """Right of one process of all to do something alone, for a time. A write names its `token`, the newest of that
    name.
    """

    name: str
    token: int


class Lost(Exception):
    """The guard of a write refused, because another write was quicker. Nothing was written."""


CommitmentsByOrganization = Mapping[UUID, Commitments]
"""Commitments of one person, by organization."""


class Slots(Protocol):
    async def availability(self, slot_id: UUID, caller: Caller) -> Availability:
        """Return the availability of a slot; SlotNotFound if none is in the caller's view."""

    async def seen(self, slot_id: UUID, caller: Caller) -> tuple[Availability, CommitmentsByOrganization]:
        """Return the availability with the caller's commitments there; SlotNotFound likewise."""

    async def with_nearest(
        self, slot_id: UUID, caller: Caller, limit: int
    ) -> tuple[Availability, Sequence[Availability]]:
        """Return the availability with the nearest other bookable slots of the property; SlotNotFound likewise."""

    async def all_commitments(
        self, caller: Caller, availabilities: Sequence[Availability]
    ) -> CommitmentsByOrganization:
        """Return the caller's commitments beside all of these."""

    async def add(self, slot: Slot, by: AgentRight) -> None:
        """Save a slot; AgentBlocked in a block of its agent; AgentNotFound.

        Lost if it overlaps another of its agent or property, or has started.
        """

    async def by_keys(self, keys: Collection[Key], /) -> Mapping[Key, Availability]:
        """Return the availabilities of these slots, as far as they exist, in one look."""

    async def of_organization(
        self,
        organization_id: UUID,
        chosen: SlotChoice,
        *,
        window: Window,
        paging: Paging,
    ) -> Page[Availability]:
        """Return a page of slots; ListTooBroad if it takes more rows than may be filtered."""

    async def bookable(
        self, property_id: UUID, caller: Caller, *, window: Window, paging: Paging
    ) -> tuple[Sequence[SlotPage], CommitmentsByOrganization]:
        """Return pages of public slots (`Availability.public`), one for each organization in view that has some.

        Each has one slot more than the limit, if there are so many, so that the next page is known to exist.
        """


class Rosters(Protocol):
    """Changes of places, holds, offers, waitlists and bookings: one after the other on a slot."""

    async def change(self, slot: Key, change: Change, by: By) -> Roster:
        """Save the roster as `change` returns it, with its events. If `change` raises, nothing is saved."""

    async def change_all(self, slots: Sequence[Key], change: ChangeAll, by: By) -> Sequence[Roster | Refusal]:
        """Save the rosters that `change` returns, in one transaction; a refusal leaves its slot as it is.

        Locked in the order of their ids. If `change` raises, nothing is saved.
        """

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
        """Change two rosters together, locked in the order of their ids; return the new slot's."""

    def turn(self, *keys: object) -> AbstractAsyncContextManager[None]:
        """Wait for the turn among callers in this process with the same keys: of bookings, or slots.

        It may be no wait at all, where waiting could keep up others.
        """

    async def overdue(self, limit: int) -> Sequence[Key]:
        """Return slots with overdue claims, or with places owed to the waitlist, in any organization."""

    async def of_applicant(self, applicant: Applicant) -> Sequence[Key]:
        """Return slots with a claim or a waitlist entry of the applicant."""


class Bookings(Protocol):
    async def get(self, booking_id: UUID, caller: Caller) -> BookingContext:
        """Return the booking, also a hold or an offer; BookingNotFound if none is in the caller's view."""

    async def of_agency(
        self,
        organization_id: UUID,
        chosen: BookingChoice,
        *,
        window: Window,
        paging: Paging,
    ) -> Page[BookingContext]:
        """Return a page of bookings; ListTooBroad if it takes more rows than may be filtered."""

    async def of_applicants(
        self, applicants: Sequence[Applicant], chosen: BookingChoice, *, window: Window, paging: Paging
    ) -> Page[BookingContext]:
        """Return a page of the applicants' bookings; ListTooBroad likewise."""


class Directory(Protocol):
    """Names by ids. The caller has found that they may be seen."""

    async def names(self, organization_id: UUID, property_id: UUID, agent_id: UUID | None = None) -> Names:
        """Return the names of a property, and of an agent where one is asked for, as far as they have any."""

    async def applicant(self, organization_id: UUID, applicant_id: UUID) -> Applicant | None: ...


class Policies(Protocol):
    async def settings(self, organization_id: UUID, property_id: UUID | None) -> Settings | None:
        """Return the settings of the organization (without a property) or of the property; None if there never were
        any.
        """

    async def effective(self, organization_id: UUID, property_id: UUID) -> Policy:
        """Return the rules that hold for the property."""

    async def all_effective(self, organization_id: UUID, property_ids: Collection[UUID]) -> Mapping[UUID, Policy]:
        """Return the rules that hold for each of the properties."""

    async def put(
        self,
        organization_id: UUID,
        property_id: UUID | None,
        settings: Settings,
        expected: int | None,
        by: AgentRight,
        *,
        unnamed: Collection[str] = (),
    ) -> Settings:
        """Replace all settings but the `unnamed`; PreconditionFailed unless the version was `expected` (None: any)."""


class Agents(Protocol):
    async def provision(self, subject: str, organization_id: UUID, role: AgentRole) -> Agent:
        """Provision a subject as an agent, in place of a former provisioning in any organization."""

    async def remove(self, subject: str) -> bool:
        """Undo the provisioning; return False if there was none."""

    async def erase(self, organization_id: UUID, agent_id: UUID) -> None:
        """Erase all that is known of an agent but ids and login, and shut them out; AgentNotFound.

        A repeated call completes the first.
        """

    async def entries(self, organization_id: UUID | None) -> Sequence[AgentEntry]:
        """Return the agents that have a role, of one organization or of all, in the order in which they came."""


class Answers(Protocol):
    async def once(self, asked: Asked, answer: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the former answer to this request, or else the result of `answer`, which is kept if it is final.

        A change by a right with this request (`Caller.keeping`) keeps its answer in its own transaction; a refusal is
        kept after it was found. If the key was used before, nothing of the change stays. IdempotencyKeyReused if the
        key came with another request; IdempotencyInProgress while the first is answered. IdempotencyLimit, before
        anything is done, if as many are kept for the person as may be: none is dropped.
        """

    async def forget(self, lease: Lease) -> int:
        """Delete some answers that were kept for long enough; return their number."""


class Leases(Protocol):
    async def take(self, name: str, lasting: timedelta, mine: Lease | None) -> Lease | None:
        """Take a lease that is over, or renew `mine`; return None while another holder has it."""

    async def give_back(self, lease: Lease) -> None:
        """End a lease before its time, unless another holder has it by now."""


class Notifier(Protocol):
    """Hands events on to subscriptions of one kind."""

    @property
    def together(self) -> int:
        """Return how many events one call takes at most, each of another line."""

    @property
    def at_once(self) -> int:
        """Return how many calls may be under way for one subscription."""

    async def __call__(self, deliveries: Sequence[Delivery], subscription: Subscription, /) -> Sequence[Outcome]:
        """Return an outcome for each delivery, in their order. An exception is a failure of all of them."""


RowName = Sequence[UUID | str]
"""Key of a row, or as much of it as never changes."""


class Cipher(Protocol):
    """Cipher of secrets at rest, for one purpose. A text is bound to its row: copied to another one, it is not read."""

    @property
    def ready(self) -> bool:
        """Return whether there is a key to encrypt by."""

    def encrypt(self, text: str, of: RowName) -> bytes:
        """Encrypt a secret; SecretsNotConfigured without a key."""

    def decrypt(self, encrypted: bytes, of: RowName) -> str | None:
        """Decrypt a secret; None where no key fits."""


class Outbox(Protocol):
    """Delivery of events to each subscription: at least once, in order per booking."""

    async def place(self, limit: int) -> int:
        """Give the next positions to committed events without one, in their order; return their number."""

    async def take(self, kinds: Mapping[str, int], many: int, limit: int, lease: timedelta) -> Sequence[Batch]:
        """Lease at most `many` subscriptions with events to deliver, unless they rest or were disabled.

        `kinds` says how many deliveries may be under way for a subscription of each. `limit`: of the events in a batch
        that are new to its subscription, and of those that are due again.
        """

    async def settle(self, batch: Batch, settlement: Settlement) -> bool:
        """Advance the subscription's cursor, and save failed and waiting deliveries for later.

        Return False if another holder has the lease by now, or the subscription is gone: nothing was written.
        """

    async def conclude(self, batch: Batch, settlement: Settlement) -> bool:
        """Settle deliveries that were under way when their batch was settled.

        Return False if they are another holder's by now, or the subscription is gone: nothing was written.
        """

    async def waiting(self) -> int:
        """Return the number of events to be delivered, for each subscription, without dead ones."""

    async def backlogs(self) -> Mapping[str, Backlog]:
        """Return the backlog of each kind of subscription. Disabled ones are behind by nothing."""

    async def dead(self, limit: int) -> Sequence[DeadDelivery]:
        """Return dead deliveries in the order of their positions."""

    async def redrive(self, event_ids: Sequence[UUID] | None) -> int:
        """Make the dead deliveries of these events due again, or all of them; return their number."""


class Tokens(Protocol):
    async def verify(self, token: str) -> Claims:
        """Return the claims of a bearer token; Unauthenticated unless every rule holds, Unavailable without keys."""


class Auditor(Protocol):
    async def violations(self) -> Mapping[str, int]:
        """Return the number of rows that break each invariant, zero included. Repairs nothing."""

    async def unknown_events(self) -> Mapping[str, int]:
        """Return the number of events of each type that only a newer release knows: no violation, and worth a word."""
