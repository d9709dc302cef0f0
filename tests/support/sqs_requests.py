"""What SQS may be asked in AWS's JSON protocol, and how it refuses; `Advance` to `Sent` are ours, for tests."""

import re
from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

MOST_ENTRIES = 10
MOST_BYTES = 1_048_576  # of a message, and of a batch of them

VisibilityTimeout = Annotated[int, Meta(ge=0, le=43_200)]
EntryId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,80}\Z")]
QueueName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,80}\Z")]

# What XML 1.0 can carry: SQS takes nothing else.
CARRIED = re.compile("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")


class Refused(Exception):
    """With the code that newer clients go by; `of_old` is what it was called before the JSON protocol."""

    def __init__(self, code: str, message: str, *, of_old: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status
        self.of_old = of_old or f"AWS.SimpleQueueService.{code}"


class Request(Struct, rename="pascal", forbid_unknown_fields=True, kw_only=True):
    """A field that is not known is refused: what the real one would heed must not be passed over."""


class OfQueue(Request):
    queue_url: str


class Entry(Request):
    id: EntryId


class CreateQueue(Request):
    queue_name: QueueName
    attributes: dict[str, str] = {}


class GetQueueUrl(Request):
    queue_name: str


class GetQueueAttributes(OfQueue):
    attribute_names: list[str] = []


class SendMessage(OfQueue):
    message_body: str


class SendEntry(Entry):
    message_body: str


class SendMessageBatch(OfQueue):
    entries: list[SendEntry]


class ReceiveMessage(OfQueue):
    """`attribute_names` is the older name of the other."""

    max_number_of_messages: Annotated[int, Meta(ge=1, le=10)] = 1
    visibility_timeout: VisibilityTimeout | None = None
    wait_time_seconds: Annotated[int, Meta(ge=0, le=20)] = 0
    attribute_names: list[str] = []
    message_system_attribute_names: list[str] = []


class DeleteMessage(OfQueue):
    receipt_handle: str


class DeleteEntry(Entry):
    receipt_handle: str


class DeleteMessageBatch(OfQueue):
    entries: list[DeleteEntry]


class ChangeMessageVisibility(OfQueue):
    receipt_handle: str
    visibility_timeout: VisibilityTimeout


class ChangeEntry(Entry):
    receipt_handle: str
    visibility_timeout: VisibilityTimeout


class ChangeMessageVisibilityBatch(OfQueue):
    entries: list[ChangeEntry]


class Advance(Request):
    seconds: float


class Look(Request):
    pass


class Left(OfQueue):
    pass


class Sent(OfQueue):
    pass


REQUESTS: dict[str, type[Request]] = {
    kind.__name__: kind
    for kind in (
        *(CreateQueue, GetQueueUrl, GetQueueAttributes, SendMessage, SendMessageBatch, ReceiveMessage),
        *(DeleteMessage, DeleteMessageBatch, ChangeMessageVisibility, ChangeMessageVisibilityBatch),
        *(Advance, Look, Left, Sent),
    )
}


def decode(action: str, body: bytes) -> Request:
    if (kind := REQUESTS.get(action)) is None:
        raise Refused("UnsupportedOperation", f"{action} is not for this stub")
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise Refused("InvalidParameterValue", str(error), of_old="InvalidParameterValue") from error


def check_entries(entries: Sequence[Entry]) -> None:
    if not entries:
        raise Refused("EmptyBatchRequest", "There should be at least one entry in the request.")
    if len(entries) > MOST_ENTRIES:
        told = f"Maximum number of entries per request are {MOST_ENTRIES}. You have sent {len(entries)}."
        raise Refused("TooManyEntriesInBatchRequest", told)
    if len({entry.id for entry in entries}) < len(entries):
        raise Refused("BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id.")


def check_bodies(bodies: Sequence[str]) -> None:
    if any(CARRIED.fullmatch(body) is None for body in bodies):
        raise Refused("InvalidMessageContents", "Invalid characters in the message.", of_old="InvalidMessageContents")
    if sum(len(body.encode()) for body in bodies) > MOST_BYTES:
        raise Refused("BatchRequestTooLong", f"More than {MOST_BYTES} bytes.")
