"""Webhook endpoints over HTTP: faults, entity tags, and secrets that are told once and kept by nobody in plain."""

import json
from typing import Any

import pytest

from booking.adapters.ciphers import Ciphers
from booking.domain.people.agent import AgentRole
from tests.support.office import Office

PATH = "/api/v1/webhook-endpoints"
URL = "https://hooks.example.com/bookings"
REFUSED = (
    *("", "x", "x" * 9_000, f"https://a.example/{'x' * 9_000}", "https://a.example/\u0000", "http://a.example/"),
    *(
        "https://u:p@a.example/",
        "https://a.example:22/",
        "https://a.example/#f",
        "https://localhost/",
        "https://10.0.0.1/",
    ),
    *("https://[::1]/", "https://169.254.169.254/", "ftp://a.example/", "http://127.0.0.1/"),
)


def client(office: Office, **more: str) -> Any:
    return office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}", **more)


def kept_in(office: Office) -> str:
    """All answers that are kept, as text."""
    answers: Any = office.store.answers
    return " ".join(given.to_keep.decode() for _, _, given in answers.state.answers.values())


async def test_an_endpoint_is_made_shown_changed_and_deleted() -> None:
    office = Office()
    async with client(office) as http:
        made = await http.post(PATH, json={"url": URL, "types": ["booking.confirmed"], "description": "the CRM"})
        endpoint = made.json()["webhook_endpoint"]
        secret = endpoint.pop("secret")
        at = endpoint["created_at"]
        assert (made.status_code, made.headers["location"]) == (201, f"{PATH}/{endpoint['id']}")
        assert endpoint == {
            "id": endpoint["id"],
            "organization_id": endpoint["organization_id"],
            "url": URL,
            "types": ["booking.confirmed"],
            "description": "the CRM",
            "status": "enabled",
            "failing_since": None,
            "disabled_at": None,
            "position": 0,
            "head": 0,
            "created_at": at,
            "updated_at": at,
        }
        shown = await http.get(made.headers["location"])
        assert (shown.json(), shown.headers["etag"]) == ({"webhook_endpoint": endpoint}, made.headers["etag"])
        same = await http.get(made.headers["location"], headers={"If-None-Match": shown.headers["etag"]})
        assert same.status_code == 304
        assert (await http.get(PATH)).json() == {"webhook_endpoints": [endpoint]}
        change = {"types": None, "status": "disabled"}
        off = await http.patch(made.headers["location"], json=change, headers={"If-Match": shown.headers["etag"]})
        now = off.json()["webhook_endpoint"]
        assert now == endpoint | {"types": None, "status": "disabled", "disabled_at": now["disabled_at"]}
        late = await http.patch(made.headers["location"], json={}, headers={"If-Match": shown.headers["etag"]})
        assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
        unseen = await http.patch(made.headers["location"], json={})
        assert (unseen.status_code, unseen.json()["code"]) == (428, "precondition_required")
        rotated = await http.post(f"{made.headers['location']}/rotate-secret")
        assert rotated.status_code == 200
        assert rotated.json()["webhook_endpoint"].pop("secret") != secret
        assert (await http.delete(made.headers["location"])).status_code == 204
        gone = await http.get(made.headers["location"])
        assert (gone.status_code, gone.json()["code"]) == (404, "webhook_endpoint_not_found")


async def test_every_url_that_is_refused_is_refused_alike() -> None:
    office = Office()
    told = set()
    async with client(office) as http:
        made = await http.post(PATH, json={"url": URL})
        for url in REFUSED:
            tag = {"If-Match": made.headers["etag"]}
            for refused in (
                await http.post(PATH, json={"url": url}),
                await http.patch(made.headers["location"], json={"url": url}, headers=tag),
            ):
                problem = refused.json()
                told.add((refused.status_code, problem["code"], json.dumps(problem["errors"])))
    ((status, code, errors),) = told
    assert (status, code) == (400, "invalid_request")
    assert [(one["pointer"], one["code"]) for one in json.loads(errors)] == [("#/url", "wrong_format")]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ({}, ("#/url", "required")),
        ({"url": URL, "secret": "whsec_mine"}, ("#/secret", "unknown")),
        ({"url": URL, "types": []}, ("#/types", "wrong_length")),
        ({"url": URL, "types": ["booking.confirmd"]}, ("#/types/0", "not_one_of")),
        ({"url": URL, "types": ["slot.created", "slot.created"]}, ("#/types", "repeated")),
        ({"url": URL, "description": ""}, ("#/description", "wrong_length")),
        ({"url": 7}, ("#/url", "wrong_type")),
    ],
)
async def test_what_is_malformed_is_named(content: dict[str, Any], fault: tuple[str, str]) -> None:
    async with client(Office()) as http:
        refused = await http.post(PATH, json=content)
    assert refused.status_code == 400
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [fault]


