"""Client for requests outside: one connection each, one deadline for all of it, and little of the answer read."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version

import h11

from booking.adapters.outgoing.addresses import Connect, Resolve, checked, connected
from booking.adapters.outgoing.answers import Answer, Failed, Failure, failure_of
from booking.adapters.outgoing.resolver import Resolver
from booking.domain.delivery.receiver_url import ReceiverUrl, UrlRefused, read_receiver_url

DEADLINE = 10.0  # seconds, for name, connection, TLS, request and answer together
LARGEST_HEAD = 16_384  # bytes
LARGEST_BODY = 1024  # bytes that are kept of an answer
LARGEST_FOUND = 16_384  # bytes that are kept of an answer that is asked for
MOST_READ = 32_768  # bytes beside what is kept, so that endless interim answers end, too
READ = 4096
USER_AGENT = f"booking/{version('booking')}"
GOODBYE = 1.0  # seconds that the other side of a TLS connection has to say that it is over


@dataclass
class Outgoing:
    """Follows no redirects, decompresses nothing, keeps no connection, and obeys no variable of the environment but
    OpenSSL's own about certificates.
    """

    resolve: Resolve = field(default_factory=Resolver)
    connect: Connect = connected
    deadline: float = DEADLINE

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """Trust in the system's certificates. `create_default_context` would write keys to SSLKEYLOGFILE."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_default_certs()
        return context

    async def post(self, url: ReceiverUrl, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post a body, and return the answer, or the reason why there is none."""
        return await self._answer(_Exchange("POST", url, {"Content-Length": str(len(body)), **headers}, body))

    async def get(
        self, url: ReceiverUrl, headers: Mapping[str, str] | None = None, largest: int = LARGEST_FOUND
    ) -> Answer:
        """Return the answer of a URL, with more of its body, or the reason why there is none."""
        return await self._answer(_Exchange("GET", url, headers or {}, b"", largest))

    async def fetch(self, text: str) -> bytes | None:
        """Return the body behind a URL, None where there is none to be had."""
        try:
            answer = await self.get(read_receiver_url(text))
        except UrlRefused:
            return None
        return None if answer.failure else answer.body

    async def _answer(self, exchange: "_Exchange") -> Answer:
        begun = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self.deadline):
                await self._have(exchange)
            failure = Failure.MALFORMED if exchange.status is None else failure_of(exchange.status)
        except TimeoutError:
            failure = Failure.TIMED_OUT
        except Failed as error:
            failure = error.failure
        ms = round((asyncio.get_running_loop().time() - begun) * 1000)
        return Answer(
            failure=failure,
            status=exchange.status,
            headers=exchange.found,
            body=bytes(exchange.answer[: exchange.largest]),
            ms=ms,
        )

    async def _have(self, exchange: "_Exchange") -> None:
        reader, writer = await self._open(exchange.url)
        try:
            writer.write(exchange.request())
            await exchange.read(reader)
            writer.close()
        except OSError:
            raise Failed(Failure.CLOSED) from None
        finally:
            if not exchange.complete:
                writer.transport.abort()

    async def _open(self, url: ReceiverUrl) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        opened = await self.connect(await checked(url, self.resolve), url.port)
        try:
            if url.scheme == "http":
                return await asyncio.open_connection(sock=opened)
            return await asyncio.open_connection(
                sock=opened, ssl=self.trust, server_hostname=url.host, ssl_shutdown_timeout=GOODBYE
            )
        except OSError:
            opened.close()
            raise Failed(Failure.TLS_FAILED) from None
        except BaseException:
            opened.close()
            raise


@dataclass
class _Exchange:
    """A request, and what has been read of its answer so far."""

    method: str
    url: ReceiverUrl
    headers: Mapping[str, str]
    body: bytes
    largest: int = LARGEST_BODY
    http: h11.Connection = field(
        default_factory=lambda: h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
    )
    status: int | None = None
    found: dict[str, str] = field(default_factory=dict)
    answer: bytearray = field(default_factory=bytearray)
    complete: bool = False

    def request(self) -> bytes:
        own = {
            "Host": self.url.authority,
            "User-Agent": USER_AGENT,
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        head = h11.Request(method=self.method, target=self.url.target, headers=[*own.items(), *self.headers.items()])
        parts = [self.http.send(event) or b"" for event in (head, h11.Data(self.body), h11.EndOfMessage())]
        return b"".join(parts)

    async def read(self, reader: asyncio.StreamReader) -> None:
        """Read the answer up to its bound; Failed."""
        left, ended = self.largest + MOST_READ, False
        try:
            while not self.complete and len(self.answer) < self.largest:
                event = self.http.next_event()
                if event is h11.NEED_DATA:
                    received = await reader.read(READ)
                    left, ended = left - len(received), not received
                    if left < 0:
                        raise Failed(Failure.MALFORMED)
                    self.http.receive_data(received)
                elif isinstance(event, h11.Response):
                    self.status = event.status_code
                    self.found = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
                elif isinstance(event, h11.Data):
                    self.answer += event.data
                elif not isinstance(event, h11.InformationalResponse):
                    self.complete = True
        except h11.RemoteProtocolError:
            raise Failed(Failure.CLOSED if ended else Failure.MALFORMED) from None
