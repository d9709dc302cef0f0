"""Dead-letter queue of the screenings: listing, redriving and erasing its messages."""

import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from booking.domain.people.applicant import Applicant
from booking.entrypoints.messages.envelopes import MalformedEvent, UnknownEvent
from booking.entrypoints.messages.incoming_events import decode
from booking.faults import Explained

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

BATCH = 10
KEEP = 120  # seconds in which nobody else sees what is looked at; it is given back at once when that is done


class NoDeadLetterQueue(Explained):
    """The queue has no redrive policy, so failed messages stay in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that was received too often. `reason` never quotes it.

    `receives` are the consumer's: SQS counts each look at a dead letter as one more, which says nothing about it.
    """

    message_id: str
    sent_at: datetime
    receives: int
    reason: str
    body: str
    receipt: str


@dataclass(frozen=True, slots=True)
class DeadLetters:
    client: "SQSClient"
    queue_url: str

    async def look(self) -> list[DeadLetter]:
        """All that can be seen now, the oldest first; it stays."""
        async with self._held() as found:
            return found

    async def delete(self, message_ids: Collection[str] | None) -> int:
        """Delete these, or all, for good; says how many."""
        async with self._held() as found:
            chosen = [letter for letter in found if message_ids is None or letter.message_id in message_ids]
            for letter in chosen:
                await self._delete(letter)
        return len(chosen)

    async def redrive(self, message_ids: Collection[str] | None) -> int:
        """Sends these, or all, to the queue that they came from; says how many. One that is cut off may go twice."""
        async with self._held() as found:
            chosen = [letter for letter in found if message_ids is None or letter.message_id in message_ids]
            for letter in chosen:
                await self.client.send_message(QueueUrl=self.queue_url, MessageBody=letter.body)
                await self._delete(letter)
        return len(chosen)

    async def erase(self, person: Applicant) -> int:
        """Delete messages that name a person, by the sender's id of them or by their email."""
        names = str(person.external_id).lower(), person.email.lower()
        async with self._held() as found:
            chosen = [letter for letter in found if any(name in letter.body.lower() for name in names)]
            for letter in chosen:
                await self._delete(letter)
        return len(chosen)

    async def _delete(self, letter: DeadLetter) -> None:
        url, _ = await self.redrive_policy()
        await self.client.delete_message(QueueUrl=url, ReceiptHandle=letter.receipt)

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[list[DeadLetter]]:
        """Received, so that nobody else moves them meanwhile; what is still there is visible again afterwards."""
        (url, most), found = await self.redrive_policy(), dict[str, DeadLetter]()
        try:
            while True:
                received = await self.client.receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=BATCH,
                    VisibilityTimeout=KEEP,
                    WaitTimeSeconds=1,
                    MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
                )
                messages = received.get("Messages", [])
                if all(message["MessageId"] in found for message in messages):
                    break  # none, or what was hidden for so long that it is seen again
                for message in messages:
                    attributes = message.get("Attributes", {})
                    sent_at = datetime.fromtimestamp(int(attributes.get("SentTimestamp", 0)) / 1000, UTC)
                    found[message["MessageId"]] = DeadLetter(
                        message_id=message["MessageId"],
                        sent_at=sent_at,
                        receives=min(int(attributes.get("ApproximateReceiveCount", 0)), most),
                        reason=reason_of(message["Body"], sent_at),
                        body=message["Body"],
                        receipt=message["ReceiptHandle"],
                    )
            yield sorted(found.values(), key=lambda letter: letter.sent_at)
        finally:
            for letter in found.values():
                await self._give_back(url, letter)

    async def _give_back(self, url: str, letter: DeadLetter) -> None:
        try:
            await self.client.change_message_visibility(QueueUrl=url, ReceiptHandle=letter.receipt, VisibilityTimeout=0)
        except self.client.exceptions.ClientError:
            return  # it was deleted

    async def redrive_policy(self) -> tuple[str, int]:
        """The URL of the dead-letter queue, and after how many receives a message goes there."""
        asked = await self.client.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=["RedrivePolicy"])
        policy = json.loads(asked.get("Attributes", {}).get("RedrivePolicy", "{}"))
        name = str(policy.get("deadLetterTargetArn", "")).rpartition(":")[2]
        if not name:
            raise NoDeadLetterQueue("the queue has no dead-letter queue: give it a redrive policy")
        url = (await self.client.get_queue_url(QueueName=name))["QueueUrl"]
        return url, int(policy.get("maxReceiveCount", 0))


def reason_of(body: str, sent_at: datetime) -> str:
    """Why the consumer does not take it, as the log said; by the rules of today."""
    try:
        decode(body, sent_at)
    except MalformedEvent as error:
        return str(error)
    except UnknownEvent:
        return "an event that is not for us: it would be acknowledged"
    return "well-formed: it failed while it was being kept"
