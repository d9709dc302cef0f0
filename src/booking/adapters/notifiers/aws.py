"""Notifier that hands events on to AWS in batches; entries fail one by one."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self

from booking.adapters.aws_clients import DEADLINE, AwsClients
from booking.config.events_target import EventsTarget, Service, read_events_target
from booking.domain.delivery.delivery import Delivery, Outcome, Subscription
from booking.domain.events import Recorded

SOURCE = "booking"
LARGEST = 256 * 1024  # bytes of a batch, attributes among them, and so of an event
AT_BUS = 14 + len(SOURCE)  # bytes that EventBridge counts for the time and the source of an entry
TOO_LARGE = "too_large"
UNANSWERED = "unanswered"
"""Failure of an entry that the answer does not name: it may have been heard, and is sent again."""


class Message(NamedTuple):
    """Entry of a batch. `line` and `id` order and deduplicate in a FIFO topic or queue."""

    id: str
    line: str
    type: str
    organization_id: str
    at: datetime
    body: str

    @classmethod
    def of(cls, recorded: Recorded, encode: Callable[[Recorded], bytes]) -> Self:
        event = recorded.event
        return cls(
            id=str(recorded.id),
            line=str(event.line),
            type=str(event.type),
            organization_id=str(event.organization_id),
            at=recorded.occurred_at,
            body=encode(recorded).decode(),
        )

    @property
    def size(self) -> int:
        """Bytes, as SNS and SQS count them; EventBridge counts less."""
        return (
            len(self.body.encode())
            + AT_BUS
            + sum(len(name) + len(one["DataType"]) + len(one["StringValue"]) for name, one in self.attributes.items())
        )

    @property
    def attributes(self) -> Mapping[str, Mapping[str, str]]:
        """Attributes by which a subscription of a topic filters."""
        named = {"type": self.type, "organization_id": self.organization_id}
        return {name: {"DataType": "String", "StringValue": value} for name, value in named.items()}

    def in_order(self, target: EventsTarget) -> Mapping[str, str]:
        return {"MessageGroupId": self.line, "MessageDeduplicationId": self.id} if target.fifo else {}


class AwsNotifier:
    """`encode` makes the CloudEvent."""

    together = 10
    at_once = 5

    def __init__(self, clients: AwsClients, encode: Callable[[Recorded], bytes]) -> None:
        self._clients = clients
        self._encode = encode
        self._send: Mapping[Service, Callable[[EventsTarget, Sequence[Message]], Awaitable[Sequence[Outcome]]]] = {
            Service.SNS: self._publish,
            Service.SQS: self._enqueue,
            Service.EVENTS: self._put,
        }

    async def __call__(self, deliveries: Sequence[Delivery], subscription: Subscription) -> Sequence[Outcome]:
        target = read_events_target(subscription.target or "")
        outcomes: list[Outcome] = []
        for batch in _batches([Message.of(one.recorded, self._encode) for one in deliveries]):
            outcomes += await self._outcomes(target, batch)
        return outcomes

    async def _outcomes(self, target: EventsTarget, batch: Sequence[Message]) -> Sequence[Outcome]:
        """Send a batch. Where the call fails, none of it was heard, but what other batches came to stays."""
        if batch[0].size > LARGEST:
            return [Outcome(failure=TOO_LARGE)]
        try:
            async with asyncio.timeout(DEADLINE):
                return await self._send[target.service](target, batch)
        except Exception as error:
            return [Outcome(failure=_reason(error))] * len(batch)

    async def _publish(self, topic: EventsTarget, batch: Sequence[Message]) -> Sequence[Outcome]:
        topics = await self._clients.of(topic)
        entries = [
            {"Id": one.id, "Message": one.body, "MessageAttributes": one.attributes, **one.in_order(topic)}
            for one in batch
        ]
        return _told(batch, await topics.publish_batch(TopicArn=topic.arn, PublishBatchRequestEntries=entries))

    async def _enqueue(self, queue: EventsTarget, batch: Sequence[Message]) -> Sequence[Outcome]:
        queues, url = await self._clients.of(queue), await self._clients.queue_url(queue)
        entries = [
            {"Id": one.id, "MessageBody": one.body, "MessageAttributes": one.attributes, **one.in_order(queue)}
            for one in batch
        ]
        return _told(batch, await queues.send_message_batch(QueueUrl=url, Entries=entries))

    async def _put(self, bus: EventsTarget, batch: Sequence[Message]) -> Sequence[Outcome]:
        buses = await self._clients.of(bus)
        entries = [
            {"EventBusName": bus.arn, "Source": SOURCE, "DetailType": one.type, "Detail": one.body, "Time": one.at}
            for one in batch
        ]
        answer = await buses.put_events(Entries=entries)
        told: Sequence[Mapping[str, Any]] = answer.get("Entries", ())
        if len(told) != len(batch):
            return [Outcome(failure=UNANSWERED)] * len(batch)
        return [Outcome(failure=None if one.get("EventId") else _word(one.get("ErrorCode"))) for one in told]


def _batches(messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
    """Divide messages into batches that are small enough; one that is too large is alone."""
    batch: list[Message] = []
    for one in messages:
        if batch and sum(other.size for other in batch) + one.size > LARGEST:
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _told(batch: Sequence[Message], answer: Mapping[str, Any]) -> Sequence[Outcome]:
    """Return what SNS or SQS says of each entry."""
    heard = {one["Id"] for one in answer.get("Successful", ())}
    failed = {one["Id"]: one.get("Code") for one in answer.get("Failed", ())}
    return [Outcome(failure=None if one.id in heard else _word(failed.get(one.id))) for one in batch]


def _reason(error: Exception) -> str:
    """Return AWS's code for a call that failed, or the error's class. Its message may hold anything."""
    response = getattr(error, "response", None)  # of botocore's ClientError
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return _word(code) if code else type(error).__name__


def _word(code: object) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "", str(code or ""))[:64] or UNANSWERED