async def replayed(http: Any, path: str, content: object) -> Any:
    """The answer to two requests with the same key."""
    first, again = [await http.post(path, json=content) for _ in range(2)]
    assert first.status_code in (200, 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers.get("location") == first.headers.get("location")
    return first


async def test_an_answer_with_a_secret_is_given_again_and_kept_in_no_plain_text() -> None:
    office = Office()
    async with client(office, **{"Idempotency-Key": "once"}) as http:
        made = await replayed(http, PATH, {"url": URL, "description": "in plain words"})
        assert "whsec_" in made.text
        assert "whsec_" in (await replayed(http, f"{made.headers['location']}/rotate-secret", None)).text
        assert "ticket" in (await replayed(http, "/api/v1/stream-tickets", None)).text
    assert len(kept_in(office).split()) == 3
    assert all(one.startswith("encrypted:") for one in kept_in(office).split())


async def test_an_answer_that_no_key_decrypts_any_more_is_no_second_request() -> None:
    office = Office()
    async with client(office, **{"Idempotency-Key": "once"}) as http:
        await http.post(PATH, json={"url": URL})
        office.pipeline.cipher = Ciphers("another key, of 32 bytes and more").answers
        again = await http.post(PATH, json={"url": URL})
        assert (again.status_code, again.json()["code"]) == (503, "unavailable")
        assert len((await http.get(PATH)).json()["webhook_endpoints"]) == 1


async def test_without_a_key_a_ticket_is_issued_and_no_answer_kept() -> None:
    office = Office()
    office.pipeline.cipher = Ciphers().answers
    async with client(office, **{"Idempotency-Key": "once"}) as http:
        tickets = [(await http.post("/api/v1/stream-tickets")).json()["ticket"] for _ in "ab"]
    assert tickets[0] != tickets[1]
    assert kept_in(office) == ""


async def test_a_test_is_answered_with_what_came_of_it_and_is_in_the_list_of_attempts() -> None:
    async with client(Office()) as http:
        made = await http.post(PATH, json={"url": URL})
        tested = await http.post(f"{made.headers['location']}/test")
        attempt = tested.json()["delivery"]
        assert tested.status_code == 200
        assert attempt == {
            "id": attempt["id"],
            "event_id": attempt["event_id"],
            "type": "webhook.test",
            "position": None,
            "attempt": 1,
            "attempted_at": attempt["attempted_at"],
            "ms": attempt["ms"],
            "status": None,
            "failure": "no_address",
            "answer": None,
        }
        again = (await http.post(f"{made.headers['location']}/test")).json()["delivery"]
        listed = f"{made.headers['location']}/deliveries"
        first = (await http.get(listed, params={"limit": 1})).json()
        rest = (await http.get(listed, params={"limit": 1, "cursor": first["next_cursor"]})).json()
        assert first["deliveries"] == [again]
        assert rest == {"deliveries": [attempt], "next_cursor": None}
        assert (await http.get(listed, params={"failed": "false"})).json()["deliveries"] == []
        assert (await http.get(listed, params={"event_id": again["event_id"]})).json()["deliveries"] == [again]
        other = (await http.post(PATH, json={"url": URL})).headers["location"]
        elsewhere = await http.get(f"{other}/deliveries", params={"cursor": first["next_cursor"]})
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ({}, [("#/from_position", "required"), ("#/to_position", "required")]),
        ({"from_position": 1}, [("#/to_position", "required")]),
        ({"to_position": 1, "failed": None}, [("#/from_position", "required")]),
        ({"from_position": 1, "failed": True}, [("#/from_position", "not_allowed")]),
        ({"failed": False}, [("#/failed", "not_one_of")]),
        ({"from_position": 0, "to_position": 1}, [("#/from_position", "out_of_range")]),
        ({"from_position": 1, "to_position": 1}, [("#/to_position", "out_of_range")]),
    ],
)
async def test_a_replay_is_of_positions_that_are_there_or_of_all_that_failed(
    content: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    async with client(Office()) as http:
        made = await http.post(PATH, json={"url": URL})
        refused = await http.post(f"{made.headers['location']}/replay", json=content)
        taken = await http.post(f"{made.headers['location']}/replay", json={"failed": True})
    assert refused.status_code == 400
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == faults
    assert (taken.status_code, taken.json()) == (202, {"events": 0})
