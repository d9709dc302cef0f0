"""The client of the queue, before what is none, and with what AWS's settings say."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from booking.entrypoints import consumer, sqs
from booking.entrypoints.consumer import Consumer
from booking.entrypoints.sqs import NoClient, NoSqs, region_of, sqs_client
from booking.service.people.applicants import ApplicantService
from booking.service.properties.properties import PropertyService
from tests.fakes import State, memory_store
from tests.support.stores import CIPHERS

Write = Callable[[asyncio.StreamWriter], Awaitable[None]]
Serving = Callable[[Write], AbstractAsyncContextManager[Consumer]]

PAGE = b"<!doctype html><html><body>Sign in</body></html>"


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Serving:
    """A consumer of a queue at an endpoint that reads a request and then does as it is told."""
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "eu-central-1")

    async def ready() -> None:
        return

    @asynccontextmanager
    async def serving(write: Write) -> AsyncIterator[Consumer]:
        answering = set[asyncio.Task[Any]]()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            answering.add(asyncio.ensure_future(_answer(reader, writer, write)))

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", f"http://127.0.0.1:{port}")
        url = f"http://127.0.0.1:{port}/1/screenings"
        store = memory_store(State())
        try:
            async with sqs_client(url) as client:
                applicants = ApplicantService(store.applicants, store.rosters)
                properties = PropertyService(store.properties, store.now, CIPHERS.access_note)
                yield Consumer(client, url, applicants, properties, ready=ready, long_poll=0)
        finally:
            server.close()
            for one in answering:
                one.cancel()
            await asyncio.gather(*answering, return_exceptions=True)

    return serving


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, write: Write) -> None:
    try:
        await reader.readuntil(b"\r\n\r\n")
        await write(writer)
    finally:
        writer.close()


def telling(body: bytes, media: str = "text/html") -> Write:
    async def write(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return write


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (PAGE, "text/html"),
        (PAGE, "application/x-amz-json-1.0"),
        (b"", "application/x-amz-json-1.0"),
        (b"[]", "application/json"),
        (b"OK", "text/plain"),
        (b"\xff", "text/plain"),
        (b'{"status": "ok"}', "application/json"),
    ],
)
async def test_what_answers_200_and_is_no_sqs_is_told_and_is_no_empty_queue(
    endpoint: Serving, body: bytes, media: str
) -> None:
    async with endpoint(telling(body, media)) as asking:
        with pytest.raises(NoSqs):
            await asking.step()
        assert asking.counts["received"] == 0


@pytest.mark.parametrize("body", [b"{}", b'{"Messages": []}'])
async def test_an_empty_queue_is_one(endpoint: Serving, body: bytes) -> None:
    async with endpoint(telling(body, "application/x-amz-json-1.0")) as asking:
        assert await asking.step() == 0


async def test_an_answer_that_trickles_is_left_at_one_deadline_for_the_whole_call(
    endpoint: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqs, "DEADLINE", 0.5)

    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with endpoint(trickle) as asking:
        async with asyncio.timeout(20):
            with pytest.raises(TimeoutError):
                await asking.step()


async def test_where_nothing_waits_as_asked_an_empty_queue_is_asked_once_a_second(
    endpoint: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async with endpoint(telling(b"{}", "application/x-amz-json-1.0")) as asking:
        asking.long_poll = 20
        monkeypatch.setattr(consumer, "pause", pause)
        assert await asking.step() == 0
    assert [0 < seconds <= consumer.SOON for seconds in pauses] == [True]


@pytest.mark.parametrize(
    ("url", "environment", "region"),
    [
        ("https://sqs.eu-central-1.amazonaws.com/1/q", {"AWS_REGION": "us-east-1"}, "eu-central-1"),
        ("https://sqs-fips.us-gov-west-1.amazonaws.com/1/q", {}, "us-gov-west-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/1/q", {}, "cn-north-1"),
        ("https://eu-west-1.queue.amazonaws.com/1/q", {}, "eu-west-1"),
        ("https://vpce-0a1b.sqs.eu-west-3.vpce.amazonaws.com/1/q", {}, "eu-west-3"),
        ("http://127.0.0.1:4566/1/q", {"AWS_REGION": "us-east-1"}, "us-east-1"),
        ("http://127.0.0.1:4566/1/q", {"AWS_REGION": ""}, None),
        ("http://sqs:9324/1/q", {}, None),
    ],
)
def test_the_region_is_the_queues_or_else_the_environments(
    url: str, environment: dict[str, str], region: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert region_of(url) == region


@pytest.mark.parametrize("fault", ["profile", "file", "region"])
async def test_broken_settings_of_aws_are_told_in_one_line(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL_SQS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config").write_text("no [section\nat all" if fault == "file" else "")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    if fault == "profile":
        monkeypatch.setenv("AWS_PROFILE", "missing")
    with pytest.raises(NoClient) as told:
        async with sqs_client("http://127.0.0.1:1/1/q"):
            pass
    assert "\n" not in str(told.value)
    assert fault in str(told.value)
