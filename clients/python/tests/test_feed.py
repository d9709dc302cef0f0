"""What happens, as a client hears it."""

import asyncio
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from estate_os_booking import AsyncBookingClient, AsyncFeed, BookingClient, Feed, PositionRetired
from estate_os_booking.retry import LONGEST, Attempt, delay_after_failure
from scripted import Seen, Step, answer, cut, problem, serving, silence

CONTRACT = yaml.safe_load((Path(__file__).parents[3] / "openapi3.yaml").read_text("utf-8"))
ANSWER = CONTRACT["paths"]["/api/v1/events"]["get"]["responses"]["200"]["content"]["application/json"]
EXAMPLE: dict[str, Any] = ANSWER["examples"]["booked"]["value"]["events"][0]
NOW = {"Retry-After": "0"}


def page(position: str, *last_digits: str) -> Step:
    events = [{**EXAMPLE, "id": EXAMPLE["id"][:-1] + last} for last in last_digits]
    return answer(200, {"events": events, "position": position})


def heard(feed: Feed, count: int) -> list[str]:
    return [str(event.id)[-1] for event in islice(feed, count)]


def asked(seen: Sequence[Seen]) -> list[str]:
    return [request.path.removeprefix("/api/v1/events?") for request in seen]


def test_a_feed_begins_with_what_happens_from_now_on_and_goes_from_position_to_position() -> None:
    script = [page("p0"), page("p1", "1", "2"), page("p2"), page("p3", "3")]
    with serving(*script) as (url, seen), BookingClient(url) as client:
        assert heard(client.follow(live=False), 3) == ["1", "2", "3"]
    assert asked(seen) == ["after=end&wait=0", "after=p0&wait=20", "after=p1&wait=20", "after=p2&wait=20"]


def test_it_goes_on_from_a_position_that_was_kept_or_from_the_oldest_event_and_hears_the_types_that_are_named() -> None:
    with serving(page("p1", "1"), page("p1", "1")) as (url, seen), BookingClient(url) as client:
        heard(client.follow(live=False, after="kept", types=["booking.confirmed", "booking.cancelled"]), 1)
        heard(client.follow(live=False, after=None), 1)
    assert asked(seen) == ["after=kept&types=booking.confirmed&types=booking.cancelled&wait=20", "wait=20"]


def test_a_page_of_the_feed_can_be_limited() -> None:
    with serving(page("p1")) as (url, seen), BookingClient(url) as client:
        assert client.list_events(after="p0", limit=5).data.position == "p1"
    assert asked(seen) == ["after=p0&limit=5"]


def test_an_event_has_its_times_as_datetimes() -> None:
    with serving(page("p0"), page("p1", "1")) as (url, _), BookingClient(url) as client:
        (event,) = islice(client.follow(live=False), 1)
    assert event.type == "booking.confirmed"
    assert event.time == datetime(2026, 11, 20, 15, 0, 0, 250_000, tzinfo=UTC)
    assert event.data.start_time == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_the_position_moves_with_the_last_event_of_an_answer_and_a_loop_that_was_left_goes_on_from_there() -> None:
    script = [page("p1", "1", "2"), page("p1", "1", "2"), page("p2", "3")]
    with serving(*script) as (url, seen), BookingClient(url) as client:
        feed = client.follow(live=False, after="p0")
        positions = [feed.position]
        for count in (1, 2):
            heard(feed, count)
            positions.append(feed.position)
        assert heard(feed, 1) == ["3"]
    assert positions == ["p0", "p0", "p1"]
    assert asked(seen) == ["after=p0&wait=20", "after=p0&wait=20", "after=p1&wait=20"]


def test_whatever_the_network_and_the_service_do_in_between_nothing_is_missed_and_nothing_comes_twice() -> None:
    faults = [
        cut,
        problem(503, "unavailable", NOW),
        problem(429, "rate_limited", {"Retry-After": "1"}),
        answer(502, "Bad Gateway", type="text"),
    ]
    script = [cut, page("p0"), *faults, page("p1", "1"), page("p2", "2")]
    with serving(*script) as (url, seen), BookingClient(url, attempts=1, patience=0) as client:
        began = time.monotonic()
        assert heard(client.follow(live=False), 2) == ["1", "2"]
    assert asked(seen) == ["after=end&wait=0"] * 2 + ["after=p0&wait=20"] * 5 + ["after=p1&wait=20"]
    assert time.monotonic() - began >= 1


def test_a_network_that_fails_for_hours_is_tried_as_often_as_ever() -> None:
    delay = delay_after_failure(Attempt(10_000, repeatable=True, patience=0))
    assert delay is not None
    assert LONGEST / 2 <= delay <= LONGEST


def test_each_time_that_a_token_ends_it_is_refreshed() -> None:
    over = problem(401, "unauthenticated")
    script = [page("p0"), over, page("p1", "1"), over, page("p2", "2")]
    with serving(*script) as (url, seen), BookingClient(url, lambda refresh: "new" if refresh else "old") as client:
        assert heard(client.follow(live=False), 2) == ["1", "2"]
    assert [one.headers["Authorization"].split()[1] for one in seen] == ["old", "old", "new", "old", "new"]


def test_a_position_that_is_retired_is_raised_and_stays() -> None:
    with serving(problem(410, "position_retired")) as (url, seen), BookingClient(url) as client:
        feed = client.follow(live=False, after="old")
        with pytest.raises(PositionRetired):
            heard(feed, 1)
    assert (feed.position, len(seen)) == ("old", 1)


def test_an_answer_has_the_time_that_it_waits_beside_that_of_every_answer() -> None:
    def late(handler: BaseHTTPRequestHandler) -> None:
        handler.script.over.wait(0.6)  # type: ignore[attr-defined]
        page("p1", "1")(handler)

    with serving(late) as (url, seen), BookingClient(url, timeout=0.1) as client:
        assert heard(client.follow(live=False, after="p0"), 1) == ["1"]
    assert len(seen) == 1


def test_the_asynchronous_client_hears_the_same_from_the_same_positions_and_can_be_cancelled() -> None:
    waiting = threading.Event()

    def wait(handler: BaseHTTPRequestHandler) -> None:
        waiting.set()
        silence(handler)

    async def hear(feed: AsyncFeed, ids: list[str]) -> None:
        async for event in feed:
            ids.append(str(event.id)[-1])

    async def drive(url: str) -> tuple[list[str], str | None]:
        ids: list[str] = []
        async with AsyncBookingClient(url, attempts=1) as client:
            feed = client.follow(live=False, types=["booking.confirmed"])
            hearing = asyncio.create_task(hear(feed, ids))
            await asyncio.to_thread(waiting.wait, 10)
            hearing.cancel()
            await asyncio.wait([hearing])
        assert hearing.cancelled()
        return ids, feed.position

    with serving(page("p0"), cut, page("p1", "1", "2"), page("p2"), wait) as (url, seen):
        assert asyncio.run(drive(url)) == (["1", "2"], "p2")
    assert asked(seen) == [
        f"after={after}&types=booking.confirmed&wait={seconds}"
        for after, seconds in [("end", 0), ("p0", 20), ("p0", 20), ("p1", 20), ("p2", 20)]
    ]
