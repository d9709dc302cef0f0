"""Property: where visits take place. Its id is brought by others, and all else is optional."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from booking.domain.keys import Key
from booking.domain.properties.refusals import PropertyArchived
from booking.domain.values import Value, replace

ADDRESS_SHOWN = timedelta(hours=24)
"""Time after the end of a visit for which its applicant still sees the address."""


class PropertyStatus(StrEnum):
    ACTIVE = "active"
    ARCHIVED = "archived"


class Property(Value, kw_only=True):
    """Property of an organization. `version` counts the changes by people and by the ingestion service; 0: known by its
    slots alone.

    `access_note` is encrypted. `withdrawn_from`: kept with its rules, and set by a withdrawal alone. `told_at`: of the
    newest event about it from the ingestion service.
    """

    organization_id: UUID
    id: UUID
    label: str | None = None
    area: str | None = None
    address: str | None = None
    directions: str | None = None
    meeting_point: str | None = None
    access_note: bytes | None = None
    time_zone: str | None = None
    image_url: str | None = None
    status: PropertyStatus = PropertyStatus.ACTIVE
    version: int = 0
    withdrawn_from: datetime | None = None
    told_at: datetime | None = None
    updated_at: datetime

    @property
    def key(self) -> Key:
        return self.organization_id, self.id

    def after(self, news: "PropertyNews", *, at: datetime) -> "Property":
        """Return the property after news of it: the newest counts, and of two at the same time the later to come."""
        told_at = news.counted_from(at)
        if self.told_at is not None and told_at < self.told_at:
            return self
        after = replace(self, **dict(news.details))
        if after == self:
            return replace(self, told_at=told_at)
        return replace(after, told_at=told_at, version=self.version + 1, updated_at=at)


class PropertyNews(Value, kw_only=True):
    """Details of a property that the ingestion service has told of, each by its name; all others stay."""

    organization_id: UUID
    property_id: UUID
    details: Mapping[str, Any]
    occurred_at: datetime | None
    sent_at: datetime

    @property
    def key(self) -> Key:
        return self.organization_id, self.property_id

    def counted_from(self, at: datetime) -> datetime:
        """Return the instant from which the news count: their own time, or else the time they were sent.

        A time in the future counts as the time of sending, as of screenings.
        """
        if self.occurred_at is not None and self.occurred_at <= at:
            return self.occurred_at
        return min(self.sent_at, at)


class PropertyFilter(Value, kw_only=True):
    """`q` is found in a label or an area, and with `in_address` in an address, too; ASCII case is ignored."""

    q: str | None = None
    in_address: bool = False
    status: PropertyStatus | None = None
    updated_after: datetime | None = None


class PropertyView(Value, kw_only=True):
    """Property, and how much of it is shown: `for_agent` all but the note, `with_address` all that visitors need."""

    property: Property
    for_agent: bool
    with_address: bool


def require_offered(status: str | None) -> None:
    """Raise PropertyArchived if no slots are offered at a property of this status."""
    if status == PropertyStatus.ARCHIVED:
        raise PropertyArchived


def address_shown(last_visit: datetime | None, at: datetime) -> bool:
    """Return whether an applicant sees the address, by the end of their last confirmed visit there."""
    return last_visit is not None and at < last_visit + ADDRESS_SHOWN
