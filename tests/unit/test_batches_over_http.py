"""Batches over HTTP: faults by item, sizes, prices, and a key that goes on after the last part."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from booking.domain.people.agent import AgentRole
from booking.domain.refusals import Unavailable
from booking.domain.visits.slot_batch import CHUNK, LARGEST_BATCH
from tests.fakes.budgets import EPOCH
from tests.support.office import Office

PATH, CANCEL = "/api/v1/slots/batch", "/api/v1/slots/batch-cancel"
HOME = str(uuid4())
TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)


def slot(hours: float, **more: Any) -> dict[str, Any]:
    start = TOMORROW + timedelta(hours=hours)
    times = {"start_time": start.isoformat(), "end_time": (start + timedelta(hours=1)).isoformat()}
    return {"property_id": HOME, **times, **more}


def client(office: Office, role: AgentRole = AgentRole.MEMBER) -> httpx.AsyncClient:
    return office.client(Authorization=f"Bearer {office.token(role=role)}")


async def faults(path: str, content: object) -> Sequence[tuple[str, str]]:
    async with client(Office()) as http:
        answer = await http.post(path, json=content)
    assert answer.status_code == 400, answer.text
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def test_every_fault_of_every_item_is_named_by_its_place() -> None:
    wrong = {"property_id": HOME, "start_time": "today", "colour": "red"}
    assert await faults(PATH, {"slots": [slot(0), wrong, slot(1, capacity=0)], "mode": "some"}) == [
        ("#/slots/1/start_time", "wrong_format"),
        ("#/slots/1/end_time", "required"),
        ("#/slots/1/colour", "unknown"),
        ("#/slots/2/capacity", "out_of_range"),
        ("#/mode", "not_one_of"),
    ]


@pytest.mark.parametrize(
    ("slots", "code", "pointer"),
    [
        ([], "wrong_length", "#/slots"),
        ("none", "wrong_type", "#/slots"),
        (None, "wrong_type", "#/slots"),
        ([slot(0), 5], "wrong_type", "#/slots/1"),
    ],
)
async def test_a_list_of_slots_is_a_list_of_at_least_one_object(slots: object, code: str, pointer: str) -> None:
    assert await faults(PATH, {"slots": slots, "mode": "all"}) == [(pointer, code)]


async def test_ids_are_ids_and_each_is_named_once() -> None:
    one = str(uuid4())
    assert await faults(CANCEL, {"ids": [], "mode": "all"}) == [("#/ids", "wrong_length")]
    assert await faults(CANCEL, {"ids": [one, one], "mode": "all"}) == [("#/ids", "repeated")]
    assert await faults(CANCEL, {"ids": [one, uuid4().hex], "mode": "all"}) == [("#/ids/1", "wrong_format")]


async def test_no_more_faults_are_named_than_fit_on_a_page() -> None:
    found = await faults(PATH, {"slots": [{}] * LARGEST_BATCH, "mode": "all"})
    assert len(found) == 100


@pytest.mark.parametrize("mode", ["all", "each"])
async def test_more_than_five_hundred_are_too_many_and_nothing_is_done(mode: str) -> None:
    office = Office()
    many = [slot(hour) for hour in range(LARGEST_BATCH + 1)]
    async with client(office) as http:
        offered = await http.post(PATH, json={"slots": many, "mode": mode})
        cancelled = await http.post(CANCEL, json={"ids": [str(uuid4()) for _ in many], "mode": mode})
        listed = (await http.get("/api/v1/slots")).json()["slots"]
    for answer in (offered, cancelled):
        assert (answer.status_code, answer.json()["code"]) == (422, "batch_too_large")
    assert listed == []


async def test_a_batch_may_have_256_kib_and_costs_a_write_for_every_ten_items() -> None:
    office = Office(writes=100)
    many = {"slots": [slot(hour) for hour in range(LARGEST_BATCH)], "mode": "all"}
    async with client(office) as http:
        full = httpx.Request("POST", PATH, json=many).content
        filled = full + b" " * (256 * 1024 - len(full))
        fits = await http.post(PATH, content=filled, headers={"Content-Type": "application/json"})
        beyond = await http.post(PATH, content=filled + b" ", headers={"Content-Type": "application/json"})
        other = await http.post(CANCEL, content=b" " * (64 * 1024 + 1), headers={"Content-Type": "application/json"})
    assert (fits.status_code, len(fits.json()["results"])) == (200, LARGEST_BATCH)
    assert '"writes";r=949;' in beyond.headers["RateLimit"]  # of 1,000: fifty, and this one
    for answer, most in ((beyond, 256), (other, 64)):
        assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
            413,
            "body_too_large",
            f"at most {most} KiB",
        )


async def test_a_batch_that_costs_more_than_is_left_is_refused_and_nothing_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.fakes.budgets.real_time", lambda: EPOCH)  # no new minute begins in the middle of it
    async with client(Office(writes=1)) as http:  # ten of an agent's
        refused = await http.post(PATH, json={"slots": [slot(hour) for hour in range(101)], "mode": "each"})
        listed = (await http.get("/api/v1/slots")).json()["slots"]
    assert (refused.status_code, refused.json()["code"], listed) == (429, "rate_limited", [])


async def test_an_item_says_which_it_overlaps_by_id_and_by_place() -> None:
    async with client(Office()) as http:
        there = (await http.post("/api/v1/slots", json=slot(0))).json()["slot"]["id"]
        far = [slot(10 + hour) for hour in range(CHUNK)]
        asked = {"slots": [slot(0.5), slot(1), slot(1.5), *far, slot(1.5), slot(10)], "mode": "each"}
        answer = await http.post(PATH, json=asked)
    results = answer.json()["results"]
    assert (answer.status_code, [one["index"] for one in results]) == (200, list(range(len(asked["slots"]))))
    assert [one["status"] for one in results] == [
        "refused",
        "created",
        "refused",
        *["created"] * CHUNK,
        *["refused"] * 2,
    ]
    told = [one["error"]["overlaps"] for one in results if one["error"]]
    second, eleventh = [{"slot_id": results[index]["slot"]["id"], "index": index} for index in (1, 3)]
    assert told == [[{"slot_id": there, "index": None}], [second], [second], [eleventh]]
    assert {one["error"]["code"] for one in results if one["error"]} == {"slot_overlap"}


async def test_all_or_none_tells_every_item_that_stands_in_the_way() -> None:
    async with client(Office()) as http:
        past = slot(-48)
        answer = await http.post(PATH, json={"slots": [slot(0), slot(0.5), past], "mode": "all"})
        listed = (await http.get("/api/v1/slots")).json()["slots"]
    problem = answer.json()
    assert (answer.status_code, problem["code"], listed) == (409, "batch_refused", [])
    assert [
        (one["index"], one["status"], one["error"]["code"], one["error"]["overlaps"]) for one in problem["results"]
    ] == [
        (1, "refused", "slot_overlap", [{"slot_id": None, "index": 0}]),
        (2, "refused", "slot_in_past", []),
    ]


async def test_cancelled_slots_are_told_one_by_one() -> None:
    async with client(Office()) as http:
        made = (await http.post(PATH, json={"slots": [slot(0), slot(1)], "mode": "all"})).json()["results"]
        ids = [made[0]["slot"]["id"], str(uuid4()), made[1]["slot"]["id"]]
        told = (await http.post(CANCEL, json={"ids": ids, "mode": "each", "reason": "Ill."})).json()["results"]
        again = await http.post(CANCEL, json={"ids": ids[:1], "mode": "all"})
    kept = [(one["index"], one["slot_id"], one["status"], one["bookings_cancelled"]) for one in told]
    assert kept == [(0, ids[0], "cancelled", 0), (1, ids[1], "refused", 0), (2, ids[2], "cancelled", 0)]
    assert [one["error"] and one["error"]["code"] for one in told] == [None, "slot_not_found", None]
    assert (again.status_code, [one["error"]["code"] for one in again.json()["results"]]) == (409, ["slot_cancelled"])


@pytest.mark.parametrize("name", ["batches", "rosters"])
async def test_a_request_that_was_cut_off_goes_on_after_the_last_part_under_its_key(name: str) -> None:
    office = Office()
    calls, wanted = 0, [slot(2 * hour) for hour in range(2 * CHUNK + 5)]
    path, write = (PATH, "add") if name == "batches" else (CANCEL, "change_all")
    repository = office.store.slot_batches if name == "batches" else office.store.rosters
    whole = getattr(repository, write)

    async def cut_off(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Unavailable
        return await whole(*given, **named)

    async with client(office) as http:
        content: dict[str, Any] = {"slots": wanted, "mode": "each"}
        if name == "rosters":
            made = (await http.post(PATH, json=content)).json()["results"]
            content = {"ids": [one["slot"]["id"] for one in made], "mode": "each"}
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(type(repository), write, staticmethod(cut_off))
            key = {"Idempotency-Key": "a-week"}
            first = await http.post(path, json=content, headers=key)
            assert (first.status_code, calls) == (503, 2)
            second = await http.post(path, json=content, headers=key)
            assert (second.status_code, calls) == (200, 4)  # the first part is not done again
            third = await http.post(path, json=content, headers=key)
        listed = await http.get("/api/v1/slots", params={"limit": 100, "status": "available"})
    results = second.json()["results"]
    assert {one["status"] for one in results} == {"created" if name == "batches" else "cancelled"}
    assert [one["index"] for one in results] == list(range(len(wanted)))
    assert (third.json(), third.headers["Idempotency-Replayed"], calls) == (second.json(), "true", 4)
    assert (listed.json()["next_cursor"] is not None) is (name == "batches")
    if name == "batches":
        assert len({UUID(one["slot"]["id"]) for one in results}) == len(wanted)
