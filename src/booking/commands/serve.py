"""`booking serve`: the service, with everything from the environment."""

import multiprocessing
import multiprocessing.connection
import os
import signal
import socket
import sys
from types import FrameType

import structlog

from booking import logs, loop
from booking.bootstrap import build
from booking.config import Settings
from booking.entrypoints.http.server import Server, listen

log = structlog.get_logger()


def serve(settings: Settings) -> int:
    """Until SIGTERM or SIGINT; 0 after an orderly end."""
    listener = listen(settings.http_host, settings.http_port)
    host, port = listener.getsockname()[:2]
    logs.configure(settings.log_level, settings.log_format)
    log.info("serving", host=host, port=port, workers=settings.workers)
    if settings.workers == 1:
        return work(settings, listener)
    return _supervise(settings, listener)


def work(settings: Settings, listener: socket.socket) -> int:
    logs.configure(settings.log_level, settings.log_format)
    instance = build(settings)
    server = Server(instance.app, instance.drain, drain=settings.drain_seconds)
    instance.start.give_up = server.leave
    loop.run(server.serve(sockets=[listener]))
    if instance.start.fault is not None:
        print(f"booking: {instance.start.fault}", file=sys.stderr)
        return 1
    return 0 if server.started else 1


def _supervise(settings: Settings, listener: socket.socket) -> int:
    """Workers share one socket. One that dies ends all, for whoever runs us to start afresh: nothing half-alive."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_worker, args=(settings, listener)) for _ in range(settings.workers)]

    stopping = False

    def pass_on(number: int, _: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        for worker in workers:
            if worker.pid is not None and worker.is_alive():
                os.kill(worker.pid, number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    for worker in workers:
        worker.start()
    multiprocessing.connection.wait([worker.sentinel for worker in workers])
    asked = stopping
    pass_on(signal.SIGTERM, None)
    for worker in workers:
        worker.join()
    # A worker that was still starting when it was told to end knows no better than to die of it: it held nothing.
    orderly = {0, -signal.SIGTERM, -signal.SIGINT} if asked else {0}
    return 0 if all(worker.exitcode in orderly for worker in workers) else 1


def _worker(settings: Settings, listener: socket.socket) -> None:
    raise SystemExit(work(settings, listener))
