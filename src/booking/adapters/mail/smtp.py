"""Mailer by SMTP."""

import asyncio
import ssl
from datetime import UTC, datetime

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPResponseException

from booking.adapters.mail.alarm import Alarm
from booking.adapters.mail.connections import STEP, Connections, failing, system_trust
from booking.adapters.mail.mime import Mime, mime
from booking.adapters.mail.pace import Pace
from booking.adapters.mail.replies import Stage, outcome, provider_id
from booking.config.mail_provider import MailServer, MailSettings
from booking.domain.notices.email import Email
from booking.domain.notices.handover import Handed, HandoverFailed, HandoverFault, HandoverRefused

DEADLINE = 60.0  # seconds for all of it


class SmtpMailer:
    """Hands messages to one server. `step`: seconds for its answer to one command; `trust`: the system's, if None."""

    def __init__(
        self, settings: MailSettings, server: MailServer, *, step: float = STEP, trust: ssl.SSLContext | None = None
    ) -> None:
        self._sender = settings.sender
        self._pace = Pace(settings.limit)
        if trust is None and (server.tls or server.starttls):
            trust = system_trust()
        self._alarm = Alarm(server.about)
        self._connections = Connections(server, settings.sender.rpartition("@")[2], step, trust)

    def room(self) -> int:
        return min(self._pace.room(), self._connections.free)

    async def send(self, email: Email) -> Handed:
        message = mime(email, self._sender, datetime.now(UTC))
        await self._pace.turn()
        try:
            async with asyncio.timeout(DEADLINE), self._connections.taken() as client:
                return Handed(provider_id=await self._transfer(client, message))
        except TimeoutError:
            self._alarm.ring(HandoverFault.TIMED_OUT)
            raise HandoverFailed(HandoverFault.TIMED_OUT) from None
        except HandoverFailed as error:
            self._alarm.ring(error.fault)
            raise

    async def aclose(self) -> None:
        self._connections.close()

    async def _transfer(self, client: SMTP, message: Mime) -> str | None:
        """Return the provider's name for the message; HandoverRefused, HandoverFailed."""
        if message.utf8 and not client.supports_extension("smtputf8"):
            raise HandoverRefused(HandoverFault.MESSAGE_REFUSED)
        options = ["SMTPUTF8"] if message.utf8 else []
        if client.supports_extension("size"):
            options.append(f"SIZE={len(message.content)}")
        encoding = "utf-8" if message.utf8 else "ascii"
        stage = Stage.SENDER
        with failing(HandoverFault.CLOSED):
            try:
                await client.mail(self._sender, options=options, encoding=encoding)
                stage = Stage.RECIPIENT
                await client.rcpt(message.to, encoding=encoding)
                stage = Stage.CONTENT
                return provider_id((await client.data(message.content)).message)
            except SMTPResponseException as error:
                raise outcome(stage, error.code, error.message) from None
