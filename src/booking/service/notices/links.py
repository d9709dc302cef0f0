"""Links: made for an applicant, opened by their bearers, and used once, each for one act."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from booking.domain.events import Via
from booking.domain.notices.calendar import CalendarEntry
from booking.domain.notices.facts import AgencyFacts, EntryOwner, VisitFacts
from booking.domain.notices.link import LinkPurpose, LinkTarget, MadeLink
from booking.domain.notices.link_notice import links_notice
from booking.domain.notices.notice import Recipient
from booking.domain.notices.refusals import LinkNotFound, LinksNotConfigured, NoChannelConfigured
from booking.domain.people.caller import Caller
from booking.domain.refusals import Conflict, NotFound, Refusal, SlotNotFound
from booking.domain.values import Value, replace
from booking.domain.visits.booking import UNMADE, BookingStatus
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.refusals import BookingNotFound, SlotTaken
from booking.domain.visits.slot import Slot
from booking.service.notices.calendars import Calendars
from booking.service.notices.link_maker import KnownLink, LinkMaker, digest_of
from booking.service.notices.notices import Notices
from booking.service.ports import Bookings, Slots
from booking.service.visits.bookings import BookingService
from booking.service.visits.holds import HoldService

ALTERNATIVES = 6
"""Times that are offered where a visit is moved, or has gone to somebody else."""

CHANGES = (LinkPurpose.CANCEL, LinkPurpose.MOVE)


class OpenLink(Value, kw_only=True):
    """Link as it is shown, with its visit, or the place that is offered.

    `done`: it was used, or what it is for was said otherwise; `changed`: and the visit is not as it was then.
    `refused`: the code of a refusal that stands in the way; `alternatives`: times to move to, or to have in place of a
    released visit; `calendar`: the visit as a file, with as much as a page shows.
    """

    purpose: LinkPurpose
    done: bool
    context: BookingContext
    locale: str | None
    agency: AgencyFacts
    changed: bool = False
    refused: str | None = None
    alternatives: Sequence[Slot] = ()
    calendar: bytes | None = None

    @property
    def released(self) -> bool:
        """Whether the visit was given on, and is not taken back."""
        return self.context.booking.status is BookingStatus.CANCELLED_UNCONFIRMED

    @property
    def elsewhere(self) -> bool:
        """Whether another time was chosen in place of a released visit."""
        return self.done and self.released


@dataclass(frozen=True, slots=True)
class LinkService:
    """`mails`: whether e-mail is configured."""

    maker: LinkMaker
    bookings: Bookings
    slots: Slots
    visits: BookingService
    holds: HoldService
    notices: Notices
    calendars: Callable[[], Calendars]
    mails: bool

    async def make(self, caller: Caller, booking_id: UUID) -> Sequence[MadeLink] | None:
        """Make links for an own booking or offer: each is told once. By its agent: have them sent, and return None.

        Why: a link is as good as the applicant's login, and only theirs to read.
        """
        context = await self.bookings.get(booking_id, caller)
        own = caller.is_applicant(context.applicant)
        agency = context.booking.organization_id
        if not _linkable(context) or not (own or caller.manages(agency, context.agent_id)):
            raise BookingNotFound
        if self.maker.base is None:
            raise LinksNotConfigured
        if not own:
            await self._mail(caller, context)
            return None
        target = LinkTarget.of(context.booking.as_of(context.at))
        by = caller.acting_as_applicant(target.organization_id, BookingNotFound, BookingNotFound)
        purposes = target.purposes(context.at) if context.applicant.eligible else ()
        (made,) = await self.maker.make([(target, purposes)], by)
        return made

    async def _mail(self, caller: Caller, context: BookingContext) -> None:
        if not self.mails:
            raise NoChannelConfigured
        by = caller.acting_as_agent(context.agent_id, demoted=BookingNotFound, gone=BookingNotFound)
        await self.notices.request(links_notice(context, caller.as_agent().role), by)

    async def open(self, token: str) -> OpenLink:
        """Return a link as it is shown; LinkNotFound if it is made up, has expired, or holds no more."""
        return await self._opened(await self._known(token))

    async def use(self, token: str, *, slot_id: UUID | None = None, request_id: str | None = None) -> OpenLink:
        """Act once, and return the link as it is shown then. `slot_id`: of the time that is chosen.

        A refusal leaves the link as it was.
        """
        known = await self._known(token)
        opened = await self._opened(known)
        if opened.done or opened.calendar or (opened.refused and not (opened.alternatives and slot_id)):
            return opened
        try:
            await self._act(opened, _bearer(known, request_id), slot_id)
        except (Conflict, NotFound) as refusal:
            now = await self.open(token)  # perhaps it was used, or ended, or given on, in this moment
            return now if now.done or now.released is not opened.released else replace(now, refused=refusal.code)
        now = await self.open(token)
        return replace(now, changed=now.changed and not opened.released)  # to take it back is a change by itself

    async def _act(self, opened: OpenLink, bearer: Caller, slot_id: UUID | None) -> None:
        booking = opened.context.booking
        match opened.purpose:
            case LinkPurpose.CONFIRM if opened.released and slot_id:
                await self.visits.book(bearer, slot_id, booking.notes)
            case LinkPurpose.CONFIRM if opened.released:
                await self.visits.take_back(bearer, booking.id)
            case LinkPurpose.CONFIRM:
                await self.visits.confirm_attendance(bearer, booking.id)
            case LinkPurpose.CANCEL:
                await self.visits.cancel(bearer, booking.id)
            case LinkPurpose.MOVE:
                if slot_id is None:
                    raise SlotNotFound
                await self.visits.reschedule(bearer, booking.id, slot_id)
            case LinkPurpose.ACCEPT_OFFER:
                await self.visits.book(bearer, booking.slot_id, hold_id=booking.id)
            case _:
                await self.holds.release(bearer, booking.id)

    def _calendar(self, opened: OpenLink) -> bytes:
        booking, names = opened.context.booking, opened.context.names
        owner = EntryOwner(recipient=Recipient.APPLICANT, locale=opened.locale, agency=opened.agency)
        entry = CalendarEntry(
            booking_id=booking.id,
            booking_sequence=booking.sequence,
            booking_status=booking.status,
            at=booking.updated_at,
        )
        visit = VisitFacts(
            label=names.label,
            area=names.area,
            start_time=booking.start_time,
            end_time=booking.end_time,
            time_zone=names.time_zone,
        )
        return self.calendars().feed(owner, [(entry, visit)])

    async def _known(self, token: str) -> KnownLink:
        organization_id = await self.maker.tokens.organization(token)
        known = None if organization_id is None else await self.maker.links.known(organization_id, digest_of(token))
        if known is None:
            raise LinkNotFound
        return known

    async def _opened(self, known: KnownLink) -> OpenLink:
        link, bearer = known.link, _bearer(known)
        context = await self.bookings.get(link.booking_id, bearer)
        target = LinkTarget.of(context.booking.as_of(context.at))
        holds = target.sequence == link.sequence and link.purpose in target.purposes(context.at)
        if known.used_at is None and not holds:  # perhaps it was used between the two looks
            known = await self.maker.links.known(link.organization_id, link.hash) or known
        left = link.left(target)
        done = known.used_at is not None or (link.purpose is LinkPurpose.CONFIRM and left and target.coming)
        opened = OpenLink(
            purpose=link.purpose,
            done=done,
            changed=done and not left,
            context=context,
            locale=known.locale,
            agency=known.agency,
        )
        if opened.done:
            return opened
        if not holds:
            raise LinkNotFound
        if link.purpose in CHANGES:
            try:
                context.movable(by_agent=False)
            except Refusal as refusal:
                return replace(opened, refused=refusal.code)
        if link.purpose is LinkPurpose.CALENDAR:
            return replace(opened, calendar=await asyncio.to_thread(self._calendar, opened))
        gone = opened.released and not context.place_free
        if gone:
            opened = replace(opened, refused=SlotTaken.code)
        if gone or link.purpose is LinkPurpose.MOVE:
            _, nearest = await self.slots.with_nearest(context.booking.slot_id, bearer, ALTERNATIVES)
            slots = sorted((one.slot for one in nearest), key=lambda slot: slot.start_time)
            return replace(opened, alternatives=slots)
        return opened


def _bearer(known: KnownLink, request_id: str | None = None) -> Caller:
    """Return the applicant as a caller, whose changes use the link up."""
    applicant = known.applicant
    return Caller(
        subject=applicant.user_id or "",
        email=None,
        agent=None,
        applicants=(applicant,),
        request_id=request_id,
        link=known.link.hash,
        via=Via.LINK,
    )


def _linkable(context: BookingContext) -> bool:
    """Return whether it is a booking, or an offer."""
    status = context.booking.as_of(context.at).status
    return status not in UNMADE or status is BookingStatus.OFFERED
