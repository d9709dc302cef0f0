"""Requests for a place in a slot: to book it, to hold one, to wait for one, or to take a released one back."""

from collections.abc import Sequence
from typing import ClassVar, TypeAlias
from uuid import UUID

from booking.domain.keys import Key
from booking.domain.people.applicant import Applicant
from booking.domain.people.caller import Caller
from booking.domain.refusals import Refusal
from booking.domain.values import Value
from booking.domain.visits import roster_changes
from booking.domain.visits.availability import Availability
from booking.domain.visits.booking import Booking
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.refusals import SlotTaken
from booking.domain.visits.roster import Roster


class Overdue(Exception):
    """Claims that are over by the clock stand in the way: settle these slots, then ask again."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = keys


class BookPlace(Value, kw_only=True):
    """Request for a booking; `by_agent`: on behalf of the applicant. `may_release`: see Booking."""

    notes: str = ""
    party_size: int = 1
    hold_id: UUID | None = None
    by_agent: bool = False
    may_release: bool = True

    @property
    def direct(self) -> bool:
        """Whether the store may book it by one statement, if no rule can refuse."""
        return self.hold_id is None and not self.by_agent

    def check(self, availability: Availability, commitments: Commitments) -> None:
        availability.book(commitments, hold_id=self.hold_id, by_agent=self.by_agent, party_size=self.party_size)

    def apply(self, roster: Roster, commitments: Commitments) -> Roster:
        return roster_changes.book(
            roster,
            commitments,
            notes=self.notes,
            party_size=self.party_size,
            hold_id=self.hold_id,
            by_agent=self.by_agent,
            may_release=self.may_release,
        )


class HoldPlace(Value):
    """Request for a hold."""

    by_agent: ClassVar[bool] = False
    direct: ClassVar[bool] = False

    def check(self, availability: Availability, commitments: Commitments) -> None:
        availability.hold(commitments)

    def apply(self, roster: Roster, commitments: Commitments) -> Roster:
        return roster_changes.hold(roster, commitments)


class JoinWaitlist(Value):
    """Request for an entry in the waitlist."""

    by_agent: ClassVar[bool] = False
    direct: ClassVar[bool] = False

    def check(self, availability: Availability, commitments: Commitments) -> None:
        availability.join(commitments)

    def apply(self, roster: Roster, commitments: Commitments) -> Roster:
        return roster_changes.join(roster, commitments)


class TakeBack(Value, kw_only=True):
    """Request for the place of a `released` visit, as it was looked at; `by_agent`: on behalf of the applicant."""

    released: Booking
    by_agent: bool = False
    direct: ClassVar[bool] = False

    def check(self, availability: Availability, commitments: Commitments) -> None:
        availability.take_back(commitments)

    def apply(self, roster: Roster, commitments: Commitments) -> Roster:
        return roster_changes.take_back(roster, commitments, self.released)


PlaceRequest: TypeAlias = BookPlace | HoldPlace | JoinWaitlist | TakeBack
"""`check` raises the refusal of a broken rule; `apply` returns the roster with the place."""


def decide(request: PlaceRequest, roster: Roster, commitments: Commitments) -> Roster:
    """Return the roster with the place, or raise a refusal, or Overdue."""
    if not request.by_agent:
        _refuse_rival(request, roster, commitments)
    require_settled(roster, commitments)
    return request.apply(roster, commitments)


def refuse_rivals(request: PlaceRequest, caller: Caller, availability: Availability) -> None:
    """Raise SlotTaken for callers without a hold or an offer here. An own booking does not count."""
    if availability.overdue or availability.awaited_in_vain:
        return
    reserved = availability.claimants if availability.places.reserved else ()
    for applicant in caller.applicants:
        if applicant.organization_id == availability.slot.organization_id and applicant.id not in reserved:
            _raise_if_taken(request, availability, applicant)


def _refuse_rival(request: PlaceRequest, roster: Roster, commitments: Commitments) -> None:
    """Raise SlotTaken before claims elsewhere are settled, if those could not change that."""
    if not commitments.overdue or roster.overdue:
        return
    settled = roster.settled()
    if not any(claim.applicant_id == commitments.applicant.id for claim in settled.live):
        _raise_if_taken(request, settled.availability, commitments.applicant)


def _raise_if_taken(request: PlaceRequest, availability: Availability, applicant: Applicant) -> None:
    """Raise SlotTaken. Any other refusal depends on commitments, and is raised once those are known."""
    try:
        request.check(availability, Commitments(applicant=applicant))
    except SlotTaken:
        raise
    except Refusal:
        return


def require_settled(roster: Roster, commitments: Commitments) -> None:
    """Raise Overdue if a claim on the roster, or of the person elsewhere, is over by the clock."""
    keys = [*commitments.overdue, *([roster.slot.key] if roster.overdue else [])]
    if keys:
        raise Overdue(list(dict.fromkeys(keys)))
