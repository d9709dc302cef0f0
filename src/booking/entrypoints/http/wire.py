"""Wire types that several routes share; the others stand beside their handlers. `make check` holds all to the contract.

Requests refuse unknown fields. Answers carry what is named here and in `routes/`, and nothing else.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from booking import time_zones
from booking.domain.fault import FaultCode
from booking.domain.visits.booking import LARGEST_PARTY, LONGEST_NOTES, LONGEST_REASON

Instant = Annotated[datetime, Meta(tz=True)]
"""RFC 3339 with an offset."""

Text = Annotated[str, Meta(pattern="^[^\\u0000]*$")]
"""Any characters but NUL, which PostgreSQL cannot keep."""

LARGEST_PAGE = 100
USUAL_PAGE = 50

Limit = Annotated[int, Meta(ge=1, le=LARGEST_PAGE)]
PartySize = Annotated[int, Meta(ge=1, le=LARGEST_PARTY)]
Notes = Annotated[Text, Meta(max_length=LONGEST_NOTES)]
Reason = Annotated[Text, Meta(max_length=LONGEST_REASON)]

NAME = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=NAME)]
EMAIL = r"^[^@\s\u0000]+@[^@\s\u0000]+(?!\n)$"
PHONE = r"^\+[1-9][0-9]{6,14}(?!\n)$"
"""E.164."""
LOCALE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*(?!\n)$"
"""BCP 47."""
LINK = r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][^\s\u0000]*)?(?!\n)$"
LOCAL_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9](?!\n)$"
COLOUR = r"^#[0-9A-Fa-f]{6}(?!\n)$"

Email = Annotated[str, Meta(min_length=3, max_length=320, pattern=EMAIL)]
Phone = Annotated[str, Meta(pattern=PHONE)]
Locale = Annotated[str, Meta(max_length=35, pattern=LOCALE)]
Link = Annotated[str, Meta(max_length=2_048, pattern=LINK)]
LocalTime = Annotated[str, Meta(pattern=LOCAL_TIME)]
Colour = Annotated[str, Meta(pattern=COLOUR)]
TimeZone = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        extra={"among": time_zones.names, "otherwise": "is no time zone, such as Europe/Berlin"},
    ),
]
"""A name of the IANA database."""

Place = Annotated[Text, Meta(min_length=1, max_length=500)]
Directions = Annotated[Text, Meta(min_length=1, max_length=2_000)]


Distinct = Meta(min_length=1, extra_json_schema={"uniqueItems": True})
"""A list that names each item once."""


class Input(Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of requests: unknown fields are refused."""


class CancelQuery(Input):
    reason: Reason | None = None


class RowsQuery(Input):
    cursor: str | None = None
    limit: Limit = USUAL_PAGE


class PageQuery(RowsQuery):
    since: Instant | None = field(default=None, name="from")
    until: Instant | None = field(default=None, name="to")


class Output(Struct, kw_only=True):
    """Base of answers: every field always, null where empty."""


ActorRole = Annotated[
    str,
    Meta(extra_json_schema={"enum": ["applicant", "member", "admin", "screening", "ingestion", "operator", "system"]}),
]
"""Not held when written: an event of a newer release may name another one, and is shown as it is."""


ActorVia = Annotated[str, Meta(extra_json_schema={"enum": ["link", "message"]})]
"""Not held when written either."""


class Appointment(Output):
    slot_id: UUID
    property_id: UUID
    agent_id: UUID
    start_time: Instant
    end_time: Instant


class HappenedEvent(Output):
    """Fields of an event for any reader."""

    id: UUID
    type: str
    occurred_at: Instant
    request_id: str | None
    from_state: str | None
    to_state: str
    slot_id: UUID | None
    booking_id: UUID | None
    applicant_id: UUID | None
    agent_id: UUID | None
    property_id: UUID | None
    endpoint_id: UUID | None
    schedule_id: UUID | None
    start_time: Instant | None
    end_time: Instant | None
    moved_from: Appointment | None


class FieldFault(Output):
    pointer: str
    code: FaultCode
    detail: str
    parameter: str | None


class Alternative(Output):
    id: UUID
    property_id: UUID
    start_time: Instant
    end_time: Instant
    places_left: int


Index = Annotated[int, Meta(ge=0)]
"""The place of an item in a request."""


class Overlap(Output):
    slot_id: UUID | None
    index: Index | None


class ItemError(Output):
    code: str
    title: str
    detail: str
    overlaps: list[Overlap]


class RefusedItem(Output):
    index: Index
    status: Literal["refused"]
    error: ItemError


class Problem(Output, omit_defaults=True):
    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str | None = None
    errors: list[FieldFault] | None = None
    alternatives: list[Alternative] | None = None
    results: list[RefusedItem] | None = None
    slots: list[Appointment] | None = None
    plan: Struct | None = None
