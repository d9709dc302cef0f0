"""Signatures of messages that are posted here: by Standard Webhooks, or by Svix's older header names.

Why no library (ADR 70): `standardwebhooks` 1.1.0 reads the timestamp as a float and compares decoded base64, so that
changed requests pass (`1700000000.5` for `1700000000`, `v1,!…`), and it fails with other errors than its own on
signatures without a comma and on bodies that are not UTF-8.
"""

import hmac
import re
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from booking.config.senders import Sender
from booking.domain.delivery.inbound import InboundMessage
from booking.domain.people.refusals import WrongOrganization
from booking.domain.refusals import SignatureInvalid
from booking.entrypoints.http.inbound.signed_requests import Headers, SignedRequests

TOLERANCE = 300  # seconds, by real time
FAMILIES = (b"webhook", b"svix")
PARTS = (b"-id", b"-timestamp", b"-signature")
VERSION = b"v1,"

ID = re.compile(rb"[A-Za-z0-9_:/+=-]{1,128}")
"""Without a full stop, which separates the signed parts."""
SECONDS = re.compile(rb"[0-9]{1,11}")


class Signed(NamedTuple):
    """Message of a sender that is known now, with the time at which it was sent."""

    message: InboundMessage
    sent_at: datetime
    sender: Sender

    def require(self, organization_id: UUID) -> None:
        """Raise WrongOrganization unless the sender may speak for this one."""
        if self.sender.organization_id not in (None, organization_id):
            raise WrongOrganization


class StandardWebhooks:
    """Verifier of senders that sign with a shared secret (`v1`, HMAC-SHA256)."""

    def __init__(self, senders: Sequence[Sender], now: Callable[[], float] = time.time) -> None:
        self._senders = senders
        self._now = now

    async def read(self, headers: Headers, body: bytes) -> tuple[Signed, bytes]:
        return self.verify(headers, body), body

    def verify(self, headers: Headers, body: bytes) -> Signed:
        """Tell the sender by the signature; SignatureInvalid."""
        message_id, timestamp, signatures = _named(headers)
        if not ID.fullmatch(message_id) or not SECONDS.fullmatch(timestamp):
            raise SignatureInvalid("the id or the timestamp is ill-formed")
        if abs(self._now() - int(timestamp)) > TOLERANCE:
            raise SignatureInvalid("the timestamp is more than five minutes from now")
        content = b".".join((message_id, timestamp, body))
        given = [one.removeprefix(VERSION) for one in signatures.split(b" ") if one.startswith(VERSION)]
        for sender in self._senders:
            if any(_fits(secret, content, given) for secret in sender.secrets):
                sent_at = datetime.fromtimestamp(int(timestamp), UTC)
                return Signed(InboundMessage(sender.name, message_id.decode()), sent_at, sender)
        raise SignatureInvalid("no signature fits")


StandardRequests: TypeAlias = SignedRequests[StandardWebhooks, tuple[Signed, bytes]]


def _named(headers: Headers) -> list[bytes]:
    """Return id, timestamp and signatures, by the names of one family."""
    given = list(headers)
    for family in FAMILIES:
        found = [[value for name, value in given if name == family + part] for part in PARTS]
        if any(found):
            if all(len(values) == 1 for values in found):
                return [value for (value,) in found]
            break
    raise SignatureInvalid("webhook-id, webhook-timestamp and webhook-signature are required, each once")


def _fits(secret: bytes, content: bytes, given: Sequence[bytes]) -> bool:
    """Compare in constant time, as text. Why: other texts decode to the same bytes."""
    expected = b64encode(hmac.digest(secret, content, "sha256"))
    fits = [hmac.compare_digest(expected, one) for one in given]  # all of them, whichever does
    return any(fits)
