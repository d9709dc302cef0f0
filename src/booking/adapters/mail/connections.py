"""Connections to the SMTP server: logged in, by TLS but on the loopback, and kept for the messages that follow."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from booking.adapters.mail.pace import PATIENCE
from booking.config.mail_provider import MailServer
from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused

MOST = 8
"""Connections at the same time: providers allow ten or more."""
MESSAGES = 100
"""Messages of one connection: many servers end it after as many."""
IDLE = 20.0  # seconds that a connection is kept for; servers end it after minutes
STEP = 20.0  # seconds for the server's answer to one command


@dataclass(eq=False)
class Connection:
    client: SMTP
    messages: int = 0
    since: float = 0.0


@dataclass
class Connections:
    """Pool of connections. `name` is how the server is greeted."""

    server: MailServer
    name: str
    step: float = STEP
    trust: ssl.SSLContext | None = None
    free: int = MOST
    """Messages that need not wait for a connection."""
    _idle: list[Connection] = field(default_factory=list)

    @cached_property
    def _places(self) -> asyncio.Semaphore:
        return asyncio.Semaphore(MOST)

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[SMTP]:
        """Have a connection with an empty envelope; HandoverFailed.

        It is kept, if a message was accepted or refused.
        """
        async with self._place():
            one = await self._kept() or await self._opened()
            try:
                yield one.client
            except (HandoverRefused, HandoverFailed):
                self._keep(one)
                raise
            except BaseException:
                one.client.close()
                raise
            self._keep(one)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().client.close()

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._places.acquire()
        except TimeoutError:
            raise HandoverFailed(HandoverFault.LIMITED) from None
        self.free -= 1
        try:
            yield
        finally:
            self.free += 1
            self._places.release()

    async def _kept(self) -> Connection | None:
        """Return a connection of an earlier message that still answers."""
        while self._idle:
            one = self._idle.pop()
            if asyncio.get_running_loop().time() - one.since < IDLE:
                with suppress(HandoverFailed), failing(HandoverFault.CLOSED):
                    await one.client.rset()
                    return one
            one.client.close()
        return None

    def _keep(self, one: Connection) -> None:
        one.messages += 1
        one.since = asyncio.get_running_loop().time()
        if one.messages < MESSAGES and one.client.is_connected:
            self._idle.append(one)
        else:
            one.client.close()

    async def _opened(self) -> Connection:
        """Open a connection and log in; HandoverFailed, whatever the reply: all of it is the operator's to mend."""
        client = SMTP(
            hostname=self.server.host,
            port=self.server.port,
            use_tls=self.server.tls,
            start_tls=False,
            tls_context=self.trust,
            local_hostname=self.name,
            timeout=self.step,
        )
        try:
            with failing(HandoverFault.NOT_CONNECTED):
                await client.connect()
            if self.server.starttls:
                with failing(HandoverFault.TLS_FAILED):
                    await client.starttls()
            if self.server.user is not None:
                with failing(HandoverFault.LOGIN_REFUSED):
                    await client.login(self.server.user, self.server.password or "")
            if client.is_ehlo_or_helo_needed:
                with failing(HandoverFault.NOT_CONNECTED):
                    await client.ehlo()
        except BaseException:
            client.close()
            raise
        return Connection(client)


def system_trust() -> ssl.SSLContext:
    """Return trust in the system's certificates. `create_default_context` would write keys to SSLKEYLOGFILE."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    return context


@contextmanager
def failing(refused: HandoverFault) -> Iterator[None]:
    """Raise HandoverFailed for errors of the library: `refused` for a permanent reply, or one without a reply."""
    try:
        yield
    except (SMTPException, OSError, ValueError) as error:
        raise HandoverFailed(_fault(error, refused)) from None


def _fault(error: Exception, refused: HandoverFault) -> HandoverFault:
    if isinstance(error, SMTPResponseException):
        return refused if 500 <= error.code <= 599 else HandoverFault.DEFERRED
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return HandoverFault.TLS_FAILED
    if isinstance(error, SMTPTimeoutError | TimeoutError):
        return HandoverFault.TIMED_OUT
    if isinstance(error, SMTPServerDisconnected):
        return HandoverFault.CLOSED
    return refused
