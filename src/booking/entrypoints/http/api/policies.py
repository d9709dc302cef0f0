"""Policies on the wire."""

from typing import Annotated

from msgspec import Meta

from booking.domain.applicant import RiskLevel
from booking.entrypoints.http.api.wire import Input, Output, Year

Levels = Annotated[tuple[RiskLevel, ...], Meta(max_length=len(RiskLevel), extra_json_schema={"uniqueItems": True})]
"""Each at most once, as http/inputs.py has it for every list."""


class PutPolicy(Input):
    """What is left out, or null, is as it is by default: for a property, as the organization has it."""

    notice_seconds: Year | None = None
    cancellation_cutoff_seconds: Year | None = None
    horizon_days: Annotated[int, Meta(ge=1, le=3_650)] | None = None
    max_live_bookings: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    max_live_bookings_per_property: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    buffer_seconds: Annotated[int, Meta(ge=0, le=86_400)] | None = None
    hold_seconds: Annotated[int, Meta(ge=1, le=86_400)] | None = None
    max_live_holds: Annotated[int, Meta(ge=0, le=100)] | None = None
    offer_seconds: Annotated[int, Meta(ge=1, le=2_592_000)] | None = None
    approval_levels: Levels | None = None
    approval_seconds: Annotated[int, Meta(ge=1, le=2_592_000)] | None = None
    approval_before_start_seconds: Annotated[int, Meta(ge=0, le=2_592_000)] | None = None
    cancel_when_ineligible: bool | None = None


class Policy(Output):
    notice_seconds: int
    cancellation_cutoff_seconds: int
    horizon_days: int | None
    max_live_bookings: int | None
    max_live_bookings_per_property: int | None
    buffer_seconds: int
    hold_seconds: int
    max_live_holds: int
    offer_seconds: int
    approval_levels: list[RiskLevel]
    approval_seconds: int
    approval_before_start_seconds: int
    cancel_when_ineligible: bool


class Overrides(Output):
    notice_seconds: int | None
    cancellation_cutoff_seconds: int | None
    horizon_days: int | None
    max_live_bookings: int | None
    max_live_bookings_per_property: int | None
    buffer_seconds: int | None
    hold_seconds: int | None
    max_live_holds: int | None
    offer_seconds: int | None
    approval_levels: list[RiskLevel] | None
    approval_seconds: int | None
    approval_before_start_seconds: int | None
    cancel_when_ineligible: bool | None


class PolicyResponse(Output):
    policy: Policy


class PropertyPolicyResponse(Output):
    policy: Policy
    overrides: Overrides
