"""Events at AWS: in batches, in the order of each booking, and what failed is told from what was heard."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from moto.server import ThreadedMotoServer

from booking.adapters import aws_clients
from booking.adapters.aws_clients import AwsClients
from booking.adapters.notifiers.aws import LARGEST, AwsNotifier
from booking.domain.delivery.delivery import SYSTEM, Outcome, Subscription
from booking.domain.delivery.feed import Told
from booking.domain.events import Recorded
from booking.entrypoints.http.cloud_events import encoded
from tests.unit.test_relay import delivery, recorded

ACCOUNT = "123456789012"
EVENTS = [recorded(number, line=number % 2 + 100) for number in (1, 2, 3)]
HEARD = [Outcome()] * 3


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{name}"


def cloud_event(one: Recorded) -> bytes:
    return encoded(Told(recorded=one, for_admin=True))


async def told(notifier: AwsNotifier, target: str, events: Sequence[Recorded] = EVENTS) -> Sequence[Outcome]:
    subscription = Subscription(organization_id=SYSTEM, id=UUID(int=2), kind="aws", target=target)
    return await notifier([delivery(one) for one in events], subscription)


class Stub:
    """Client that answers what it is told to, and notes what it was asked."""

    def __init__(self, *answers: object) -> None:
        self.answers, self.asked = list(answers), list[dict[str, Any]]()

    async def call(self, **asked: Any) -> object:
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    publish_batch = send_message_batch = put_events = call

    async def get_queue_url(self, **_: Any) -> object:
        return {"QueueUrl": "http://queue"}


def notifier(stub: Stub, monkeypatch: pytest.MonkeyPatch, body: bytes | None = None) -> AwsNotifier:
    @asynccontextmanager
    async def client(service: str, region: str) -> AsyncIterator[Stub]:
        assert region == "eu-west-1"
        yield stub

    monkeypatch.setattr(aws_clients, "_client", client)
    return AwsNotifier(AwsClients(), cloud_event if body is None else lambda _: body)


class Throttled(Exception):
    response = {"Error": {"Code": "ThrottlingException", "Message": "of 123456789012"}}  # noqa: RUF012


IDS = [str(one.id) for one in EVENTS]


@pytest.mark.parametrize("service", ["sns", "sqs"])
@pytest.mark.parametrize(
    ("answer", "failures"),
    [
        ({"Successful": [{"Id": one} for one in IDS]}, [None] * 3),
        (
            {"Successful": [{"Id": IDS[2]}, {"Id": IDS[0]}], "Failed": [{"Id": IDS[1], "Code": "InternalError"}]},
            [None, "InternalError", None],
        ),
        ({"Successful": [{"Id": IDS[1]}], "Failed": [{"Id": IDS[0]}]}, ["unanswered", None, "unanswered"]),
        ({}, ["unanswered"] * 3),
        (Throttled(), ["ThrottlingException"] * 3),
        (OSError("secret"), ["OSError"] * 3),
    ],
)
async def test_entries_of_a_topic_and_a_queue_fail_one_by_one(
    service: str, answer: object, failures: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = await told(notifier(Stub(answer), monkeypatch), arn(service, "bookings"))
    assert list(outcomes) == [Outcome(failure=one) for one in failures]


@pytest.mark.parametrize(
    ("answer", "failures"),
    [
        ({"FailedEntryCount": 0, "Entries": [{"EventId": one} for one in "abc"]}, [None] * 3),
        (
            {"FailedEntryCount": 2, "Entries": [{"ErrorCode": "Internal Failure!"}, {"EventId": "b"}, {}]},
            ["InternalFailure", None, "unanswered"],
        ),
        ({"Entries": [{"EventId": "a"}]}, ["unanswered"] * 3),
        ({}, ["unanswered"] * 3),
        (Throttled(), ["ThrottlingException"] * 3),
    ],
)
async def test_entries_of_a_bus_fail_one_by_one(
    answer: object, failures: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = await told(notifier(Stub(answer), monkeypatch), arn("events", "event-bus/default"))
    assert list(outcomes) == [Outcome(failure=one) for one in failures]


async def test_a_rule_of_a_bus_can_go_by_source_and_type(monkeypatch: pytest.MonkeyPatch) -> None:
    stub, bus = Stub({}), arn("events", "event-bus/bookings")
    await told(notifier(stub, monkeypatch), bus, EVENTS[:1])
    assert stub.asked[0]["Entries"] == [
        {
            "EventBusName": bus,
            "Source": "booking",
            "DetailType": "booking.cancelled",
            "Detail": cloud_event(EVENTS[0]).decode(),
            "Time": EVENTS[0].occurred_at,
        }
    ]


@pytest.mark.parametrize(("service", "entries"), [("sns", "PublishBatchRequestEntries"), ("sqs", "Entries")])
async def test_fifo_goes_by_booking_and_knows_an_event_again(
    service: str, entries: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = Stub({}, {})
    one = notifier(stub, monkeypatch)
    for name in ("bookings.fifo", "bookings"):
        await told(one, arn(service, name))
    fifo, standard = (asked[entries] for asked in stub.asked)
    assert [(entry["MessageGroupId"], entry["MessageDeduplicationId"]) for entry in fifo] == [
        (str(event.event.booking_id), str(event.id)) for event in EVENTS
    ]
    assert all(entry.keys().isdisjoint({"MessageGroupId", "MessageDeduplicationId"}) for entry in standard)


async def test_a_batch_is_small_enough_and_what_is_too_large_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*numbers: int) -> object:
        return {"Successful": [{"Id": IDS[number]} for number in numbers]}

    stub = Stub(answer(0), answer(1), answer(2))
    half = notifier(stub, monkeypatch, b"x" * (LARGEST // 2))
    assert list(await told(half, arn("sns", "bookings"))) == HEARD
    assert [len(asked["PublishBatchRequestEntries"]) for asked in stub.asked] == [1, 1, 1]
    whole = notifier(Stub(), monkeypatch, b"x" * LARGEST)
    assert list(await told(whole, arn("sns", "bookings"))) == [Outcome(failure="too_large")] * 3


async def test_a_batch_that_fails_takes_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = Stub({"Successful": [{"Id": IDS[0]}]}, Throttled(), {"Successful": [{"Id": IDS[2]}]})
    half = notifier(stub, monkeypatch, b"x" * (LARGEST // 2))
    assert [one.failure for one in await told(half, arn("sqs", "bookings"))] == [None, "ThrottlingException", None]


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
async def clients(moto: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AwsClients]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    made = AwsClients()
    yield made
    await made.close()


async def received(queue: str) -> list[dict[str, Any]]:
    async with aws_clients._client("sqs", "eu-west-1") as queues:
        answer = await queues.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"], AttributeNames=["All"]
        )
        return sorted(answer.get("Messages", []), key=lambda one: one["Body"])


async def made(name: str) -> str:
    attributes = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
    async with aws_clients._client("sqs", "eu-west-1") as queues:
        found = await queues.create_queue(QueueName=name, Attributes=attributes)
        return str(found["QueueUrl"])


async def test_a_queue_gets_cloud_events_with_attributes(clients: AwsClients) -> None:
    url = await made("standard")
    assert list(await told(AwsNotifier(clients, cloud_event), arn("sqs", "standard"))) == HEARD
    messages = await received(url)
    assert [one["Body"].encode() for one in messages] == [cloud_event(event) for event in EVENTS]
    assert {name: one["StringValue"] for name, one in messages[0]["MessageAttributes"].items()} == {
        "type": "booking.cancelled",
        "organization_id": str(UUID(int=1)),
    }
    body = json.loads(messages[0]["Body"])
    assert (body["specversion"], body["type"], body["data"]["actor"]["subject"]) == ("1.0", "booking.cancelled", "sub")


async def test_a_fifo_queue_has_an_event_once_however_often_it_is_sent(clients: AwsClients) -> None:
    url = await made("once.fifo")
    for _ in range(2):
        assert list(await told(AwsNotifier(clients, cloud_event), arn("sqs", "once.fifo"))) == HEARD
    assert [one["Attributes"]["MessageGroupId"] for one in await received(url)] == [
        str(event.event.booking_id) for event in EVENTS
    ]


async def test_a_subscription_of_a_topic_filters_by_type(clients: AwsClients) -> None:
    wanted, other = await made("wanted"), await made("other")
    async with aws_clients._client("sns", "eu-west-1") as topics:
        topic = (await topics.create_topic(Name="bookings"))["TopicArn"]
        for name, types in (("wanted", ["booking.cancelled"]), ("other", ["applicant.registered"])):
            await topics.subscribe(
                TopicArn=topic,
                Protocol="sqs",
                Endpoint=arn("sqs", name),
                Attributes={"FilterPolicy": json.dumps({"type": types}), "RawMessageDelivery": "true"},
            )
    assert list(await told(AwsNotifier(clients, cloud_event), topic)) == HEARD
    assert [one["Body"].encode() for one in await received(wanted)] == [cloud_event(event) for event in EVENTS]
    assert await received(other) == []


async def test_a_bus_takes_the_entries(clients: AwsClients) -> None:
    async with aws_clients._client("events", "eu-west-1") as buses:
        bus = (await buses.create_event_bus(Name="bookings"))["EventBusArn"]
    assert list(await told(AwsNotifier(clients, cloud_event), bus)) == HEARD


async def test_where_nothing_is_nothing_is_heard(clients: AwsClients) -> None:
    failed = [one.failure for one in await told(AwsNotifier(clients, cloud_event), arn("sqs", "nowhere"))]
    assert set(failed) == {"AWS.SimpleQueueService.NonExistentQueue"}
