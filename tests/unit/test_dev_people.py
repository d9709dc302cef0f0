"""People of a development instance: listed and signed in for its own page on this machine, and for no other."""

from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency
from booking.entrypoints.dev import demo
from booking.entrypoints.dev.control import control
from booking.entrypoints.dev.people import people_of
from booking.entrypoints.dev.seed import Seed

pytestmark = pytest.mark.anyio

HOME, ELSEWHERE = uuid4(), uuid4()
HOST = "127.0.0.1:8000"
OWN = {"Sec-Fetch-Site": "same-origin"}
SEED = {
    "organizations": [
        {
            "id": str(ELSEWHERE),
            "agents": [{"email": "amy@example.com", "name": "Amy Elm", "role": "admin"}, {"email": "max@example.com"}],
            "applicants": [{"name": "Ida", "email": "ida@example.com"}, {"name": "Amy", "email": "AMY@example.com"}],
        }
    ]
}


def client() -> httpx.AsyncClient:
    unused: Any = None
    app: Any = control(
        organization_id=HOME,
        tokens=unused,
        mint=lambda **claims: f"{claims['email']} {claims['subject']} {claims['agency']} {claims['name']}",
        owner_url="",
        reset=unused,
        exposed=True,
        outbox=unused,
        people=people_of(HOME, with_demo=True, seed=None),
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{HOST}")


async def test_they_are_listed_with_what_they_are() -> None:
    async with client() as http:
        answer = await http.get("/dev/people", headers=OWN)
    assert [(one["email"], one["role"]) for one in answer.json()["people"]] == [
        (demo.ADMIN_EMAIL, "admin"),
        (demo.MEMBER_EMAIL, "member"),
        (demo.PLANNER_EMAIL, "member"),
        *((email, "applicant") for _, email, _ in demo.APPLICANTS),
    ]
    assert [set(one) for one in answer.json()["people"]] == [{"email", "name", "role"}] * 6


@pytest.mark.parametrize("headers", [OWN, OWN | {"Origin": "http://localhost:5173"}, {"Origin": f"http://{HOST}"}])
async def test_the_page_signs_each_of_them_in_as_what_they_are(headers: dict[str, str]) -> None:
    async with client() as http:
        agent = await http.post("/dev/people/sign-in", json={"email": demo.ADMIN_EMAIL}, headers=headers)
        applicant = await http.post("/dev/people/sign-in", json={"email": "Ines@Example.com"}, headers=headers)
    agency = Agency(organization_id=HOME, role=AgentRole.ADMIN)
    assert agent.json() == {
        "token": f"{demo.ADMIN_EMAIL} {demo.subject_of(demo.ADMIN_EMAIL)} {agency} {demo.AGENTS[demo.ADMIN_EMAIL]}"
    }
    assert applicant.json() == {"token": f"ines@example.com {demo.subject_of('ines@example.com')} None None"}


@pytest.mark.parametrize(
    "headers",
    [
        {},  # no browser says that it is the page
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-site", "Origin": f"http://{HOST}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": "null"},
        OWN | {"Host": "evil.example:8000"},
        OWN | {"Host": "127.0.0.1.evil.example:8000"},
        {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"},
    ],
)
async def test_no_other_page_gets_a_token(headers: dict[str, str]) -> None:
    async with client() as http:
        answer = await http.post("/dev/people/sign-in", json={"email": demo.ADMIN_EMAIL}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example:8000"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
async def test_no_other_page_sees_who_they_are(headers: dict[str, str]) -> None:
    async with client() as http:
        assert (await http.get("/dev/people", headers=headers)).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"email": "ida@example.com"}', 404),
        ("{}", 400),
        ("", 400),
        ('{"email": "ines@example.com", "role": "admin"}', 400),
    ],
)
async def test_nobody_else_is_signed_in(body: str, status: int) -> None:
    async with client() as http:
        assert (await http.post("/dev/people/sign-in", content=body, headers=OWN)).status_code == status


def test_without_the_demo_there_is_its_admin_and_those_of_a_seed_each_once() -> None:
    seed = msgspec.convert(SEED, Seed)
    found = people_of(HOME, with_demo=False, seed=seed)
    assert [(one.email, one.name, one.agency and one.agency.organization_id) for one in found] == [
        (demo.ADMIN_EMAIL, demo.AGENTS[demo.ADMIN_EMAIL], HOME),
        ("amy@example.com", "Amy Elm", ELSEWHERE),
        ("max@example.com", "max@example.com", ELSEWHERE),
        ("ida@example.com", "Ida", None),
    ]
