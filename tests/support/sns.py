"""SNS as it signs what it posts, with a certificate of its own; and events of SES, as AWS shows them in its manual."""

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding

TOPIC = "arn:aws:sns:eu-west-1:123456789012:booking-mail"
HOST = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE = f"{HOST}/SimpleNotificationService-0123456789abcdef.pem"
SUBSCRIBE = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"
DAY = timedelta(days=1)

KEY = generate_private_key(public_exponent=65_537, key_size=2048)


def certificate(since: timedelta = -DAY, until: timedelta = DAY, key: Any = KEY) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now + since)
        .not_valid_after(now + until)
    )
    return made.sign(KEY, SHA256()).public_bytes(Encoding.PEM)


class Sns:
    """Hosts of AWS: `found` has what is behind each URL, `asked` those that were asked for."""

    def __init__(self) -> None:
        self.found: dict[str, bytes | None] = {CERTIFICATE: certificate(), SUBSCRIBE: b"<xml/>"}
        self.asked: list[str] = []

    async def fetch(self, url: str) -> bytes | None:
        self.asked.append(url)
        return self.found.get(url)


def posted(message: str, *, version: str = "2", **changes: Any) -> bytes:
    """A message, signed after the changes."""
    fields = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": message,
        "Timestamp": "2026-11-20T15:00:00.000Z",
        **changes,
    }
    names = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]
    names[2:2] = ["Subject"] if "Subject" in fields else []
    if fields["Type"] != "Notification":
        names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{name}\n{fields[name]}\n" for name in names).encode()
    signature = KEY.sign(text, PKCS1v15(), SHA1() if version == "1" else SHA256())
    signed = {"SignatureVersion": version, "Signature": b64encode(signature).decode(), "SigningCertURL": CERTIFICATE}
    return json.dumps(fields | signed | {"UnsubscribeURL": f"{HOST}/?Action=Unsubscribe"}).encode()


def confirmation(**changes: Any) -> bytes:
    return posted("You have chosen to subscribe …", **{"Type": "SubscriptionConfirmation"} | ASKED | changes)


ASKED = {"SubscribeURL": SUBSCRIBE, "Token": "2336412f37"}


def changed(body: bytes, **fields: Any) -> bytes:
    """A message that was changed after it was signed."""
    return json.dumps(json.loads(body) | fields).encode()


def event(kind: str, reference: object, address: str = "ada@example.com", **more: Any) -> str:
    """An event of SES about a message to an address."""
    mail: Mapping[str, Any] = {
        "timestamp": "2026-11-20T15:00:00.012Z",
        "source": "Sender Name <visits@booking.example>",
        "messageId": "EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000",
        "destination": [address],
        "headers": [{"name": "Subject", "value": "Visit"}],
        "tags": {"ses:configuration-set": ["booking"], "notice": [str(reference)]},
    }
    return json.dumps({"eventType": kind, "mail": mail, kind.lower(): more})
