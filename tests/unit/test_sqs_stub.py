"""The SQS for load and for faults, as a client of AWS's sees it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from booking.entrypoints.sqs import sqs_client
from tests.support.queues import Faults
from tests.support.sqs import MAX_RECEIVES, Sqs, sqs

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient
    from types_aiobotocore_sqs.type_defs import MessageTypeDef

Open = Callable[[Sqs], "AbstractAsyncContextManager[Queue]"]


class Queue:
    def __init__(self, client: "SQSClient", stub: Sqs) -> None:
        self.client, self.stub, self.url = client, stub, stub.queue_url

    async def send(self, *bodies: str) -> None:
        entries: Any = [{"Id": str(index), "MessageBody": body} for index, body in enumerate(bodies)]
        await self.client.send_message_batch(QueueUrl=self.url, Entries=entries)

    async def receive(self, *, hidden: int = 30, wait: int = 0, url: str | None = None) -> "list[MessageTypeDef]":
        received = await self.client.receive_message(
            QueueUrl=url or self.url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=hidden,
            WaitTimeSeconds=wait,
            MessageSystemAttributeNames=["All"],
        )
        return received.get("Messages", [])

    async def waiting(self, count: int) -> None:
        async with asyncio.timeout(10):
            while self.stub.ask("Look")["waiting"] != count:  # noqa: ASYNC110 - in another process
                await asyncio.sleep(0.001)

    async def delete(self, messages: "list[MessageTypeDef]") -> int:
        """How many of them failed."""
        entries: Any = [
            {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]} for index, message in enumerate(messages)
        ]
        return len((await self.client.delete_message_batch(QueueUrl=self.url, Entries=entries)).get("Failed", []))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    @asynccontextmanager
    async def availability(stub: Sqs) -> AsyncIterator[Queue]:
        for name, value in stub.environment.items():
            monkeypatch.setenv(name, value)
        async with sqs_client() as client:
            yield Queue(client, stub)

    return availability


@pytest.fixture(scope="module")
def server() -> Iterator[Sqs]:
    """Its visibility timeouts last until they are advanced."""
    with sqs(Faults(pace=0)) as running:
        yield running


@pytest.fixture
async def queue(server: Sqs, opened: Open) -> AsyncIterator[Queue]:
    """Empty in the end, for whoever comes next."""
    async with opened(server) as made:
        yield made
        server.ask("Advance", Seconds=43_200)
        for url in (server.queue_url, server.dead_letter_url):
            while left := await made.receive(url=url):
                await asyncio.gather(
                    *(made.client.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"]) for one in left)
                )


async def code(call: Any) -> str:
    with pytest.raises(ClientError) as refused:
        await call
    return str(refused.value.response["Error"]["Code"])


async def test_what_is_sent_is_received_once_with_all_that_sqs_says_of_it(queue: Queue) -> None:
    sent = await queue.client.send_message(QueueUrl=queue.url, MessageBody="é")
    (message,) = await queue.receive()
    assert await queue.receive() == []
    assert (message["MessageId"], message["Body"]) == (sent["MessageId"], "é")
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"] == hashlib.md5("é".encode()).hexdigest()
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert int(message["Attributes"]["SentTimestamp"]) == queue.stub.ask("Sent", QueueUrl=queue.url)[sent["MessageId"]]


async def test_what_is_hidden_returns_when_its_timeout_is_over(queue: Queue) -> None:
    await queue.send("a")
    await queue.receive(hidden=30)
    queue.stub.ask("Advance", Seconds=29)
    assert await queue.receive() == []
    queue.stub.ask("Advance", Seconds=1.5)
    assert [message["Attributes"]["ApproximateReceiveCount"] for message in await queue.receive()] == ["2"]


async def test_what_is_deleted_never_returns_and_an_old_receipt_deletes_nothing(queue: Queue) -> None:
    await queue.send("a", "b")
    old = await queue.receive(hidden=0)
    new = await queue.receive(hidden=0)
    assert await queue.delete(old) == 0
    assert len(new) == len(await queue.receive(hidden=0)) == 2
    assert await queue.delete(await queue.receive()) == 0
    queue.stub.ask("Advance", Seconds=60)
    assert await queue.receive() == []
    assert queue.stub.ask("Left", QueueUrl=queue.url) == {}


async def test_the_sixth_receive_finds_it_in_the_dead_letter_queue_with_its_id(queue: Queue) -> None:
    await queue.send("a")
    received = [await queue.receive(hidden=0) for _ in range(MAX_RECEIVES + 1)]
    assert [len(messages) for messages in received] == [1] * MAX_RECEIVES + [0]
    (dead,) = await queue.receive(url=queue.stub.dead_letter_url)
    assert dead["MessageId"] == received[0][0]["MessageId"]
    assert dead["Attributes"]["SentTimestamp"] == received[0][0]["Attributes"]["SentTimestamp"]


async def test_a_long_poll_ends_with_what_is_sent_or_returns(queue: Queue) -> None:
    waiting = asyncio.create_task(queue.receive(wait=20))
    await queue.waiting(1)
    await queue.send("a")
    (message,) = await waiting
    waiting = asyncio.create_task(queue.receive(wait=20))
    await queue.waiting(1)
    entry: Any = {"Id": "a", "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
    await queue.client.change_message_visibility_batch(QueueUrl=queue.url, Entries=[entry])
    assert [again["Body"] for again in await waiting] == ["a"]


async def test_a_receiver_that_is_gone_swallows_nothing(queue: Queue) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", queue.stub.port)
    body = b'{"QueueUrl": "%s", "WaitTimeSeconds": 20}' % queue.url.encode()
    head = b"POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: AmazonSQS.ReceiveMessage\r\nContent-Length: %d\r\n\r\n"
    writer.write(head % len(body) + body)
    await queue.waiting(1)
    writer.transport.abort()
    await queue.waiting(0)
    await queue.send("a")
    assert len(await queue.receive()) == 1


async def test_attributes_count_and_name_the_dead_letter_queue(queue: Queue) -> None:
    await queue.send("a", "b", "c")
    await queue.client.receive_message(QueueUrl=queue.url)
    told = (await queue.client.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"]))["Attributes"]
    assert (told["ApproximateNumberOfMessages"], told["ApproximateNumberOfMessagesNotVisible"]) == ("2", "1")
    assert told["RedrivePolicy"].count(told["QueueArn"] + "-dlq") == 1
    found = await queue.client.get_queue_url(QueueName="screenings-dlq")
    assert found["QueueUrl"] == queue.stub.dead_letter_url


async def test_it_refuses_what_sqs_refuses(queue: Queue) -> None:
    """Codes as boto tells them: those of the query protocol, where there was another."""
    url, client = queue.url, queue.client
    service = "AWS.SimpleQueueService."

    def batch(*ids: str) -> Any:
        return client.delete_message_batch(QueueUrl=url, Entries=[{"Id": one, "ReceiptHandle": "a:1"} for one in ids])

    assert await code(batch(*"abcdefghijk")) == service + "TooManyEntriesInBatchRequest"
    assert await code(batch("a", "a")) == service + "BatchEntryIdsNotDistinct"
    assert await code(batch()) == service + "EmptyBatchRequest"
    assert await code(client.receive_message(QueueUrl=url, MaxNumberOfMessages=11)) == "InvalidParameterValue"
    assert await code(client.receive_message(QueueUrl=url, WaitTimeSeconds=21)) == "InvalidParameterValue"
    assert await code(client.receive_message(QueueUrl=url + "x")) == service + "NonExistentQueue"
    assert await code(client.send_message(QueueUrl=url, MessageBody="\0")) == "InvalidMessageContents"
    assert await code(client.send_message(QueueUrl=url, MessageBody="a", DelaySeconds=1)) == "InvalidParameterValue"
    assert await code(client.delete_message(QueueUrl=url, ReceiptHandle="a")) == "ReceiptHandleIsInvalid"
    assert await code(client.purge_queue(QueueUrl=url)) == service + "UnsupportedOperation"
    with pytest.raises(client.exceptions.MessageNotInflight):
        await client.change_message_visibility(QueueUrl=url, ReceiptHandle="a:1", VisibilityTimeout=0)


async def test_a_delete_that_is_made_to_fail_is_told_so_and_the_message_stays(opened: Open) -> None:
    with sqs(Faults(undeleted=1, pace=0)) as stub:
        async with opened(stub) as queue:
            await queue.send("a", "b")
            assert await queue.delete(await queue.receive()) == 2
            assert list(stub.ask("Left", QueueUrl=queue.url).values()) == [True, True]
            stub.ask("Advance", Seconds=31)
            assert len(await queue.receive()) == 2


async def test_what_is_doubled_comes_once_more_though_it_was_deleted(opened: Open) -> None:
    with sqs(Faults(doubled=1)) as stub:
        async with opened(stub) as queue:
            await queue.send("a")
            for times in (1, 1, 0):
                received = await queue.receive()
                assert len(received) == times
                assert not received or await queue.delete(received) == 0


async def test_what_is_shuffled_comes_whole_in_another_order(opened: Open) -> None:
    with sqs(Faults(shuffled=True)) as stub:
        async with opened(stub) as queue:
            bodies = [str(number) for number in range(100)]
            for start in range(0, 100, 10):
                await queue.send(*bodies[start : start + 10])
            received = [message["Body"] for _ in range(10) for message in await queue.receive()]
            assert sorted(received, key=int) == bodies
            assert received != bodies


async def test_time_goes_by_at_the_pace_that_it_is_given(opened: Open) -> None:
    with sqs(Faults(pace=100)) as stub:
        async with opened(stub) as queue:
            await queue.send("a")
            await queue.receive(hidden=30)
            assert len(await queue.receive(wait=5)) == 1
