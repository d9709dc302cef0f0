"""The consumer, against an SQS that behaves as SQS does."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from math import isnan
from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from booking.domain.events import Actor
from booking.domain.paging import Page
from booking.domain.people.applicant import Applicant, RiskLevel, Screening
from booking.domain.refusals import Malformed, Unavailable
from booking.entrypoints import consumer as module
from booking.entrypoints.consumer import Consumer, send_screening
from booking.entrypoints.dev.sqs import EmbeddedSqs
from booking.entrypoints.jobs import Job, Workers
from booking.entrypoints.queue_depth import QueueDepth
from booking.entrypoints.sqs import sqs_client
from booking.service.people.applicants import ApplicantService
from booking.service.properties.properties import PropertyService
from tests.fakes import State, memory_store
from tests.support.stores import CIPHERS


class Registry:
    """Keeps what is registered; fails for the names that it is told to."""

    def __init__(self) -> None:
        self.registered: list[tuple[Screening, str | None]] = []
        self.failing: dict[str, Exception] = {}

    async def register(self, screening: Screening, by: Actor, _: object = None) -> Applicant:
        if failure := self.failing.get(screening.name or ""):
            raise failure
        self.registered.append((screening, by.request_id))
        return Applicant.first_screened(screening, id=uuid4(), at=datetime.now(UTC))

    async def of(self, *_: object) -> tuple[Applicant, ...]:
        return ()

    async def unlink(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        raise NotImplementedError

    async def erase(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        raise NotImplementedError

    async def by_email(self, *_: object) -> tuple[Applicant, ...]:
        raise NotImplementedError

    async def of_organization(self, *_: object, **__: object) -> Page[Applicant]:
        raise NotImplementedError

    @property
    def names(self) -> list[str]:
        return [screening.name or "" for screening, _ in self.registered]


@pytest.fixture(scope="module")
def sqs() -> Iterator[EmbeddedSqs]:
    with EmbeddedSqs.start(queue=f"consumer-{uuid4()}") as running:
        yield running


class Queue:
    """A fresh queue, and a consumer on it."""

    def __init__(self, client: Any, url: str, dead_letter_url: str) -> None:
        self.client, self.url, self.dead_letter_url = client, url, dead_letter_url
        self.registry = Registry()
        self.down = False
        self.store = memory_store(State())
        properties = PropertyService(self.store.properties, self.store.now, CIPHERS.access_note)
        self.consumer = Consumer(
            client, url, ApplicantService(self.registry, self.store.rosters), properties, ready=self._ready, long_poll=0
        )

    async def _ready(self) -> None:
        if self.down:
            raise Unavailable

    async def send(self, name: str, **changes: object) -> None:
        event = {
            "event_type": "APPLICANT_SCREENED",
            "applicant_id": str(uuid4()),
            "organization_id": str(uuid4()),
            "name": name,
            "email": "ana@example.com",
            "risk_level": "LOW",
        }
        await self.client.send_message(QueueUrl=self.url, MessageBody=json.dumps(event | changes))

    async def sizes(self) -> tuple[int, int]:
        """How many messages are waiting, and how many are out with somebody."""
        answer = await self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        numbers = answer["Attributes"]
        return int(numbers["ApproximateNumberOfMessages"]), int(numbers["ApproximateNumberOfMessagesNotVisible"])


@pytest.fixture
async def queue(sqs: EmbeddedSqs, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Queue]:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", sqs.endpoint_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", sqs.region)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", sqs.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", sqs.secret_access_key)
    async with sqs_client() as client:
        dead = (await client.create_queue(QueueName=f"q-{uuid4()}"))["QueueUrl"]
        arn = (await client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"]))["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
        made = await client.create_queue(QueueName=f"q-{uuid4()}", Attributes={"RedrivePolicy": redrive})
        yield Queue(client, made["QueueUrl"], dead)


async def test_what_is_sent_is_registered_and_acknowledged(queue: Queue) -> None:
    """HIGH as well as any other."""
    organization_id, applicant_id = uuid4(), uuid4()
    sent = await send_screening(
        queue.client,
        queue.url,
        applicant_id=applicant_id,
        organization_id=organization_id,
        name="Ana",
        email="ana@example.com",
        risk_level=RiskLevel.HIGH,
        screened_at=datetime(2026, 10, 1, tzinfo=UTC),
    )
    assert await queue.consumer.step() == 1
    ((screening, message_id),) = queue.registry.registered
    assert message_id == sent
    assert (screening.external_id, screening.organization_id) == (applicant_id, organization_id)
    assert (screening.risk_level, screening.screened_at) == (RiskLevel.HIGH, datetime(2026, 10, 1, tzinfo=UTC))
    assert abs((datetime.now(UTC) - screening.sent_at).total_seconds()) < 60
    assert await queue.sizes() == (0, 0)
    assert await queue.consumer.step() == 0


async def test_a_screening_is_known_by_its_event_id_and_counts_from_when_it_was_first_sent(queue: Queue) -> None:
    """The queue's time of sending stays the same when it delivers again; the time of receiving would not."""

    async def receive(**arguments: Any) -> Any:
        received = await queue.client.receive_message(**arguments)
        for message in received["Messages"]:
            message["Attributes"]["SentTimestamp"] = "1793534400123"
        return received

    queue.consumer.client = but_for(queue.client, receive_message=receive)
    event_id = uuid4()
    await queue.send("Ana", event_id=str(event_id))
    await queue.consumer.step()
    ((screening, by),) = queue.registry.registered
    assert (by, screening.screened_at) == (str(event_id), None)
    assert screening.sent_at == datetime(2026, 11, 1, 12, 0, 0, 123_000, tzinfo=UTC)


