"""The REST API: handlers that decode, ask one service and encode; who is calling; how refusals read."""

from booking.absent import absent, hollow

# For pages, a command line and transfer objects that are not ours: 70 ms of each start.
with (
    absent("annotated_types"),
    hollow("yaml", "uvicorn.main", "litestar.dto._backend", "litestar.dto._codegen_backend"),
):
    import anyio._backends._asyncio  # noqa: F401 - which is else imported late, and so once a worker; as the last is
    import litestar  # noqa: F401
    import uvicorn.lifespan.on  # noqa: F401
