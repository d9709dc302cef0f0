"""The feed over HTTP: CloudEvents, tokens, faults, and waiting."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from booking.domain.people.agent import AgentRole
from tests.support.office import Office

PATH = "/api/v1/events"


def client(office: Office, subject: str = "ada", role: AgentRole = AgentRole.ADMIN) -> httpx.AsyncClient:
    return office.client(Authorization=f"Bearer {office.token(subject, role)}")


async def offered(http: httpx.AsyncClient, hours: int = 24, request_id: str = "r-1") -> dict[str, Any]:
    start = datetime.now(UTC) + timedelta(hours=hours)
    times = {"start_time": start.isoformat(), "end_time": (start + timedelta(hours=1)).isoformat()}
    content = {"property_id": str(uuid4()), **times}
    answer = await http.post("/api/v1/slots", json=content, headers={"X-Request-Id": request_id})
    slot: dict[str, Any] = answer.json()["slot"]
    return slot


async def test_an_event_is_a_cloud_event_with_all_that_the_reader_may_know() -> None:
    async with client(office := Office()) as http:
        slot = await offered(http)
        (event,) = (await http.get(PATH, params={"types": "slot.created"})).json()["events"]
    async with client(office, role=AgentRole.MEMBER) as http:  # the next token makes the same login a member
        (mine,) = (await http.get(PATH, params={"types": "slot.created"})).json()["events"]
    assert {name: event[name] for name in ("specversion", "type", "subject", "datacontenttype")} == {
        "specversion": "1.0",
        "type": "slot.created",
        "subject": slot["id"],
        "datacontenttype": "application/json",
    }
    assert event["source"] == f"urn:booking:organization:{slot['organization_id']}"
    assert (event["id"], event["time"]) == (event["data"]["id"], event["data"]["occurred_at"])
    actor = {"subject": "ada", "role": "admin", "via": None}
    assert (event["data"]["actor"], event["data"]["request_id"]) == (actor, "r-1")
    assert (mine["data"]["actor"], mine["data"]["request_id"]) == (actor | {"subject": None}, None)
    assert mine["data"]["to_agent_id"] == slot["agent_id"]


async def test_a_position_goes_on_where_the_page_ended_and_the_end_is_after_everything() -> None:
    async with client(Office()) as http:
        first, second = await offered(http), await offered(http, 48)
        one = (await http.get(PATH, params={"types": "slot.created", "limit": 1})).json()
        two = (await http.get(PATH, params={"types": "slot.created", "after": one["position"]})).json()
        end = (await http.get(PATH, params={"after": "end"})).json()
        none = (await http.get(PATH, params={"after": two["position"]})).json()
    assert [event["subject"] for page in (one, two) for event in page["events"]] == [first["id"], second["id"]]
    assert (end["events"], none["events"]) == ([], [])


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"after": "nothing"}, 400, "invalid_cursor"),
        ({"after": ""}, 400, "invalid_request"),
        ({"wait": "21"}, 400, "invalid_request"),
        ({"limit": "1001"}, 400, "invalid_request"),
        ({"limit": "0"}, 400, "invalid_request"),
        ({"types": "slot.created,slot.created"}, 400, "invalid_request"),
        ({"types": "SLOT"}, 400, "invalid_request"),
        ({"cursor": "x"}, 400, "invalid_request"),
    ],
)
async def test_faults_are_told(given: dict[str, str], status: int, code: str) -> None:
    async with client(Office()) as http:
        answer = await http.get(PATH, params=given)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_who_waits_is_answered_once_something_happens() -> None:
    async with client(Office()) as http:
        end = (await http.get(PATH, params={"after": "end"})).json()["position"]
        waiting = asyncio.create_task(http.get(PATH, params={"after": end, "wait": 20}))
        slot = await offered(http)
        page = (await waiting).json()
    assert [event["subject"] for event in page["events"]] == [slot["id"]]
