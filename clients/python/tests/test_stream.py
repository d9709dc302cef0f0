"""What happens, as a client hears it by a stream."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import yaml
from estate_os_booking import (
    AccessChanged,
    AsyncBookingClient,
    BookingClient,
    PositionRetired,
    Unauthenticated,
)
from estate_os_booking import client as client_module
from estate_os_booking import feed as feed_module
from scripted import Seen, Step, answer, cut, problem, serving, silence

CONTRACT = yaml.safe_load((Path(__file__).parents[3] / "openapi3.yaml").read_text("utf-8"))
ANSWER = CONTRACT["paths"]["/api/v1/events"]["get"]["responses"]["200"]["content"]["application/json"]
EXAMPLE: dict[str, Any] = ANSWER["examples"]["booked"]["value"]["events"][0]
BEGUN = "retry: 10\nid: begun\n\n"

Heard = tuple[list[str], str | None]
Hear = Callable[..., Heard]


def hear(url: str, count: int, token: Any = None, http: Any = None, **following: Any) -> Heard:
    """Return the last digits of so many ids, and the position after them."""
    with BookingClient(url, token, http=http) as client:
        feed = client.follow(**following)
        return [str(event.id)[-1] for event in islice(feed, count)], feed.position


def hear_async(url: str, count: int, token: Any = None, http: Any = None, **following: Any) -> Heard:
    async def drive() -> Heard:
        ids: list[str] = []
        async with AsyncBookingClient(url, token, http=http) as client:
            feed = client.follow(**following)
            async for event in feed:
                ids.append(str(event.id)[-1])
                if len(ids) == count:
                    break
        return ids, feed.position

    return asyncio.run(drive())


both = pytest.mark.parametrize("hear", [hear, hear_async])


def event(last: str, **more: object) -> dict[str, Any]:
    return {**EXAMPLE, "id": EXAMPLE["id"][:-1] + last, **more}


def page(position: str, *last_digits: str) -> Step:
    return answer(200, {"events": [event(last) for last in last_digits], "position": position})


def message(last: str) -> str:
    """Return a message after which the position is `p<last>`."""
    return f"id: p{last}\nevent: {EXAMPLE['type']}\ndata: {json.dumps(event(last))}\n\n"


def ended(code: str) -> str:
    return f'event: {code}\ndata: {{"code":"{code}"}}\n\n'


def stream(text: str, *, stay: bool = False, length: int | None = None, type: str = "text/event-stream") -> Step:
    """Say this, and close; or stay; or, with a length that is too great, break."""

    def step(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", type)
        if length is not None:
            handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(text.encode())
        if stay:
            silence(handler)

    return step


def asked(seen: Sequence[Seen]) -> list[str]:
    """Return what was asked for, and after which position: `stream p1`, `events p1`."""
    found = []
    for one in seen:
        at = urlsplit(one.path)
        (after,) = parse_qs(at.query).get("after", [one.headers["Last-Event-ID"]])
        found.append(f"{at.path.rpartition('/')[2]} {after}")
    return found


class Clock:
    """What the feed takes for the time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.monotonic = lambda: self.now
        self.sleep = time.sleep


@both
def test_a_feed_learns_where_the_end_is_and_hears_the_rest_by_a_stream(hear: Hear) -> None:
    types = ["booking.confirmed", "booking.cancelled"]
    with serving(page("p0"), stream(BEGUN + message("1") + message("2"), stay=True)) as (url, seen):
        assert hear(url, 2, "secret", types=types) == (["1", "2"], "p2")
    assert [one.path for one in seen] == [
        "/api/v1/events?after=end&types=booking.confirmed&types=booking.cancelled&wait=0",
        "/api/v1/stream?types=booking.confirmed&types=booking.cancelled",
    ]
    headers = seen[1].headers
    assert [headers["Authorization"], headers["Last-Event-ID"]] == ["Bearer secret", "p0"]
    assert headers["Accept"] == "text/event-stream, application/problem+json;q=0.5"


@both
def test_the_oldest_events_come_in_answers_as_a_stream_begins_at_the_end(hear: Hear) -> None:
    with serving(page("p1", "1"), stream(BEGUN + message("2"), stay=True)) as (url, seen):
        assert hear(url, 2, after=None) == (["1", "2"], "p2")
    assert asked(seen) == ["events None", "stream p1"]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_however_a_stream_is_cut_into_pieces_and_its_lines_end_it_says_the_same(end: str) -> None:
    first, second = json.dumps(event("1", source="ä€😀\u2028"), ensure_ascii=False).split(",", 1)
    head = ": hello\nretry: 7\nretry: soon\nunknown: field\nid: nul\0\n\n"
    text = f"{head}event:{EXAMPLE['type']}\ndata:{first},\ndata:{second}\n"
    whole = f"{text}\n:\nid: p9\n\n{message('2')}".replace("\n", end).encode()
    cuts = [[whole[:at], whole[at:]] for at in range(1, len(whole))]
    cuts.append([whole[at : at + 1] for at in range(len(whole))])

    def told(pieces: Sequence[bytes], content: Any) -> list[str]:
        def handler(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=content(pieces))

        with httpx.Client(transport=httpx.MockTransport(handler)) as http:
            events = list(islice(BookingClient("http://here", http=http).follow(after="p0"), 2))
        return [f"{one.source} {str(one.id)[-1]}" for one in events]

    for pieces in cuts:
        assert told(pieces, iter) == ["ä€😀\u2028 1", f"{EXAMPLE['source']} 2"]


