"""Worker: one process of `booking serve`. The first starts the others, and stands for them all.

The last does not serve, where messages are sent: it runs the jobs that are apart (ADR 92)."""

import gc
import os
import socket
import sys

import structlog

from booking import logs, loop
from booking.bootstrap import Instance, build
from booking.cli.environment import unknown_settings
from booking.config import Settings
from booking.config.variables import secrets_changed
from booking.entrypoints.http.server.accepting import ConnectionCounts
from booking.entrypoints.http.server.server import Server, listen
from booking.entrypoints.http.server.worker_processes import METHOD, WorkerProcesses, watch_parent
from booking.entrypoints.jobs import Part
from booking.metrics import catalogue, exposition

NICE = 10  # of the process apart: what it does may come a second later, and an answer may not
COLLECT = (5_000, 10, 20)  # thresholds of the collector: a request leaves few cycles behind

log = structlog.get_logger()


def supervise(settings: Settings) -> int:
    """Serve with all workers until SIGTERM or SIGINT; 0 after an orderly end."""
    listener = listen(settings.http_host, settings.http_port)
    host, port = listener.getsockname()[:2]
    logs.configure(settings.log_level, settings.log_format)
    for fault in unknown_settings(os.environ):
        log.warning("unknown setting", fault=fault)
    log.info("serving", host=host, port=port, workers=settings.workers)
    instance = build(settings) if METHOD == "fork" else None
    counts = ConnectionCounts(settings.workers)
    others = WorkerProcesses(settings.processes - 1, work, (settings, listener, counts, instance))
    others.start()
    try:
        if settings.metrics_port is not None:  # not before, for it has a thread
            for name, at in secrets_changed(os.environ).items():
                catalogue.secret_changed.set(at, name)
            exposition.serve(settings.http_host, settings.metrics_port, shared=settings.processes > 1)
        code = work(0, settings, listener, counts, instance, others)
    finally:
        orderly = others.join()
    return code if orderly else 1


def work(
    number: int,
    settings: Settings,
    listener: socket.socket,
    counts: ConnectionCounts,
    instance: Instance | None = None,
    others: WorkerProcesses | None = None,
) -> int:
    """Serve as one process, or run jobs apart. `instance` has been built already where processes share memory."""
    apart = number == settings.workers
    logs.configure(settings.log_level, settings.log_format)
    built = instance or build(settings)
    gc.freeze()  # what is never looked at is never copied
    gc.set_threshold(*COLLECT)
    gc.enable()

    def on_exit() -> None:
        built.drain()
        if others is not None:
            others.terminate()

    built.workers.only = None if settings.only is None else Part(settings.only)
    if settings.processes > settings.workers:
        built.workers.apart = apart
    if apart:
        listener.close()  # else whoever connects while it ends would wait in vain
        os.nice(NICE)
    server = Server(built.app, on_exit, drain=settings.drain_seconds, counts=counts, number=number)
    built.start.give_up = server.leave

    async def serving() -> None:
        watch_parent(server.leave)
        if others is not None:
            others.watch(server.leave)
        await server.serve(sockets=[] if apart else [listener])

    loop.run(serving())
    if built.start.fault is not None:
        if number == 0:  # all processes find the same
            print(f"booking: {built.start.fault}", file=sys.stderr)
        else:
            log.error("cannot serve", reason=str(built.start.fault))
        return 1
    return 0 if server.started else 1
