"""Requests that are far too large, too deep or too wide, and what may be answered to each."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from itertools import cycle
from multiprocessing.connection import Connection
from threading import Event, Thread

from tests.chaos.load import PATIENCE

SENDERS = 8
PAUSE = 0.1  # seconds between two of a sender, which leaves the two cores to the service and whoever watches it
HUGE = 16 * 1024 * 1024  # bytes; the service takes 64 KiB
PIECE = b"x" * 64 * 1024

Pieces = Callable[[], Iterator[bytes]]


def _declared(body: bytes) -> Pieces:
    return lambda: iter((b"Content-Length: %d\r\n\r\n" % len(body), body))


def _huge() -> Iterator[bytes]:
    yield b"Content-Length: %d\r\n\r\n" % HUGE
    for _ in range(HUGE // len(PIECE)):
        yield PIECE


def _chunked() -> Iterator[bytes]:
    yield b"Transfer-Encoding: chunked\r\n\r\n"
    for _ in range(HUGE // len(PIECE)):
        yield b"%x\r\n" % len(PIECE) + PIECE + b"\r\n"
    yield b"0\r\n\r\n"


BODIES: Mapping[str, tuple[Pieces, int]] = {
    "huge": (_huge, 413),
    "chunked": (_chunked, 413),
    "deep, and too large": (_declared(b"[" * 100_000), 413),
    "deep": (_declared(b"[" * 60_000), 400),
    "deep objects": (_declared(b'{"slot_id":' * 5_000), 400),
    "deep, for somebody": (_declared(b'{"applicant_id":' + b"[" * 60_000), 400),
    "wide": (_declared(b"[" + b"1," * 30_000 + b"1]"), 400),
    "wide field": (_declared(b'{"slot_id":[' + b"1," * 30_000 + b"1]}"), 400),
    "many fields": (_declared(json.dumps({str(n): 0 for n in range(5_000)}).encode()), 400),
}


def throng(address: tuple[str, int], token: str, told: Connection) -> None:
    """Until something is told; then tells how many were refused, and what was answered otherwise."""
    refused, faults = [0] * SENDERS, list[str]()
    ended = Event()

    def send(number: int) -> None:
        for name, (pieces, expected) in cycle(BODIES.items()):
            if ended.wait(PAUSE):
                return
            answer = _answer(address, token, pieces())
            if answer not in (None, (expected, "application/problem+json")):
                faults.append(f"{name}: {answer}")
            refused[number] += 1

    threads = [Thread(target=send, args=(number,)) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    told.poll(None)
    ended.set()
    for thread in threads:
        thread.join(PATIENCE)
    told.send((sum(refused), sorted(set(faults))))


def _answer(address: tuple[str, int], token: str, pieces: Iterator[bytes]) -> tuple[int, str | None] | None:
    """Status and media type; None where the connection was cut."""
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            head = "POST /api/v1/bookings HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
            connection.sendall(f"{head}{token}\r\n".encode())
            for piece in pieces:
                connection.sendall(piece)
        response = HTTPResponse(connection)
        try:
            response.begin()
            response.read()
        except (BrokenPipeError, ConnectionResetError, HTTPException):
            return None
        return response.status, response.getheader("Content-Type")
