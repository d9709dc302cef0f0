"""What SQS does when it is asked."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tests.support import sqs_requests as asked
from tests.support.queues import Clock, Faults, Message, NotInFlight, Queue, ReceiptHandleIsInvalid, Undeleted
from tests.support.sqs_requests import Refused

REGION = "us-east-1"
ACCOUNT = "000000000000"
ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:"

Answer = dict[str, Any]
Gone = Callable[[], Awaitable[object]]
"""Returns once the client is not there any more."""


class Actions:
    def __init__(self, address: str, faults: Faults) -> None:
        self._address, self._faults, self._clock = address, faults, Clock(faults.pace)
        self._queues: dict[str, Queue] = {}

    async def answer(self, request: asked.Request, gone: Gone) -> Answer:
        match request:
            case asked.CreateQueue():
                return {"QueueUrl": self._url(self._create(request))}
            case asked.GetQueueUrl(queue_name=name):
                return {"QueueUrl": self._url(self._named(name))}
            case asked.GetQueueAttributes(queue_url=url, attribute_names=names):
                return {"Attributes": _chosen(self._attributes(self._at(url)), names)}
            case asked.SendMessage(queue_url=url, message_body=body):
                return _sent(self._send(url, [body])[0])
            case asked.SendMessageBatch(queue_url=url, entries=entries):
                asked.check_entries(entries)
                sent = self._send(url, [entry.message_body for entry in entries])
                told = [{"Id": entry.id} | _sent(message) for entry, message in zip(entries, sent, strict=True)]
                return {"Successful": told, "Failed": []}
            case asked.ReceiveMessage():
                received = await self._receive(request, gone)
                names = request.message_system_attribute_names or request.attribute_names
                return {"Messages": [_received(message, names) for message in received]} if received else {}
            case asked.DeleteMessage(queue_url=url, receipt_handle=receipt):
                _do(lambda: self._at(url).delete(receipt))
            case asked.DeleteMessageBatch(queue_url=url, entries=entries):
                queue = self._at(url)
                return _each(entries, lambda entry: queue.delete(entry.receipt_handle))
            case asked.ChangeMessageVisibility(queue_url=url, receipt_handle=receipt, visibility_timeout=seconds):
                _do(lambda: self._at(url).hide(receipt, seconds))
            case asked.ChangeMessageVisibilityBatch(queue_url=url, entries=entries):
                queue = self._at(url)
                return _each(entries, lambda entry: queue.hide(entry.receipt_handle, entry.visibility_timeout))
            case asked.Advance(seconds=seconds):
                self._clock.ahead += seconds
                for queue in self._queues.values():
                    queue.wake()
            case asked.Look():
                visible = {self._url(queue): queue.visible for queue in self._queues.values()}
                return {"waiting": sum(len(queue.waiting) for queue in self._queues.values()), "visible": visible}
            case asked.Left(queue_url=url):
                return {message.id: message.undeleted for message in self._at(url).messages.values()}
            case asked.Sent(queue_url=url):
                return self._at(url).sent_at
        return {}

    def _create(self, request: asked.CreateQueue) -> Queue:
        if unknown := set(request.attributes) - {"RedrivePolicy", "VisibilityTimeout"}:
            raise Refused("InvalidAttributeName", f"Unknown Attribute {min(unknown)}.", of_old="InvalidAttributeName")
        policy = json.loads(request.attributes.get("RedrivePolicy", "{}"))
        made = Queue(
            request.queue_name,
            self._clock,
            self._faults,
            visibility=int(request.attributes.get("VisibilityTimeout", 30)),
            redrive=self._named(policy["deadLetterTargetArn"].removeprefix(ARN)) if policy else None,
            max_receives=int(policy.get("maxReceiveCount", 0)),
        )
        known = self._queues.setdefault(made.name, made)
        if (known.visibility, known.redrive, known.max_receives) != (made.visibility, made.redrive, made.max_receives):
            told = "A queue already exists with the same name and a different value."
            raise Refused("QueueNameExists", told, of_old="QueueAlreadyExists")
        return known

    def _send(self, url: str, bodies: Sequence[str]) -> list[Message]:
        asked.check_bodies(bodies)
        queue = self._at(url)
        return [queue.send(body) for body in bodies]

    async def _receive(self, request: asked.ReceiveMessage, gone: Gone) -> list[Message]:
        """Whoever is gone is handed nothing; SQS might, and then it comes again after its timeout."""
        queue, running = self._at(request.queue_url), asyncio.get_running_loop()
        hidden_for = queue.visibility if request.visibility_timeout is None else request.visibility_timeout
        until = running.time() + request.wait_time_seconds
        leaving = asyncio.ensure_future(gone())
        try:
            while not leaving.done():
                received = queue.receive(request.max_number_of_messages, hidden_for)
                left = until - running.time()
                if received or left <= 0:
                    return received
                await queue.change(leaving, within=left)
        finally:
            leaving.cancel()
        return []

    def _attributes(self, queue: Queue) -> dict[str, str]:
        told = {
            "QueueArn": ARN + queue.name,
            "VisibilityTimeout": str(queue.visibility),
            "ApproximateNumberOfMessages": str(queue.visible),
            "ApproximateNumberOfMessagesNotVisible": str(queue.hidden),
        }
        if queue.redrive is not None:
            policy = {"deadLetterTargetArn": ARN + queue.redrive.name, "maxReceiveCount": queue.max_receives}
            told["RedrivePolicy"] = json.dumps(policy)
        return told

    def _url(self, queue: Queue) -> str:
        return f"{self._address}/{ACCOUNT}/{queue.name}"

    def _at(self, url: str) -> Queue:
        return self._named(url.rpartition("/")[2])

    def _named(self, name: str) -> Queue:
        if (queue := self._queues.get(name)) is None:
            told = "The specified queue does not exist."
            raise Refused("QueueDoesNotExist", told, of_old="AWS.SimpleQueueService.NonExistentQueue")
        return queue


def _do(act: Callable[[], None]) -> None:
    try:
        act()
    except ReceiptHandleIsInvalid as error:
        told = "The input receipt handle is invalid."
        raise Refused("ReceiptHandleIsInvalid", told, of_old="ReceiptHandleIsInvalid") from error
    except NotInFlight as error:
        raise Refused("MessageNotInflight", "The message is not in flight.") from error
    except Undeleted as error:
        raise Refused("InternalError", "Try again.", of_old="InternalError", status=500) from error


def _each(entries: Sequence[Any], act: Callable[[Any], None]) -> Answer:
    asked.check_entries(entries)
    answer: Answer = {"Successful": [], "Failed": []}
    for entry in entries:
        try:
            _do(lambda entry=entry: act(entry))  # type: ignore[misc]
        except Refused as refusal:
            told = {"Code": refusal.code, "Message": str(refusal), "SenderFault": refusal.status < 500}
            answer["Failed"].append({"Id": entry.id} | told)
        else:
            answer["Successful"].append({"Id": entry.id})
    return answer


def _sent(message: Message) -> Answer:
    return {"MessageId": message.id, "MD5OfMessageBody": message.md5}


def _received(message: Message, names: Sequence[str]) -> Answer:
    attributes = {
        "SenderId": ACCOUNT,
        "SentTimestamp": str(message.sent_at),
        "ApproximateReceiveCount": str(message.receives),
        "ApproximateFirstReceiveTimestamp": str(message.first_received_at),
    }
    told = {"MessageId": message.id, "ReceiptHandle": message.receipt, "MD5OfBody": message.md5, "Body": message.body}
    return told | ({"Attributes": _chosen(attributes, names)} if names else {})


def _chosen(attributes: dict[str, str], names: Sequence[str]) -> dict[str, str]:
    return attributes if "All" in names else {name: attributes[name] for name in names if name in attributes}
