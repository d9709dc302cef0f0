"""Properties in memory."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.events import Actor
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.applicant import folded
from booking.domain.properties import events
from booking.domain.properties.property import Property, PropertyFilter, PropertyNews
from booking.domain.refusals import PreconditionFailed
from booking.domain.values import replace
from booking.domain.visits.booking import BookingStatus
from tests.fakes.state import State, page_of


@dataclass(frozen=True, slots=True)
class MemoryProperties:
    state: State

    async def get(self, key: Key) -> Property | None:
        return self.state.properties.get(key)

    async def known(self, key: Key) -> bool:
        slots = self.state.slots.values()
        return key in self.state.properties or key in {(one.organization_id, one.property_id) for one in slots}

    async def put(self, details: Property, expected: int | None, by: AgentRight, *, keep_note: bool) -> Property:
        actor = self.state.actor(by)
        was = self.state.properties.get(details.key)
        version = was.version if was else 0
        if expected not in (None, version):
            raise PreconditionFailed
        kept = replace(
            details,
            version=version + 1,
            updated_at=self.state.clock(),
            access_note=(was.access_note if was else None) if keep_note else details.access_note,
            told_at=was.told_at if was else None,
            withdrawn_from=was.withdrawn_from if was else None,
        )
        self.state.properties[kept.key] = kept
        self.state.record(events.property_changed(kept, actor))
        return kept

    async def tell(self, news: PropertyNews, by: Actor) -> None:
        at = self.state.clock()
        nameless = Property(organization_id=news.organization_id, id=news.property_id, updated_at=at)
        before = self.state.properties.get(news.key, nameless)
        self.state.properties[news.key] = after = before.after(news, at=at)
        if after.version > before.version:
            self.state.record(events.property_changed(after, by))

    async def of_organization(self, organization_id: UUID, chosen: PropertyFilter, paging: Paging) -> Page[Property]:
        def searched(one: Property) -> str:
            return "\n".join(filter(None, (one.label, one.area, one.address if chosen.in_address else None)))

        found = (
            one
            for one in self.state.properties.values()
            if one.organization_id == organization_id
            and folded(chosen.q or "") in folded(searched(one))
            and chosen.status in (None, one.status)
            and (chosen.updated_after is None or one.updated_at > chosen.updated_after)
        )
        return page_of(found, lambda one: (one.updated_at, one.id), Window(), paging)

    async def last_visit(self, key: Key, applicant_id: UUID) -> datetime | None:
        ends = [
            one.end_time
            for one in self.state.bookings.values()
            if (one.organization_id, one.property_id, one.applicant_id) == (*key, applicant_id)
            and one.status is BookingStatus.CONFIRMED
        ]
        return max(ends, default=None)
