"""uvicorn's protocol and request cycle, with deadlines, bounds and one write an answer.

All that overrides uvicorn's private classes is in this file.
Why private classes: uvicorn has no other place for any of this. A test tells when they change (see the package).
"""

import asyncio
import re
import socket
import time
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import structlog
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uuid_utils import uuid4
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from booking.domain import refusals
from booking.entrypoints.http.problems import MEDIA_TYPE, problem_response, send_refusal
from booking.entrypoints.http.server.write_batching import BatchedTransport, WriteBatch

if TYPE_CHECKING:
    from uvicorn import Config
    from uvicorn._types import (
        ASGI3Application,
        ASGIReceiveEvent,
        ASGISendEvent,
        HTTPResponseBodyEvent,
        HTTPResponseStartEvent,
    )
    from uvicorn.server import ServerState

HEADERS_WITHIN = 10.0  # seconds from the connection, or from a request's first byte, to the end of its headers
BODY_WITHIN = 10.0  # seconds from the end of the headers, or of the answer before, to the end of the body
READ_WITHIN = 10.0  # seconds in which a client must read some of what it is answered
LONGEST_PATH_TOLD = 200  # characters of a path in a refusal
LARGEST_HEADERS = 16 * 1024  # bytes, names and values and the path
MOST_UNSENT = 32 * 1024  # bytes that the system keeps of an answer without an end; Linux takes twice that
UNHEARD_WITHIN = 20_000  # milliseconds in which the other side's system must acknowledge what it is sent of one
MOST_CONNECTIONS = 16_384  # a process; the next is told to try again

CLOSE = b"connection: close\r\n"
CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code != ord("\t"))  # in no header (RFC 9110, section 5.5)

SAFE = ("GET", "HEAD", "OPTIONS")
SHUTTING_DOWN = "this instance is shutting down"
CUT_OFF = "this instance ended before it had the answer: look before you repeat the request"

VERSIONS = ("1.0", "1.1")
HOST = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+(?::[0-9]*)?|\[[0-9A-Fa-f:.]+\](?::[0-9]*)?")
TARGET = re.compile(
    rb"(?:https?://[^/?#@]+(?=[/?]|\Z))?(?P<path>/[^?#]*|(?=\?|\Z))(?:\?(?P<query>[^#]*))?", re.IGNORECASE
)
"""A request's target in origin-form or in absolute-form, without userinfo and without a fragment (RFC 9112, 3.2)."""

log = structlog.get_logger()


class Cycle(RequestResponseCycle):
    """Request and its answer. An answer without a length, or in parts, goes uvicorn's way."""

    begun: "HTTPResponseStartEvent | None" = None
    body_by = 0.0
    whole = False
    endless = False

    def start(self) -> None:
        """Begin the body's deadline: the request is the next to be answered."""
        self.body_by = time.monotonic() + BODY_WITHIN

    async def receive(self) -> "ASGIReceiveEvent":
        """Raise RequestTimeout for a body that has not arrived in time. To wait for the client's leaving has no end.

        MalformedRequest where the client leaves before: nobody will read it, but it is no fault of ours.
        """
        if self.whole or self.message_event.is_set():
            message = await super().receive()
        else:
            try:
                async with asyncio.timeout_at(self.body_by):
                    message = await super().receive()
            except TimeoutError as error:
                raise refusals.RequestTimeout from error
        if not self.whole and message["type"] == "http.disconnect":
            raise refusals.MalformedRequest("the caller went before the body was whole")
        self.whole = message["type"] != "http.request" or not message["more_body"]
        return message

    async def send(self, message: "ASGISendEvent") -> None:
        """Keep a first message until the second is there. While the server drains, the answer ends the connection."""
        if self.scope["state"]["draining"].is_set():
            self.keep_alive = False
        if message["type"] == "http.response.start" and self.begun is None and not self.response_started:
            self.begun = message
            return
        begun, self.begun = self.begun, None
        if begun is None:
            await super().send(message)
        elif message["type"] == "http.response.body" and self._is_whole(begun, message):
            self._answer(begun, message["body"])
        else:
            self.endless = bool(message.get("more_body"))
            if self.endless:
                _bound_unsent(self.transport)
            await super().send(begun)
            await super().send(message)

    async def send_500_response(self) -> None:
        """Answer a request that broke, or that the end of the server cuts off, by a problem."""
        refusal: refusals.Refusal = refusals.InternalError()
        if self.scope["state"]["draining"].is_set():
            safe = self.scope["method"] in SAFE
            refusal = refusals.Unavailable(SHUTTING_DOWN) if safe else refusals.OutcomeUnknown(CUT_OFF)
        self.begun = None
        await send_refusal(cast("Any", self.send), self.scope["path"], refusal, (b"connection", b"close"))

    def _is_whole(self, begun: "HTTPResponseStartEvent", message: "HTTPResponseBodyEvent") -> bool:
        return (
            not message.get("more_body")
            and not self.flow.write_paused
            and self.scope["method"] != "HEAD"
            and (b"content-length", b"%d" % len(message.get("body", b""))) in begun["headers"]
        )

    def _answer(self, begun: "HTTPResponseStartEvent", body: bytes) -> None:
        """Write a whole answer; RuntimeError where a header would break out of its line."""
        if self.disconnected:
            return
        self.response_started = True
        headers = [*self.default_headers, *begun["headers"]]
        head = b"".join([name + b": " + value + b"\r\n" for name, value in headers])
        if len(head.translate(None, CONTROLS)) != len(head) - 2 * len(headers):
            raise RuntimeError("a header of the answer has a control character")
        if b"\n" + CLOSE in b"\n" + head:
            self.keep_alive = False
        elif not self.keep_alive:
            head += CLOSE
        self.transport.write(b"".join((STATUS_LINE[begun["status"]], head, b"\r\n", body)))
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()


