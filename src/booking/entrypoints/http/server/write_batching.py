"""Write batching: all writes to a connection in one turn of the loop leave at its end, in one call."""

import asyncio
from typing import Any

MOST = 32  # connections in a batch; a longer one would keep its first waiting for its last


class WriteBatch:
    """Connections of one loop that were written to in this turn, in their order."""

    def __init__(self) -> None:
        self._written: list[BatchedTransport] = []

    def add(self, connection: "BatchedTransport") -> None:
        if not self._written:
            asyncio.get_running_loop().call_soon(self._flush)
        elif len(self._written) == MOST:
            self._flush()
        self._written.append(connection)

    def _flush(self) -> None:
        written, self._written = self._written, []
        for connection in written:
            connection.flush()


class BatchedTransport(asyncio.Transport):
    """A transport whose writes wait for the end of the turn, or of the connection."""

    def __init__(self, transport: asyncio.Transport, batch: WriteBatch) -> None:
        super().__init__()
        self._transport = transport
        self._batch = batch
        self._parts: list[bytes] = []

    def write(self, data: Any) -> None:
        if not self._parts:
            self._batch.add(self)
        self._parts.append(data)

    def flush(self) -> None:
        parts, self._parts = self._parts, []
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))

    def close(self) -> None:
        self.flush()
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
