"""Webhooks as they are sent: signed by Standard Webhooks, and told in words that are fit to be shown."""

import time
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from booking.adapters.notifiers.answer_text import answer_text
from booking.adapters.notifiers.webhook import WebhookNotifier
from booking.adapters.outgoing.client import LARGEST_BODY, Outgoing
from booking.config.senders import read_sender
from booking.domain.delivery.delivery import Delivery, Outcome, Subscription
from booking.domain.events import Actor, Event, Recorded
from booking.entrypoints.http.inbound.standard_webhooks import StandardWebhooks
from tests.support.receivers import OK, Receiver, receiver, saying

NEW, FORMER, OTHER = ("whsec_" + b64encode(letter * 32).decode() for letter in (b"n", b"\xff", b"o"))
EVENT = UUID(int=9)


class Secrets:
    def __init__(self, *secrets: str) -> None:
        self.secrets = secrets

    async def of(self, organization_id: UUID, endpoint_id: UUID) -> Sequence[str]:
        assert (organization_id, endpoint_id) == (UUID(int=1), UUID(int=2))
        return self.secrets


def encode(recorded: Recorded) -> bytes:
    return f'{{"id": "{recorded.id}", "area": "Neukölln"}}'.encode()


BODY = '{"id": "00000000-0000-0000-0000-000000000009", "area": "Neukölln"}'.encode()


def delivery() -> Delivery:
    event = Event(
        type="booking.confirmed",
        organization_id=UUID(int=1),
        actor=Actor(subject=None, role="system", request_id=None),
        from_state=None,
        to_state="confirmed",
    )
    recorded = Recorded(id=EVENT, occurred_at=datetime.now(UTC), event=event)
    return Delivery(recorded=recorded, position=1, organization_position=1, attempts=0, kept=False, behind=False)


def to(url: str) -> Subscription:
    return Subscription(organization_id=UUID(int=1), id=UUID(int=2), kind="webhook", target=url)


async def sent(one: Receiver, *secrets: str, loopback: bool = True) -> Outcome:
    notifier = WebhookNotifier(Outgoing(), Secrets(*secrets), encode, at_once=5, loopback=loopback)
    (outcome,) = await notifier([delivery()], to(f"http://127.0.0.1:{one.port}/hook"))
    return outcome


def headers_of(one: Receiver) -> dict[str, str]:
    lines = one.heads[-1].decode().removesuffix("\r\n\r\n").split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


async def test_an_event_is_posted_with_its_id_and_signed_by_each_secret_that_is_valid() -> None:
    async with receiver(saying(OK)) as one:
        outcome = await sent(one, NEW, FORMER)
    assert outcome == Outcome(failure=None, status=200, answer="ok", ms=outcome.ms)
    assert outcome.ms is not None
    assert one.bodies == [BODY]
    headers = headers_of(one)
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["webhook-id"] == str(EVENT)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (NEW, FORMER):
        assert Webhook(secret).verify(BODY, headers) == {"id": str(EVENT), "area": "Neukölln"}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        signed = StandardWebhooks([read_sender(f"us={secret}")]).verify(raw, BODY)
        assert signed.message.id == str(EVENT)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, headers)


async def test_without_a_secret_nothing_is_sent() -> None:
    async with receiver() as one:
        assert await sent(one) == Outcome(failure="no_secret", ms=0)
        assert one.connections == 0


async def test_a_url_of_another_instance_with_other_rules_is_not_sent_to() -> None:
    async with receiver() as one:
        assert await sent(one, NEW, loopback=False) == Outcome(failure="no_address", ms=0)
        assert one.connections == 0


async def test_what_is_not_reached_has_no_answer() -> None:
    async with receiver() as one:
        pass
    outcome = await sent(one, NEW)
    assert outcome == Outcome(failure="not_connected", ms=outcome.ms)


@pytest.mark.parametrize(
    "echo",
    [
        FORMER,
        FORMER.removeprefix("whsec_"),
        FORMER.rstrip("="),
        FORMER.replace("/", "\\/"),
        FORMER.replace("/", "%2f").replace("=", "%3D"),
    ],
)
async def test_a_secret_that_a_receiver_answers_with_is_taken_out(echo: str) -> None:
    answer = f'{{"error": "{echo}", "and": "more"}}'
    async with receiver(saying(f"HTTP/1.1 500 No\r\nContent-Length: {len(answer)}\r\n\r\n{answer}".encode())) as one:
        outcome = await sent(one, NEW, FORMER)
    assert outcome.failure == "not_accepted"
    prefix = "whsec_" if echo.startswith("whsec_") else ""
    assert outcome.answer == f'{{"error": "{prefix}[secret]", "and": "more"}}'


def test_a_secret_that_the_bound_cuts_is_taken_out_too() -> None:
    bare = NEW.removeprefix("whsec_")
    for length in range(8, len(bare)):
        assert answer_text(b"x" * 100 + bare[:length].encode(), [NEW]) == "x" * 100 + "[secret]"
    assert answer_text(bare[:7].encode(), [NEW]) == bare[:7]
    assert answer_text(bare[:20].encode() + b" and so on", [NEW]) == f"{bare[:20]} and so on"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", ""),
        ("grüße \U0001f3e0".encode(), "grüße \U0001f3e0"),
        (b"<b>\r\n\tno</b>\x00\x1b[31m\x7f", "<b>   no</b>\ufffd\ufffd[31m\ufffd"),
        ("a\u202eb\u200bc\u2028d\ufeff".encode(), "a\ufffdb\ufffdc d\ufffd"),
        (b"\xff\xfe\x80ok\xc3", "\ufffd\ufffd\ufffdok\ufffd"),
        (b"\xff" * LARGEST_BODY, "\ufffd" * LARGEST_BODY),
    ],
)
def test_an_answer_is_shown_as_printable_text(body: bytes, text: str) -> None:
    assert answer_text(body, [NEW]) == text


def test_no_answer_is_longer_than_what_is_kept() -> None:
    assert len(answer_text(("n" * 8).encode() * 400, ["whsec_nnnnnnnn", "whsec_" + "[" * 8])) == 1024
