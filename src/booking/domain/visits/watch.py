"""Watch: a person's wish to hear of free places at a property. Nothing is reserved by it."""

from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from booking.domain.fault import Fault, FaultCode
from booking.domain.refusals import InvalidRequest
from booking.domain.values import Value
from booking.domain.weekday import Weekday

MOST = 50
"""Watches of a person in an organization."""

TOLD_FOR = timedelta(days=1)
"""Time for which a notice of a free place is the only one, unless its person dismisses it."""


class Hours(Value, kw_only=True):
    """Starts of visits that fit: `since <= start < until`, on these weekdays of the property's zone."""

    since: datetime
    until: datetime
    weekdays: tuple[Weekday, ...] = tuple(Weekday)

    def require_ahead(self, at: datetime) -> None:
        """Raise InvalidRequest for a time that is empty, or over."""
        if self.until <= self.since:
            raise _wrong_end("must be after `from`")
        if self.until <= at:
            raise _wrong_end("must be in the future")

    def fit(self, start: datetime, zone: tzinfo) -> bool:
        return self.since <= start < self.until and Weekday.of(start.astimezone(zone)) in self.weekdays


class Watch(Value, kw_only=True):
    """Watch of a property, one a person. `created_at` is its place in the order of arrival."""

    organization_id: UUID
    property_id: UUID
    applicant_id: UUID
    hours: Hours
    created_at: datetime
    updated_at: datetime


def _wrong_end(detail: str) -> InvalidRequest:
    return InvalidRequest([Fault(pointer="#/to", code=FaultCode.OUT_OF_RANGE, detail=detail)])
