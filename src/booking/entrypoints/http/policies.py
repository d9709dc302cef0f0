"""Policies over HTTP, with an entity tag so that two admins do not overwrite each other (RFC 9110, section 13.1.1)."""

import re
from typing import Any, TypeVar

from litestar import Request, Response, Router, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import convert
from msgspec.structs import asdict

from booking.domain.caller import Caller
from booking.domain.errors import InvalidHeader, NotFound, PreconditionFailed, WrongRole
from booking.domain.policy import Settings
from booking.entrypoints.http import api
from booking.entrypoints.http.auth import agents_only
from booking.entrypoints.http.inputs import Body, no_parameters, read_id
from booking.service.policies import PolicyService, PolicyView

TAGS = re.compile(r'\s*(?:(?:W/)?"[\x21\x23-\x7e]*"\s*(?:,\s*|$))+')
TAG = re.compile(r'(W/)?"([^"]*)"')
LARGEST_VERSION = 2**31 - 1

R = TypeVar("R", api.PolicyResponse, api.PropertyPolicyResponse)

AnyRequest = Request[Any, Any, Any]


@get("/policy", operation_id="getPolicy", guards=[agents_only, no_parameters], opt={"refuses": (WrongRole,)})
async def get_policy(
    caller: NamedDependency[Caller], policies: NamedDependency[PolicyService]
) -> Response[api.PolicyResponse]:
    return _of_organization(await policies.get(caller))


@put(
    "/policy",
    operation_id="putPolicy",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(api.PutPolicy)},
    opt={"refuses": (WrongRole, InvalidHeader, PreconditionFailed)},
)
async def put_policy(
    request: AnyRequest,
    content: NamedDependency[api.PutPolicy],
    caller: NamedDependency[Caller],
    policies: NamedDependency[PolicyService],
) -> Response[api.PolicyResponse]:
    return _of_organization(await policies.put(caller, _settings(content), expected=_expected(request)))


@get(
    "/properties/{property_id:str}/policy",
    operation_id="getPropertyPolicy",
    guards=[agents_only, no_parameters],
    opt={"refuses": (WrongRole, NotFound)},
)
async def get_property_policy(
    property_id: FromPath[str], caller: NamedDependency[Caller], policies: NamedDependency[PolicyService]
) -> Response[api.PropertyPolicyResponse]:
    return _of_property(await policies.get(caller, read_id(property_id, NotFound)))


@put(
    "/properties/{property_id:str}/policy",
    operation_id="putPropertyPolicy",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(api.PutPolicy)},
    opt={"refuses": (WrongRole, NotFound, InvalidHeader, PreconditionFailed)},
)
async def put_property_policy(
    request: AnyRequest,
    property_id: FromPath[str],
    content: NamedDependency[api.PutPolicy],
    caller: NamedDependency[Caller],
    policies: NamedDependency[PolicyService],
) -> Response[api.PropertyPolicyResponse]:
    view = await policies.put(
        caller, _settings(content), expected=_expected(request), property_id=read_id(property_id, NotFound)
    )
    return _of_property(view)


routes = Router("/", route_handlers=[get_policy, put_policy, get_property_policy, put_property_policy])


def _of_organization(view: PolicyView) -> Response[api.PolicyResponse]:
    return _tagged(api.PolicyResponse(policy=convert(view.effective, api.Policy, from_attributes=True)), view)


def _of_property(view: PolicyView) -> Response[api.PropertyPolicyResponse]:
    shown = api.PropertyPolicyResponse(
        policy=convert(view.effective, api.Policy, from_attributes=True),
        overrides=convert(view.settings, api.Overrides, from_attributes=True),
    )
    return _tagged(shown, view)


def _tagged(shown: R, view: PolicyView) -> Response[R]:
    return Response(shown, headers={"ETag": f'"{view.settings.version}"'})


def _settings(content: api.PutPolicy) -> Settings:
    return Settings(**asdict(content))


def _expected(request: AnyRequest) -> int | None:
    """The version that the caller has seen; None for any. InvalidHeader, or PreconditionFailed for no tag of ours."""
    given = ", ".join(request.headers.getall("if-match", []))
    if not given or given.strip() == "*":
        return None
    if not TAGS.fullmatch(given):
        raise InvalidHeader('If-Match must be *, or entity tags such as "3"')
    versions = [int(tag) for weak, tag in TAG.findall(given) if not weak and tag.isascii() and tag.isdigit()]
    known = [version for version in versions if version <= LARGEST_VERSION]
    if len(known) != 1:
        raise PreconditionFailed
    return known[0]
