"""`booking serve`: the service, with everything from the environment."""

import gc
import os
import socket
import sys

import structlog

from booking import logs, loop, metrics
from booking.bootstrap import Instance, build
from booking.cli.environment import unknown_settings
from booking.config import Settings
from booking.entrypoints.http.server.accepting import Shares
from booking.entrypoints.http.server.server import Server, listen
from booking.entrypoints.http.server.worker_processes import WAY, Colleagues, watch_the_first

COLLECT = (5_000, 10, 20)
"""A request leaves few circles behind, and need not look for them all the time."""

log = structlog.get_logger()


def serve(settings: Settings) -> int:
    """Until SIGTERM or SIGINT; 0 after an orderly end."""
    listener = listen(settings.http_host, settings.http_port)
    host, port = listener.getsockname()[:2]
    logs.configure(settings.log_level, settings.log_format)
    for fault in unknown_settings(os.environ):
        log.warning("unknown setting", fault=fault)
    log.info("serving", host=host, port=port, workers=settings.workers)
    instance = build(settings) if WAY == "fork" else None
    shares = Shares(settings.workers)
    colleagues = Colleagues(settings.workers - 1, work, (settings, listener, shares, instance))
    colleagues.start()
    try:
        if settings.metrics_port is not None:  # not before, for it has a thread
            metrics.serve(settings.http_host, settings.metrics_port, shared=settings.workers > 1)
        code = work(0, settings, listener, shares, instance, colleagues)
    finally:
        orderly = colleagues.ended()
    return code if orderly else 1


def work(
    number: int,
    settings: Settings,
    listener: socket.socket,
    shares: Shares,
    instance: Instance | None = None,
    colleagues: Colleagues | None = None,
) -> int:
    """`instance` has been built already, where memory is shared."""
    logs.configure(settings.log_level, settings.log_format)
    built = instance or build(settings)
    gc.freeze()  # what is never looked at is never copied
    gc.set_threshold(*COLLECT)
    gc.enable()

    def on_exit() -> None:
        built.drain()
        if colleagues is not None:
            colleagues.tell()

    server = Server(built.app, on_exit, drain=settings.drain_seconds, shares=shares, number=number)
    built.start.give_up = server.leave

    async def serving() -> None:
        watch_the_first(server.leave)
        if colleagues is not None:
            colleagues.watch(server.leave)
        await server.serve(sockets=[listener])

    loop.run(serving())
    if built.start.fault is not None:
        if number == 0:  # all find the same
            print(f"booking: {built.start.fault}", file=sys.stderr)
        else:
            log.error("cannot serve", reason=str(built.start.fault))
        return 1
    return 0 if server.started else 1
