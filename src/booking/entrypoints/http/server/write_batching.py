"""What is written in one turn of the loop leaves together, at its end.

Each write is a call into the system that wakes whoever waits for it. Those who are answered together are mostly one
process, which sleeps again before the next answer is there; so they are all written, and then sent one after the other.
"""

import asyncio
from typing import Any

MOST = 32  # connections: of a crowd, nobody waits for the last


class Turn:
    """Of one loop: which connections were written to, in their order."""

    def __init__(self) -> None:
        self._written: list[Outgoing] = []

    def add(self, connection: "Outgoing") -> None:
        if not self._written:
            asyncio.get_running_loop().call_soon(self._end)
        elif len(self._written) == MOST:
            self._end()
        self._written.append(connection)

    def _end(self) -> None:
        written, self._written = self._written, []
        for connection in written:
            connection.leave()


class Outgoing(asyncio.Transport):
    """A connection whose writes wait for the end of the turn, or of the connection."""

    def __init__(self, transport: asyncio.Transport, turn: Turn) -> None:
        super().__init__()
        self._transport = transport
        self._turn = turn
        self._parts: list[bytes] = []

    def write(self, data: Any) -> None:
        if not self._parts:
            self._turn.add(self)
        self._parts.append(data)

    def leave(self) -> None:
        parts, self._parts = self._parts, []
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))

    def close(self) -> None:
        self.leave()
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)
