"""One trace from a request or a message to what follows it, as a collector gets it; nothing personal is in it."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.leases import PostgresLeases
from booking.adapters.postgres.traces import KEPT, PostgresTraces, keep_trace
from booking.adapters.tokens.minting import mint
from booking.bootstrap import Instance, build
from booking.config import Settings
from booking.domain.notices.email import Email
from booking.domain.notices.handover import Handed
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Agency
from booking.domain.people.contact import Channel
from booking.entrypoints.consumer import Consumer, send_screening
from booking.tracing import spans
from booking.tracing.spans import Kind
from booking.tracing.traceparent import HEADER, TraceParent, read_traceparent
from tests.support.receivers import Receiver, receiver
from tests.support.recorder import recorded
from tests.support.worlds import as_owner, serving_url

SECRET = "s" * 32
ADMIN, PERSON, NAME = "admin-7", "person-7", "Ada Lovelace"
EMAIL, NOTES = "ada@example.com", "the bell is broken"
HOME = uuid4()
CONFIRMED = "booking.confirmed"


@dataclass
class Post:
    """Provider that accepts all."""

    sent: asyncio.Event = field(default_factory=asyncio.Event)

    def room(self) -> int:
        return 100

    async def send(self, _: Email) -> Handed:
        self.sent.set()
        return Handed(provider_id="accepted")


@dataclass
class Traced:
    instance: Instance
    post: Post
    collector: Receiver

    def client(self, token: str, **headers: str) -> httpx.AsyncClient:
        given = {"Authorization": f"Bearer {token}", **headers}
        app: Any = self.instance.app
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x/api/v1", headers=given)


def admin() -> str:
    return _token(ADMIN, "ben@example.com", Agency(organization_id=HOME, role=AgentRole.ADMIN))


def person() -> str:
    return _token(PERSON, EMAIL, None)


def _token(subject: str, email: str, agency: Agency | None) -> str:
    hour = timedelta(hours=1)
    return mint(SECRET, subject=subject, email=email, email_verified=True, lifetime=hour, agency=agency)


@pytest.fixture
async def tracing(owner_url: str) -> Callable[[str], Any]:
    serving = await serving_url(owner_url)

    @asynccontextmanager
    async def run(ratio: str) -> AsyncIterator[Traced]:
        post = Post()
        async with receiver() as collector:
            settings = Settings.read(
                {
                    "DATABASE_URL": serving,
                    "BOOKING_AUTH_HS256_SECRET": SECRET,
                    "BOOKING_AUDIT_SECRET": SECRET,
                    "BOOKING_SECRETS_KEY": SECRET,
                    "BOOKING_TRACE_URL": f"http://127.0.0.1:{collector.port}",
                    "BOOKING_TRACE_RATIO": ratio,
                }
            )
            instance = build(settings, loopback=True, providers={Channel.EMAIL: post})
            async with instance.running():
                yield Traced(instance, post, collector)

    return run


@dataclass(frozen=True)
class Found:
    """Span as the collector has it."""

    name: str
    trace: str
    id: str
    parent: str
    told: Mapping[str, object]


def spans_in(collector: Receiver) -> list[Found]:
    found = []
    for body in collector.bodies:
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    told = {one.key: _value(one.value) for one in span.attributes}
                    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
                    found.append(Found(span.name, *ids, told))
    return found


def _value(value: Any) -> object:
    return getattr(value, value.WhichOneof("value"))


async def offered(run: Traced, hook: Receiver) -> UUID:
    """A slot, an endpoint that hears of bookings, and a person who may book."""
    async with run.client(admin()) as http:
        made = await http.post("/webhook-endpoints", json={"url": f"http://127.0.0.1:{hook.port}/hooks"})
        assert made.status_code == 201, made.text
        start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
        times = {"start_time": start.isoformat(), "end_time": (start + timedelta(minutes=30)).isoformat()}
        slot = await http.post("/slots", json={"property_id": str(uuid4()), **times})
        assert slot.status_code == 201, slot.text
    return UUID(slot.json()["slot"]["id"])


def heard(hook: Receiver, type_: str) -> str | None:
    """The header by which the receiver could go on in the trace of such an event."""
    for head, body in zip(hook.heads, hook.bodies, strict=False):
        if json.loads(body)["type"].endswith(type_):
            (line,) = [line for line in head.decode().splitlines() if line.lower().startswith(HEADER)]
            return line.partition(": ")[2]
    return None


async def until_heard(hook: Receiver, type_: str) -> str:
    async with asyncio.timeout(20):
        while (found := heard(hook, type_)) is None:
            hook.left.clear()
            await hook.left.wait()
    return found


class Queue:
    """A client of SQS with a queue in memory."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.deleted: list[str] = []

    async def send_message(self, *, QueueUrl: str, MessageBody: str, **_: object) -> dict[str, str]:  # noqa: N803
        self.messages.append({"MessageId": str(uuid4()), "ReceiptHandle": "1", "Body": MessageBody, "Attributes": {}})
        return {"MessageId": self.messages[-1]["MessageId"]}

    async def receive_message(self, *, MessageAttributeNames: list[str], **_: object) -> dict[str, Any]:  # noqa: N803
        assert MessageAttributeNames == [HEADER]
        now = str(int(datetime.now(UTC).timestamp() * 1000))
        return {"Messages": [one | {"Attributes": {"SentTimestamp": now}} for one in self.messages]}

    async def delete_message_batch(self, *, Entries: list[dict[str, str]], **_: object) -> dict[str, Any]:  # noqa: N803
        self.deleted += [one["Id"] for one in Entries]
        return {}


