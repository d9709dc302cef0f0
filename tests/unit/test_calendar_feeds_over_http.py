"""Calendar feeds over HTTP: an address that lets in, is told once, and stands nowhere else."""

import json
from typing import Any
from uuid import uuid4

import pytest
from icalendar import Calendar
from structlog.testing import capture_logs

from booking.domain.people.agent import AgentRole
from tests.support.office import HOME, Office

PATH = "/api/v1/calendar-feeds"


def client(office: Office, subject: str = "ada", **more: str) -> Any:
    return office.client(Authorization=f"Bearer {office.token(subject, role=AgentRole.MEMBER)}", **more)


async def test_a_feed_is_made_read_listed_and_revoked() -> None:
    office = Office()
    async with client(office) as http, office.client() as program:
        made = await http.post(PATH)
        feed = made.json()["calendar_feed"]
        url = feed.pop("url")
        assert made.status_code == 201
        assert feed == {
            "id": feed["id"],
            "organization_id": str(HOME),
            "as": "agent",
            "created_at": feed["created_at"],
        }
        assert (await http.get(PATH)).json() == {"calendar_feeds": [feed]}
        read = await program.get(url)
        assert (read.status_code, read.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
        assert read.headers["cache-control"] == "private, no-cache"
        assert read.headers["referrer-policy"] == "no-referrer"
        assert Calendar.from_ical(read.content).events == []
        assert (await http.delete(f"{PATH}/{feed['id']}")).status_code == 204
        gone = await program.get(url)
        assert (gone.status_code, gone.json()["code"]) == (404, "calendar_feed_not_found")
        assert (await http.get(PATH)).json() == {"calendar_feeds": []}
        assert (await http.delete(f"{PATH}/{feed['id']}")).json()["code"] == "calendar_feed_not_found"


async def test_a_program_that_has_the_calendar_does_not_get_it_again() -> None:
    office = Office()
    async with client(office) as http, office.client() as program:
        url = (await http.post(PATH, json={"as": None})).json()["calendar_feed"]["url"]
        first = await program.get(url)
        tag = first.headers["etag"]
        again = await program.get(url, headers={"If-None-Match": tag})
        assert (again.status_code, again.headers["etag"], again.content) == (304, tag, b"")
        assert (await program.get(url, headers={"If-None-Match": '"other"'})).content == first.content
        head = await program.head(url)
        assert (head.status_code, head.headers["etag"], head.content) == (200, tag, b"")
        assert (await program.head(url, headers={"If-None-Match": tag})).status_code == 304


async def test_the_secret_of_a_feed_stands_in_no_log_no_problem_and_no_kept_answer() -> None:
    office = Office()
    with capture_logs() as lines:
        async with client(office, **{"Idempotency-Key": "k-1"}) as http, office.client() as program:
            url = (await http.post(PATH)).json()["calendar_feed"]["url"]
            token = url.rpartition("/")[2].removesuffix(".ics")
            told = [await program.get(url), await program.get(f"/feeds/{token}"), await program.post(url)]
            assert [one.status_code for one in told] == [200, 404, 405]
            assert (await http.post(PATH)).json()["calendar_feed"]["url"] == url
    answers: Any = office.store.answers
    kept = " ".join(given.to_keep.decode("latin-1") for _, _, given in answers.state.answers.values())
    assert "/feeds/" not in json.dumps(lines, default=str).replace("/feeds/{token}", "")
    assert token not in json.dumps(lines, default=str) + kept
    assert [one.json()["instance"] for one in told[1:]] == ["/feeds/%7Btoken%7D"] * 2


@pytest.mark.parametrize(
    "path", ["/feeds/x.ics", "/feeds/.ics", "/feeds/x", f"/feeds/{'A' * 64}.ics", "/feeds/%C3%A4.ics"]
)
async def test_an_address_that_is_made_up_is_told_as_one_that_is_revoked(path: str) -> None:
    async with Office().client() as program:
        told = await program.get(path)
    assert (told.status_code, told.json()["code"]) == (404, "calendar_feed_not_found")
    assert told.json()["instance"] == "/feeds/%7Btoken%7D"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"as": "admin"}, 400, "invalid_request"),
        ({"side": "agent"}, 400, "invalid_request"),
        ({"organization_id": "x"}, 400, "invalid_request"),
        ({"as": "applicant"}, 403, "wrong_role"),
        ({"organization_id": str(uuid4())}, 404, "organization_not_found"),
    ],
)
async def test_a_feed_that_cannot_be_is_refused(body: Any, status: int, code: str) -> None:
    async with client(Office()) as http:
        told = await http.post(PATH, json=body)
    assert (told.status_code, told.json()["code"]) == (status, code)


async def test_a_sixth_feed_is_refused() -> None:
    async with client(Office()) as http:
        for _ in range(5):
            assert (await http.post(PATH)).status_code == 201
        told = await http.post(PATH)
    assert (told.status_code, told.json()["code"]) == (409, "too_many_calendar_feeds")