class BoundedProtocol(HttpToolsProtocol):
    """Connection with deadlines and bounds. A request refused here is answered by a problem, and ends it."""

    deadline: asyncio.TimerHandle | None = None
    stalled: asyncio.TimerHandle | None = None
    resting: asyncio.TimerHandle | None = None
    rests_since = 0.0
    begun = False
    expecting = False
    in_trailers = False
    resumed = False
    framing = b""
    received = 0
    running: Cycle | None = None

    def __init__(
        self, batch: WriteBatch, config: "Config", server_state: "ServerState", app_state: dict[str, Any]
    ) -> None:
        super().__init__(config, server_state, app_state)
        self.batch = batch

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(BatchedTransport(transport, self.batch))
        if len(self.connections) > MOST_CONNECTIONS:
            self._refuse(refusals.Unavailable("too many connections: try again shortly"))
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
        """Read on in this protocol where a request offers another; else as uvicorn's."""
        while data and not self.transport.is_closing():
            try:
                self.parser.feed_data(data)
                data = b""
            except HttpParserUpgrade as upgrade:
                data = self._resume(data[upgrade.args[0] :])
            except HttpParserError:
                self._refuse(refusals.MalformedRequest())
                return
        if self.expecting and not self.transport.is_closing():
            self._expect_headers()

    def _resume(self, rest: bytes) -> bytes:
        """Have another parser read the body, and what follows: after an Upgrade header this one takes none of it.

        Why: Java's client offers HTTP/2 so with its first request, whatever its method (RFC 9110, section 7.8).
        """
        self.parser = HttpRequestParser(self)
        self.resumed, framing, self.framing = bool(self.framing), self.framing, b""
        return b"POST / HTTP/1.1\r\n" + framing + b"\r\n\r\n" + rest if framing else rest

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection open for as long as answers are owed to whole requests; the last of them closes it.

        Why: a client may shut its side once it has asked (`nc -N`, some proxies), and still read. One that is gone
        looks the same until it is written to; so an answer without an end does end here.
        """
        if self.pipeline and self.cycle.more_body:
            self.pipeline.popleft()  # the rest of the newest will never come
        owed: Any = self.pipeline[0][0] if self.pipeline else self.running
        if owed is None or owed.response_complete or owed.more_body or owed.endless:
            self.transport.close()
        else:
            owed.keep_alive = False
        return True

    def on_message_begin(self) -> None:
        if self.resumed:
            return
        super().on_message_begin()
        self.begun = self.expecting = True
        self.in_trailers = False
        self.received = 0
        self.hosts: list[bytes] = []
        self.codings: list[bytes] = []

    def on_url(self, url: bytes) -> None:
        if self.resumed:
            return
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
        if self.in_trailers:  # RFC 9110, section 6.5.1: none may be taken for a header
            return
        name, value = name.lower(), value.strip(b" \t")
        if name == b"host":
            self.hosts.append(value)
        elif name == b"transfer-encoding":
            self.codings.append(value.lower())
        elif name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Refuse a malformed request, or have the application answer it. As uvicorn's method, but with cycles of our
        own.
        """
        self._have_headers()
        if self.resumed:
            self.resumed = False
            return
        self.in_trailers = True
        if self.transport.is_closing():
            return
        version = self.parser.get_http_version()
        target = TARGET.fullmatch(self.url)
        if fault := self._fault(version, target is not None):
            self._refuse(refusals.MalformedRequest(fault))
            return
        if target is None:  # which only OPTIONS has, asking about no resource
            raw_path, query = self.url, b""
        else:
            raw_path, query = target["path"] or b"/", target["query"] or b""
        path = raw_path.decode("ascii")
        scope = self.scope
        scope["http_version"] = version
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"] = raw_path
        scope["query_string"] = query
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
        if self.parser.should_upgrade():
            self.framing = self._framing()
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def _fault(self, version: str, has_path: bool) -> str:
        """Say what is wrong with a request's head that the parser lets pass; RFC 9112, sections 2.3, 3.2 and 6.1."""
        method = self.parser.get_method()
        if version not in VERSIONS:
            return "only HTTP/1.1 and HTTP/1.0 are spoken here"
        if method == b"CONNECT" or not (has_path or (method == b"OPTIONS" and self.url == b"*")):
            return "the request's target must be a path, or a whole http URL"
        if len(self.hosts) > 1 or (not self.hosts and version == "1.1"):
            return "there must be one Host header"
        if self.hosts and not HOST.fullmatch(self.hosts[0]):
            return "the Host header must name a host"
        if self.codings and (self.codings != [b"chunked"] or version == "1.0"):
            return "the only transfer coding here is chunked, of HTTP/1.1"
        return ""

    def _framing(self) -> bytes:
        """The header that says how long the body is; nothing where there is none."""
        if self.codings:
            return b"transfer-encoding: chunked"
        lengths = [value for name, value in self.headers if name == b"content-length" and value.strip(b"0")]
        return b"content-length: " + lengths[0] if lengths else b""

    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self.framing:
            return  # its body is still to come
        self._have_headers()
        self.begun = False
        if not self.transport.is_closing():
            super().on_message_complete()
            self.cycle.more_body = False

    def on_response_complete(self) -> None:
        """Begin the next request, or the rest of an idle connection; as uvicorn's, but for a timer of each rest."""
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
        """Begin the reader's deadline: the system's buffers are full of unread answers."""
        super().pause_writing()
        self.stalled = self.loop.call_later(READ_WITHIN, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.stalled is not None:
            self.stalled.cancel()

    def _rest(self) -> None:
        """Begin to be idle. One timer does for many rests: when it goes off, it sees how long this one has been."""
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
            self._refuse(refusals.HeadersTooLarge())

    def _expect_headers(self) -> None:
        if self.deadline is None:
            self.deadline = self.loop.call_later(HEADERS_WITHIN, self._late)

    def _have_headers(self) -> None:
        self.expecting = False
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _unread(self) -> bool:
        """Tell whether the rest of a body is still to come that was answered already."""
        return self.begun and self.cycle is not None and self.cycle.more_body and self.cycle.response_complete

    def _late(self) -> None:
        """End the connection; without a word before a request's first byte, and after its answer."""
        if self.begun and not self._unread():
            self._refuse(refusals.RequestTimeout())
        else:
            self.transport.close()

    def _refuse(self, refusal: refusals.Refusal) -> None:
        """Answer with a problem, and end the connection.

        Where an answer to an earlier request is still owed, that is the last instead (RFC 9112, section 9.3.2).
        """
        owed = self.running
        if owed is not None and not owed.response_complete and not (owed is self.cycle and owed.more_body):
            owed.keep_alive = False
            return
        path = unquote(self.url.partition(b"?")[0].decode("latin-1"))[:LONGEST_PATH_TOLD] if self.begun else ""
        status, headers, content = problem_response(path, refusal)
        request_id = str(uuid4())
        log.info("request refused", request_id=request_id, status=status, code=refusal.code)
        own = {"content-type": MEDIA_TYPE, "content-length": str(len(content)), "x-request-id": request_id}
        dated = [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers]
        lines = {**{name.lower(): value for name, value in headers.items()}, **own, "connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode()
        self.transport.write(b"".join([STATUS_LINE[status], *dated, head, b"\r\n", content]))
        self.transport.close()


def _bound_unsent(transport: asyncio.Transport) -> None:
    """Have the system keep little for a reader that is slow, and give up one that is gone."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST_UNSENT)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_WITHIN)
