"""The wire of the HTTP server: uvicorn's, with deadlines and bounds for whoever sends slowly, or too much."""

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, unquote_to_bytes

import msgspec
import structlog
from httptools import parse_url
from uuid_utils import uuid4
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from booking.domain import errors
from booking.entrypoints.http import api
from booking.entrypoints.http.cycle import Cycle
from booking.entrypoints.http.problems import MEDIA_TYPE, status_of
from booking.entrypoints.http.turn import Outgoing, Turn

if TYPE_CHECKING:
    from uvicorn import Config
    from uvicorn._types import ASGI3Application
    from uvicorn.server import ServerState

HEADERS_WITHIN = 10.0  # seconds from the connection, or from a request's first byte, to the end of its headers
READ_WITHIN = 10.0  # seconds in which somebody must read some of what they are answered
LONGEST_TOLD = 200  # bytes of a path
LARGEST_HEADERS = 16 * 1024  # bytes, names and values and the path
MOST_CONNECTIONS = 4096  # a process; who comes then is told to try again

log = structlog.get_logger()


class BoundedProtocol(HttpToolsProtocol):
    """Whatever it refuses by itself is a problem like every other, and ends the connection."""

    deadline: asyncio.TimerHandle | None = None
    stalled: asyncio.TimerHandle | None = None
    resting: asyncio.TimerHandle | None = None
    rests_since = 0.0
    begun = False
    expecting = False
    received = 0
    hosts = 0
    running: Cycle | None = None

    def __init__(self, turn: Turn, config: "Config", server_state: "ServerState", app_state: dict[str, Any]) -> None:
        super().__init__(config, server_state, app_state)
        self.turn = turn

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Outgoing(transport, self.turn))
        if len(self.connections) > MOST_CONNECTIONS:
            self._refuse(errors.Unavailable("too many connections: try again shortly"))
        else:
            self._expect_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._have_headers()
        self.resume_writing()
        if self.resting is not None:
            self.resting.cancel()
        super().connection_lost(exc)
        if self.running is not None:  # uvicorn tells the newest request only: what it runs may be an older one
            self.running.disconnected = True
            self.running.message_event.set()

    def _start_asgi_task(self, cycle: Cycle, app: "ASGI3Application") -> None:  # type: ignore[override]
        self.running = cycle
        cycle.start()
        super()._start_asgi_task(cycle, app)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.expecting and not self.transport.is_closing():
            self._expect_headers()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.begun = self.expecting = True
        self.received = self.hosts = 0

    def on_url(self, url: bytes) -> None:
        self.received += len(url)
        if self.received > LARGEST_HEADERS:
            self._refuse_headers()
        else:
            self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.received += len(name) + len(value)
        if self.received > LARGEST_HEADERS:
            self._refuse_headers()
            return
        name = name.lower()
        if name == b"host":
            self.hosts += 1
        elif name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """As uvicorn's, which knows of no other cycle than its own."""
        self._have_headers()
        if self.hosts > 1 and not self.transport.is_closing():
            self._refuse(errors.MalformedRequest("there must be one Host header"))  # RFC 9112, section 3.2
        if self.transport.is_closing():
            return
        version = self.parser.get_http_version()
        url = parse_url(self.url)
        path = url.path.decode("ascii")
        scope = self.scope
        scope["http_version"] = version
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"] = url.path
        scope["query_string"] = url.query or b""
        before = self.cycle
        self.cycle = Cycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._have_headers()
        self.begun = False
        if not self.transport.is_closing():
            super().on_message_complete()
            self.cycle.more_body = False

    def on_response_complete(self) -> None:
        """As uvicorn's, but for its timer of each rest."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle: Any
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        else:
            self._rest()
        if self._unread():
            self._expect_headers()

    def pause_writing(self) -> None:
        """The system's buffers are full of answers that nobody reads."""
        super().pause_writing()
        self.stalled = self.loop.call_later(READ_WITHIN, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.stalled is not None:
            self.stalled.cancel()

    def send_400_response(self, msg: str) -> None:
        self._refuse(errors.MalformedRequest())

    def _rest(self) -> None:
        """One timer does for many rests, for most are short: when it goes off, it sees how long this one has been."""
        self.rests_since = self.loop.time()
        if self.resting is None:
            self.resting = self.loop.call_later(self.timeout_keep_alive, self._rested)

    def _rested(self) -> None:
        self.resting = None
        if self.begun or not self.cycle.response_complete:
            return  # which comes to rest again
        left = self.rests_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.resting = self.loop.call_later(left, self._rested)
        else:
            self.transport.close()

    def _refuse_headers(self) -> None:
        if not self.transport.is_closing():
            self._refuse(errors.HeadersTooLarge())

    def _expect_headers(self) -> None:
        if self.deadline is None:
            self.deadline = self.loop.call_later(HEADERS_WITHIN, self._late)

    def _have_headers(self) -> None:
        self.expecting = False
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _unread(self) -> bool:
        """Whether the rest of a body is still to come that was answered already."""
        return self.begun and self.cycle is not None and self.cycle.more_body and self.cycle.response_complete

    def _late(self) -> None:
        """Whoever has not even begun, or has an answer, is left without a word."""
        if self.begun and not self._unread():
            self._refuse(errors.RequestTimeout())
        else:
            self.transport.close()

    def _refuse(self, refusal: errors.Refusal) -> None:
        """At once; but whoever is still owed an answer to what came before gets that, as the last (RFC 9112, 9.3.2)."""
        owed = self.running
        if owed is not None and not owed.response_complete and not (owed is self.cycle and owed.more_body):
            owed.keep_alive = False
            return
        status = status_of(type(refusal))
        path = unquote_to_bytes(self.url.partition(b"?")[0])[:LONGEST_TOLD] if self.begun else b""
        problem: Any = api.Problem(
            type=f"urn:booking:problem:{refusal.code}",
            title=refusal.title,
            status=status,
            detail=refusal.detail,
            instance=quote(path),
            code=refusal.code,
        )
        content = msgspec.json.encode(problem)
        request_id = str(uuid4())
        log.info("request refused", request_id=request_id, status=status, code=refusal.code)
        told = f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(content)}\r\nx-request-id: {request_id}\r\n"
        head = [STATUS_LINE[status], told.encode()]
        if status == 503:
            head.append(b"retry-after: 1\r\n")
        self.transport.write(b"".join([*head, b"connection: close\r\n\r\n", content]))
        self.transport.close()
