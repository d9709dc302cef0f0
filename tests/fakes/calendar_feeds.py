"""Calendar feeds in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import Right
from booking.domain.keys import Key
from booking.domain.notices.calendar import CalendarEntry
from booking.domain.notices.calendar_feed import ENDED, MOST, MOST_VISITS, PAST, CalendarFeed
from booking.domain.notices.facts import AgencyFacts, EntryOwner, VisitFacts
from booking.domain.notices.notice import Recipient
from booking.domain.notices.refusals import CalendarFeedNotFound, TooManyCalendarFeeds
from booking.domain.people.caller import Side
from booking.domain.people.organization import Organization
from booking.domain.refusals import Refusal
from booking.domain.visits.booking import UNMADE, VISITS, Booking, BookingStatus
from booking.service.notices.calendar_feeds import FeedContent
from tests.fakes.state import FeedRow, State


@dataclass(frozen=True, slots=True)
class MemoryCalendarFeeds:
    state: State

    async def add(self, id: UUID, side: Side, digest: bytes, by: Right) -> CalendarFeed:
        actor = self.state.actor(by)
        if len(await self.of([by.key])) >= MOST:
            raise TooManyCalendarFeeds
        organization_id, owner_id = by.key
        at = self.state.clock()
        feed = CalendarFeed(organization_id=organization_id, id=id, side=side, owner_id=owner_id, created_at=at)
        self.state.calendar_feeds[organization_id, digest] = FeedRow(feed=feed, subject=actor.subject or "")
        return feed

    async def of(self, owners: Sequence[Key]) -> Sequence[CalendarFeed]:
        rows = (row.feed for row in self.state.calendar_feeds.values())
        return [feed for feed in rows if (feed.organization_id, feed.owner_id) in owners]

    async def remove(self, id: UUID, rights: Sequence[Right]) -> None:
        owners = [right.key for right in rights if self._stands(right)]
        if not owners:
            self.state.actor(rights[0])
        found = [
            key
            for key, row in self.state.calendar_feeds.items()
            if row.feed.id == id and (row.feed.organization_id, row.feed.owner_id) in owners
        ]
        if not found:
            raise CalendarFeedNotFound
        del self.state.calendar_feeds[found[0]]

    def _stands(self, right: Right) -> bool:
        try:
            self.state.actor(right)
        except Refusal:
            return False
        return True

    async def read(self, organization_id: UUID, digest: bytes) -> FeedContent | None:
        row = self.state.calendar_feeds.get((organization_id, digest))
        owner = self._owner(row) if row else None
        if row is None or owner is None:
            return None
        found = [
            (booking, self.state.slots[booking.slot_key])
            for booking in self.state.bookings.values()
            if booking.organization_id == organization_id
            and row.feed.owner_id in (booking.applicant_id, self.state.slots[booking.slot_key].agent_id)
            and self._shown(booking)
        ]
        latest = sorted(found, key=lambda one: (one[1].start_time, one[0].id))[-MOST_VISITS:]
        return FeedContent(owner, [(_entry(booking), self._visit(booking, owner)) for booking, _ in latest])

    def _shown(self, booking: Booking) -> bool:
        now = self.state.clock()
        if booking.status in UNMADE or self.state.slots[booking.slot_key].end_time <= now - PAST:
            return False
        return booking.status in VISITS or booking.updated_at > now - ENDED

    def _owner(self, row: FeedRow) -> EntryOwner | None:
        key = row.feed.organization_id, row.feed.owner_id
        agency = AgencyFacts.of(self.state.organizations.get(key[0]) or Organization(id=key[0]))
        if row.feed.side is Side.AGENT:
            agent = self.state.agent(key)
            assert agent is not None
            return EntryOwner(
                recipient=Recipient.AGENT, locale=agent.profile.locale, name=agent.profile.name, agency=agency
            )
        person, contact = self.state.applicants[key], self.state.contacts.get(key)
        return EntryOwner(
            recipient=Recipient.APPLICANT,
            locale=contact.locale if contact else None,
            name=person.name,
            agency=agency,
        )

    def _visit(self, booking: Booking, owner: EntryOwner) -> VisitFacts:
        slot = self.state.slots[booking.slot_key]
        names = self.state.names_of(slot)
        for_agent = owner.recipient is Recipient.AGENT
        home = self.state.properties.get((slot.organization_id, slot.property_id))
        person = self.state.applicant(booking)
        seen = home if for_agent or booking.status is BookingStatus.CONFIRMED else None
        host = self.state.agent((slot.organization_id, slot.agent_id))
        return VisitFacts(
            label=names.label,
            area=names.area,
            address=seen.address if seen else None,
            directions=seen.directions if seen else None,
            meeting_point=seen.meeting_point if seen else None,
            agent_name=names.agent,
            agent_phone=host.profile.phone if host and (for_agent or seen) else None,
            applicant_name=person.name if for_agent and not person.erased else None,
            start_time=slot.start_time,
            end_time=slot.end_time,
            time_zone=names.time_zone,
        )


def _entry(booking: Booking) -> CalendarEntry:
    return CalendarEntry(
        booking_id=booking.id,
        booking_sequence=booking.sequence,
        booking_status=booking.status,
        at=booking.updated_at,
    )