async def screened(run: Traced, traceparent: str | None = None) -> None:
    queue: Any = Queue()

    async def ready() -> None: ...

    await send_screening(
        queue,
        "queue",
        applicant_id=uuid4(),
        organization_id=HOME,
        name=NAME,
        email=EMAIL,
        risk_level=RiskLevel.LOW,
    )
    if traceparent is not None:
        queue.messages[0]["MessageAttributes"] = {HEADER: {"StringValue": traceparent, "DataType": "String"}}
    services = run.instance.services
    consumer = Consumer(queue, "queue", services["applicants"], services["properties"], ready=ready, long_poll=0)
    assert (await consumer.step(), queue.deleted) == (1, ["0"])


async def test_a_booking_and_a_screening_are_each_one_trace_to_what_follows_them(
    tracing: Callable[[str], Any],
) -> None:
    async with receiver() as hook:
        async with tracing("1") as run:
            slot = await offered(run, hook)
            sent = TraceParent(0xABC, 0xDEF)
            await screened(run, str(sent))
            async with run.client(person()) as http:
                made = await http.post("/bookings", json={"slot_id": str(slot), "notes": NOTES})
                again = await http.post("/bookings", json={"slot_id": str(slot)})
                probed = await http.get("http://x/health/live")
            assert (made.status_code, again.status_code, probed.status_code) == (201, 409, 200), made.text
            of_booking = await until_heard(hook, CONFIRMED)
            of_screening = await until_heard(hook, "applicant.registered")
            async with asyncio.timeout(20):
                await run.post.sent.wait()
        found = spans_in(run.collector)

    roots = [one for one in found if one.name == "POST /api/v1/bookings"]
    assert {one.told["http.response.status_code"] for one in roots} == {201, 409}
    refused = next(one for one in roots if one.told["http.response.status_code"] == 409)
    assert refused.told["booking.code"] == again.json()["code"]
    root = next(one for one in roots if one is not refused)
    assert (root.parent, root.told["http.route"]) == ("", "/api/v1/bookings")
    assert root.told["booking.organization"] == str(HOME)
    steps = {one.name for one in found if one.parent == root.id}
    assert {"traces.keep", "bookings.book_directly", "COMMIT", "hand over notices", "send email"} <= steps
    (handed,) = (
        one for one in found if one.name == "hand over webhook" and one.told["booking.event_type"] == CONFIRMED
    )
    assert (handed.trace, handed.parent) == (root.trace, root.id)
    (call,) = (one for one in found if one.parent == handed.id and one.name == "POST webhook")
    assert call.told["http.response.status_code"] == 200
    assert of_booking == f"00-{call.trace}-{call.id}-01"

    (message,) = (one for one in found if one.name == "message")
    assert (message.trace, message.parent) == (f"{sent.trace_id:032x}", f"{sent.span_id:016x}")
    assert message.told["booking.outcome"] == "registered"
    ours = {one.name: one for one in found if one.trace == message.trace}
    assert ours["COMMIT"].parent == ours["hand over webhook"].parent == message.id
    assert of_screening == f"00-{message.trace}-{ours['POST webhook'].id}-01"

    assert not [one for one in found if "health" in one.name]
    offer = next(one for one in found if one.name == "POST /api/v1/slots")
    assert {"agent_times.add_slots", "INSERT events", "COMMIT"} <= {one.name for one in found if one.parent == offer.id}
    everything = " ".join(map(str, found))
    for personal in (NAME, "Ada", EMAIL, "ben@", NOTES, ADMIN, PERSON, "127.0.0.1"):
        assert personal not in everything


