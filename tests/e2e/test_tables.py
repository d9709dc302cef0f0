"""Lists as tables, from outside: what an agent opens in a spreadsheet."""

import csv
from datetime import datetime
from io import StringIO
from uuid import uuid4

import httpx

from tests.e2e.driver import Caller, Instance, problem, tomorrow


def table(viewer: Caller, name: str, **parameters: str) -> httpx.Response:
    return viewer.request("GET", f"/api/v1/{name}", params=parameters, headers={"Accept": "text/csv"})


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8; header=present")
    return list(csv.DictReader(StringIO(answer.content.decode(), newline="")))


def test_an_agent_takes_the_week_to_a_spreadsheet(instance: Instance) -> None:
    agency = instance.organization()
    agent, colleague, applicant = agency.agent(), agency.agent(), agency.applicant()
    property_id = uuid4()
    details = {"label": '=HYPERLINK("https://evil.example")', "time_zone": "Europe/Warsaw", "access_note": "4711"}
    assert agent.request("PUT", f"/api/v1/properties/{property_id}", json=details).status_code == 200
    slots = [agent.offer(tomorrow(hours), property_id).json()["slot"] for hours in (0, 2, 4)]
    booked = applicant.book(slots[1]["id"], notes='+call me, "please"\r\nin the evening').json()["booking"]
    colleague.offer(tomorrow(9))

    listed = table(agent, "slots")
    assert listed.headers["Content-Disposition"] == 'attachment; filename="slots.csv"'
    assert listed.headers["Cache-Control"] == "no-store"
    assert [row["id"] for row in rows(listed)] == [slot["id"] for slot in slots]
    assert [row["status"] for row in rows(listed)] == ["available", "booked", "available"]
    (visit,) = rows(table(agent, "bookings", property_id=str(property_id)))
    assert visit["id"] == booked["id"]
    assert visit["notes"] == '\'+call me, "please"\r\nin the evening'
    assert visit["property_label"] == '\'=HYPERLINK("https://evil.example")'
    assert visit["time_zone"] == "Europe/Warsaw"
    assert visit["start_time"][-6:] in ("+01:00", "+02:00")
    start = datetime.fromisoformat(booked["start_time"])
    assert datetime.fromisoformat(visit["start_time"]) == start
    (elsewhere,) = rows(table(agent, "bookings", time_zone="Asia/Kathmandu"))
    assert (elsewhere["time_zone"], elsewhere["start_time"][-6:]) == ("Asia/Kathmandu", "+05:45")
    assert datetime.fromisoformat(elsewhere["start_time"]) == start
    assert rows(table(colleague, "bookings")) == []
    assert len(rows(table(agency.admin(), "slots", sort="-start"))) == 4
    for name in ("bookings", "slots", "properties", "applicants", "agents", "waitlist"):
        answer = table(agent, name)
        assert "4711" not in answer.text
        assert rows(answer) or name == "waitlist"


def test_tables_are_refused_as_problems(instance: Instance) -> None:
    agency = instance.organization()
    agent, applicant = agency.agent(), agency.applicant()
    for name in ("bookings", "slots", "properties", "applicants", "agents", "waitlist"):
        assert problem(table(applicant, name)) == (403, "wrong_role")
        assert problem(table(agent, name, cursor="x")) == (400, "invalid_request")
        assert problem(table(agent, name, time_zone="Europe/Nowhere")) == (400, "invalid_request")
        assert problem(table(agent, name, colour="red")) == (400, "invalid_request")
    for name in ("bookings", "waitlist"):
        assert problem(table(agent, name, **{"as": "applicant"})) == (403, "wrong_role")


def test_a_page_of_another_origin_gets_the_same_table(instance: Instance) -> None:
    agency = instance.organization()
    agent = agency.agent()
    agent.offer(tomorrow())
    headers = {"Accept": "text/csv", "Origin": "https://elsewhere.example"}
    crossed = agent.request("GET", "/api/v1/slots", headers=headers)
    assert crossed.content == table(agent, "slots").content
    assert rows(crossed)
