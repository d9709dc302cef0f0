"""Commitments of a person: claims, waitlist entries and recent withdrawals that count beside the slots at hand."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeAlias
from uuid import UUID

from booking.domain.keys import Key
from booking.domain.people.applicant import Applicant
from booking.domain.values import Value, derived
from booking.domain.visits.booking import Booking
from booking.domain.visits.slot import LONGEST, AnySlot, Slot, Span
from booking.domain.visits.waitlist import Entry

COOL_DOWN = timedelta(hours=1)
"""Time for which a withdrawal counts: of a hold, a booking, or an entry in a waitlist."""


Past: TypeAlias = tuple[UUID, datetime]


class Commitments(Value, kw_only=True, dict=True):
    """Commitments of a person in their organization.

    `claims`: live ones; all of them where limits count them, otherwise those near the slots in time. `past_holds`: slot
    and end of the person's holds that ended within COOL_DOWN, in any order, without offers. `past_visits`: of cancelled
    bookings; `past_waits`: of entries that they left, or by which they declined an offer. `overdue`: slots with claims
    of theirs that are over by the clock, and not settled yet.
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
        """Claims that the person has to attend, or may have to, by start. An offer does not bind."""
        return sorted((claim for claim in self.claims if claim.binding), key=_start)

    @property
    def blank(self) -> bool:
        """Whether all public slots are the same to the person."""
        return not (self.claims or self.entries or self.past_holds or self.past_visits)

    @property
    def offered(self) -> bool:
        return bool(self.claims) and len(self._binding) < len(self.claims)

    def claim_on(self, slot: Slot) -> Booking | None:
        return self._claims_by_slot.get(slot.id) if self.claims else None

    def binding(self, *, but: tuple[UUID | None, ...]) -> list[Booking]:
        return [claim for claim in self._binding if claim.id not in but]

    def meeting(self, slot: Span) -> Iterator[Booking]:
        """Yield the binding claims that overlap a slot."""
        if not self.claims:
            return
        first = bisect_right(self._binding, slot.start_time - LONGEST, key=_start)
        for claim in islice(self._binding, first, None):
            if claim.start_time >= slot.end_time:
                break
            if claim.meets(slot):
                yield claim

    def concerns(self, slot: AnySlot) -> bool:
        """Return whether a slot differs for the person from other public slots: it, or its time, is or was theirs.

        An offer, which does not bind, has its entry.
        """
        if self.blank:
            return False
        return (
            any(self.meeting(slot))
            or any(entry.slot_id == slot.id for entry in self.entries)
            or any(slot_id == slot.id for slot_id, _ in (*self.past_holds, *self.past_visits))
        )

    def entry_for(self, slot: Slot, *, at: datetime) -> Entry | None:
        """Return the entry by which the person waits for a slot, or has an offer; None if it is over by the clock."""
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
