"""Health over HTTP: liveness of the process, and readiness for traffic."""

from typing import Literal

from litestar import Request, get
from litestar.datastructures import State

from booking.domain.refusals import Unavailable
from booking.entrypoints.http.wire import Output

READY = "ready"
"""Where the application's state keeps what raises Unavailable."""


class Health(Output):
    status: Literal["ok"]


@get("/health/live", operation_id="getLiveness")
async def get_liveness() -> Health:
    """Answer without asking anything: a database outage is no reason to restart this process."""
    return Health(status="ok")


@get("/health/ready", operation_id="getReadiness", opt={"refuses": (Unavailable,)})
async def get_readiness(request: Request[None, None, State]) -> Health:
    await request.app.state[READY]()
    return Health(status="ok")


routes = (get_liveness, get_readiness)
