"""The REST API: handlers that decode, ask one service and encode; who is calling; how refusals read."""

from booking.absent import hollow

# What these two bring along for pages and a command line that are not ours: 40 ms of each start.
with hollow("yaml", "uvicorn.main"):
    import anyio._backends._asyncio  # noqa: F401 - which is else imported late, and so once a worker; as the last is
    import litestar  # noqa: F401
    import uvicorn.lifespan.on  # noqa: F401
