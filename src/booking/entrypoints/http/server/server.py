"""The HTTP server: uvicorn, on a socket of ours, with an orderly end."""

import asyncio
import logging
import math
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, cast

from uvicorn.config import Config
from uvicorn.server import Server as Uvicorn

from booking.entrypoints.http.server.accepting import Acceptor, Shares
from booking.entrypoints.http.server.protocol import BoundedProtocol
from booking.entrypoints.http.server.write_batching import Turn
from booking.explained import Explained

if TYPE_CHECKING:
    from uvicorn._types import ASGIApplication

ONE_SIGNAL = 0.5  # seconds in which signals are one: whoever ends a whole process group has each process told twice
ENDS = (signal.SIGTERM, signal.SIGINT)
GRACE = 20  # seconds for requests in flight; the whole end takes less than 30

BACKLOG = 2048


class AddressTaken(Explained):
    """The address cannot be listened on; says which, and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket (port 0: any free one); AddressTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is said, for asyncio switches Nagle's algorithm off only where it is: else each answer waits 40 ms.
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


class Server(Uvicorn):
    """Tells `on_exit` of the first SIGTERM or SIGINT at once, and then ends by itself, with exit code 0.

    `drain` seconds long it still serves, so that whoever balances the load sees that it is not ready any more.
    """

    def __init__(
        self,
        app: object,
        on_exit: Callable[[], None],
        *,
        drain: float = 0.0,
        shares: Shares | None = None,
        number: int = 0,
    ) -> None:
        """`shares` with colleagues who listen on the same socket, and which of them this is."""
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
        self._on_exit = on_exit
        self._drain = drain
        self._leaves_at: float | None = None
        self._signals = 0
        self._signalled_at = -math.inf
        self._shares = shares or Shares(1)
        self._number = number
        self._acceptors: list[Acceptor] = []
        self._turn = Turn()
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if hasattr(signal, "pthread_sigmask"):  # uvicorn has its handlers by now: signals may come that had to wait
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
        await super().startup(sockets=[])
        if self.started:
            self._acceptors = [self._acceptor(listener) for listener in sockets or []]
            self.servers = cast("list[asyncio.base_events.Server]", self._acceptors)
        self.up.set()

    def _acceptor(self, listener: socket.socket) -> Acceptor:
        return Acceptor(listener, self._protocol, self._connections, self._shares, self._number)

    def _connections(self) -> int:
        return len(self.server_state.connections)

    def _protocol(self) -> BoundedProtocol:
        return BoundedProtocol(self._turn, self.config, self.server_state, self.lifespan.state)

    async def on_tick(self, counter: int) -> bool:
        for acceptor in self._acceptors:
            if not self.should_exit:
                acceptor.tell()
        if self._leaves_at is not None and time.monotonic() >= self._leaves_at:
            self.should_exit = True
        return await super().on_tick(counter)

    def leave(self) -> None:
        """Ends at once, but for the requests in flight."""
        self._on_exit()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The second signal ends the draining, the third does not wait for anything."""
        now = time.monotonic()
        if now - self._signalled_at < ONE_SIGNAL:
            return
        self._signalled_at = now
        self._signals += 1
        self._on_exit()
        if self._leaves_at is None and self._drain:
            self._leaves_at = now + self._drain
            return
        if self.should_exit and self._signals > 1:
            self.force_exit = True
            logging.getLogger("uvicorn.error").disabled = True  # of what was cut off it would print a traceback
        self.should_exit = True
