"""Mailer by Amazon SES."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    SSLError,
)

from booking.adapters.aws_clients import AwsClients
from booking.adapters.mail.alarm import Alarm
from booking.adapters.mail.mime import mime
from booking.adapters.mail.pace import Pace
from booking.config.mail_provider import MailSettings, Ses
from booking.domain.notices.email import Email
from booking.domain.notices.handover import Handed, HandoverFailed, HandoverFault, HandoverRefused

DEADLINE = 30.0  # seconds for all of it
MOST = 10
"""Calls at the same time: as many connections as the client keeps."""
TAG = "notice"
UNVERIFIED = "not verified"
"""Words of SES about the sender, or about any recipient while the account is in the sandbox."""

FINAL = {"MessageRejected", "BadRequestException"}
OF_THE_SENDER = {
    *("AccountSuspendedException", "SendingPausedException", "MailFromDomainNotVerifiedException"),
    "NotFoundException",  # no such configuration set
}
LOST: Mapping[type[BotoCoreError], HandoverFault] = {
    SSLError: HandoverFault.TLS_FAILED,
    ReadTimeoutError: HandoverFault.TIMED_OUT,
    ConnectionClosedError: HandoverFault.CLOSED,
    EndpointConnectionError: HandoverFault.NOT_CONNECTED,
    NoCredentialsError: HandoverFault.LOGIN_REFUSED,
}


class SesMailer:
    """Hands messages to SES. It gives each a Message-ID of its own, and tells it as the provider's."""

    def __init__(self, settings: MailSettings, ses: Ses) -> None:
        self._sender = settings.sender
        self._pace = Pace(settings.limit)
        self._ses = ses
        self._clients = AwsClients()
        self._alarm = Alarm(ses.about)
        self._free = MOST

    def room(self) -> int:
        return min(self._pace.room(), self._free)

    async def send(self, email: Email) -> Handed:
        message = mime(email, self._sender, datetime.now(UTC))
        if message.utf8:  # which SES does not take
            raise HandoverRefused(HandoverFault.MESSAGE_REFUSED)
        await self._pace.turn()
        self._free -= 1
        try:
            with failing():
                async with asyncio.timeout(DEADLINE):
                    return Handed(provider_id=await self._transfer(email, message.to, message.content))
        except HandoverFailed as error:
            self._alarm.ring(error.fault)
            raise
        finally:
            self._free += 1

    async def aclose(self) -> None:
        await self._clients.close()

    async def _transfer(self, email: Email, to: str, content: bytes) -> str:
        client = await self._clients.client("sesv2", self._ses.region)
        named: dict[str, Any] = {}
        if self._ses.configuration_set is not None:
            named["ConfigurationSetName"] = self._ses.configuration_set
        if email.reference is not None:
            named["EmailTags"] = [{"Name": TAG, "Value": str(email.reference)}]
        answer = await client.send_email(
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": [to]},
            Content={"Raw": {"Data": content}},
            **named,
        )
        return str(answer["MessageId"])


@contextmanager
def failing() -> Iterator[None]:
    """Raise HandoverRefused or HandoverFailed for errors of the client."""
    try:
        yield
    except ClientError as error:
        raise outcome(error) from None
    except BotoCoreError as error:
        found = next((fault for kind, fault in LOST.items() if isinstance(error, kind)), HandoverFault.NOT_CONNECTED)
        raise HandoverFailed(found) from None
    except TimeoutError:
        raise HandoverFailed(HandoverFault.TIMED_OUT) from None


def outcome(error: ClientError) -> HandoverRefused | HandoverFailed:
    """Return the outcome of an answer that is none of acceptance.

    A sender that is refused is the operator's to mend, and every message's: it is tried again.
    """
    told = error.response.get("Error", {})
    code, status = told.get("Code"), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in OF_THE_SENDER or (code == "MessageRejected" and UNVERIFIED in told.get("Message", "")):
        return HandoverFailed(HandoverFault.SENDER_REFUSED)
    if code in FINAL:
        return HandoverRefused(HandoverFault.MESSAGE_REFUSED)
    return HandoverFailed(HandoverFault.LOGIN_REFUSED if status in (401, 403) else HandoverFault.DEFERRED)
