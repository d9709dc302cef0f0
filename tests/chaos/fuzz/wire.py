"""A client's end of a connection, in bytes: it sends whatever it is given, and takes nothing but well-formed HTTP."""

import re
import socket
import time
from contextlib import suppress

from tests.chaos.fuzz.documented import Answer
from tests.chaos.load import PATIENCE

STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) [\x20-\x7e]*")
FIELD = re.compile(rb"([a-z0-9!#$%&'*+.^_`|~-]+): ([\x20-\x7e\x80-\xff\t]*)")
LENGTH = re.compile(r"\d{1,9}")


class IllFormed(Exception):
    """What came back is no HTTP/1.1; says what."""


class Silence(Exception):
    """Nothing more came in that time."""


class Wire:
    def __init__(self, address: tuple[str, int]) -> None:
        self._socket = socket.create_connection(address, timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self.ended = False

    def send(self, data: bytes) -> None:
        """As much of it as the other end takes: what it answered before it closed is still there to read."""
        with suppress(ConnectionError):
            self._socket.sendall(data)

    def answer(self, *, bodiless: bool = False, within: float = PATIENCE) -> Answer | None:
        """The next one, interim ones left out; None at the end of the connection. IllFormed, or Silence."""
        deadline = time.monotonic() + within
        while True:
            head = self._until(b"\r\n\r\n", deadline)
            if head is None:
                return None
            status, headers = _parsed(head)
            if status == 100:
                continue
            body = b"" if bodiless or status == 204 else self._body(headers, deadline)
            if headers.get("connection") == "close":
                self.ended = True
            return Answer(status, headers, body)

    def close(self) -> None:
        self._socket.close()

    def _body(self, headers: dict[str, str], deadline: float) -> bytes:
        if not LENGTH.fullmatch(headers.get("content-length", "")) or "transfer-encoding" in headers:
            raise IllFormed(f"the length of a body: {headers}")
        length = int(headers["content-length"])
        while len(self._received) < length:
            if not self._more(deadline):
                raise IllFormed(f"{len(self._received)} bytes of {length}")
        body, self._received = self._received[:length], self._received[length:]
        return body

    def _until(self, mark: bytes, deadline: float) -> bytes | None:
        while mark not in self._received:
            if not self._more(deadline):
                if self._received:
                    raise IllFormed(f"half an answer: {self._received[:200]!r}")
                return None
        found, _, self._received = self._received.partition(mark)
        return found

    def _more(self, deadline: float) -> bool:
        """False where there is no more."""
        self._socket.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            data = self._socket.recv(65_536)
        except TimeoutError:
            raise Silence from None
        except ConnectionError:
            return False
        self._received += data
        return bool(data)


def _parsed(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.split(b"\r\n")
    status, fields = STATUS_LINE.fullmatch(first), [FIELD.fullmatch(line) for line in lines]
    if status is None or not all(fields):
        raise IllFormed(f"{head[:300]!r}")
    named = [(field[1].decode(), field[2].decode("latin-1")) for field in fields if field]
    if len({name for name, _ in named}) < len(named):
        raise IllFormed(f"a header twice: {head[:300]!r}")
    return int(status[1]), dict(named)
