"""Webhook endpoints over HTTP, for admins, with an entity tag so that two admins do not overwrite each other."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID
from zlib import crc32

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict

from booking.domain.delivery.refusals import TooManyWebhookEndpoints, WebhookEndpointNotFound
from booking.domain.delivery.webhook_endpoint import EndpointSettings, EndpointStatus
from booking.domain.events import EventType
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import InvalidHeader, PreconditionFailed, PreconditionRequired, SecretsNotConfigured
from booking.entrypoints.http.guards import admins_only
from booking.entrypoints.http.inputs.decoding import Body, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.preconditions import AnyRequest, seen, tag
from booking.entrypoints.http.wire import Distinct, Input, Instant, Output, Text
from booking.service.delivery.webhooks import ShownEndpoint, WebhookService

Types = Annotated[tuple[EventType, ...], Distinct]
Description = Annotated[Text, Meta(min_length=1, max_length=500)]


class CreateWebhookEndpoint(Input):
    """New endpoint. `types`: left out, or null, it hears all. `url`: whatever is refused is refused alike."""

    url: str
    types: Types | None = None
    description: Description | None = None


class PatchWebhookEndpoint(Input):
    """Change of an endpoint. A field that is left out stays, null resets it."""

    url: str | UnsetType = UNSET
    types: Types | UnsetType | None = UNSET
    description: Description | UnsetType | None = UNSET
    status: EndpointStatus | UnsetType = UNSET


class WebhookEndpoint(Output):
    """`types`: a newer release may know more than this one."""

    id: UUID
    organization_id: UUID
    url: str
    types: Sequence[str] | None
    description: str | None
    status: EndpointStatus
    failing_since: Instant | None
    disabled_at: Instant | None
    position: int
    head: int
    created_at: Instant
    updated_at: Instant


class WebhookEndpointWithSecret(WebhookEndpoint):
    secret: str


class WebhookEndpointResponse(Output):
    webhook_endpoint: WebhookEndpoint


class WebhookEndpointSecretResponse(Output):
    webhook_endpoint: WebhookEndpointWithSecret


class WebhookEndpointList(Output):
    webhook_endpoints: list[WebhookEndpoint]


@post(
    "/webhook-endpoints",
    operation_id="createWebhookEndpoint",
    guards=[admins_only, no_parameters],
    dependencies={"content": Body(CreateWebhookEndpoint)},
    opt={"secret": True, "refuses": (WrongRole, SecretsNotConfigured, TooManyWebhookEndpoints)},
)
async def create_webhook_endpoint(
    content: NamedDependency[CreateWebhookEndpoint],
    caller: NamedDependency[Caller],
    webhooks: NamedDependency[WebhookService],
) -> Response[WebhookEndpointSecretResponse]:
    return _created(await webhooks.create(caller.showing(_created), EndpointSettings(**asdict(content))))


@get(
    "/webhook-endpoints",
    operation_id="listWebhookEndpoints",
    guards=[admins_only, no_parameters],
    opt={"refuses": (WrongRole,)},
)
async def list_webhook_endpoints(
    caller: NamedDependency[Caller], webhooks: NamedDependency[WebhookService]
) -> WebhookEndpointList:
    return WebhookEndpointList(
        webhook_endpoints=[WebhookEndpoint(**_shown(one)) for one in await webhooks.list(caller)]
    )


@get(
    "/webhook-endpoints/{endpoint_id:str}",
    operation_id="getWebhookEndpoint",
    guards=[admins_only, no_parameters],
    opt={"etag": True, "refuses": (WrongRole, WebhookEndpointNotFound)},
)
async def get_webhook_endpoint(
    endpoint_id: FromPath[str], caller: NamedDependency[Caller], webhooks: NamedDependency[WebhookService]
) -> Response[WebhookEndpointResponse]:
    return _answer(await webhooks.get(caller, read_id(endpoint_id, WebhookEndpointNotFound)))


@patch(
    "/webhook-endpoints/{endpoint_id:str}",
    operation_id="patchWebhookEndpoint",
    guards=[admins_only, no_parameters],
    dependencies={"content": Body(PatchWebhookEndpoint)},
    opt={"refuses": (WrongRole, WebhookEndpointNotFound, InvalidHeader, PreconditionFailed, PreconditionRequired)},
)
async def patch_webhook_endpoint(
    request: AnyRequest,
    endpoint_id: FromPath[str],
    content: NamedDependency[PatchWebhookEndpoint],
    caller: NamedDependency[Caller],
    webhooks: NamedDependency[WebhookService],
) -> Response[WebhookEndpointResponse]:
    id = read_id(endpoint_id, WebhookEndpointNotFound)  # noqa: A001 - the endpoint's own
    await webhooks.get(caller, id)  # an endpoint that is out of view has no version to be named
    version = await seen(request, partial(_version, caller, webhooks, id))
    changes = {name: value for name, value in asdict(content).items() if value is not UNSET}
    status = changes.pop("status", None)
    return _answer(await webhooks.change(caller.showing(_answer), id, changes, status, expected=version))


@delete(
    "/webhook-endpoints/{endpoint_id:str}",
    operation_id="deleteWebhookEndpoint",
    guards=[admins_only, no_parameters],
    opt={"refuses": (WrongRole, WebhookEndpointNotFound)},
)
async def delete_webhook_endpoint(
    endpoint_id: FromPath[str], caller: NamedDependency[Caller], webhooks: NamedDependency[WebhookService]
) -> None:
    await webhooks.remove(caller, read_id(endpoint_id, WebhookEndpointNotFound))


@post(
    "/webhook-endpoints/{endpoint_id:str}/rotate-secret",
    operation_id="rotateWebhookSecret",
    status_code=200,
    guards=[admins_only, no_parameters],
    opt={"secret": True, "refuses": (WrongRole, WebhookEndpointNotFound, SecretsNotConfigured)},
)
async def rotate_webhook_secret(
    endpoint_id: FromPath[str], caller: NamedDependency[Caller], webhooks: NamedDependency[WebhookService]
) -> Response[WebhookEndpointSecretResponse]:
    id = read_id(endpoint_id, WebhookEndpointNotFound)  # noqa: A001 - the endpoint's own
    return _with_secret(await webhooks.rotate(caller.showing(_with_secret), id))


routes = (
    create_webhook_endpoint,
    list_webhook_endpoints,
    get_webhook_endpoint,
    patch_webhook_endpoint,
    delete_webhook_endpoint,
    rotate_webhook_secret,
)


def _created(one: ShownEndpoint) -> Response[WebhookEndpointSecretResponse]:
    made = _with_secret(one)
    made.status_code = 201
    made.headers["Location"] = f"/api/v1/webhook-endpoints/{one.endpoint.id}"
    return made


def _with_secret(one: ShownEndpoint) -> Response[WebhookEndpointSecretResponse]:
    shown = WebhookEndpointWithSecret(**_shown(one), secret=one.secret or "")
    return Response(WebhookEndpointSecretResponse(webhook_endpoint=shown), headers={"ETag": _tag(one)})


def _answer(one: ShownEndpoint) -> Response[WebhookEndpointResponse]:
    shown = WebhookEndpoint(**_shown(one))
    return Response(WebhookEndpointResponse(webhook_endpoint=shown), headers={"ETag": _tag(one)})


def _tag(one: ShownEndpoint) -> str:
    """Make the tag of the version, and of what is shown beside it."""
    endpoint = one.endpoint
    beside = f"{endpoint.position} {endpoint.head} {endpoint.failing_since} {endpoint.disabled_at}"
    return tag(endpoint.version, crc32(beside.encode()))


def _shown(one: ShownEndpoint) -> dict[str, Any]:
    endpoint = one.endpoint
    return {
        "id": endpoint.id,
        "organization_id": endpoint.organization_id,
        **asdict(endpoint.settings),
        "status": endpoint.status,
        "failing_since": endpoint.failing_since,
        "disabled_at": endpoint.disabled_at,
        "position": endpoint.position,
        "head": endpoint.head,
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
    }


async def _version(caller: Caller, webhooks: WebhookService, endpoint_id: UUID) -> int:
    return (await webhooks.get(caller, endpoint_id)).endpoint.version
