"""What an agency decides for itself: how early, how late, how often and for how long.

Set for the organization, and overridden for a property; what nobody sets is as `Policy` has it, which changes nothing.
"""

from datetime import datetime, timedelta

from booking.domain.applicant import RiskLevel
from booking.domain.values import Value, replace


class Settings(Value, kw_only=True):
    """What an organization sets, or a property overrides; None leaves a rule as it is. `version` counts the changes."""

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
    version: int = 0


class Policy(Value, kw_only=True):
    """The rules that hold for a slot."""

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

    def overridden_by(self, settings: Settings | None) -> "Policy":
        if settings is None:
            return self
        set_ones = {rule: getattr(settings, rule) for rule in self.__struct_fields__}
        return replace(self, **{name: value for name, value in set_ones.items() if value is not None})

    @property
    def limits_bookings(self) -> bool:
        """Whether it matters how many bookings somebody has, wherever they are."""
        return self.max_live_bookings is not None or self.max_live_bookings_per_property is not None

    @property
    def buffer(self) -> timedelta:
        return timedelta(seconds=self.buffer_seconds)

    def bookable_until(self, start: datetime) -> datetime:
        """From when on it is too late to book a visit that starts then."""
        return start - timedelta(seconds=self.notice_seconds) if self.notice_seconds else start

    def bookable_from(self, start: datetime) -> datetime | None:
        """From when on a visit that starts then can be booked; None: at any time before."""
        return None if self.horizon_days is None else start - timedelta(days=self.horizon_days)

    def cancellable_until(self, start: datetime) -> datetime:
        return start - timedelta(seconds=self.cancellation_cutoff_seconds)

    def hold_ends(self, start: datetime, *, at: datetime) -> datetime:
        return min(at + timedelta(seconds=self.hold_seconds), start)

    def offer_ends(self, start: datetime, *, at: datetime) -> datetime:
        """Never past the notice limit."""
        return min(at + timedelta(seconds=self.offer_seconds), self.bookable_until(start))

    def approval_ends(self, start: datetime, *, at: datetime) -> datetime:
        """After so long, or so long before the start, whichever is first. Booked later than that: until the start."""
        before_start = start - timedelta(seconds=self.approval_before_start_seconds)
        return min(at + timedelta(seconds=self.approval_seconds), before_start if before_start > at else start)
