"""Clients that have all the time in the world, a crowd of them in one process."""

import socket
import time
from collections.abc import Iterator
from itertools import chain, cycle, repeat
from multiprocessing.connection import Connection

ROUND = 2.0  # seconds from one byte of a client to its next
STEPS = 50  # of a round, so that the bytes come evenly

SPEECHES = ("headers", "headers", "body", "body", "deaf")


class Sluggard:
    """Says what it has to say a piece at a time, never reads an answer, and comes back when it is cut."""

    def __init__(self, address: tuple[str, int], kind: str, token: str) -> None:
        self.kind, self.cut = kind, 0
        self._address, self._token = address, token
        self._connection: socket.socket | None = None

    def _connected(self) -> socket.socket:
        self._pieces = _speech(self.kind, self._token)
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(10)
        connection.connect(self._address)
        connection.setblocking(False)
        return connection

    def step(self) -> None:
        try:
            if self._connection is None:
                self._connection = self._connected()
            self._connection.send(next(self._pieces))
        except BlockingIOError:
            pass
        except OSError:
            self.close()
            self.cut += 1

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def crowd(address: tuple[str, int], token: str, count: int, told: Connection) -> None:
    """Until something is told; then tells how many of those that dawdle were never cut."""
    kinds = cycle(SPEECHES)
    clients = [Sluggard(address, next(kinds), token) for _ in range(count)]
    portions = [clients[number::STEPS] for number in range(STEPS)]
    due = time.monotonic()
    for portion in cycle(portions):
        if told.poll(max(0.0, due - time.monotonic())):
            break
        for client in portion:
            client.step()
        due += ROUND / STEPS
    told.send(sum(client.cut == 0 for client in clients if client.kind != "deaf"))
    for client in clients:
        client.close()


def _speech(kind: str, token: str) -> Iterator[bytes]:
    """Of headers that never end, of a body that takes hours, or of one request after the other."""
    match kind:
        case "headers":
            head = b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: "
            return chain((head[n : n + 1] for n in range(len(head))), repeat(b"x"))
        case "body":
            head = f"POST /api/v1/bookings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n".encode()
            return chain([head + b"Content-Length: 50000\r\n\r\n"], repeat(b" "))
        case _:
            return repeat(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
