"""Server: uvicorn's, on a socket of our own, which tells the application of the drain and ends in good order."""

import asyncio
import logging
import math
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, cast

from uvicorn.config import Config
from uvicorn.server import Server as Uvicorn

from booking.entrypoints.http.server.accepting import Acceptor, ConnectionCounts
from booking.entrypoints.http.server.protocol import MOST_CONNECTIONS, BoundedProtocol
from booking.entrypoints.http.server.write_batching import WriteBatch
from booking.faults import Explained

if TYPE_CHECKING:
    from uvicorn._types import ASGIApplication

ONE_SIGNAL = 0.5  # seconds in which signals count once: ending a process group tells each process twice
ENDS = (signal.SIGTERM, signal.SIGINT)
GRACE = 20  # seconds for answers under way; the whole end takes less than 30

BACKLOG = 2048
FILES = MOST_CONNECTIONS + 256  # open files a process: its connections, and its own


class AddressTaken(Explained):
    """The address cannot be listened on; the message is one line with the remedy."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket (port 0: any free one); AddressTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Why the protocol: asyncio switches Nagle's algorithm off only on sockets that say theirs.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, UnicodeError) as error:  # the second of a name that can be no host's
        listener.close()
        why = getattr(error, "strerror", None) or error
        raise AddressTaken(f"cannot listen on {host}:{port} ({why}): free that port or choose another") from error
    return listener


def _allow_connections() -> None:
    """Raise this process's limit of open files for so many connections, as far as the system allows."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _no_cut_off(record: logging.LogRecord) -> bool:
    """Drop the traceback of an application that the server's end cuts off: it is no fault."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


class Server(Uvicorn):
    """Serve until the first SIGTERM or SIGINT and for `drain` seconds more; then end by itself.

    While it drains it still accepts and answers, so that a load balancer sees in time that it is not ready any more.
    """

    def __init__(
        self,
        app: object,
        on_exit: Callable[[], None],
        *,
        drain: float = 0.0,
        counts: ConnectionCounts | None = None,
        number: int = 0,
    ) -> None:
        """Call `on_exit` with the first signal. `counts` and `number`: of the processes that share the socket."""
        config = Config(
            cast("ASGIApplication", app),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # nobody here asks where a caller is
            lifespan="on",
            http=BoundedProtocol,
            ws="none",
            timeout_graceful_shutdown=GRACE,
        )
        super().__init__(config)
        self.up = asyncio.Event()
        self.draining = asyncio.Event()
        """Set with the first signal, in the loop. Applications have it as `scope["state"]["draining"]`."""
        self._on_exit = on_exit
        self._drain = drain
        self._leaves_at: float | None = None
        self._signals = 0
        self._signalled_at = -math.inf
        self._counts = counts or ConnectionCounts(1)
        self._number = number
        self._acceptors: list[Acceptor] = []
        self._batch = WriteBatch()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if hasattr(signal, "pthread_sigmask"):  # uvicorn has its handlers by now: signals may come that had to wait
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
        _allow_connections()
        logging.getLogger("uvicorn.error").addFilter(_no_cut_off)
        self.lifespan.state["draining"] = self.draining
        await super().startup(sockets=[])
        if self.started:
            self._acceptors = [self._acceptor(listener) for listener in sockets or []]
            self.servers = cast("list[asyncio.base_events.Server]", self._acceptors)
        self.up.set()

    def _acceptor(self, listener: socket.socket) -> Acceptor:
        return Acceptor(listener, self._protocol, self._connections, self._counts, self._number)

    def _connections(self) -> int:
        return len(self.server_state.connections)

    def _protocol(self) -> BoundedProtocol:
        return BoundedProtocol(self._batch, self.config, self.server_state, self.lifespan.state)

    async def on_tick(self, counter: int) -> bool:
        for acceptor in self._acceptors:
            if not self.should_exit:
                acceptor.publish()
        if self._leaves_at is not None and time.monotonic() >= self._leaves_at:
            self.should_exit = True
        return await super().on_tick(counter)

    def leave(self) -> None:
        """End without a drain, once the answers under way are finished."""
        self._tell()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin the drain; the second signal ends it, the third cuts off the answers under way."""
        now = time.monotonic()
        if now - self._signalled_at < ONE_SIGNAL:
            return
        self._signalled_at = now
        self._signals += 1
        self._tell()
        if self._leaves_at is None and self._drain:
            self._leaves_at = now + self._drain
            return
        if self.should_exit and self._signals > 1:
            self.force_exit = True
            logging.getLogger("uvicorn.error").disabled = True  # of a lifespan that is cut off it prints a traceback
        self.should_exit = True

    def _tell(self) -> None:
        self._on_exit()
        # Why thread-safe: a signal's handler runs between any two steps, and must wake a loop that is asleep.
        asyncio.get_running_loop().call_soon_threadsafe(self.draining.set)
