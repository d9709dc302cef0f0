"""Policies of agencies: notice, cutoff, horizon, limits, holds, offers and approval.

Set for the organization and overridden for a property. The defaults of `Policy` restrict nothing.
"""

from datetime import datetime, timedelta

from booking.domain.people.applicant import RiskLevel
from booking.domain.values import Value, replace


class Settings(Value, kw_only=True):
    """Settings of an organization, or overrides of a property; None leaves a rule as it is. `version` counts the
    changes.
    """

    notice_seconds: int | None = None
    cancellation_cutoff_seconds: int | None = None
    horizon_days: int | None = None
    max_live_bookings: int | None = None
    max_live_bookings_per_property: int | None = None
    buffer_seconds: int | None = None
    hold_seconds: int | None = None
    max_live_holds: int | None = None
    offer_seconds: int | None = None
    approval_levels: tuple[RiskLevel, ...] | None = None
    approval_seconds: int | None = None
    approval_before_start_seconds: int | None = None
    cancel_when_ineligible: bool | None = None
    access_note_seconds: int | None = None
    max_party_size: int | None = None
    withdrawn_from: datetime | None = None
    """Of a withdrawn property: its slots from then on are no more. Set by a withdrawal alone."""
    version: int = 0


class Policy(Value, kw_only=True):
    """Rules that hold for a slot."""

    notice_seconds: int = 0
    cancellation_cutoff_seconds: int = 0
    horizon_days: int | None = None
    max_live_bookings: int | None = None
    max_live_bookings_per_property: int | None = None
    buffer_seconds: int = 0
    hold_seconds: int = 5 * 60
    max_live_holds: int = 2
    offer_seconds: int = 30 * 60
    approval_levels: tuple[RiskLevel, ...] = ()
    approval_seconds: int = 24 * 60 * 60
    approval_before_start_seconds: int = 2 * 60 * 60
    cancel_when_ineligible: bool = False
    access_note_seconds: int = 24 * 60 * 60
    max_party_size: int | None = None
    withdrawn_from: datetime | None = None

    def overridden_by(self, settings: Settings | None) -> "Policy":
        if settings is None:
            return self
        set_ones = {rule: getattr(settings, rule) for rule in self.__struct_fields__}
        return replace(self, **{name: value for name, value in set_ones.items() if value is not None})

    @property
    def limits_bookings(self) -> bool:
        """Whether the number of a person's bookings matters, at any time."""
        return self.max_live_bookings is not None or self.max_live_bookings_per_property is not None

    def withdrawn(self, start: datetime) -> bool:
        """Return whether the property is withdrawn by the start of a slot, so that no place is given any more."""
        return self.withdrawn_from is not None and start >= self.withdrawn_from

    @property
    def buffer(self) -> timedelta:
        return timedelta(seconds=self.buffer_seconds)

    def bookable_until(self, start: datetime) -> datetime:
        """Return the last instant at which a visit with this start can be booked."""
        return start - timedelta(seconds=self.notice_seconds) if self.notice_seconds else start

    def bookable_from(self, start: datetime) -> datetime | None:
        """Return the first instant at which a visit with this start can be booked; None without a horizon."""
        return None if self.horizon_days is None else start - timedelta(days=self.horizon_days)

    def cancellable_until(self, start: datetime) -> datetime:
        """Return the last instant at which an applicant can cancel or move a visit with this start."""
        return start - timedelta(seconds=self.cancellation_cutoff_seconds)

    def access_note_from(self, start: datetime) -> datetime:
        """Return the first instant at which the access note of a visit with this start is shown."""
        return start - timedelta(seconds=self.access_note_seconds)

    def hold_ends(self, start: datetime, *, at: datetime) -> datetime:
        return min(at + timedelta(seconds=self.hold_seconds), start)

    def offer_ends(self, start: datetime, *, at: datetime) -> datetime:
        """Return the deadline of an offer, never past the notice limit."""
        return min(at + timedelta(seconds=self.offer_seconds), self.bookable_until(start))

    def approval_ends(self, start: datetime, *, at: datetime) -> datetime:
        """Return the deadline of an approval: after a time, or a time before the start, or else the start."""
        before_start = start - timedelta(seconds=self.approval_before_start_seconds)
        return min(at + timedelta(seconds=self.approval_seconds), before_start if before_start > at else start)
