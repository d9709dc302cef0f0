"""Answers without an end, and a server that is told to end: over the wire, as processes of their own."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

WATCHING, IGNORING = "watching", "ignoring"

SERVE = """
import asyncio, json, resource, socket, sys
from booking import logs, loop
from booking.entrypoints.http.pipeline.access import Access
from booking.entrypoints.http.server import server
from tests.support.wire import application

how, grace, files = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])

@application
async def endless(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    draining = scope["state"]["draining"]
    await send({"type": "http.response.body", "body": b"begun", "more_body": True})
    if how == "watching":
        await draining.wait()
        await send({"type": "http.response.body", "body": b"goodbye"})
    else:
        await asyncio.Event().wait()

resource.setrlimit(resource.RLIMIT_NOFILE, (files, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
server.GRACE = grace
logs.configure("info", "json")
listener = server.listen("127.0.0.1", 0)
print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
loop.run(server.Server(Access(endless), lambda: None, drain=20.0 if how == "watching" else 0.0).serve([listener]))
"""


@contextmanager
def streaming(how: str, *, grace: float = 20, files: int = 4096) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-c", SERVE, how, str(grace), str(files)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())["port"]
        finally:
            process.kill()


def stream(port: int) -> socket.socket:
    """Return a connection whose answer has begun."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    told = b""
    while not told.endswith(b"5\r\nbegun\r\n"):
        part = connection.recv(1000)
        assert part, told  # else a server that closes would be waited for without end
        told += part
    return connection


def told_of_faults(log: str) -> list[str]:
    """Return the lines with a traceback, which JSON has as an exception, and those that are no line of the log."""
    return [line for line in log.splitlines() if not line.startswith("{") or "exception" in json.loads(line)]


def rest(connection: socket.socket) -> bytes:
    """Return what else comes; a connection that is cut off ends in the middle."""
    told = b""
    while part := connection.recv(1000):
        told += part
    return told


def test_streams_that_watch_the_drain_end_by_themselves_within_a_second() -> None:
    with streaming(WATCHING) as (process, port), ExitStack() as stack:
        streams = [stack.enter_context(stream(port)) for _ in range(50)]
        process.send_signal(signal.SIGTERM)
        told_at = time.monotonic()
        assert [rest(one) for one in streams] == [b"7\r\ngoodbye\r\n0\r\n\r\n"] * 50
        assert time.monotonic() - told_at < 1
        time.sleep(0.6)  # what comes within half a second is the same signal
        process.send_signal(signal.SIGTERM)  # it drains for long here, so that nothing else ends them
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert told_of_faults(err) == []


@pytest.mark.parametrize("signals", [1, 2])
def test_a_stream_that_ignores_it_is_cut_off_after_the_grace_without_a_traceback(signals: int) -> None:
    with streaming(IGNORING, grace=0.5 if signals == 1 else 20) as (process, port), stream(port) as one:
        for _ in range(signals):
            process.send_signal(signal.SIGTERM)
            if signals > 1:
                time.sleep(0.6)
        assert rest(one) == b""
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert told_of_faults(err) == []


def test_a_process_has_more_connections_than_a_shell_lets_it_open_files() -> None:
    with streaming(WATCHING, files=64) as (process, port), ExitStack() as stack:
        streams = [stack.enter_context(stream(port)) for _ in range(100)]
        process.send_signal(signal.SIGTERM)
        assert {rest(one) for one in streams} == {b"7\r\ngoodbye\r\n0\r\n\r\n"}
