"""Exports: whole lists for agents, each as it is at one instant, with the time zone that a row's times are shown in."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from booking.domain.choices import BookingChoice, SlotChoice
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.agent import Colleague
from booking.domain.people.applicant import Applicant
from booking.domain.people.caller import Caller, Side
from booking.domain.people.names import UTC
from booking.domain.people.refusals import WrongRole
from booking.domain.properties.property import PropertyFilter, PropertyView
from booking.domain.refusals import ListTooBroad
from booking.domain.values import replace
from booking.domain.visits.allowed_actions import BookingView, SlotView
from booking.domain.visits.waitlist import EntryStatus, EntryView
from booking.service.people.agents import Colleagues
from booking.service.people.applicants import Applicants
from booking.service.people.organizations import Organizations
from booking.service.ports import Bookings, Slots
from booking.service.properties.properties import Properties
from booking.service.visits.waitlists import SHOWN, Waitlists

MOST_EXPORTED = 10_000
"""Rows of one export."""

AT_ONCE = 100
"""Rows that are read and written at once, as many as a page may have. Why: other requests are answered in between."""

TOO_MANY = "there are more than 10,000 rows: choose fewer by `from` and `to`, or by another filter"
TOO_MANY_EVENTS = "a calendar has at most 500 slots: choose fewer by `from` and `to`, or by another filter"

T = TypeVar("T")
V = TypeVar("V")
R = TypeVar("R")


class Lists(NamedTuple):
    """Lists as they are at one instant."""

    bookings: Bookings
    slots: Slots
    waitlists: Waitlists
    properties: Properties
    colleagues: Colleagues
    applicants: Applicants
    organizations: Organizations


class Snapshots(Protocol):
    async def read(self, work: Callable[[Lists], Awaitable[T]]) -> T:
        """Return the result of `work`, which only reads, and may be done again from its beginning."""


class Zoned(NamedTuple, Generic[V]):
    """Row of an export, and the name of the time zone that its times are shown in."""

    time_zone: str
    item: V


Write = Callable[[Sequence[Zoned[V]]], R]
"""Write some rows."""


@dataclass(frozen=True, slots=True)
class ExportService:
    """Whole lists of agents, as `write` returns their rows, some at a time; ListTooBroad beyond `most` rows.

    The zone is the one that is asked for, or else the property's, the organization's, or UTC.
    """

    snapshots: Snapshots
    most: int = MOST_EXPORTED

    async def bookings(
        self,
        caller: Caller,
        chosen: BookingChoice,
        write: Write[BookingView, R],
        *,
        side: Side | None,
        window: Window,
        time_zone: str | None,
    ) -> Sequence[R]:
        """Export the bookings of an agent's own slots; for an admin, the organization's."""
        organization_id = _agency(caller, side)
        chosen = replace(chosen, agent_id=caller.whose(chosen.agent_id), with_total=False)

        async def page(lists: Lists, paging: Paging) -> Page[BookingView]:
            found = await lists.bookings.of_agency(organization_id, chosen, window=window, paging=paging)
            views = [BookingView(context=one, for_agent=True, actions=()) for one in found.items]
            return Page(items=views, next=found.next)

        return await self._export(page, write, lambda view: view.context.names.time_zone, time_zone, organization_id)

    async def slots(
        self,
        caller: Caller,
        chosen: SlotChoice,
        write: Write[SlotView, R],
        *,
        window: Window,
        time_zone: str | None,
        most: int | None = None,
    ) -> Sequence[R]:
        """Export an agent's own slots; for an admin, the organization's; ListTooBroad beyond `most`, of a calendar."""
        organization_id = _agency(caller)
        chosen = replace(chosen, agent_id=caller.whose(chosen.agent_id))

        async def page(lists: Lists, paging: Paging) -> Page[SlotView]:
            found = await lists.slots.of_organization(organization_id, chosen, window=window, paging=paging)
            return Page(items=[SlotView(availability=one, actions=()) for one in found.items], next=found.next)

        return await self._export(
            page, write, lambda view: view.availability.names.time_zone, time_zone, organization_id, most
        )

    async def waitlist(
        self,
        caller: Caller,
        write: Write[EntryView, R],
        *,
        side: Side | None,
        slot_id: UUID | None,
        status: EntryStatus | None,
        time_zone: str | None,
    ) -> Sequence[R]:
        """Export the entries of an agent's own slots; for an admin, the organization's."""
        organization_id = _agency(caller, side)
        agent_id, statuses = caller.whose(None), SHOWN if status is None else (status,)

        async def page(lists: Lists, paging: Paging) -> Page[EntryView]:
            return await lists.waitlists.of_agency(
                organization_id, agent_id=agent_id, slot_id=slot_id, statuses=statuses, paging=paging
            )

        return await self._export(page, write, lambda view: view.names.time_zone, time_zone, organization_id)

    async def properties(
        self,
        caller: Caller,
        chosen: PropertyFilter,
        write: Write[PropertyView, R],
        *,
        organization_id: UUID | None,
        time_zone: str | None,
    ) -> Sequence[R]:
        """Export the properties of an agent's organization, with their addresses."""
        agency = caller.organization(organization_id)
        if not caller.is_agent_of(agency):
            raise WrongRole("only an agent may do this")

        async def page(lists: Lists, paging: Paging) -> Page[PropertyView]:
            found = await lists.properties.of_organization(agency, replace(chosen, in_address=True), paging)
            views = [PropertyView(property=one, for_agent=True, with_address=True) for one in found.items]
            return Page(items=views, next=found.next)

        return await self._export(page, write, lambda view: view.property.time_zone, time_zone, agency)

    async def agents(
        self, caller: Caller, write: Write[Colleague, R], *, q: str | None, time_zone: str | None
    ) -> Sequence[R]:
        """Export the agents of the caller's organization; for an admin, the inactive ones, too."""
        agent = caller.as_agent()

        async def page(lists: Lists, paging: Paging) -> Page[Colleague]:
            return await lists.colleagues.of_organization(
                agent.organization_id, q=q, inactive=agent.is_admin, paging=paging
            )

        return await self._export(page, write, _of_organization, time_zone, agent.organization_id)

    async def applicants(
        self, caller: Caller, write: Write[Applicant, R], *, q: str | None, eligible: bool | None, time_zone: str | None
    ) -> Sequence[R]:
        """Export the applicants of an agent's organization."""
        organization_id = _agency(caller)

        async def page(lists: Lists, paging: Paging) -> Page[Applicant]:
            return await lists.applicants.of_organization(organization_id, q=q, eligible=eligible, paging=paging)

        return await self._export(page, write, _of_organization, time_zone, organization_id)

    async def _export(
        self,
        page: Callable[[Lists, Paging], Awaitable[Page[V]]],
        write: Write[V, R],
        zone_of: Callable[[V], str | None],
        time_zone: str | None,
        organization_id: UUID,
        most: int | None = None,
    ) -> Sequence[R]:
        allowed = most or self.most

        async def read(lists: Lists) -> Sequence[R]:
            home = (await lists.organizations.get(organization_id)).time_zone or UTC
            paging = Paging(after=None, limit=min(AT_ONCE, allowed))
            written: list[R] = []
            count = 0
            while True:
                found = await page(lists, paging)
                count += len(found.items)
                if count > allowed:
                    raise ListTooBroad(TOO_MANY_EVENTS if most else TOO_MANY)
                written.append(write([Zoned(time_zone or zone_of(one) or home, one) for one in found.items]))
                if found.next is None:
                    return written
                paging = replace(paging, after=found.next)

        return await self.snapshots.read(read)


def _agency(caller: Caller, side: Side | None = None) -> UUID:
    """Return the organization of an agent who looks as such."""
    if side is Side.APPLICANT:
        raise WrongRole("only an agent may do this")
    return caller.as_agent().organization_id


def _of_organization(_: object) -> None:
    """A person is at no property, so the zone is the organization's."""