async def test_at_a_ratio_of_0_only_what_a_sampled_caller_asks_for_is_traced(
    tracing: Callable[[str], Any], owner_url: str
) -> None:
    asked = TraceParent(0x123, 0x456)
    async with receiver() as hook:
        async with tracing("0") as run:
            slot = await offered(run, hook)
            await screened(run)
            unsampled = str(TraceParent(0x789, 0x456, sampled=False))
            async with run.client(person(), traceparent=unsampled) as http:
                assert (await http.get(f"/slots/{slot}")).status_code == 200
            assert await as_owner(owner_url, "SELECT FROM traces") == []
            async with run.client(person(), traceparent=str(asked)) as http:
                assert (await http.get(f"/slots/{slot}")).status_code == 200
        found = spans_in(run.collector)
    assert {one.trace for one in found} == {f"{asked.trace_id:032x}"}
    (root,) = (one for one in found if one.parent == f"{asked.span_id:016x}")
    assert root.name == "GET /api/v1/slots/{slot_id}"
    assert not spans.on()


async def test_a_place_in_a_trace_is_kept_once_for_a_day_and_a_database_that_is_down_fails_no_request(
    database: Database, owner_url: str
) -> None:
    down = Database("postgresql://nobody@127.0.0.1:1/none", logs=False)
    with recorded(1):
        for _ in range(2):  # the second one comes again under the same name
            begun = spans.begin("request", Kind.SERVER, lambda: None, "r-1")
            assert begun is not None
            with spans.within([begun]):
                await keep_trace(down, uuid4(), "r-1")
                await keep_trace(database, HOME, "r-1")
                await keep_trace(database, HOME, "of another request")
            assert begun.origin.kept == {HOME}
    (row,) = await as_owner(owner_url, "SELECT organization_id, request_id, parent FROM traces")
    assert tuple(row) == (HOME, "r-1", str(TraceParent(1, 1)))
    lease = await PostgresLeases(database).take("forgetting traces", timedelta(hours=1), None)
    assert lease is not None
    forget = PostgresTraces(database).forget
    assert await forget(lease) == 0
    await as_owner(owner_url, "UPDATE traces SET created_at = created_at - $1::interval", KEPT)
    assert [await forget(one) for one in (lease._replace(token=lease.token - 1), lease, lease)] == [0, 1, 0]


def test_without_a_collector_nothing_of_opentelemetry_is_imported() -> None:
    program = (
        "import sys, booking.bootstrap, booking.cli.parser\n"
        "from booking.config import Settings\n"
        "s = dict.fromkeys(('BOOKING_AUTH_HS256_SECRET', 'BOOKING_AUDIT_SECRET'), 's' * 32)\n"
        "booking.bootstrap.build(Settings.read({'DATABASE_URL': 'postgresql://nobody@127.0.0.1/none', **s}))\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('opentelemetry', 'google', 'requests')])\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"00-{1:032x}-{2:016x}-01", TraceParent(1, 2)),
        (f"00-{1:032x}-{2:016x}-00", TraceParent(1, 2, sampled=False)),
        (f"cc-{1:032x}-{2:016x}-03-more", TraceParent(1, 2)),
        (f"00-{1:032x}-{2:016x}-01-more", None),
        (f"ff-{1:032x}-{2:016x}-01", None),
        (f"00-{0:032x}-{2:016x}-01", None),
        (f"00-{1:032x}-{0:016x}-01", None),
        (f"00-{10:032X}-{2:016x}-01", None),
        ("", None),
        (None, None),
    ],
)
def test_a_traceparent_is_read_as_its_standard_says(text: str | None, found: TraceParent | None) -> None:
    assert read_traceparent(text) == found
    if found is not None and text is not None and text.startswith("00"):
        assert str(found) == text