@both
@pytest.mark.parametrize("length", [None, 100_000])
def test_a_stream_that_breaks_in_the_middle_of_an_event_is_gone_on_with_after_the_last_whole_one(
    hear: Hear, length: int | None
) -> None:
    broken = BEGUN + message("1") + message("2")[:-30]
    script = [
        stream(broken, length=length),
        stream(BEGUN + message("2"), length=length),
        stream(BEGUN + message("3"), stay=True),
    ]
    with serving(*script) as (url, seen):
        assert hear(url, 3, after="p0") == (["1", "2", "3"], "p3")
    assert asked(seen) == ["stream p0", "stream p1", "stream p2"]


@both
def test_a_heartbeat_moves_the_position_although_nothing_is_heard(hear: Hear) -> None:
    with serving(stream(f"{BEGUN}:\nid: p5\n\n"), stream(BEGUN + message("6"), stay=True)) as (url, seen):
        assert hear(url, 1, after="p0") == (["6"], "p6")
    assert asked(seen) == ["stream p0", "stream p5"]


@both
def test_a_process_that_ends_is_left_and_another_asked_after_the_time_that_it_named(hear: Hear) -> None:
    began = time.monotonic()
    script = [stream(f"{BEGUN}{message('1')}retry: 300\n\n"), stream(BEGUN + message("2"), stay=True)]
    with serving(*script) as (url, seen):
        assert hear(url, 2, after="p0") == (["1", "2"], "p2")
    assert asked(seen) == ["stream p0", "stream p1"]
    assert time.monotonic() - began >= 0.3


@both
def test_a_stream_whose_token_has_ended_is_gone_on_with_at_once_with_a_new_token(hear: Hear) -> None:
    over = f"retry: 60000\nid: begun\n\n{message('1')}{ended('token_expired')}"
    with serving(stream(over), stream(BEGUN + message("2"), stay=True)) as (url, seen):
        assert hear(url, 2, lambda refresh: "new" if refresh else "old", after="p0") == (["1", "2"], "p2")
    assert asked(seen) == ["stream p0", "stream p1"]
    assert [one.headers["Authorization"] for one in seen] == ["Bearer old", "Bearer new"]


@both
def test_a_stream_that_ends_with_its_token_at_once_is_opened_again_after_the_time_that_it_named(hear: Hear) -> None:
    began, over = time.monotonic(), f"retry: 300\nid: begun\n\n{ended('token_expired')}"
    with serving(stream(over), stream(over), stream(BEGUN + message("1"), stay=True)) as (url, seen):
        assert hear(url, 1, lambda refresh: "old", after="p0") == (["1"], "p1")
    assert asked(seen) == ["stream p0", "stream begun", "stream begun"]
    assert time.monotonic() - began >= 0.6


@both
def test_a_token_that_is_refused_is_refreshed_and_a_second_refusal_is_raised(hear: Hear) -> None:
    refused = problem(401, "unauthenticated")
    script = [refused, stream(BEGUN + message("1")), *[refused] * 4]
    with serving(*script) as (url, seen), pytest.raises(Unauthenticated):
        hear(url, 2, lambda refresh: "new" if refresh else "old", after="p0")
    assert asked(seen) == ["stream p0", "stream p0", "stream p1", "stream p1", "events p1", "events p1"]
    assert [one.headers["Authorization"].split()[1] for one in seen] == ["old", "new"] * 3


def test_a_change_of_rights_is_raised_and_the_feed_goes_on_from_its_position() -> None:
    script = [stream(BEGUN + message("1") + ended("access_changed")), stream(BEGUN + message("2"), stay=True)]
    with serving(*script) as (url, seen), BookingClient(url) as client:
        feed = client.follow(after="p0")
        with pytest.raises(AccessChanged):
            list(feed)
        assert [str(one.id)[-1] for one in islice(feed, 1)] == ["2"]
    assert asked(seen) == ["stream p0", "stream p1"]


def test_a_change_of_rights_is_raised_by_the_asynchronous_client_too() -> None:
    with serving(stream(BEGUN + ended("access_changed"))) as (url, _), pytest.raises(AccessChanged):
        hear_async(url, 1, after="p0")


@both
@pytest.mark.parametrize(
    "first", [stream(BEGUN + message("1") + ended("position_retired")), problem(410, "position_retired")]
)
def test_a_position_that_is_retired_is_raised_in_the_words_of_the_service(hear: Hear, first: Step) -> None:
    with serving(first, problem(410, "position_retired")) as (url, seen), pytest.raises(PositionRetired) as retired:
        hear(url, 2, after="p0")
    assert retired.value.detail == "A detail."
    assert len(seen) == 2


