"""`booking serve`: the service, with everything from the environment."""

import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import socket
import sys
from types import FrameType
from typing import Any

import structlog

from booking import logs, loop, metrics
from booking.bootstrap import Instance, build
from booking.config import Settings
from booking.entrypoints.http.server import Server, listen

COLLECT = (5_000, 10, 20)
"""A request leaves few circles behind, and need not look for them all the time."""

ENDS = (signal.SIGTERM, signal.SIGINT)

WAY = "fork" if sys.platform == "linux" else "spawn"  # elsewhere systems' own libraries have threads by then

log = structlog.get_logger()


def serve(settings: Settings) -> int:
    """Until SIGTERM or SIGINT; 0 after an orderly end."""
    listener = listen(settings.http_host, settings.http_port)
    host, port = listener.getsockname()[:2]
    logs.configure(settings.log_level, settings.log_format)
    log.info("serving", host=host, port=port, workers=settings.workers)
    if settings.workers == 1:
        if settings.metrics_port is not None:
            metrics.serve(settings.http_host, settings.metrics_port, shared=False)
        return work(settings, listener)
    return _supervise(settings, listener)


def work(settings: Settings, listener: socket.socket, instance: Instance | None = None) -> int:
    """`instance` has been built already, where memory is shared."""
    logs.configure(settings.log_level, settings.log_format)
    instance = instance or build(settings)
    gc.freeze()  # what is never looked at is never copied
    gc.set_threshold(*COLLECT)
    server = Server(instance.app, instance.drain, drain=settings.drain_seconds)
    instance.start.give_up = server.leave
    loop.run(server.serve(sockets=[listener]))
    if instance.start.fault is not None:
        print(f"booking: {instance.start.fault}", file=sys.stderr)
        return 1
    return 0 if server.started else 1


def _supervise(settings: Settings, listener: socket.socket) -> int:
    """Workers share one socket, and the memory of all that is imported. One that dies ends all, for whoever runs us to
    start afresh: nothing half-alive."""
    context: Any = multiprocessing.get_context(WAY)
    instance = build(settings) if WAY == "fork" else None
    words = (settings, listener, instance)
    workers = [context.Process(target=_worker, args=words) for _ in range(settings.workers)]

    stopping = False

    def pass_on(number: int, _: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        for worker in workers:
            if worker.pid is not None and worker.is_alive():
                os.kill(worker.pid, number)

    for number in ENDS:
        signal.signal(number, pass_on)
    gc.collect()
    gc.freeze()
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    for worker in workers:
        worker.start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
    try:
        if settings.metrics_port is not None:  # not before, for it has a thread
            metrics.serve(settings.http_host, settings.metrics_port, shared=True)
        multiprocessing.connection.wait([worker.sentinel for worker in workers])
    finally:
        asked = stopping
        pass_on(signal.SIGTERM, None)
        for worker in workers:
            worker.join()
    # A worker that was still starting when it was told to end knows no better than to die of it: it held nothing.
    orderly = {0, -signal.SIGTERM, -signal.SIGINT} if asked else {0}
    return 0 if all(worker.exitcode in orderly for worker in workers) else 1


def _worker(settings: Settings, listener: socket.socket, instance: Instance | None) -> None:
    for number in ENDS:
        signal.signal(number, signal.SIG_DFL)  # until the server has its own: what a fork brought along is its parent's
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
    raise SystemExit(work(settings, listener, instance))
