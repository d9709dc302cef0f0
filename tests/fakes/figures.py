"""Figures in memory, counted anew from everything there is each time: nothing is kept, so nothing can go stale."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from booking.domain.events import EventType
from booking.domain.figures.figures import Figures, OfId, total
from booking.domain.figures.periods import QUARTER, Period, Span
from booking.domain.figures.ratings import Rated
from booking.domain.visits.booking import UNMADE, VISITS, Booking, BookingStatus, Outcome
from booking.domain.visits.slot import Slot
from booking.domain.visits.waitlist import EntryStatus
from booking.service.figures.figures import Chosen
from tests.fakes.state import State

CANCELLED = {
    BookingStatus.CANCELLED_BY_APPLICANT: "by_applicant",
    BookingStatus.CANCELLED_BY_AGENT: "by_agent",
    BookingStatus.CANCELLED_BY_SCREENING: "by_screening",
    BookingStatus.CANCELLED_UNCONFIRMED: "unconfirmed",
}


@dataclass(frozen=True, slots=True)
class MemoryFigures:
    state: State

    async def by_time(self, chosen: Chosen, spans: Sequence[Span]) -> Mapping[object, Figures]:
        found: dict[object, list[Figures]] = defaultdict(list)
        for slot in self._slots(chosen):
            found[[one.key for one in spans if one.since <= _quarter(slot)][-1]].append(self._of(slot))
        return {key: total(figures) for key, figures in found.items()}

    async def by_property(self, chosen: Chosen, most: int) -> Sequence[OfId]:
        names = {one.id: (one.label, one.area) for one in self.state.properties.values()}
        sums = self._sums((slot.property_id, self._of(slot)) for slot in self._slots(chosen))
        found = [(key, *names.get(key, (None, None)), figures) for key, figures in sums[:most]]
        return [OfId(id=key, name=label, area=area, figures=figures) for key, label, area, figures in found]

    async def by_agent(self, chosen: Chosen, most: int) -> Sequence[OfId]:
        names = {row.id: row.profile.name for row in self.state.agents.values()}
        sums = self._sums((slot.agent_id, self._of(slot)) for slot in self._slots(chosen))
        return [OfId(id=key, name=names.get(key), figures=figures) for key, figures in sums[:most]]

    async def ratings(self, organization_id: UUID, months: Sequence[datetime], until: datetime) -> Sequence[Rated]:
        rated: dict[tuple[int, UUID | None, UUID | None], list[Booking]] = defaultdict(list)
        for one in self.state.bookings.values():
            if one.organization_id == organization_id and one.feedback and months[0] <= one.start_time < until:
                month = sum(begin <= one.start_time for begin in months)
                agent_id = self.state.slots[one.slot_key].agent_id
                for key in ((month, None, None), (month, one.property_id, None), (month, None, agent_id)):
                    rated[key].append(one)
        return [
            Rated(
                *key,
                raters=len({one.applicant_id for one in bookings}),
                ratings=len(bookings),
                stars=sum(one.feedback.rating for one in bookings if one.feedback),
            )
            for key, bookings in rated.items()
        ]

    def _slots(self, chosen: Chosen) -> Iterator[Slot]:
        for slot in self.state.slots.values():
            if (
                slot.organization_id == chosen.organization_id
                and chosen.period.since <= slot.start_time < chosen.period.until
                and chosen.agent_id in {None, slot.agent_id}
                and chosen.property_id in {None, slot.property_id}
            ):
                yield slot

    def _sums(self, parts: Iterable[tuple[UUID, Figures]]) -> list[tuple[UUID, Figures]]:
        found: dict[UUID, list[Figures]] = defaultdict(list)
        for key, figures in parts:
            found[key].append(figures)
        sums = [(key, total(figures)) for key, figures in found.items()]
        return sorted(sums, key=lambda one: (-one[1].booked, one[0]))

    def _of(self, slot: Slot) -> Figures:
        offered = 0 if slot.cancelled else slot.capacity
        counted = [Figures(slots=min(offered, 1), offered=offered)]
        counted += [self._visit(one, slot) for one in self.state.bookings.values() if one.slot_key == slot.key]
        for entry in self.state.entries.values():
            if (entry.organization_id, entry.slot_id) == slot.key:
                counted.append(Figures(waited=1, waited_booked=entry.status is EntryStatus.TAKEN))
        return total(counted)

    def _visit(self, one: Booking, slot: Slot) -> Figures:
        if one.status in UNMADE:
            return Figures()
        if one.status in {BookingStatus.DECLINED, BookingStatus.EXPIRED}:
            return Figures(declined=1)
        moved = any(
            told.event.booking_id == one.id and told.event.type == EventType.BOOKING_RESCHEDULED
            for told in self.state.events
        )
        names = {
            "booked": 1,
            "moved": moved,
            "lead_seconds": (slot.start_time - one.created_at) // timedelta(seconds=1),
        }
        if one.status in CANCELLED:
            left = slot.start_time - one.updated_at
            names |= {
                CANCELLED[one.status]: 1,
                "within_24_hours": left < timedelta(hours=24),
                "within_2_hours": left < timedelta(hours=2),
            }
        elif one.outcome is not None:
            names["attended" if one.outcome is Outcome.ATTENDED else "no_show"] = 1
        elif one.status in VISITS:
            names["not_recorded" if _quarter(slot) + QUARTER <= self.state.clock() else "coming"] = 1
        return Figures(**{name: int(value) for name, value in names.items()})


@dataclass(frozen=True, slots=True)
class MemoryCells:
    """Nothing to keep in step."""

    state: State

    async def follow(self, most: int) -> int:
        return 0

    async def organizations(self) -> Sequence[tuple[UUID, datetime, datetime]]:
        found: dict[UUID, list[datetime]] = defaultdict(list)
        for slot in self.state.slots.values():
            found[slot.organization_id].append(slot.start_time)
        return [(key, min(starts), max(starts)) for key, starts in found.items()]

    async def rebuild(self, organization_id: UUID, since: datetime, until: datetime) -> int:
        return len(
            {
                (slot.property_id, slot.agent_id, _quarter(slot))
                for slot in self.state.slots.values()
                if slot.organization_id == organization_id and since <= slot.start_time < until
            }
        )


def _quarter(slot: Slot) -> datetime:
    return Period.around(slot.start_time, slot.start_time + QUARTER).since
