"""The Litestar application: all routes under the pipeline, health, the contract, and the answers to refusals."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Router
from litestar.config.app import AppConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from booking.domain.refusals import Refusal
from booking.entrypoints.http import health
from booking.entrypoints.http.contract import EXAMPLES, contract_routes
from booking.entrypoints.http.inputs.decoding import nothing_unasked
from booking.entrypoints.http.pipeline.batches import Batches
from booking.entrypoints.http.pipeline.steps import Piped, Pipeline, Service, provide_caller
from booking.entrypoints.http.problems import answer_anything_else, answer_http_exception, answer_refusal, tell_methods
from booking.entrypoints.http.web import page as web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Untraced(Litestar):
    """Litestar that looks for no instrumentation of OpenTelemetry. Why: it would import a part of what is not used."""

    @staticmethod
    def _patch_opentelemetry_middleware(config: AppConfig) -> AppConfig:
        return config


def litestar(
    routes: Sequence[HTTPRouteHandler],
    services: Mapping[str, object],
    pipeline: Pipeline,
    ready: "Callable[[], Awaitable[None]]",
    page: web.WebPage,
    *,
    lifespan: "Sequence[Callable[..., Any]]" = (),
    examples: Mapping[str, str] = MappingProxyType({}),
) -> Litestar:
    """Build the application. `ready` raises Unavailable with the reason; `examples`: see `contract.WRITTEN`.

    Routes with `opt={"signed": True}` are outside the pipeline: they take no token. So are pages, `opt={"page": True}`.
    """
    signed = [route for route in routes if route.opt.get("signed")]
    pages = [route for route in routes if route.opt.get("page")]
    provided = {name: Service(one) for name, one in {**services, "batches": Batches(pipeline)}.items()}
    api = Router(
        "/api/v1",
        middleware=[Piped],
        before_request=nothing_unasked,
        dependencies={"caller": Provide(provide_caller), **provided},
        route_handlers=[route for route in routes if route not in (*signed, *pages)],
    )
    by_signature = Router("/api/v1", dependencies=provided, route_handlers=signed)
    for_people = Router("/", dependencies=provided, route_handlers=pages)
    return Untraced(
        route_handlers=[api, by_signature, for_people, *health.routes, *contract_routes, *web.routes],
        state=State({"pipeline": pipeline, health.READY: ready, EXAMPLES: examples, web.PAGE: page}),
        lifespan=list(lifespan),
        exception_handlers={
            Refusal: answer_refusal,
            HTTPException: answer_http_exception,
            Exception: answer_anything_else,
        },
        before_send=[tell_methods],
        openapi_config=None,
        logging_config=None,
    )
