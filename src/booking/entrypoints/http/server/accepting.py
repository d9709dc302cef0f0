"""Who takes a new connection: of colleagues who share a socket, whoever has the fewest.

Else whoever wakes first takes all that come at one time, and the others have nothing to do.
"""

import asyncio
import multiprocessing
import socket
from collections.abc import Callable

import structlog

PAUSE = 0.0005  # seconds for which whoever is ahead looks away
PATIENCE = 10  # such pauses; then it takes what nobody else has taken
AHEAD = 2  # connections more than another has, and a tenth of those
MOST = 64  # connections at one time
NO_ROOM = 1.0  # seconds until the next look where the system has no room for another connection

log = structlog.get_logger()


class Shares:
    """How many connections each of some colleagues has, in memory that they share; none yet, or no more: -1."""

    def __init__(self, colleagues: int) -> None:
        self._counts = multiprocessing.RawArray("l", [-1] * colleagues)

    def put(self, number: int, count: int) -> None:
        self._counts[number] = count

    def ahead(self, number: int) -> bool:
        """Whether another one should have the next connection."""
        least = min((count for count in self._counts if count >= 0), default=0)
        own: int = self._counts[number]
        return own >= least + AHEAD + least // 10


class Acceptor:
    """Stands for asyncio's server. `count` says how many connections there are."""

    def __init__(
        self,
        listener: socket.socket,
        protocol: Callable[[], asyncio.BaseProtocol],
        count: Callable[[], int],
        shares: Shares,
        number: int,
    ) -> None:
        self._listener = listener
        self._protocol = protocol
        self._count = count
        self._shares = shares
        self._number = number
        self._loop = asyncio.get_running_loop()
        self._coming: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._paused = 0
        listener.setblocking(False)
        self.tell()
        self._watch()

    def tell(self) -> None:
        """The others how many there are."""
        self._shares.put(self._number, self._count() + len(self._coming))

    def close(self) -> None:
        self._loop.remove_reader(self._listener)
        if self._timer is not None:
            self._timer.cancel()
        self._shares.put(self._number, -1)

    async def wait_closed(self) -> None:
        await asyncio.gather(*self._coming, return_exceptions=True)

    def _watch(self) -> None:
        self._timer = None
        self._loop.add_reader(self._listener, self._look)

    def _look_again(self, seconds: float) -> None:
        self._loop.remove_reader(self._listener)
        self._timer = self._loop.call_later(seconds, self._watch)

    def _look(self) -> None:
        for _ in range(MOST):
            self.tell()
            if self._paused < PATIENCE and self._shares.ahead(self._number):
                self._paused += 1
                self._look_again(PAUSE)
                return
            self._paused = 0
            try:
                connection, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                log.error("no room for another connection", error=error.strerror)
                self._look_again(NO_ROOM)
                return
            coming = self._loop.create_task(self._take(connection))
            self._coming.add(coming)
            coming.add_done_callback(self._coming.discard)

    async def _take(self, connection: socket.socket) -> None:
        try:
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:  # whoever came has gone
            connection.close()
