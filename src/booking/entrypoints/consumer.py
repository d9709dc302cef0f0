"""The SQS consumer: takes in screenings and news of properties, and acknowledges each only once it is kept."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import structlog

from booking import logs
from booking.domain.people.applicant import RiskLevel
from booking.domain.refusals import Malformed, Unavailable
from booking.entrypoints.jobs import log_fields
from booking.entrypoints.messages import screening_events
from booking.entrypoints.messages.envelopes import MalformedEvent, UnknownEvent
from booking.entrypoints.messages.incoming_events import decode
from booking.entrypoints.messages.property_events import PropertyReceived
from booking.entrypoints.messages.screening_events import APPLICANT_SCREENED
from booking.entrypoints.sqs import LONG_POLL
from booking.metrics import catalogue
from booking.service.people.applicants import ApplicantService
from booking.service.properties.properties import PropertyService
from booking.tracing import spans
from booking.tracing.spans import Kind
from booking.tracing.traceparent import HEADER

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient
    from types_aiobotocore_sqs.type_defs import MessageTypeDef, ReceiveMessageRequestTypeDef

RECEIVE_BATCH = 10  # the most SQS hands over in one call
WIDEST = 16  # calls at once, while there is more than one of them takes
SOON = 1.0  # seconds; an empty answer to a long poll that comes sooner is no long poll, and is waited out
VISIBILITY = 30  # seconds; how long a batch is ours before others see it again
EXTEND_AFTER = VISIBILITY / 2
MALFORMED_RETURNS = 1  # seconds a receive; 15 in all until the dead-letter queue, and never at once: others get in
LONGEST_RETURN = 900  # seconds; where no dead-letter queue ends it, a few receives an hour until the queue forgets it

COUNTED = ("received", "registered", "property", "unknown", "malformed", "failed")
LINES = {"registered": "screening registered", "property": "property told", "unknown": "screening unknown"}

log = structlog.get_logger("booking.consumer")
pause = asyncio.sleep


@dataclass(slots=True)
class Consumer:
    """`ready` raises Unavailable while the database cannot be asked: then nothing is received, for every receive
    counts towards the dead-letter queue and an outage must not fill it with good messages."""

    client: "SQSClient"
    queue_url: str
    applicants: ApplicantService
    properties: PropertyService
    ready: Callable[[], Awaitable[None]]
    long_poll: int = LONG_POLL
    width: int = 1
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))

    async def step(self) -> int:
        """Receives, and handles all that came; says how many. Raises where the database or the queue is down.

        While every batch that comes is full, twice as many are received at once the next time; one, when none is.
        """
        await self.ready()
        began = time.monotonic()
        batches = [self._batch(0 if number else self.long_poll) for number in range(self.width)]
        taken = await asyncio.gather(*batches, return_exceptions=True)
        self.width = 1
        for one in taken:
            if isinstance(one, BaseException):
                raise one
        counts = [one for one in taken if isinstance(one, int)]
        if min(counts) == RECEIVE_BATCH:
            self.width = min(2 * len(counts), WIDEST)
        if self.long_poll and not sum(counts):
            await pause(SOON - (time.monotonic() - began))
        return sum(counts)

    async def _batch(self, long_poll: int) -> int:
        asked: ReceiveMessageRequestTypeDef = {
            "QueueUrl": self.queue_url,
            "MaxNumberOfMessages": RECEIVE_BATCH,
            "WaitTimeSeconds": long_poll,
            "VisibilityTimeout": VISIBILITY,
            "MessageSystemAttributeNames": ["SentTimestamp", "ApproximateReceiveCount"],
        }
        if spans.on():
            asked["MessageAttributeNames"] = [HEADER]
        received = await self.client.receive_message(**asked)
        messages = received.get("Messages", [])
        now = datetime.now(UTC)
        catalogue.oldest_message.set(max(((now - _sent_at(one)).total_seconds() for one in messages), default=0.0))
        self.counts["received"] += len(messages)
        if not messages:
            return 0
        tasks = [asyncio.create_task(self._take(message)) for message in messages]
        try:
            while (await asyncio.wait(tasks, timeout=EXTEND_AFTER))[1]:
                await self._set_visibility(messages, VISIBILITY)
        finally:
            for task in tasks:
                task.cancel()
            await self._delete([one for one, task in zip(messages, tasks, strict=True) if _dealt_with(task)])
        for task in tasks:
            task.result()  # raises what the database did
        return len(messages)

    async def _take(self, message: "MessageTypeDef") -> bool:
        with spans.within([spans.begin("message", Kind.CONSUMER, lambda: _traceparent(message))]):
            return await self._handle(message)

    async def _handle(self, message: "MessageTypeDef") -> bool:
        """Whether the message is dealt with for good. Unavailable passes: the message returns by itself."""
        outcome, note = "registered", {}
        try:
            received = decode(message["Body"], _sent_at(message))
            by = str(received.event_id or message["MessageId"])
            spans.rename(by)
            if isinstance(received, PropertyReceived):
                outcome = "property"
                await self.properties.tell(received.news, message_id=by)
            else:
                await self.applicants.register(received.screening, message_id=by)
                if received.unusable:
                    note = {"unusable": received.unusable}
        except UnknownEvent:
            outcome = "unknown"
        except MalformedEvent as error:
            outcome, note = "malformed", {"reason": str(error)}
            catalogue.malformed.add(1, error.field)
        except Unavailable:
            raise
        except Exception as error:
            outcome, note = "failed", log_fields(error)
        self.counts[outcome] += 1
        catalogue.messages.add(1, outcome)
        for span in spans.current():
            span.failed = outcome == "failed"
            span.tell({"messaging.message.id": message["MessageId"], "booking.outcome": outcome})
        if outcome in ("registered", "property", "unknown"):
            logs.info(LINES[outcome], message_id=message["MessageId"], **note)
            return True
        received_times = int(message.get("Attributes", {}).get("ApproximateReceiveCount", 1))
        log.warning("screening " + outcome, message_id=message["MessageId"], received=received_times, **note)
        if outcome == "malformed":
            await self._set_visibility([message], min(MALFORMED_RETURNS * received_times, LONGEST_RETURN))
        return False

    async def _delete(self, done: "Sequence[MessageTypeDef]") -> None:
        """In one call, and what failed once more; a message that stays comes again, which does no harm."""
        for _ in range(2):
            if not done:
                return
            answer = await self.client.delete_message_batch(QueueUrl=self.queue_url, Entries=_entries(done))
            failed = {failure["Id"] for failure in answer.get("Failed", [])}
            done = [message for index, message in enumerate(done) if str(index) in failed]
        if done:
            log.warning("messages not deleted", messages=len(done))

    async def _set_visibility(self, messages: "Sequence[MessageTypeDef]", seconds: int) -> None:
        try:
            await self.client.change_message_visibility_batch(
                QueueUrl=self.queue_url,
                Entries=_entries(messages, VisibilityTimeout=seconds),
            )
        except Exception as error:  # the messages come again by themselves
            log.warning("visibility not changed", messages=len(messages), **log_fields(error))


async def send_screening(
    client: "SQSClient",
    queue_url: str,
    *,
    applicant_id: UUID,
    organization_id: UUID,
    name: str,
    email: str,
    risk_level: RiskLevel,
    phone: str | None = None,
    locale: str | None = None,
    screened_at: datetime | None = None,
) -> str:
    """Sends an APPLICANT_SCREENED event as the screening service does; says the message's id.

    Malformed, and nothing sent, where the consumer would only find it malformed, or could not use a part of it.
    """
    event: dict[str, Any] = {
        "event_type": APPLICANT_SCREENED,
        "applicant_id": applicant_id,
        "organization_id": organization_id,
        "name": name,
        "email": email,
        "risk_level": risk_level,
    }
    more = {"phone": phone, "locale": locale, "screened_at": screened_at}
    event |= {name: value for name, value in more.items() if value is not None}
    body = msgspec.json.encode(event).decode()
    try:
        unusable = screening_events.decode(body, datetime.now(UTC)).unusable
    except MalformedEvent as error:
        raise Malformed(str(error)) from None
    if unusable:
        raise Malformed(f"{unusable}: nothing of it can be used")
    sent = await client.send_message(QueueUrl=queue_url, MessageBody=body)
    return sent["MessageId"]


def _dealt_with(task: "asyncio.Task[bool]") -> bool:
    return task.done() and not task.cancelled() and task.exception() is None and task.result()


def _traceparent(message: "MessageTypeDef") -> str | None:
    """Return the attribute by which a sender names its trace."""
    given = message.get("MessageAttributes", {})
    return given[HEADER].get("StringValue") if HEADER in given else None


def _entries(messages: "Sequence[MessageTypeDef]", **more: int) -> list[Any]:
    return [
        {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"], **more} for index, message in enumerate(messages)
    ]


def _sent_at(message: "MessageTypeDef") -> datetime:
    """SQS says it in milliseconds since 1970."""
    sent = message.get("Attributes", {}).get("SentTimestamp")
    return datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else datetime.now(UTC)
