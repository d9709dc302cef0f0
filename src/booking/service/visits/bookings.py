"""Bookings: booking a visit, and every change of a booking afterwards."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from booking.domain.authority import Right
from booking.domain.choices import EVERY_BOOKING, BookingChoice
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.caller import Caller, Side
from booking.domain.people.refusals import WrongRole
from booking.domain.properties.policy import Policy
from booking.domain.refusals import Conflict
from booking.domain.values import replace
from booking.domain.visits import allowed_actions, roster_changes
from booking.domain.visits.allowed_actions import BookingView
from booking.domain.visits.booking import UNMADE, Booking, BookingStatus, Outcome
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.place_request import BookPlace
from booking.domain.visits.refusals import BookingNotFound
from booking.domain.visits.roster import Roster
from booking.domain.visits.roster_changes import Transition
from booking.service.ports import Bookings, Change, Rosters
from booking.service.properties.visit_details import VisitDetailsService
from booking.service.retrying import retry_when_lost
from booking.service.visits.holds import HoldService
from booking.service.visits.place_claims import PlaceClaims
from booking.service.visits.sides import (
    in_either_right,
    in_either_role,
    manages,
    owns,
    right_of_agent,
    right_of_applicant,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BookingService:
    bookings: Bookings
    rosters: Rosters
    holds: HoldService
    place_claims: PlaceClaims
    visit_details: VisitDetailsService

    async def book(
        self,
        caller: Caller,
        slot_id: UUID,
        notes: str = "",
        *,
        party_size: int = 1,
        hold_id: UUID | None = None,
        applicant_id: UUID | None = None,
        may_release: bool | None = None,
    ) -> BookingView:
        """Book a visit for the caller or, by an agent, for an applicant. Exactly one rival for a place wins.

        Only an agent says whether it `may_release`: a visit that they book may not, unless they allow it.
        """
        by_agent = applicant_id is not None
        if by_agent:
            caller.as_agent()
        else:
            caller.as_applicants()
        if hold_id is not None:
            await self.holds.require(caller, hold_id, slot_id)

        def seen(roster: Roster, commitments: Commitments) -> BookingView:
            return _view(caller, roster.context(roster.claim_of(commitments.applicant.id), commitments.applicant))

        allowed = not by_agent if may_release is None else may_release
        request = BookPlace(notes=notes, party_size=party_size, hold_id=hold_id, by_agent=by_agent, may_release=allowed)
        return await self.place_claims.claim(caller, slot_id, request, seen, applicant_id=applicant_id)

    async def get(self, caller: Caller, booking_id: UUID) -> BookingView:
        context = await self._booking(caller, booking_id)
        return replace(_view(caller, context), details=await self.visit_details.of(caller, context))

    async def list(
        self,
        caller: Caller,
        chosen: BookingChoice = EVERY_BOOKING,
        *,
        side: Side | None,
        window: Window,
        paging: Paging,
    ) -> Page[BookingView]:
        """List bookings: of an applicant; of an agent's own slots; for an admin, of the organization.

        A caller with both roles looks as an agent unless they ask for the other side. To choose by an agent is an
        admin's.
        """
        if caller.looks_as_applicant(side):
            if chosen.agent_id is not None:
                raise WrongRole("only an admin may choose by an agent")
            page = await self.bookings.of_applicants(caller.as_applicants(), chosen, window=window, paging=paging)
        else:
            agent = caller.as_agent()
            chosen = replace(chosen, agent_id=caller.whose(chosen.agent_id))
            page = await self.bookings.of_agency(agent.organization_id, chosen, window=window, paging=paging)
        return Page(items=[_view(caller, context) for context in page.items], next=page.next, total=page.total)

    async def cancel(self, caller: Caller, booking_id: UUID, reason: str | None = None) -> None:
        """Cancel an own booking, or as its agent. The slot stays open, and the place is offered on."""

        def by_applicant(booking: Booking, policy: Policy, at: datetime) -> Booking:
            return booking.cancel_by_applicant(policy, reason=reason, at=at)

        def by_agent(booking: Booking, _: Policy, at: datetime) -> Booking:
            return booking.cancel_by_agent(reason=reason, at=at)

        async def attempt() -> None:
            context = await self._booking(caller, booking_id)
            await in_either_right(
                caller,
                context,
                lambda by, as_agent: self._change(
                    caller, context, by_agent if as_agent else by_applicant, by, _nothing
                ),
            )

        await retry_when_lost(attempt, self.rosters.turn(booking_id))

    async def approve(self, caller: Caller, booking_id: UUID) -> BookingView:
        def approved(booking: Booking, _: Policy, at: datetime) -> Booking:
            return booking.approve(at=at)

        return await self._decide(caller, booking_id, approved)

    async def decline(self, caller: Caller, booking_id: UUID, reason: str | None = None) -> BookingView:
        def declined(booking: Booking, _: Policy, at: datetime) -> Booking:
            return booking.decline(reason=reason, at=at)

        return await self._decide(caller, booking_id, declined)

    async def reschedule(self, caller: Caller, booking_id: UUID, slot_id: UUID) -> BookingView:
        """Move a booking to another slot of the organization. After any refusal nothing has changed."""

        async def move(context: BookingContext, *, by_agent: bool) -> BookingView:
            def seen(roster: Roster) -> BookingView:
                return _view(caller, roster.context(roster.claim(booking_id), context.applicant))

            context.movable(by_agent=by_agent)
            return await self.place_claims.move(caller, context, slot_id, seen, by_agent=by_agent)

        async def attempt() -> BookingView:
            context = await self._booking(caller, booking_id)
            return await in_either_role(
                caller, context, lambda: move(context, by_agent=False), lambda: move(context, by_agent=True)
            )

        return await retry_when_lost(attempt, self.rosters.turn(booking_id))

    async def record(self, caller: Caller, booking_id: UUID, outcome: Outcome) -> BookingView:
        """Record the outcome of a visit, by its agent."""

        async def attempt() -> BookingView:
            context = await self._managed(caller, booking_id)
            context.booking.record(outcome, at=context.at)
            return await self._write(
                caller,
                context,
                lambda roster: roster_changes.record(roster, booking_id, outcome),
                right_of_agent(caller, context),
                lambda changed: _view(caller, changed),
            )

        return await retry_when_lost(attempt, self.rosters.turn(booking_id))

    async def change_notes(self, caller: Caller, booking_id: UUID, notes: str | None) -> BookingView:
        """Change the notes of an own booking that lies ahead; None leaves them."""
        caller.as_applicants()

        async def attempt() -> BookingView:
            context = await self._booking(caller, booking_id)
            if not owns(caller, context):
                raise BookingNotFound

            def change(roster: Roster) -> Roster:
                now = roster.claim(booking_id).notes if notes is None else notes
                return roster_changes.change_notes(roster, booking_id, now)

            context.booking.still_ahead(at=context.at)
            return await self._write(
                caller, context, change, right_of_applicant(caller, context), lambda changed: _view(caller, changed)
            )

        return await retry_when_lost(attempt, self.rosters.turn(booking_id))

    async def change_may_release(self, caller: Caller, booking_id: UUID, may_release: bool) -> BookingView:
        """Allow the release of a visit, or forbid it, as its agent."""

        async def attempt() -> BookingView:
            context = await self._managed(caller, booking_id)
            context.booking.still_ahead(at=context.at)
            return await self._write(
                caller,
                context,
                lambda roster: roster_changes.change_may_release(roster, booking_id, may_release),
                right_of_agent(caller, context),
                lambda changed: _view(caller, changed),
            )

        return await retry_when_lost(attempt, self.rosters.turn(booking_id))

    async def confirm_attendance(self, caller: Caller, booking_id: UUID, sequence: int | None = None) -> BookingView:
        """Confirm that the applicant is coming, as the applicant, or as the agent after a call of theirs.

        `sequence`: of the visit that was asked about; once that has moved there is nothing to confirm.
        An answer that is given while the visit is released takes it back, if nobody has the place.
        """
        in_time = False

        async def attempt() -> BookingView:
            nonlocal in_time
            context = await self._booking(caller, booking_id)
            if sequence not in (None, context.booking.sequence):
                raise BookingNotFound
            if in_time and context.booking.status is BookingStatus.CANCELLED_UNCONFIRMED:
                with suppress(Conflict):
                    return await self._take_back(caller, context)
            context.booking.confirm_attendance(at=context.at)
            in_time = True
            return await in_either_right(
                caller,
                context,
                lambda by, _: self._write(
                    caller,
                    context,
                    lambda roster: roster_changes.confirm_attendance(roster, booking_id),
                    by,
                    lambda changed: _view(caller, changed),
                ),
            )

        return await retry_when_lost(attempt, self.rosters.turn(booking_id))

    async def take_back(self, caller: Caller, booking_id: UUID) -> BookingView:
        """Make a released visit live again, half an hour after its release at the latest, if its place is free."""

        async def attempt() -> BookingView:
            context = await self._booking(caller, booking_id)
            context.booking.returnable(at=context.at)
            return await self._take_back(caller, context)

        return await retry_when_lost(attempt, self.rosters.turn(booking_id))

    async def give_feedback(self, caller: Caller, booking_id: UUID, *, rating: int, comment: str) -> BookingView:
        """Give feedback as the applicant, once after attending; `rating` from 1 to 5."""
        caller.as_applicants()

        async def attempt() -> BookingView:
            context = await self._booking(caller, booking_id)
            if not owns(caller, context):
                raise BookingNotFound
            context.booking.give_feedback(rating=rating, comment=comment, at=context.at)
            return await self._write(
                caller,
                context,
                lambda roster: roster_changes.give_feedback(roster, booking_id, rating=rating, comment=comment),
                right_of_applicant(caller, context),
                lambda changed: _view(caller, changed),
            )

        return await retry_when_lost(attempt, self.rosters.turn(booking_id))

    async def _decide(self, caller: Caller, booking_id: UUID, transition: Transition) -> BookingView:
        async def attempt() -> BookingView:
            context = await self._managed(caller, booking_id)
            by = right_of_agent(caller, context)
            return await self._change(caller, context, transition, by, lambda changed: _view(caller, changed))

        return await retry_when_lost(attempt, self.rosters.turn(booking_id))

    async def _change(
        self,
        caller: Caller,
        context: BookingContext,
        transition: Transition,
        by: Right,
        show: Callable[[BookingContext], T],
    ) -> T:
        """Apply a transition to the booking as it was seen, to refuse at once; then again under the slot's lock."""
        transition(context.booking, context.policy, context.at)
        booking_id = context.booking.id
        return await self._write(
            caller, context, lambda roster: roster_changes.transit(roster, booking_id, transition), by, show
        )

    async def _take_back(self, caller: Caller, context: BookingContext) -> BookingView:
        def seen(roster: Roster) -> BookingView:
            return _view(caller, roster.context(roster.claim(context.booking.id), context.applicant))

        return await in_either_right(
            caller,
            context,
            lambda by, by_agent: self.place_claims.take_back(caller, context, seen, by, by_agent=by_agent),
        )

    async def _write(
        self,
        caller: Caller,
        context: BookingContext,
        change: Change,
        by: Right,
        show: Callable[[BookingContext], T],
    ) -> T:
        def seen(roster: Roster) -> T:
            changed = next(claim for claim in roster.claims if claim.id == context.booking.id)
            return show(roster.context(changed, context.applicant))

        return seen(await self.rosters.change(context.booking.slot_key, change, caller.keeping(by, seen)))

    async def _booking(self, caller: Caller, booking_id: UUID) -> BookingContext:
        context = await self.bookings.get(booking_id, caller)
        if context.booking.status in UNMADE:
            raise BookingNotFound
        return context

    async def _managed(self, caller: Caller, booking_id: UUID) -> BookingContext:
        agency = caller.as_agent().organization_id
        context = await self._booking(caller, booking_id)
        if context.booking.organization_id != agency:
            raise BookingNotFound
        caller.require_manages(agency, context.agent_id)
        return context


def _nothing(_: object) -> None:
    """What there is to see of a booking that was cancelled."""


def _view(caller: Caller, context: BookingContext) -> BookingView:
    managed = manages(caller, context)
    return BookingView(
        context=context,
        for_agent=managed,
        actions=allowed_actions.on_booking(context, own=owns(caller, context), manages=managed),
    )