async def test_ten_are_taken_at_a_time(queue: Queue) -> None:
    for number in range(12):
        await queue.send(f"Ana {number}")
    assert [await queue.consumer.step(), await queue.consumer.step()] == [10, 2]
    assert len(queue.registry.registered) == 12


async def test_while_batches_are_full_more_are_taken_at_once_and_one_when_they_are_not(queue: Queue) -> None:
    for number in range(35):
        await queue.send(f"Ana {number}")
    found = [(queue.consumer.width, await queue.consumer.step()) for _ in range(4)]
    twice = len(queue.registry.registered) - 35  # the emulator may hand one to two who ask at one moment, as SQS may
    assert found == [(1, 10), (2, 20), (4, 5 + twice), (1, 0)]
    assert (len(set(queue.registry.names)), await queue.sizes()) == (35, (0, 0))


async def test_events_that_are_not_for_us_are_acknowledged_and_counted(queue: Queue) -> None:
    await queue.send("Ana", event_type="APPLICANT_ARCHIVED")
    await queue.consumer.step()
    assert (queue.registry.registered, await queue.sizes()) == ([], (0, 0))
    assert {name for name, count in queue.consumer.counts.items() if count} == {"received", "unknown"}


async def test_news_of_a_property_are_taken_in_from_the_same_queue(queue: Queue) -> None:
    key = uuid4(), uuid4()
    event = {"organization_id": str(key[0]), "property_id": str(key[1]), "label": "Loft"}
    with capture_logs() as lines:
        for kind in ("PROPERTY_UPSERTED", "PROPERTY_REMOVED"):
            body = json.dumps(event | {"event_type": kind})
            await queue.client.send_message(QueueUrl=queue.url, MessageBody=body)
            await queue.consumer.step()
    found = await queue.store.properties.get(key)
    assert found is not None
    assert (found.label, found.status, found.version) == ("Loft", "archived", 2)
    assert ([line["event"] for line in lines], await queue.sizes()) == (["property told"] * 2, (0, 0))
    assert (queue.consumer.counts["property"], queue.registry.registered) == (2, [])
    assert "Loft" not in str(lines)


