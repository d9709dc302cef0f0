"""Lists as tables over HTTP: for agents alone, whole, and with nothing that a list does not have."""

import csv
from dataclasses import dataclass, field
from io import StringIO
from uuid import UUID

import httpx
import pytest

from booking.domain.people.agent import AgentRole
from booking.domain.people.organization import Organization as Details
from booking.service.delivery import exports
from tests.builders import Organization, claims, screening
from tests.support.office import HOME, Office

PROPERTY = UUID(int=7)
HOSTILE = "=cmd|' /C calc'!A0"
LISTS = ("bookings", "slots", "waitlist", "properties", "applicants", "agents")
FOR_ALL = ("bookings", "waitlist", "properties")
CSV = {"Accept": "text/csv"}


@dataclass
class Agency:
    office: Office = field(default_factory=Office)
    admin: str = ""
    applicant: str = ""

    async def get(self, name: str, token: str, accept: str = "text/csv") -> httpx.Response:
        async with self.office.client(Authorization=f"Bearer {token}", Accept=accept) as http:
            return await http.get(f"/api/v1/{name}")


@pytest.fixture
async def agency() -> Agency:
    """With a visit by a person of a hostile name, one who waits, and a property with an access note."""
    found = Agency()
    office = found.office
    home = Organization(office.store, HOME)
    agent, admin = await home.agent(), await home.admin()
    await home.organizations.put(admin, Details(id=HOME, time_zone="Asia/Tokyo"), expected=None)
    await home.screen(screening(HOME, email="ada@example.com", name=HOSTILE))
    ada = await home.identity.identify(claims("ada-herself", email="ada@example.com"), "r")
    eve = await home.applicant()
    details = home.property(
        PROPERTY, label="@Elm Street, 5", address="+5 Elm Street", time_zone="Europe/Warsaw", directions="-up"
    )
    await home.properties.put(agent, details, expected=None, access_note="Key safe: open sesame", keep_note=False)
    slot = await home.slot(agent, property_id=PROPERTY)
    await home.book(ada, slot.id, "\t+notes")
    await home.waitlists.join(eve, slot.id)
    found.admin, found.applicant = office.token(role=AgentRole.ADMIN), office.token("ada-herself", role=None)
    return found


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.content.decode(), newline="")))


@pytest.mark.parametrize("name", LISTS)
async def test_an_agent_gets_each_list_as_a_file_with_a_header_and_every_row(agency: Agency, name: str) -> None:
    table, page = await agency.get(name, agency.admin), await agency.get(name, agency.admin, "*/*")
    assert (table.headers["Content-Type"], page.headers["Content-Type"]) == (
        "text/csv; charset=utf-8; header=present",
        "application/json",
    )
    assert table.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert table.headers["Cache-Control"] == "no-store"
    assert "Content-Disposition" not in page.headers
    listed = next(value for value in page.json().values() if isinstance(value, list))
    assert [row["id"] for row in rows(table)] == [one["id"] for one in listed]
    assert listed
    for row in rows(table):
        assert not any(cell.lstrip(" \"'").startswith(("=", "+", "-", "@")) and cell[0] != "'" for cell in row.values())
        assert not any("access_note" in column for column in row)
        assert row["time_zone"]
    assert "sesame" not in table.text


