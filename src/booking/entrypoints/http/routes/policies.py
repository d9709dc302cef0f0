"""Policies over HTTP, with an entity tag so that two admins do not overwrite each other (RFC 9110, section 13.1.1)."""

import re
from typing import Any, TypeVar
from uuid import UUID

from litestar import Request, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import convert
from msgspec.structs import asdict

from booking.domain.caller import Caller
from booking.domain.policy import Settings
from booking.domain.refusals import InvalidHeader, NotFound, PreconditionFailed, WrongRole
from booking.entrypoints.http import api
from booking.entrypoints.http.auth import admins_only, agents_only
from booking.entrypoints.http.decoding import Body, no_parameters, read_id
from booking.service.policies import PolicyService, PolicyView

TAGS = re.compile(r'[ \t,]*(?:(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"[ \t]*(?:,[ \t,]*|$))+')
TAG = re.compile(r'(W/)?("[^"]*")')

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
    guards=[admins_only, no_parameters],
    dependencies={"content": Body(api.PutPolicy)},
    opt={"refuses": (WrongRole, InvalidHeader, PreconditionFailed)},
)
async def put_policy(
    request: AnyRequest,
    content: NamedDependency[api.PutPolicy],
    caller: NamedDependency[Caller],
    policies: NamedDependency[PolicyService],
) -> Response[api.PolicyResponse]:
    expected = await _expected(_tags(request), caller, policies, None)
    return _of_organization(await policies.put(caller, _settings(content), expected=expected))


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
    guards=[admins_only, no_parameters],
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
    tags = _tags(request)
    id = read_id(property_id, NotFound)  # noqa: A001 - the property's own
    expected = await _expected(tags, caller, policies, id)
    return _of_property(await policies.put(caller, _settings(content), expected=expected, property_id=id))


routes = (get_policy, put_policy, get_property_policy, put_property_policy)


def _of_organization(view: PolicyView) -> Response[api.PolicyResponse]:
    return _tagged(api.PolicyResponse(policy=convert(view.effective, api.Policy, from_attributes=True)), view)


def _of_property(view: PolicyView) -> Response[api.PropertyPolicyResponse]:
    shown = api.PropertyPolicyResponse(
        policy=convert(view.effective, api.Policy, from_attributes=True),
        overrides=convert(view.settings, api.Overrides, from_attributes=True),
    )
    return _tagged(shown, view)


def _tagged(shown: R, view: PolicyView) -> Response[R]:
    return Response(shown, headers={"ETag": _tag(view)})


def _tag(view: PolicyView) -> str:
    return f'"{view.settings.version}"'


def _settings(content: api.PutPolicy) -> Settings:
    return Settings(**asdict(content))


def _tags(request: AnyRequest) -> frozenset[str] | None:
    """The strong tags of If-Match, for weak ones never match; None where any version will do."""
    given = request.headers.getall("if-match", [])
    tags = ", ".join(given)
    if not given or tags.strip() == "*":
        return None
    if not TAGS.fullmatch(tags):
        raise InvalidHeader('If-Match must be *, or entity tags such as "3"')
    return frozenset(tag for weak, tag in TAG.findall(tags) if not weak)


async def _expected(
    tags: frozenset[str] | None, caller: Caller, policies: PolicyService, property_id: UUID | None
) -> int | None:
    """The version that is there, if the caller has seen it: the write then asks for that one and no other."""
    if tags is None:
        return None
    view = await policies.get(caller, property_id)
    if _tag(view) not in tags:
        raise PreconditionFailed
    return view.settings.version