async def test_a_malformed_message_ends_in_the_dead_letter_queue_and_holds_nobody_up(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the reason in the log, and nothing of the person."""
    monkeypatch.setattr(module, "MALFORMED_RETURNS", 0)
    await queue.send("Ana Secret", risk_level="CRITICAL")
    await queue.send("Eva")
    with capture_logs() as lines:
        while await queue.consumer.step():
            pass
    assert queue.registry.names == ["Eva"]
    dead = (await queue.client.receive_message(QueueUrl=queue.dead_letter_url))["Messages"]
    assert [json.loads(message["Body"])["name"] for message in dead] == ["Ana Secret"]
    assert queue.consumer.counts["malformed"] == 5
    reasons = {line["reason"] for line in lines if line["event"] == "screening malformed"}
    assert reasons == {"risk_level: is not one of the known values"}
    assert not any(secret in str(lines) for secret in ("Secret", "CRITICAL", "example.com"))


async def test_a_malformed_message_returns_later_each_time(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has five receives, and leaves the others room between them."""
    monkeypatch.setattr(module, "LONGEST_RETURN", 4)
    asked: list[int] = []

    async def note(**arguments: Any) -> Any:
        asked.append(arguments["Entries"][0]["VisibilityTimeout"])
        back = [entry | {"VisibilityTimeout": 0} for entry in arguments["Entries"]]
        return await queue.client.change_message_visibility_batch(QueueUrl=queue.url, Entries=back)

    queue.consumer.client = but_for(queue.client, change_message_visibility_batch=note)
    await queue.send("Ana", risk_level="high")
    while await queue.consumer.step():
        pass
    assert asked == [1, 2, 3, 4, 4]


async def test_a_message_that_breaks_our_own_code_stays_and_the_others_are_taken(queue: Queue) -> None:
    queue.registry.failing["Bob"] = ZeroDivisionError()
    for name in ("Ana", "Bob", "Eva"):
        await queue.send(name)
    await queue.consumer.step()
    assert sorted(queue.registry.names) == ["Ana", "Eva"]
    assert await queue.sizes() == (0, 1)
    assert queue.consumer.counts["failed"] == 1


async def test_while_the_database_is_down_nothing_is_received(queue: Queue) -> None:
    """Each receive counts towards the dead-letter queue; an outage must not fill it."""
    queue.down = True
    await queue.send("Ana")
    with pytest.raises(Unavailable):
        await queue.consumer.step()
    assert await queue.sizes() == (1, 0)


async def test_a_database_that_goes_down_in_a_batch_loses_nothing_of_it(queue: Queue) -> None:
    queue.registry.failing["Bob"] = Unavailable()
    for name in ("Ana", "Bob", "Eva"):
        await queue.send(name)
    with pytest.raises(Unavailable):
        await queue.consumer.step()
    kept = len(queue.registry.registered)
    waiting, out = await queue.sizes()
    assert kept + waiting + out == 3


async def test_a_slow_batch_stays_ours(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXTEND_AFTER", 0.01)
    extended: list[int] = []
    real, slow = queue.client.change_message_visibility_batch, asyncio.Event()

    async def note(**arguments: Any) -> Any:
        extended.append(len(arguments["Entries"]))
        slow.set()
        return await real(**arguments)

    async def wait(screening: Screening, by: Actor, _: object = None) -> Applicant:
        await slow.wait()
        return await Registry.register(queue.registry, screening, by)

    queue.registry.register = wait  # type: ignore[method-assign]
    queue.consumer.client = but_for(queue.client, change_message_visibility_batch=note)
    for name in ("Ana", "Bob", "Eva"):
        await queue.send(name)
    await queue.consumer.step()
    assert (extended[0], await queue.sizes()) == (3, (0, 0))


async def test_what_was_not_deleted_is_deleted_in_a_second_try_or_told(queue: Queue) -> None:
    calls: list[list[str]] = []

    async def refuse(**arguments: Any) -> Any:
        calls.append([entry["Id"] for entry in arguments["Entries"]])
        return {"Failed": [{"Id": arguments["Entries"][0]["Id"]}]}

    queue.consumer.client = but_for(queue.client, delete_message_batch=refuse)
    await queue.send("Ana")
    await queue.send("Eva")
    with capture_logs() as lines:
        await queue.consumer.step()
    assert calls == [["0", "1"], ["0"]]
    assert lines[-1]["event"] == "messages not deleted"


async def test_a_visibility_that_cannot_be_changed_does_no_harm(queue: Queue) -> None:
    async def refuse(**_: Any) -> Any:
        raise OSError

    queue.consumer.client = but_for(queue.client, change_message_visibility_batch=refuse)
    await queue.send("Ana", risk_level="none")
    await queue.send("Eva")
    await queue.consumer.step()
    assert queue.registry.names == ["Eva"]


async def test_shutdown_lets_the_long_poll_end_and_handles_what_it_brings(queue: Queue) -> None:
    """A poll that is cut off lives on in the queue and swallows the next message."""
    polling = asyncio.Event()

    async def receive(**arguments: Any) -> Any:
        polling.set()
        return await queue.client.receive_message(**arguments)

    queue.consumer.client = but_for(queue.client, receive_message=receive)
    queue.consumer.long_poll = 5
    workers = Workers()
    workers.add(Job("consumer", queue.consumer.step, idle=0))
    async with workers:
        await polling.wait()
        workers.stop()
        await queue.send("Ana")
    assert (queue.registry.names, await queue.sizes()) == (["Ana"], (0, 0))


async def test_a_consumer_that_is_cut_off_in_a_batch_loses_nothing_of_it(queue: Queue) -> None:
    for name in ("Ana", "Bob", "Eva"):
        await queue.send(name)
    second = asyncio.Event()

    async def hang(screening: Screening, by: Actor, _: object = None) -> Applicant:
        if queue.registry.registered:
            second.set()
            await asyncio.Event().wait()
        return await Registry.register(queue.registry, screening, by)

    queue.registry.register = hang  # type: ignore[method-assign]
    step = asyncio.create_task(queue.consumer.step())
    await second.wait()
    step.cancel()
    await asyncio.wait([step])
    assert (step.cancelled(), len(queue.registry.registered), await queue.sizes()) == (True, 1, (0, 2))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": " "}, "name"),
        ({"email": "nobody"}, "email"),
        ({"phone": "0151"}, "phone"),
        ({"locale": "German", "phone": "+"}, "phone, locale"),
    ],
)
async def test_what_the_consumer_would_not_take_is_not_sent(queue: Queue, changes: Any, reason: str) -> None:
    event: Any = {"applicant_id": uuid4(), "organization_id": uuid4(), "name": "Ana", "email": "ana@example.com"}
    with pytest.raises(Malformed, match=f"^{reason}: "):
        await send_screening(queue.client, queue.url, **event | changes, risk_level=RiskLevel.LOW)
    assert await queue.sizes() == (0, 0)


