"""Waitlists in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.applicant import Applicant
from booking.domain.visits.refusals import WaitlistEntryNotFound
from booking.domain.visits.waitlist import Entry, EntryStatus, EntryView
from tests.fakes.state import State, page_of


@dataclass(frozen=True, slots=True)
class MemoryWaitlists:
    state: State

    async def get(self, entry_id: UUID, applicants: Sequence[Applicant]) -> EntryView:
        own = {(applicant.organization_id, applicant.id) for applicant in applicants}
        for entry in self.state.entries.values():
            if entry.id == entry_id and (entry.organization_id, entry.applicant_id) in own:
                return self._view(entry, with_applicant=False)
        raise WaitlistEntryNotFound

    async def in_vain(
        self,
        organization_ids: Sequence[UUID],
        *,
        agent_id: UUID | None = None,
        applicants: Sequence[Applicant] | None = None,
        slot_id: UUID | None = None,
    ) -> Sequence[Key]:
        own = None if applicants is None else {(one.organization_id, one.id) for one in applicants}
        return [
            slot.key
            for slot in self.state.slots.values()
            if slot.organization_id in organization_ids
            and agent_id in (None, slot.agent_id)
            and slot_id in (None, slot.id)
            and self.state.availability(slot).awaited_in_vain
            and any(own is None or (one.organization_id, one.applicant_id) in own for one in self._waiting(slot.key))
        ]

    async def of_agency(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        slot_id: UUID | None,
        statuses: Sequence[EntryStatus],
        paging: Paging,
    ) -> Page[EntryView]:
        def wanted(entry: Entry) -> bool:
            slot = self.state.slots[entry.organization_id, entry.slot_id]
            return entry.organization_id == organization_id and agent_id in (None, slot.agent_id)

        return self._page(wanted, slot_id, statuses, paging, with_applicant=True)

    async def of_applicants(
        self,
        applicants: Sequence[Applicant],
        *,
        slot_id: UUID | None,
        statuses: Sequence[EntryStatus],
        paging: Paging,
    ) -> Page[EntryView]:
        own = {(applicant.organization_id, applicant.id) for applicant in applicants}

        def wanted(entry: Entry) -> bool:
            return (entry.organization_id, entry.applicant_id) in own

        return self._page(wanted, slot_id, statuses, paging, with_applicant=False)

    def _page(
        self,
        wanted: Callable[[Entry], bool],
        slot_id: UUID | None,
        statuses: Sequence[EntryStatus],
        paging: Paging,
        *,
        with_applicant: bool,
    ) -> Page[EntryView]:
        views = (
            self._view(entry, with_applicant=with_applicant)
            for entry in self.state.entries.values()
            if wanted(entry) and slot_id in (None, entry.slot_id)
        )
        return page_of((view for view in views if view.entry.status in statuses), _start_and_id, Window(), paging)

    def _waiting(self, key: Key) -> list[Entry]:
        return [one for one in self.state.queue_for(key) if one.status is EntryStatus.WAITING]

    def _view(self, entry: Entry, *, with_applicant: bool) -> EntryView:
        key = entry.organization_id, entry.slot_id
        slot, at = self.state.slots[key], self.state.clock()
        offer_ends = None
        if entry.status is EntryStatus.OFFERED and entry.offer_id is not None:
            offer_ends = self.state.bookings[entry.organization_id, entry.offer_id].deadline
        over = slot.start_time if entry.status is EntryStatus.WAITING else offer_ends
        if over is not None and over <= at:
            entry, offer_ends = entry.ended(EntryStatus.LAPSED, at=over), None
        waiting = [one.id for one in self._waiting(key)]
        return EntryView(
            entry=entry,
            position=waiting.index(entry.id) + 1 if entry.status is EntryStatus.WAITING else None,
            property_id=slot.property_id,
            agent_id=slot.agent_id,
            names=self.state.names_of(slot),
            start_time=slot.start_time,
            end_time=slot.end_time,
            offer_ends=offer_ends,
            applicant=self.state.applicant(entry) if with_applicant else None,
        )


def _start_and_id(view: EntryView) -> tuple[datetime, UUID]:
    return view.start_time, view.entry.id
