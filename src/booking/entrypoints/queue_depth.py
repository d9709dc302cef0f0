"""Depth of the queue, and of its dead-letter queue, as SQS estimates them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booking.entrypoints.dead_letters import DeadLetters, NoDeadLetterQueue
from booking.metrics import catalogue

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

STATES = {
    "ApproximateNumberOfMessages": "visible",
    "ApproximateNumberOfMessagesNotVisible": "in_flight",
    "ApproximateNumberOfMessagesDelayed": "delayed",
}


@dataclass(frozen=True, slots=True)
class QueueDepth:
    client: "SQSClient"
    queue_url: str

    async def step(self) -> int:
        """Tell it to the metrics. Dead letters go untold where there is no queue of them."""
        for state, count in (await estimates(self.client, self.queue_url)).items():
            catalogue.queue_messages.set(count, state)
        try:
            dead, _ = await DeadLetters(self.client, self.queue_url).redrive_policy()
        except NoDeadLetterQueue:
            catalogue.queue_dead.forget()
        else:
            catalogue.queue_dead.set(sum((await estimates(self.client, dead)).values()))
        return 0


async def estimates(client: "SQSClient", url: str) -> dict[str, int]:
    """Return the number of messages of a queue, by their state."""
    told = await client.get_queue_attributes(QueueUrl=url, AttributeNames=[*STATES])  # type: ignore[list-item]
    counts = told.get("Attributes", {})
    return {state: int(counts.get(name, 0)) for name, state in STATES.items()}  # type: ignore[call-overload]
