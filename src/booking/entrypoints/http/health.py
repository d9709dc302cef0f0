"""Health: whether the process lives, and whether it should be given traffic."""

from litestar import Request, get
from litestar.datastructures import State

from booking.domain.refusals import Unavailable
from booking.entrypoints.http import api
from booking.entrypoints.http.services import Services


@get("/health/live", operation_id="getLiveness")
async def get_liveness() -> api.Health:
    """Asks nothing of anybody: a database outage is no reason to restart this process."""
    return api.Health(status="ok")


@get("/health/ready", operation_id="getReadiness", opt={"refuses": (Unavailable,)})
async def get_readiness(request: Request[None, None, State]) -> api.Health:
    services: Services = request.app.state.services
    await services.ready()
    return api.Health(status="ok")


routes = (get_liveness, get_readiness)
