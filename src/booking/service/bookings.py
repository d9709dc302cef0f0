"""Booking visits, and everything that becomes of a booking."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from booking.domain import actions, changes
from booking.domain.actions import BookingView
from booking.domain.authority import AgentRight, ApplicantRight, Right
from booking.domain.booking import UNMADE, Booking, BookingStatus, Outcome
from booking.domain.caller import Caller, Side
from booking.domain.changes import Transition
from booking.domain.errors import BookingNotFound, Refusal, Unavailable, WrongRole
from booking.domain.opening import Opening
from booking.domain.paging import Page, Paging, Window
from booking.domain.policy import Policy
from booking.domain.roster import Roster
from booking.domain.sight import Sight
from booking.domain.standing import Standing
from booking.service.contest import contest
from booking.service.desk import Desk
from booking.service.holds import HoldService
from booking.service.ports import Bookings, Rosters, Visit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BookingService:
    bookings: Bookings
    rosters: Rosters
    holds: HoldService
    desk: Desk

    async def book(
        self,
        caller: Caller,
        slot_id: UUID,
        notes: str = "",
        *,
        hold_id: UUID | None = None,
        applicant_id: UUID | None = None,
    ) -> BookingView:
        """Book a visit; of many rivals for a place, exactly one wins. By an agent, on an applicant's behalf."""
        by_agent = applicant_id is not None
        if by_agent:
            caller.as_agent()
        else:
            caller.as_applicants()
        if hold_id is not None:
            await self.holds.require(caller, hold_id, slot_id)

        def look(opening: Opening, standing: Standing) -> None:
            opening.book(standing, hold_id=hold_id, by_agent=by_agent)

        def claim(roster: Roster, standing: Standing) -> Roster:
            return changes.book(roster, standing, notes=notes, hold_id=hold_id, by_agent=by_agent)

        visit = None if by_agent or hold_id is not None else Visit(caller.subject, notes)
        roster, standing = await self.desk.claim(caller, slot_id, look, claim, applicant_id=applicant_id, visit=visit)
        return _view(caller, roster.sight(roster.claim_of(standing.applicant.id), standing.applicant))

    async def get(self, caller: Caller, booking_id: UUID) -> BookingView:
        return _view(caller, await self._booking(caller, booking_id))

    async def list(
        self, caller: Caller, *, side: Side | None, status: BookingStatus | None, window: Window, paging: Paging
    ) -> Page[BookingView]:
        """An applicant's own bookings; those of an agent's own slots; an admin's, the whole organization's.

        Whoever is both looks as an agent unless they say otherwise.
        """
        if caller.looks_as_applicant(side):
            page = await self.bookings.of_applicants(
                caller.as_applicants(), status=status, window=window, paging=paging
            )
        else:
            agent = caller.as_agent()
            page = await self.bookings.of_agency(
                agent.organization_id,
                agent_id=None if agent.is_admin else agent.id,
                status=status,
                window=window,
                paging=paging,
            )
        return Page(items=[_view(caller, sight) for sight in page.items], next=page.next)

    async def cancel(self, caller: Caller, booking_id: UUID, reason: str | None = None) -> None:
        """One's own booking; or an agent's word on one of own slots, which stay open. The place goes on."""

        def by_applicant(booking: Booking, policy: Policy, at: datetime) -> Booking:
            return booking.cancel_by_applicant(policy, reason=reason, at=at)

        def by_agent(booking: Booking, _: Policy, at: datetime) -> Booking:
            return booking.cancel_by_agent(reason=reason, at=at)

        async def attempt() -> None:
            sight = await self._booking(caller, booking_id)
            await _in_either_role(
                caller,
                sight,
                lambda: self._change(sight, by_applicant, _as_applicant(caller, sight, BookingNotFound)),
                lambda: self._change(sight, by_agent, _as_agent(caller, sight, BookingNotFound)),
            )

        await contest(attempt, self.rosters.turn(booking_id))

    async def approve(self, caller: Caller, booking_id: UUID) -> BookingView:
        def approved(booking: Booking, _: Policy, at: datetime) -> Booking:
            return booking.approve(at=at)

        return await self._decide(caller, booking_id, approved)

    async def decline(self, caller: Caller, booking_id: UUID, reason: str | None = None) -> BookingView:
        def declined(booking: Booking, _: Policy, at: datetime) -> Booking:
            return booking.decline(reason=reason, at=at)

        return await self._decide(caller, booking_id, declined)

    async def reschedule(self, caller: Caller, booking_id: UUID, slot_id: UUID) -> BookingView:
        """To another slot of the organization, in one move: the same booking; on any refusal nothing has changed."""

        async def move(sight: Sight, *, by_agent: bool) -> BookingView:
            sight.movable(by_agent=by_agent)
            roster = await self.desk.move(caller, sight, slot_id, by_agent=by_agent)
            return _view(caller, roster.sight(roster.claim(booking_id), sight.applicant))

        async def attempt() -> BookingView:
            sight = await self._booking(caller, booking_id)
            return await _in_either_role(
                caller, sight, lambda: move(sight, by_agent=False), lambda: move(sight, by_agent=True)
            )

        return await contest(attempt, self.rosters.turn(booking_id))

    async def record(self, caller: Caller, booking_id: UUID, outcome: Outcome) -> BookingView:
        """What came of a visit, by its agent."""

        async def attempt() -> BookingView:
            sight = await self._managed(caller, booking_id)
            sight.booking.record(outcome, at=sight.at)
            roster = await self.rosters.change(
                sight.booking.slot_key,
                lambda roster: changes.record(roster, booking_id, outcome),
                _as_agent(caller, sight),
            )
            return _view(caller, roster.sight(roster.claim(booking_id), sight.applicant))

        return await contest(attempt, self.rosters.turn(booking_id))

    async def give_feedback(self, caller: Caller, booking_id: UUID, *, rating: int, comment: str) -> BookingView:
        """By the applicant who attended, once; `rating` from 1 to 5."""
        caller.as_applicants()

        async def attempt() -> BookingView:
            sight = await self._booking(caller, booking_id)
            if not _own(caller, sight):
                raise BookingNotFound
            sight.booking.give_feedback(rating=rating, comment=comment, at=sight.at)
            roster = await self.rosters.change(
                sight.booking.slot_key,
                lambda roster: changes.give_feedback(roster, booking_id, rating=rating, comment=comment),
                _as_applicant(caller, sight),
            )
            return _view(caller, roster.sight(roster.claim(booking_id), sight.applicant))

        return await contest(attempt, self.rosters.turn(booking_id))

    async def _decide(self, caller: Caller, booking_id: UUID, transition: Transition) -> BookingView:
        async def attempt() -> BookingView:
            sight = await self._managed(caller, booking_id)
            changed = await self._change(sight, transition, _as_agent(caller, sight))
            return _view(caller, changed)

        return await contest(attempt, self.rosters.turn(booking_id))

    async def _change(self, sight: Sight, transition: Transition, by: Right) -> Sight:
        """Decided on what was seen, so that what cannot be is refused at once; then again, under the slot's lock."""
        transition(sight.booking, sight.policy, sight.at)
        booking_id = sight.booking.id
        roster = await self.rosters.change(
            sight.booking.slot_key, lambda roster: changes.transit(roster, booking_id, transition), by
        )
        changed = next(claim for claim in roster.claims if claim.id == booking_id)
        return roster.sight(changed, sight.applicant)

    async def _booking(self, caller: Caller, booking_id: UUID) -> Sight:
        sight = await self.bookings.get(booking_id, caller)
        if sight.booking.status in UNMADE:
            raise BookingNotFound
        return sight

    async def _managed(self, caller: Caller, booking_id: UUID) -> Sight:
        agency = caller.as_agent().organization_id
        sight = await self._booking(caller, booking_id)
        if sight.booking.organization_id != agency:
            raise BookingNotFound
        caller.require_manages(agency, sight.agent_id)
        return sight


