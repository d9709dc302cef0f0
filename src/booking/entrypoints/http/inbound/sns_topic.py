"""Messages that a topic of Amazon SNS posts here, known by their signature.

Anybody can have SNS sign for a topic of their own. So a message counts if it is of the one topic that is configured,
and its certificate is SNS's own in the region of that topic, fetched by TLS.
"""

import asyncio
import re
from base64 import b64decode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Literal, TypeAlias

import msgspec
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate

from booking.config.events_target import EventsTarget
from booking.domain.refusals import SignatureInvalid, Unavailable
from booking.entrypoints.http.inbound.signed_requests import Headers, SignedRequests

HASHES = {"1": SHA1, "2": SHA256}
"""Hashes by SNS's versions of its signature; the first is the default of its topics."""
MOST = 8  # certificates that are kept: SNS has one at a time

NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")

Fetch = Callable[[str], Awaitable[bytes | None]]
"""Get the body behind a URL; None where there is none to be had now."""

log = structlog.get_logger("booking.inbound")


class SnsMessage(msgspec.Struct, rename="pascal"):
    """Message as SNS posts it; fields that are not signed are left out."""

    type: Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]
    message_id: str
    topic_arn: str
    message: str
    timestamp: str
    signature_version: str
    signature: str
    signing_cert_url: str = msgspec.field(name="SigningCertURL")
    subject: str | None = None
    token: str | None = None
    subscribe_url: str | None = msgspec.field(name="SubscribeURL", default=None)

    @property
    def signed(self) -> bytes:
        """The text that is signed: names and values, a line each."""
        fields = {field.encode_name: getattr(self, field.name) for field in msgspec.structs.fields(self)}
        names = NOTIFICATION if self.type == "Notification" else CONFIRMATION
        return "".join(f"{name}\n{fields[name]}\n" for name in names if fields[name] is not None).encode()


_decoder = msgspec.json.Decoder(SnsMessage)


class SnsTopic:
    def __init__(self, topic: EventsTarget, fetch: Fetch) -> None:
        host = f"sns.{topic.region}.amazonaws.com{'.cn' if topic.arn.startswith('arn:aws-cn:') else ''}"
        self._arn = topic.arn
        self._fetch = fetch
        self._certificate = re.compile(rf"https://{re.escape(host)}/SimpleNotificationService-[0-9A-Za-z]{{1,64}}\.pem")
        self._subscribe = f"https://{host}/?"
        self._keys: dict[str, RSAPublicKey] = {}
        self._fetching = asyncio.Lock()

    async def read(self, _: Headers, body: bytes) -> str | None:
        """Return the text that was published; None for a message about the subscription, which is confirmed.

        SignatureInvalid; Unavailable where SNS cannot be asked.
        """
        message = await self._verified(body)
        if message.type == "Notification":
            return message.message
        if message.type == "SubscriptionConfirmation":
            await self._confirm(message.subscribe_url or "")
            log.info("subscription confirmed", topic=self._arn)
        else:
            log.warning("subscription ended", topic=self._arn)
        return None

    async def _verified(self, body: bytes) -> SnsMessage:
        try:
            message = _decoder.decode(body)
            signature = b64decode(message.signature, validate=True)
        except (ValueError, RecursionError):
            raise SignatureInvalid("this is no message of SNS") from None
        if message.topic_arn != self._arn:
            raise SignatureInvalid("this is not the topic that is configured here")
        algorithm = HASHES.get(message.signature_version)
        if algorithm is None or not self._certificate.fullmatch(message.signing_cert_url):
            raise SignatureInvalid("the signature is of no version of SNS, or its certificate not of SNS's host")
        key = await self._key(message.signing_cert_url)
        try:
            key.verify(signature, message.signed, PKCS1v15(), algorithm())
        except InvalidSignature:
            raise SignatureInvalid("the signature does not fit") from None
        return message

    async def _key(self, url: str) -> RSAPublicKey:
        """Return the key of a certificate, which is fetched once."""
        async with self._fetching:
            if url not in self._keys:
                if len(self._keys) >= MOST:
                    self._keys.clear()
                self._keys[url] = _key_in(await self._asked(url))
            return self._keys[url]

    async def _confirm(self, url: str) -> None:
        if not url.startswith(self._subscribe):
            raise SignatureInvalid("the subscription is not to be confirmed at SNS's host")
        await self._asked(url)

    async def _asked(self, url: str) -> bytes:
        answer = await self._fetch(url)
        if answer is None:
            raise Unavailable("SNS cannot be asked at the moment")
        return answer


SnsRequests: TypeAlias = SignedRequests[SnsTopic, str | None]


def _key_in(pem: bytes) -> RSAPublicKey:
    """Return the key of a certificate that is valid now; SignatureInvalid."""
    try:
        certificate = load_pem_x509_certificate(pem)
    except ValueError:
        raise SignatureInvalid("the certificate cannot be read") from None
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise SignatureInvalid("the certificate has no RSA key")
    if not certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc:
        raise SignatureInvalid("the certificate is not valid now")
    return key
