"""The ASGI application: routes, who may call them, and what refusals become."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException

from booking.absent import absent
from booking.domain.refusals import Refusal
from booking.entrypoints.http import health
from booking.entrypoints.http.auth import provide_caller
from booking.entrypoints.http.contract import EXAMPLES, contract_routes
from booking.entrypoints.http.decoding import nothing_unasked
from booking.entrypoints.http.pipeline import Piped, Pipeline
from booking.entrypoints.http.problems import answer_anything_else, answer_http_exception, answer_refusal, tell_methods
from booking.entrypoints.http.routes import (
    applicants,
    audit,
    bookings,
    holds,
    me,
    policies,
    property_slots,
    slots,
    waitlist,
)
from booking.entrypoints.http.services import Services

if TYPE_CHECKING:
    from collections.abc import Callable

USE_CASES = ("slots", "holds", "waitlists", "bookings", "policies", "applicants", "audit")
"""Of the services, those that handlers ask for by name."""


def litestar(
    services: Services,
    *,
    lifespan: "Sequence[Callable[..., Any]]" = (),
    examples: Mapping[str, str] = MappingProxyType({}),
) -> Litestar:
    """`examples`: what there really is of what the contract's examples are about, see `contract.WRITTEN`."""
    api = Router(
        "/api/v1",
        middleware=[Piped],
        before_request=nothing_unasked,
        dependencies={"caller": Provide(provide_caller), **{name: _the(services, name) for name in USE_CASES}},
        route_handlers=[
            *slots.routes,
            *property_slots.routes,
            *holds.routes,
            *waitlist.routes,
            *bookings.routes,
            *policies.routes,
            *applicants.routes,
            *audit.routes,
            *me.routes,
        ],
    )
    with absent("pydantic", "attr"):  # which others brought along: 160 ms of each start, and 6 MB a process
        return Litestar(
            route_handlers=[api, *health.routes, *contract_routes],
            state=State({"services": services, "pipeline": Pipeline(services), EXAMPLES: examples}),
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


def _the(services: Services, name: str) -> Provide:
    async def provide() -> Any:
        return getattr(services, name)

    return Provide(provide)