@both
def test_an_end_and_an_event_that_this_release_does_not_know_are_passed_over(hear: Hear) -> None:
    script = [stream(BEGUN + ended("moved")), stream(BEGUN + message("1").replace("confirmed", "blessed"), stay=True)]
    with serving(*script) as (url, seen):
        assert hear(url, 1, after="p0") == (["1"], "p1")
    assert asked(seen) == ["stream p0", "stream begun"]


WRONG = {
    "no room": problem(503, "unavailable"),
    "too many": problem(429, "too_many_streams", {"Retry-After": "1"}),
    "a proxy that says no": answer(404, type="text"),
    "a page of a proxy": stream("<p>Sign in.", type="text/html"),
    "a failing network": cut,
    "begun, and closed": stream(BEGUN),
    "closed at once": stream(""),
    "begun, and what is no event": stream(f'{BEGUN}id: p9\nevent: booking.confirmed\ndata: {{"time"\n\n'),
}


@both
@pytest.mark.parametrize("wrong", WRONG)
def test_where_no_stream_can_be_had_answers_are_asked_for_and_later_a_stream_again(
    hear: Hear, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(feed_module, "time", clock)

    def later(handler: BaseHTTPRequestHandler) -> None:
        clock.now = 5.0
        page("p2", "2")(handler)

    script = [WRONG[wrong], page("p1", "1"), later, stream(BEGUN + message("3"), stay=True)]
    with serving(*script) as (url, seen):
        assert hear(url, 3, after="p0") == (["1", "2", "3"], "p3")
    after = "begun" if wrong.startswith("begun") else "p0"
    assert asked(seen) == ["stream p0", f"events {after}", "events p1", "stream p2"]


def test_the_more_streams_could_not_be_had_the_later_is_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(feed_module, "time", clock)
    tries = 12
    script = [step for number in range(tries) for step in (problem(503, "unavailable"), page(f"p{number}", "1"))]
    with serving(*script) as (url, seen), BookingClient(url) as client:
        feed = client.follow(after="p")
        for number in range(tries):
            next(iter(feed))
            assert len(seen) == 2 * (number + 1)
            clock.now += min(600, 5 * 2**number)


def headers_alone(handler: BaseHTTPRequestHandler) -> None:
    stream("", stay=True)(handler)


@both
@pytest.mark.parametrize("kept_back", [silence, headers_alone])
def test_a_stream_that_does_not_begin_soon_is_kept_back_by_something(
    hear: Hear, kept_back: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "BEGINNING", 0.2)
    monkeypatch.setattr(feed_module, "BEGINNING", 0.2)
    monkeypatch.setattr(feed_module, "BLOCKING_SILENCE", 0.2)
    with serving(kept_back, page("p1", "1")) as (url, seen):
        began = time.monotonic()
        assert hear(url, 1, after="p0") == (["1"], "p1")
        assert time.monotonic() - began < 5
    assert asked(seen) == ["stream p0", "events p0"]


@both
def test_a_long_silence_is_a_broken_connection_and_one_after_the_beginning_may_be_a_proxys(
    hear: Hear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "SILENCE", 0.2)
    monkeypatch.setattr(feed_module, "BLOCKING_SILENCE", 0.2)
    script = [stream(BEGUN + message("1"), stay=True), stream(BEGUN, stay=True), page("p2", "2")]
    with serving(*script) as (url, seen):
        assert hear(url, 2, after="p0") == (["1", "2"], "p2")
    assert asked(seen) == ["stream p0", "stream p1", "events begun"]


def test_the_asynchronous_client_can_be_cancelled_in_a_stream_and_closes_it() -> None:
    heard, gone = threading.Event(), threading.Event()

    def open_stream(handler: BaseHTTPRequestHandler) -> None:
        stream(BEGUN + message("1"))(handler)
        heard.set()
        handler.connection.settimeout(10)
        if handler.connection.recv(1) == b"":
            gone.set()

    async def drive(url: str) -> None:
        async with AsyncBookingClient(url) as client:

            async def hear() -> None:
                async for _ in client.follow(after="p0"):
                    pass

            hearing = asyncio.create_task(hear())
            await asyncio.to_thread(heard.wait, 10)
            hearing.cancel()
            await asyncio.wait([hearing])
            assert hearing.cancelled()
            assert await asyncio.to_thread(gone.wait, 10)

    with serving(open_stream) as (url, _):
        asyncio.run(drive(url))


def test_a_loop_that_is_left_closes_its_stream() -> None:
    gone = threading.Event()

    def open_stream(handler: BaseHTTPRequestHandler) -> None:
        stream(BEGUN + message("1"))(handler)
        handler.connection.settimeout(10)
        if handler.connection.recv(1) == b"":
            gone.set()

    with serving(open_stream) as (url, _), BookingClient(url) as client:
        for _ in client.follow(after="p0"):
            break
        assert gone.wait(10)
