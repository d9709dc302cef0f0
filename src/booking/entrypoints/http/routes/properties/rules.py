"""Rules of a property over HTTP: for applicants to read before they act."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import OrganizationNotFound
from booking.domain.properties.refusals import PropertyNotFound
from booking.entrypoints.http.inputs.decoding import Query
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.routes.people.organization import OrganizationQuery
from booking.entrypoints.http.wire import Instant, Output
from booking.service.properties.rules import RuleService


class Rules(Output):
    organization_id: UUID
    property_id: UUID
    withdrawn_from: Instant | None
    notice_seconds: int
    horizon_days: int | None
    cancellation_cutoff_seconds: int
    max_live_bookings: int | None
    max_live_bookings_per_property: int | None
    max_party_size: int | None
    hold_seconds: int
    max_live_holds: int
    offer_seconds: int
    approval_required: bool | None
    approval_seconds: int
    approval_before_start_seconds: int


class RulesResponse(Output):
    rules: Rules


@get(
    "/properties/{property_id:str}/rules",
    operation_id="getRules",
    dependencies={"parameters": Query(OrganizationQuery)},
    opt={"hot": True, "etag": True, "refuses": (PropertyNotFound, OrganizationNotFound)},
)
async def get_rules(
    property_id: FromPath[str],
    parameters: NamedDependency[OrganizationQuery],
    caller: NamedDependency[Caller],
    rules: NamedDependency[RuleService],
) -> RulesResponse:
    found = await rules.get(caller, read_id(property_id, PropertyNotFound), parameters.organization_id)
    policy = found.policy
    return RulesResponse(
        rules=Rules(
            organization_id=found.organization_id,
            property_id=found.property_id,
            withdrawn_from=policy.withdrawn_from,
            notice_seconds=policy.notice_seconds,
            horizon_days=policy.horizon_days,
            cancellation_cutoff_seconds=policy.cancellation_cutoff_seconds,
            max_live_bookings=policy.max_live_bookings,
            max_live_bookings_per_property=policy.max_live_bookings_per_property,
            max_party_size=policy.max_party_size,
            hold_seconds=policy.hold_seconds,
            max_live_holds=policy.max_live_holds,
            offer_seconds=policy.offer_seconds,
            approval_required=found.approval_required,
            approval_seconds=policy.approval_seconds,
            approval_before_start_seconds=policy.approval_before_start_seconds,
        )
    )


routes = (get_rules,)
