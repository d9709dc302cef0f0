"""Organization: name, time zone, contacts and looks of an agency. All of it is optional."""

from datetime import datetime
from uuid import UUID

from booking.domain.values import Value


class Organization(Value, kw_only=True):
    """Name, zone, contacts and looks of an organization. `version` counts the changes; 0 before the first.

    `colour`, `#rrggbb`, and the logo are of its messages, and `reply_to` is where answers to them go.
    """

    id: UUID
    name: str | None = None
    time_zone: str | None = None
    locale: str | None = None
    email: str | None = None
    phone: str | None = None
    website: str | None = None
    colour: str | None = None
    logo_url: str | None = None
    reply_to: str | None = None
    version: int = 0
    updated_at: datetime | None = None