def but_for(client: Any, **replaced: Any) -> Any:
    return Proxy(client, replaced)


class Proxy:
    """The client, but for some calls."""

    def __init__(self, client: Any, replaced: dict[str, Any]) -> None:
        self._client, self._replaced = client, replaced

    def __getattr__(self, name: str) -> Any:
        return self._replaced.get(name) or getattr(self._client, name)


async def test_metrics_tell_how_deep_the_queues_are_and_what_came_of_each_message(queue: Queue) -> None:
    def told(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, labels) or 0.0

    before = [told("booking_messages_total", outcome=one) for one in ("registered", "malformed")]
    wrong = told("booking_malformed_messages_total", field="risk_level")
    await queue.send("Ana")
    await queue.send("Bea", risk_level="odd")
    await queue.client.send_message(QueueUrl=queue.dead_letter_url, MessageBody="{}")
    depth = QueueDepth(queue.client, queue.url)
    await depth.step()
    assert [told("booking_queue_messages", state=one) for one in ("visible", "in_flight", "delayed")] == [2, 0, 0]
    assert told("booking_queue_dead_letters") == 1
    await queue.consumer.step()
    after = [told("booking_messages_total", outcome=one) for one in ("registered", "malformed")]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1]
    assert told("booking_malformed_messages_total", field="risk_level") - wrong == 1
    await queue.client.set_queue_attributes(QueueUrl=queue.url, Attributes={"RedrivePolicy": ""})
    await depth.step()
    assert isnan(told("booking_queue_dead_letters"))
