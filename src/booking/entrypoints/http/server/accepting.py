"""Accepting: worker processes share one socket, and a new connection goes to the process with the fewest.

Why: the first process to wake would otherwise take all connections that arrive together, and the others be idle.
"""

import asyncio
import multiprocessing
import socket
from collections.abc import Callable

import structlog

PAUSE = 0.0005  # seconds for which a process that is ahead leaves new connections to the others
PATIENCE = 10  # such pauses; then it takes what no other process has taken
AHEAD = 2  # connections more than another process has, and a tenth of those
MOST = 64  # connections accepted at one time
NO_ROOM = 1.0  # seconds until the next try where the system has no room for another connection

log = structlog.get_logger()


class ConnectionCounts:
    """Connections of each worker process, in shared memory; -1 before its start and after its end."""

    def __init__(self, processes: int) -> None:
        self._counts = multiprocessing.RawArray("l", [-1] * processes)

    def put(self, number: int, count: int) -> None:
        self._counts[number] = count

    def ahead(self, number: int) -> bool:
        """Tell whether another process should have the next connection."""
        least = min((count for count in self._counts if count >= 0), default=0)
        own: int = self._counts[number]
        return own >= least + AHEAD + least // 10


class Acceptor:
    """Accept connections for one process, in the place of asyncio's server. `count` tells how many there are."""

    def __init__(
        self,
        listener: socket.socket,
        protocol: Callable[[], asyncio.BaseProtocol],
        count: Callable[[], int],
        counts: ConnectionCounts,
        number: int,
    ) -> None:
        self._listener = listener
        self._protocol = protocol
        self._count = count
        self._counts = counts
        self._number = number
        self._loop = asyncio.get_running_loop()
        self._coming: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._paused = 0
        listener.setblocking(False)
        self.publish()
        self._watch()

    def publish(self) -> None:
        """Tell the other processes how many connections this one has."""
        self._counts.put(self._number, self._count() + len(self._coming))

    def close(self) -> None:
        self._loop.remove_reader(self._listener)
        if self._timer is not None:
            self._timer.cancel()
        self._counts.put(self._number, -1)

    async def wait_closed(self) -> None:
        await asyncio.gather(*self._coming, return_exceptions=True)

    def _watch(self) -> None:
        self._timer = None
        self._loop.add_reader(self._listener, self._accept)

    def _pause(self, seconds: float) -> None:
        self._loop.remove_reader(self._listener)
        self._timer = self._loop.call_later(seconds, self._watch)

    def _accept(self) -> None:
        for _ in range(MOST):
            self.publish()
            if self._paused < PATIENCE and self._counts.ahead(self._number):
                self._paused += 1
                self._pause(PAUSE)
                return
            self._paused = 0
            try:
                connection, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                log.error("no room for another connection", error=error.strerror)
                self._pause(NO_ROOM)
                return
            coming = self._loop.create_task(self._connect(connection))
            self._coming.add(coming)
            coming.add_done_callback(self._coming.discard)

    async def _connect(self, connection: socket.socket) -> None:
        try:
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:  # the client has gone by now
            connection.close()
