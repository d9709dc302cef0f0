"""Rosters in memory: read, changed by the domain and kept, with no await in between."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from uuid import UUID

from booking.adapters.ids import new_id
from booking.domain.authority import By, Right
from booking.domain.keys import Key
from booking.domain.people.applicant import Applicant
from booking.domain.people.refusals import ApplicantNotFound
from booking.domain.refusals import Refusal, SlotNotFound
from booking.domain.visits.booking import Booking, BookingStatus
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.place_request import PlaceRequest, decide
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.domain.visits.waitlist import Entry, EntryStatus
from booking.service.ports import Change, ChangeAll, Lost, Move
from tests.fakes.commitments import commitments, of
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryRosters:
    state: State

    async def change(self, slot: Key, change: Change, by: By) -> Roster:
        changed = change(self.roster(slot, by))
        self.keep(changed)
        self.state.use_link(by)
        return changed

    async def change_all(self, slots: Sequence[Key], change: ChangeAll, by: By) -> Sequence[Roster | Refusal]:
        changed = change([self.roster(slot, by) for slot in slots])
        self.keep(*(one for one in changed if isinstance(one, Roster)))
        return changed

    async def claim(
        self,
        slot: Key,
        applicant_id: UUID,
        request: PlaceRequest,
        by: Right,
        *,
        contested: bool = False,
    ) -> tuple[Roster, Commitments]:
        if slot not in self.state.slots:
            raise SlotNotFound
        roster = self.roster(slot, by)
        commitments = self._standing_of((slot[0], applicant_id))
        changed = decide(request, roster, commitments)
        self.keep(changed)
        self.state.use_link(by)
        return changed, commitments

    async def move(self, old: Key, new: Key, applicant_id: UUID, move: Move, by: Right) -> Roster:
        left, entered = move(self.roster(old, by), self.roster(new, by), self._standing_of((old[0], applicant_id)))
        self.keep(entered, left)
        self.state.use_link(by)
        return entered

    def turn(self, *keys: object) -> AbstractAsyncContextManager[None]:
        """Nobody waits here: what is read and kept has no await in between."""
        return nullcontext()

    async def overdue(self, limit: int) -> Sequence[Key]:
        at = self.state.clock()
        over = [claim.slot_key for claim in self.state.bookings.values() if claim.overdue(at)]
        over += [key for key, slot in self.state.slots.items() if self._awaited_in_vain(slot)]
        return list(dict.fromkeys(over))[:limit]

    async def of_applicant(self, applicant: Applicant) -> Sequence[Key]:
        claimed = [claim.slot_key for claim in self.state.bookings.values() if claim.live and of(claim, applicant)]
        awaited = [
            (entry.organization_id, entry.slot_id)
            for entry in self.state.entries.values()
            if entry.queued and (entry.organization_id, entry.applicant_id) == (applicant.organization_id, applicant.id)
        ]
        return list(dict.fromkeys(claimed + awaited))

    def _awaited_in_vain(self, slot: Slot) -> bool:
        """The visit has begun; or a place is free, since a policy was changed, say."""
        if not any(entry.status is EntryStatus.WAITING for entry in self.state.queue_for(slot.key)):
            return False
        availability = self.state.availability(slot)
        return slot.start_time <= availability.at or availability.awaited_in_vain

    def _standing_of(self, key: Key) -> Commitments:
        applicant = self.state.applicants.get(key)
        if applicant is None:
            raise ApplicantNotFound
        return commitments(self.state, applicant)

    def roster(self, key: Key, by: By) -> Roster:
        slot = self.state.slots[key]
        claims = sorted(self.state.claims_on(key), key=lambda claim: claim.place or 0)
        queue = self.state.queue_for(key)
        involved: list[Booking | Entry] = [*claims, *queue]
        return Roster(
            slot=slot,
            policy=self.state.policy(slot.organization_id, slot.property_id),
            names=self.state.names_of(slot),
            claims=tuple(claims),
            queue=tuple(queue),
            barred=frozenset(one.applicant_id for one in involved if not self.state.applicant(one).eligible),
            at=self.state.clock(),
            by=self.state.actor(by),
            new_id=new_id,
        )

    def keep(self, *rosters: Roster) -> None:
        claims = {(claim.organization_id, claim.id): claim for roster in rosters for claim in roster.claims}
        for former in (claim for roster in rosters for claim in roster.former):
            if self.state.bookings[former.organization_id, former.id] != former:
                raise Lost
        self._refuse_what_the_database_would(self.state.bookings | claims, rosters)
        self.state.bookings |= claims
        for roster in rosters:
            self.state.slots[roster.slot.key] = roster.slot
            self.state.entries |= {(entry.organization_id, entry.id): entry for entry in roster.queue}
            self.state.record(*roster.happened)

    def _refuse_what_the_database_would(self, bookings: dict[Key, Booking], rosters: Sequence[Roster]) -> None:
        live = [claim for claim in bookings.values() if claim.live]
        for roster in rosters:
            here = [claim for claim in live if claim.slot_key == roster.slot.key]
            places = {claim.place for claim in here} & set(range(1, roster.slot.capacity + 1))
            if len(places) < len(here) or len({claim.applicant_id for claim in here}) < len(here):
                raise Lost
            binding = [claim for claim in here if claim.status is not BookingStatus.OFFERED]
            for claim in binding:
                for other in live:
                    same = (other.organization_id, other.applicant_id) == (claim.organization_id, claim.applicant_id)
                    offered = other.status is BookingStatus.OFFERED
                    if same and other.id != claim.id and not offered and claim.meets(other):
                        raise Lost