async def _in_either_role(
    caller: Caller, sight: Sight, as_applicant: Callable[[], Awaitable[T]], as_agent: Callable[[], Awaitable[T]]
) -> T:
    """Return what comes of it in the caller's role: the applicant's first, and else the agent's, for who is both.

    Refuse as the applicant is refused where neither may."""
    if not _own(caller, sight):
        return await as_agent()
    try:
        return await as_applicant()
    except Unavailable:
        raise
    except Refusal as refusal:
        if not _manages(caller, sight):
            raise
        try:
            return await as_agent()
        except Unavailable:
            raise
        except Refusal:
            raise refusal from None


def _as_applicant(caller: Caller, sight: Sight, gone: type[Refusal] = WrongRole) -> ApplicantRight:
    return caller.acting_as_applicant(sight.booking.organization_id, BookingNotFound, gone)


def _as_agent(caller: Caller, sight: Sight, gone: type[Refusal] = WrongRole) -> AgentRight:
    return caller.acting_as_agent(sight.agent_id, demoted=BookingNotFound, gone=gone)


def _manages(caller: Caller, sight: Sight) -> bool:
    return caller.manages(sight.booking.organization_id, sight.agent_id)


def _own(caller: Caller, sight: Sight) -> bool:
    return sight.applicant.id in {applicant.id for applicant in caller.applicants}


def _view(caller: Caller, sight: Sight) -> BookingView:
    manages = _manages(caller, sight)
    return BookingView(
        sight=sight,
        for_agent=manages,
        actions=actions.on_booking(sight, own=_own(caller, sight), manages=manages),
    )
