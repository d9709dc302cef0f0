"""Places that came free in memory, and who is told of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from booking import time_zones
from booking.domain.events import Recorded
from booking.domain.notices.freed_place import FreedPlace, freed_slot
from booking.domain.notices.notice import Notice, NoticeKind, NoticeState
from booking.domain.notices.situation import Situation
from booking.domain.visits.watch import TOLD_FOR, Watch
from booking.service.notices.freed_places import DecidePlace
from booking.service.ports import Lease
from tests.fakes.state import Freed, NoticeRow, State

UNTOLD = (NoticeState.OBSOLETE, NoticeState.FAILED)


@dataclass(frozen=True, slots=True)
class MemoryFreedPlaces:
    state: State

    async def tell(self, decide: DecidePlace, most: int, lease: Lease) -> int:
        if not self.state.held(lease) or not self.state.freed_places:
            return 0
        key, freed = min(self.state.freed_places.items(), key=lambda one: (one[1].place.happened_at, one[0]))
        place = freed.place
        found = [one for one in self.state.watches.values() if self._hears(place, one)]
        arrived = sorted(found, key=_arrival)
        watches = [one for one in arrived if _arrival(one) > freed.after][:most]
        for notice in decide(place, watches, self._now(place)):
            self.state.notices.setdefault(
                (notice.organization_id, notice.id),
                NoticeRow(notice=notice, due_at=notice.due_at, created_at=self.state.clock()),
            )
        if len(watches) < most:
            del self.state.freed_places[key]
        else:
            freed.after = _arrival(watches[-1])
        return 1

    def _hears(self, place: FreedPlace, watch: Watch) -> bool:
        here = (watch.organization_id, watch.property_id) == (place.organization_id, place.property_id)
        return (
            here
            and watch.hours.since <= place.start_time < watch.hours.until
            and watch.created_at <= place.happened_at
            and watch.applicant_id != place.given_up_by
            and self.state.public(self.state.slots[place.organization_id, place.slot_id])
            and not has_claim(self.state, watch)
            and not any(self._heard(watch, row) for row in self.state.notices.values())
        )

    def _heard(self, watch: Watch, row: NoticeRow) -> bool:
        notice, now = row.notice, self.state.clock()
        dismissed_at = self.state.dismissed.get((watch.organization_id, watch.property_id, watch.applicant_id))
        return (
            notice.kind is NoticeKind.PLACE_FREED
            and (notice.property_id, notice.recipient_id) == (watch.property_id, watch.applicant_id)
            and row.state not in UNTOLD
            and row.created_at > now - TOLD_FOR
            and (dismissed_at is None or row.created_at > dismissed_at)
        )

    def _now(self, place: FreedPlace) -> Situation:
        names = self.state.names(place.organization_id, place.property_id, None)
        zone = time_zones.zone(names.time_zone)
        plan = self.state.notice_plan(place.organization_id, place.property_id)
        return Situation(at=self.state.clock(), subjects={}, zone=zone, agency_zone=zone, plan=plan)


def note_freed(state: State, recorded: Recorded) -> None:
    event = recorded.event
    slot_id = freed_slot(event)
    slot = state.slots.get((event.organization_id, slot_id)) if slot_id else None
    if slot is None or not any(
        (one.organization_id, one.property_id) == (slot.organization_id, slot.property_id)
        and one.hours.since <= slot.start_time < one.hours.until
        for one in state.watches.values()
    ):
        return
    place = FreedPlace(
        organization_id=slot.organization_id,
        event_id=recorded.id,
        slot_id=slot.id,
        property_id=slot.property_id,
        agent_id=slot.agent_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
        given_up_by=event.applicant_id,
        happened_at=recorded.occurred_at,
    )
    state.freed_places.setdefault(recorded.id, Freed(place=place))


def applies_still(state: State, notice: Notice, row: NoticeRow) -> bool:
    """Return whether the place is free still, and its watcher wants to hear of it."""
    assert notice.slot_id
    assert notice.property_id
    key = notice.organization_id, notice.property_id, notice.recipient_id
    watch, dismissed_at = state.watches.get(key), state.dismissed.get(key)
    return (
        watch is not None
        and watch.hours.since <= (notice.start_time or notice.due_at) < watch.hours.until
        and state.public(state.slots[notice.organization_id, notice.slot_id])
        and not has_claim(state, watch)
        and (dismissed_at is None or row.created_at > dismissed_at)
    )


def has_claim(state: State, watch: Watch) -> bool:
    at = state.clock()
    return any(
        claim.live and not claim.overdue(at) and claim.property_id == watch.property_id and claim.end_time > at
        for claim in state.bookings.values()
        if (claim.organization_id, claim.applicant_id) == (watch.organization_id, watch.applicant_id)
    )


def _arrival(watch: Watch) -> tuple[datetime, UUID]:
    return watch.created_at, watch.applicant_id
