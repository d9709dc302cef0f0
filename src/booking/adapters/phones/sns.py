"""SMS by Amazon SNS. Who has opted out there gets nothing: that is asked before each message."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from booking.adapters.aws_clients import AwsClients
from booking.adapters.mail.alarm import Alarm
from booking.adapters.mail.pace import Pace
from booking.config.phone_providers import SmsSettings
from booking.domain.notices.handover import Handed, HandoverFailed, HandoverFault, HandoverRefused, HandoverUnknown
from booking.domain.notices.short_message import ShortMessage

DEADLINE = 10.0  # seconds for one call
OPTED_OUT = {"OptedOut", "OptedOutException"}
INVALID = {"InvalidParameter", "InvalidParameterException"}
THROTTLED = {"Throttled", "ThrottledException", "Throttling", "ThrottlingException"}
DENIED = (401, 403)
PERMANENT = range(400, 429)
UNSENT: Mapping[type[BotoCoreError], HandoverFault] = {
    EndpointConnectionError: HandoverFault.NOT_CONNECTED,
    ConnectTimeoutError: HandoverFault.NOT_CONNECTED,
    NoCredentialsError: HandoverFault.LOGIN_REFUSED,
}
"""Errors after which nothing has left."""


class SnsMessages:
    """Messages by one region of SNS; all but that is as boto reads it from the environment."""

    def __init__(self, settings: SmsSettings) -> None:
        self._region = settings.region
        self._attributes = _attributes(settings.sender)
        self._pace = Pace(settings.limit)
        self._clients = AwsClients()
        self._alarm = Alarm(f"sns {settings.region}", "phone messages failing")

    def room(self) -> int:
        return self._pace.room()

    async def send(self, message: ShortMessage) -> Handed:
        await self._pace.turn()
        try:
            return await self._send(message)
        except (HandoverFailed, HandoverRefused, HandoverUnknown) as error:
            self._alarm.ring(error.fault)
            raise

    async def aclose(self) -> None:
        await self._clients.close()

    async def _send(self, message: ShortMessage) -> Handed:
        client = await self._clients.client("sns", self._region)
        try:
            with failing():
                async with asyncio.timeout(DEADLINE):
                    asked = await client.check_if_phone_number_is_opted_out(phoneNumber=message.to)
        except HandoverUnknown as error:  # a question that nobody answered sends nothing
            raise HandoverFailed(error.fault) from None
        if asked.get("isOptedOut"):
            raise HandoverRefused(HandoverFault.OPTED_OUT)
        with failing():
            async with asyncio.timeout(DEADLINE):
                answer = await client.publish(
                    PhoneNumber=message.to, Message=message.words.text, MessageAttributes=self._attributes
                )
        return Handed(provider_id=answer.get("MessageId"))


@contextmanager
def failing() -> Iterator[None]:
    """Raise HandoverRefused, HandoverFailed or HandoverUnknown for errors of the client."""
    try:
        yield
    except ClientError as error:
        raise outcome(error) from None
    except BotoCoreError as error:
        for kind, fault in UNSENT.items():
            if isinstance(error, kind):
                raise HandoverFailed(fault) from None
        timed_out = isinstance(error, ReadTimeoutError)
        raise HandoverUnknown(HandoverFault.TIMED_OUT if timed_out else HandoverFault.CLOSED) from None
    except TimeoutError:
        raise HandoverUnknown(HandoverFault.TIMED_OUT) from None


def outcome(error: ClientError) -> HandoverRefused | HandoverFailed:
    """Return the outcome of an answer that is none of acceptance."""
    told, status = error.response.get("Error", {}), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = told.get("Code")
    if code in OPTED_OUT:
        return HandoverRefused(HandoverFault.OPTED_OUT)
    if status in DENIED:
        return HandoverFailed(HandoverFault.LOGIN_REFUSED)
    if code in THROTTLED or status not in PERMANENT:
        return HandoverFailed(HandoverFault.DEFERRED)
    of_phone = code in INVALID and "PhoneNumber" in told.get("Message", "")
    return HandoverRefused(HandoverFault.ADDRESS_REFUSED if of_phone else HandoverFault.MESSAGE_REFUSED)


def _attributes(sender: str | None) -> Mapping[str, Mapping[str, str]]:
    said = {"AWS.SNS.SMS.SMSType": "Transactional"}
    if sender is not None:
        said["AWS.MM.SMS.OriginationNumber" if sender.startswith("+") else "AWS.SNS.SMS.SenderID"] = sender
    return {name: {"DataType": "String", "StringValue": value} for name, value in said.items()}
