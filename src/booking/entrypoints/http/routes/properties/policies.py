"""Policies over HTTP, with an entity tag so that two admins do not overwrite each other."""

from functools import partial
from typing import Annotated, Any, TypeVar
from uuid import UUID

from litestar import Response, get, patch, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType, convert, defstruct
from msgspec.structs import asdict, fields

from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.properties.policy import Settings
from booking.domain.refusals import InvalidHeader, NotFound, PreconditionFailed, PreconditionRequired
from booking.entrypoints.http.guards import admins_only, agents_only
from booking.entrypoints.http.inputs.decoding import Body, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.preconditions import AnyRequest, expected, seen, tag
from booking.entrypoints.http.wire import Input, Output, PartySize
from booking.service.properties.policies import PolicyService, PolicyView

Levels = Annotated[tuple[RiskLevel, ...], Meta(max_length=len(RiskLevel), extra_json_schema={"uniqueItems": True})]
"""Each at most once, as `inputs/` has it for every list."""
Year = Annotated[int, Meta(ge=0, le=31_536_000)]
"""Seconds, at most a year of them."""


class PutPolicy(Input):
    """New settings. A field that is left out, or null, is as by default: for a property, as the organization has it.

    A rule that is newer than 0.1 stays as it is where it is left out: clients of then do not know it.
    """

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
    access_note_seconds: Annotated[int, Meta(ge=0, le=604_800)] | UnsetType | None = UNSET
    max_party_size: PartySize | UnsetType | None = UNSET


PatchPolicy: type[Any] = defstruct(
    "PatchPolicy",
    [(one.name, one.type | UnsetType, UNSET) for one in fields(PutPolicy)],
    bases=(Input,),
    kw_only=True,
)
"""Changed settings. A field that is left out stays as it is; null resets it."""


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
    access_note_seconds: int
    max_party_size: int | None


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
    access_note_seconds: int | None
    max_party_size: int | None


class PolicyResponse(Output):
    policy: Policy


class PropertyPolicyResponse(Output):
    policy: Policy
    overrides: Overrides


R = TypeVar("R", PolicyResponse, PropertyPolicyResponse)


@get(
    "/policy",
    operation_id="getPolicy",
    guards=[agents_only, no_parameters],
    opt={"etag": True, "refuses": (WrongRole,)},
)
async def get_policy(
    caller: NamedDependency[Caller], policies: NamedDependency[PolicyService]
) -> Response[PolicyResponse]:
    return _of_organization(await policies.get(caller))


@put(
    "/policy",
    operation_id="putPolicy",
    guards=[admins_only, no_parameters],
    dependencies={"content": Body(PutPolicy)},
    opt={"refuses": (WrongRole, InvalidHeader, PreconditionFailed)},
)
async def put_policy(
    request: AnyRequest,
    content: NamedDependency[PutPolicy],
    caller: NamedDependency[Caller],
    policies: NamedDependency[PolicyService],
) -> Response[PolicyResponse]:
    version = await expected(request, partial(_version, caller, policies))
    by = caller.showing(_of_organization)
    return _of_organization(await policies.put(by, settings_of(content), expected=version, unnamed=_unnamed(content)))


@patch(
    "/policy",
    operation_id="patchPolicy",
    guards=[admins_only, no_parameters],
    dependencies={"content": Body(PatchPolicy)},
    opt={"refuses": (WrongRole, InvalidHeader, PreconditionFailed, PreconditionRequired)},
)
async def patch_policy(
    request: AnyRequest,
    content: NamedDependency[Any],
    caller: NamedDependency[Caller],
    policies: NamedDependency[PolicyService],
) -> Response[PolicyResponse]:
    version = await seen(request, partial(_version, caller, policies))
    changed = policies.change(caller.showing(_of_organization), _changes(content), expected=version)
    return _of_organization(await changed)


@get(
    "/properties/{property_id:str}/policy",
    operation_id="getPropertyPolicy",
    guards=[agents_only, no_parameters],
    opt={"etag": True, "refuses": (WrongRole, NotFound)},
)
async def get_property_policy(
    property_id: FromPath[str], caller: NamedDependency[Caller], policies: NamedDependency[PolicyService]
) -> Response[PropertyPolicyResponse]:
    return _of_property(await policies.get(caller, read_id(property_id, NotFound)))


@put(
    "/properties/{property_id:str}/policy",
    operation_id="putPropertyPolicy",
    guards=[admins_only, no_parameters],
    dependencies={"content": Body(PutPolicy)},
    opt={"refuses": (WrongRole, NotFound, InvalidHeader, PreconditionFailed)},
)
async def put_property_policy(
    request: AnyRequest,
    property_id: FromPath[str],
    content: NamedDependency[PutPolicy],
    caller: NamedDependency[Caller],
    policies: NamedDependency[PolicyService],
) -> Response[PropertyPolicyResponse]:
    id = read_id(property_id, NotFound)  # noqa: A001 - the property's own
    version = await expected(request, partial(_version, caller, policies, id))
    put = policies.put(
        caller.showing(_of_property), settings_of(content), expected=version, property_id=id, unnamed=_unnamed(content)
    )
    return _of_property(await put)


@patch(
    "/properties/{property_id:str}/policy",
    operation_id="patchPropertyPolicy",
    guards=[admins_only, no_parameters],
    dependencies={"content": Body(PatchPolicy)},
    opt={"refuses": (WrongRole, NotFound, InvalidHeader, PreconditionFailed, PreconditionRequired)},
)
async def patch_property_policy(
    request: AnyRequest,
    property_id: FromPath[str],
    content: NamedDependency[Any],
    caller: NamedDependency[Caller],
    policies: NamedDependency[PolicyService],
) -> Response[PropertyPolicyResponse]:
    id = read_id(property_id, NotFound)  # noqa: A001 - the property's own
    version = await seen(request, partial(_version, caller, policies, id))
    by = caller.showing(_of_property)
    return _of_property(await policies.change(by, _changes(content), expected=version, property_id=id))


routes = (
    get_policy,
    put_policy,
    patch_policy,
    get_property_policy,
    put_property_policy,
    patch_property_policy,
)


def _of_organization(view: PolicyView) -> Response[PolicyResponse]:
    return _tagged(PolicyResponse(policy=convert(view.effective, Policy, from_attributes=True)), view)


def _of_property(view: PolicyView) -> Response[PropertyPolicyResponse]:
    shown = PropertyPolicyResponse(
        policy=convert(view.effective, Policy, from_attributes=True),
        overrides=convert(view.settings, Overrides, from_attributes=True),
    )
    return _tagged(shown, view)


def _tagged(shown: R, view: PolicyView) -> Response[R]:
    return Response(shown, headers={"ETag": tag(view.settings.version, view.above)})


def settings_of(content: PutPolicy) -> Settings:
    """Return the settings that are named, and the others as by default."""
    return Settings(**_changes(content))


def _unnamed(content: PutPolicy) -> list[str]:
    return [name for name, value in asdict(content).items() if value is UNSET]


def _changes(content: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(content).items() if value is not UNSET}


async def _version(caller: Caller, policies: PolicyService, property_id: UUID | None = None) -> int:
    return (await policies.get(caller, property_id)).settings.version
