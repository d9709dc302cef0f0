"""Notifier that posts events to receivers, signed by Standard Webhooks."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from standardwebhooks.webhooks import Webhook

from booking.adapters.notifiers.answer_text import answer_text
from booking.adapters.outgoing.answers import Failure
from booking.adapters.outgoing.client import Outgoing
from booking.domain.delivery.delivery import Delivery, Outcome, Subscription
from booking.domain.delivery.receiver_url import UrlRefused, read_receiver_url
from booking.domain.events import Recorded
from booking.tracing.spans import Span, inside
from booking.tracing.traceparent import HEADER

CONTENT_TYPE = "application/cloudevents+json"

NO_SECRET = "no_secret"  # noqa: S105 - the word for a failure
"""Failure where no key decrypts a secret of the endpoint: nothing is sent without a signature."""


class SigningSecrets(Protocol):
    async def of(self, organization_id: UUID, endpoint_id: UUID, /) -> Sequence[str]:
        """Return the secrets that sign now, the newest first."""


class WebhookNotifier:
    """`at_once`: requests under way for an endpoint. `loopback`: receivers on this machine are reached by http."""

    together = 1

    def __init__(
        self,
        outgoing: Outgoing,
        secrets: SigningSecrets,
        encode: Callable[[Recorded], bytes],
        *,
        at_once: int,
        loopback: bool = False,
    ) -> None:
        self._outgoing = outgoing
        self._secrets = secrets
        self._encode = encode
        self.at_once = at_once
        self._loopback = loopback

    async def __call__(self, deliveries: Sequence[Delivery], subscription: Subscription) -> Sequence[Outcome]:
        return [await self.send(subscription, one.recorded.id, self._encode(one.recorded)) for one in deliveries]

    async def send(self, to: Subscription, id: UUID, body: bytes) -> Outcome:
        """Post a CloudEvent, with a signature for each secret of the endpoint."""
        secrets = await self._secrets.of(to.organization_id, to.id)
        if not secrets:
            return Outcome(failure=NO_SECRET, ms=0)
        try:
            url = read_receiver_url(to.target or "", loopback=self._loopback)
        except UrlRefused:  # it was taken by an instance with other rules
            return Outcome(failure=Failure.NO_ADDRESS, ms=0)
        with inside("POST webhook") as traced:
            answer = await self._outgoing.post(url, _headers(id, body, secrets) | _traced(traced), body)
            for span in traced:
                span.failed = answer.failure is not None
                span.tell({"http.request.method": "POST", "http.response.status_code": answer.status})
        text = None if answer.status is None else answer_text(answer.body, secrets)
        return Outcome(failure=answer.failure, status=answer.status, answer=text, ms=answer.ms)


def _traced(spans: Sequence[Span]) -> dict[str, str]:
    """Tell the receiver where it may go on in the event's trace."""
    return {HEADER: str(spans[0].place)} if spans else {}


def _headers(id: UUID, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """Make the headers of an attempt; the time is the host's, as the receiver's is."""
    at, text = datetime.now(UTC), body.decode()
    return {
        "Content-Type": CONTENT_TYPE,
        "webhook-id": str(id),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(str(id), at, text) for secret in secrets),
    }
