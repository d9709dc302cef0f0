"""A standing: all that counts about a person beside the slots at hand."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeAlias
from uuid import UUID

from booking.domain.applicant import Applicant
from booking.domain.booking import Booking, BookingStatus
from booking.domain.slot import LONGEST, AnySlot, Key, Slot, Span
from booking.domain.values import Value, derived
from booking.domain.waitlist import Entry

COOL_DOWN = timedelta(hours=1)
"""So long is remembered what somebody gave up: a hold, a booking, a place in a queue (T84)."""


Past: TypeAlias = tuple[UUID, datetime]


class Commitments(Value, kw_only=True, dict=True):
    """All that counts about a person in their organization, beside the slots at hand: their claims that are not over,
    anywhere where limits count them, and else those that may overlap.

    `past_holds`: (slot, when it ended) of holds of theirs within COOL_DOWN, in any order; offers are none. Likewise
    `past_visits` of bookings that they cancelled, and `past_waits` of entries that they left, or declined an offer by.
    `overdue`: slots on which claims of theirs are over by the clock, and still to be tidied.
    """

    applicant: Applicant
    claims: tuple[Booking, ...] = ()
    entries: tuple[Entry, ...] = ()
    past_holds: tuple[Past, ...] = ()
    past_visits: tuple[Past, ...] = ()
    past_waits: tuple[Past, ...] = ()
    overdue: tuple[Key, ...] = ()

    @derived
    def _claims_by_slot(self) -> dict[UUID, Booking]:
        return {claim.slot_id: claim for claim in reversed(self.claims)}

    @derived
    def _binding(self) -> list[Booking]:
        """Where the person has to be, or may have to be, by when it starts: whoever has an offer need not come."""
        binding = (claim for claim in self.claims if claim.status is not BookingStatus.OFFERED)
        return sorted(binding, key=_start)

    @property
    def blank(self) -> bool:
        """Whether no slot differs for them from any other that is as free."""
        return not (self.claims or self.entries or self.past_holds or self.past_visits)

    @property
    def offered(self) -> bool:
        return bool(self.claims) and len(self._binding) < len(self.claims)

    def claim_on(self, slot: Slot) -> Booking | None:
        return self._claims_by_slot.get(slot.id) if self.claims else None

    def binding(self, *, but: tuple[UUID | None, ...]) -> list[Booking]:
        return [claim for claim in self._binding if claim.id not in but]

    def meeting(self, slot: Span) -> Iterator[Booking]:
        """Of what binds the person, all that nobody could attend beside a visit in the slot."""
        if not self.claims:
            return
        first = bisect_right(self._binding, slot.start_time - LONGEST, key=_start)
        for claim in islice(self._binding, first, None):
            if claim.start_time >= slot.end_time:
                break
            if claim.meets(slot):
                yield claim

    def concerns(self, slot: AnySlot) -> bool:
        """Whether a slot differs for them from any other that is as free: it, or its time, is or was theirs.

        An offer of theirs, which binds nobody, has its entry.
        """
        if self.blank:
            return False
        return (
            any(self.meeting(slot))
            or any(entry.slot_id == slot.id for entry in self.entries)
            or any(slot_id == slot.id for slot_id, _ in (*self.past_holds, *self.past_visits))
        )

    def entry_for(self, slot: Slot, *, at: datetime) -> Entry | None:
        """By which the person waits, or has an offer: over by the clock is over, tidied or not (T80)."""
        if not self.entries:
            return None
        begun, offered = slot.start_time <= at, self.claim_on(slot) is not None
        return next(
            (
                entry
                for entry in self.entries
                if entry.slot_id == slot.id and entry.queued and not begun and (entry.offer_id is None or offered)
            ),
            None,
        )


def _start(claim: Booking) -> datetime:
    return claim.start_time
