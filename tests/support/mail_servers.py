"""Real SMTP servers on the loopback, by aiosmtpd, that answer as they are told."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as MESSAGES
from types import SimpleNamespace
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "booking", "p@ss:w%rd/é"


@dataclass
class MailServer:
    """An SMTP server. `says`: the answer to a command instead of its own; `hang`, or `drop` the connection.

    `loses`: whether the answer to a message that was taken is kept back.
    """

    says: Mapping[str, str] = field(default_factory=dict)
    loses: Callable[[Envelope], bool] = lambda _: False
    port: int = 0
    connections: int = 0
    secure: list[bool] = field(default_factory=list)
    """Whether each message came by TLS."""
    logins: list[tuple[str, str]] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    busy: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once it hangs; it answers once `go_on` is."""
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def messages(self) -> list[EmailMessage]:
        parser = BytesParser(policy=MESSAGES)
        return [parser.parsebytes(cast("bytes", one.content)) for one in self.envelopes]

    async def handle_MAIL(self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._answer("MAIL", server, "250 2.1.0 Sender ok")

    async def handle_RCPT(self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        answer = await self._answer("RCPT", server, "250 2.1.5 Recipient ok")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:
        answer = await self._answer("DATA", server, f"250 2.0.0 Ok: queued as ID{len(self.envelopes):06}")
        if answer.startswith("2"):
            self.envelopes.append(envelope)
            self.secure.append(cast("Any", server.transport).get_extra_info("sslcontext") is not None)
            if self.loses(envelope):
                await self.go_on.wait()
        return answer

    async def handle_RSET(self, server: SMTP, _: Session, __: Envelope) -> str:
        return await self._answer("RSET", server, "250 2.0.0 Ok")

    def login(self, _: SMTP, __: Session, ___: Envelope, mechanism: str, given: object) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login.decode(), given.password.decode()))
        right = self.logins[-1] == (USER, PASSWORD)
        return AuthResult(success=right, handled=right, message=None if right else "535 5.7.8 hidden")

    async def _answer(self, command: str, server: SMTP, usual: str) -> str:
        answer = self.says.get(command, usual)
        if answer == "hang":
            self.busy.set()
            await self.go_on.wait()
            answer = usual
        if answer == "drop":
            cast("Any", server.transport).abort()
            await asyncio.Event().wait()
        return answer


@asynccontextmanager
async def mail_server(
    says: Mapping[str, str] | None = None,
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    utf8: bool = True,
    login: bool = False,
) -> AsyncIterator[MailServer]:
    known = MailServer(dict(says or {}))
    loop = asyncio.get_running_loop()
    served: list[asyncio.BaseTransport] = []

    class Served(SMTP):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            known.connections += transport.get_extra_info("sslcontext") is None or tls is not None
            served.append(transport)
            super().connection_made(transport)

    def made() -> SMTP:
        # No more than the hooks: it asks a handler for every attribute, and `messages` reads them all.
        return Served(
            SimpleNamespace(**{name: getattr(known, name) for name in dir(known) if name.startswith("handle_")}),
            loop=loop,
            hostname="mail.example.com",
            tls_context=starttls,
            require_starttls=starttls is not None,
            enable_SMTPUTF8=utf8,
            auth_required=login,
            auth_require_tls=starttls is not None,
            authenticator=known.login,
        )

    server = await loop.create_server(made, "127.0.0.1", 0, ssl=tls)
    known.port = server.sockets[0].getsockname()[1]
    try:
        yield known
    finally:
        known.go_on.set()
        server.close()
        for transport in served:
            cast("Any", transport).abort()
        await server.wait_closed()
        for _ in range(3):
            await asyncio.sleep(0)  # for what ends with the connections