async def test_a_table_has_the_fields_of_the_list_harmless_and_in_the_property_zone(agency: Agency) -> None:
    (found,) = rows(await agency.get("bookings", agency.admin))
    (told,) = (await agency.get("bookings", agency.admin, "application/json")).json()["bookings"]
    assert {name: found[name] for name in ("applicant_name", "notes", "property_label", "time_zone", "reason")} == {
        "applicant_name": f"'{HOSTILE}",
        "notes": "'\t+notes",
        "property_label": "'@Elm Street, 5",
        "time_zone": "Europe/Warsaw",
        "reason": "",
    }
    assert found.keys() == {
        *(told.keys() - {"available_actions", "property", "agent", "applicant", "feedback"}),
        *("time_zone", "property_label", "property_area", "agent_id", "agent_name"),
        *("applicant_name", "applicant_email", "applicant_risk_level"),
        *("feedback_rating", "feedback_comment", "feedback_created_at"),
    }
    (place,) = rows(await agency.get("properties?time_zone=America/New_York", agency.admin))
    assert (place["address"], place["time_zone"], place["property_time_zone"]) == (
        "'+5 Elm Street",
        "America/New_York",
        "Europe/Warsaw",
    )
    assert place["updated_at"][-6:] in ("-05:00", "-04:00")
    people = rows(await agency.get("applicants", agency.admin))
    assert {(one["time_zone"], one["screened_at"][-6:]) for one in people} == {("Asia/Tokyo", "+09:00")}


@pytest.mark.parametrize("name", LISTS)
async def test_an_applicant_who_asks_for_a_table_is_told_that_it_is_for_agents(agency: Agency, name: str) -> None:
    table, page = [await agency.get(name, agency.applicant, accept) for accept in ("text/csv", "application/json")]
    assert (table.status_code, table.json()["code"]) == (403, "wrong_role")
    assert table.headers["Content-Type"] == "application/problem+json"
    assert page.status_code == (200 if name in FOR_ALL else 403)
    faulty = await agency.get(f"{name}?limit=0", agency.applicant)
    assert (faulty.status_code, faulty.json()["code"]) == (403, "wrong_role")


async def test_whoever_is_both_gets_a_table_as_an_agent_alone(agency: Agency) -> None:
    both = agency.office.token("ada-herself", role=AgentRole.ADMIN)
    asked = {name: await agency.get(name, both) for name in ("bookings", "bookings?as=agent", "bookings?as=applicant")}
    asked |= {name: await agency.get(name, both) for name in ("waitlist", "waitlist?as=applicant")}
    assert [answer.status_code for answer in asked.values()] == [200, 200, 403, 200, 403]


async def test_faults_of_a_table_are_problems(agency: Agency) -> None:
    cases = {"cursor=x": ("cursor", "not_allowed"), "time_zone=Mars/Olympus": ("time_zone", "not_one_of")}
    for name in LISTS:
        for query, (parameter, code) in cases.items():
            answer = await agency.get(f"{name}?{query}", agency.admin)
            assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
            (fault,) = answer.json()["errors"]
            assert (fault["parameter"], fault["code"]) == (parameter, code)


async def test_limit_and_total_make_no_difference_and_filters_do(agency: Agency) -> None:
    assert len(rows(await agency.get("applicants?limit=1", agency.admin))) == 2
    assert len(rows(await agency.get("bookings?include=total&limit=1", agency.admin))) == 1
    assert rows(await agency.get("bookings?status=declined", agency.admin)) == []
    assert len(rows(await agency.get("applicants?q=ada@", agency.admin))) == 1


async def test_no_row_is_cut_off_in_silence(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports.ExportService, "most", 1)
    for name in ("applicants", "agents"):
        answer = await agency.get(name, agency.admin)
        assert (answer.status_code, answer.json()["code"]) == (400, "list_too_broad")
        assert "10,000" in answer.json()["detail"]
    assert len(rows(await agency.get("bookings", agency.admin))) == 1


async def test_a_table_that_an_agent_has_already_is_not_sent_again(agency: Agency) -> None:
    async with agency.office.client(Authorization=f"Bearer {agency.admin}", **CSV) as http:
        first = await http.get("/api/v1/slots")
        second = await http.get("/api/v1/slots", headers={"If-None-Match": first.headers["ETag"]})
        page = await http.get(
            "/api/v1/slots", headers={"If-None-Match": first.headers["ETag"], "Accept": "application/json"}
        )
        head = await http.head("/api/v1/slots")
    assert (first.status_code, second.status_code, page.status_code) == (200, 304, 200)
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(first.content)))
