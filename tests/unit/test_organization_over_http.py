"""The organization over HTTP: faults named all at once, and nothing overwritten unseen."""

from uuid import UUID

import pytest

from booking.domain.people.agent import AgentRole
from tests.support.office import Office

PATH = "/api/v1/organization"


async def test_every_fault_is_named_a_time_zone_that_is_none_among_them() -> None:
    office = Office()
    content = {
        "name": "",
        "time_zone": "Europe/Atlantis",
        "locale": "german!",
        "email": "nobody",
        "phone": "+4930123456\n",
        "website": "http://example.com",
        "colour": "#1f4b9g",
        "logo_url": "data:image/png;base64,aaaa",
        "reply_to": "visits",
        "people_version": 7,
    }
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}") as http:
        refused = await http.put(PATH, json=content)
    assert refused.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [
        ("#/name", "wrong_length"),
        ("#/time_zone", "not_one_of"),
        ("#/locale", "wrong_format"),
        ("#/email", "wrong_format"),
        ("#/phone", "wrong_format"),
        ("#/website", "wrong_format"),
        ("#/colour", "wrong_format"),
        ("#/logo_url", "wrong_format"),
        ("#/reply_to", "wrong_format"),
        ("#/people_version", "unknown"),
    ]
    assert [fault["detail"] for fault in refused.json()["errors"]] == [
        "must not be empty",
        "is no time zone, such as Europe/Berlin",
        "must be a language, such as de-DE",
        "must be an email address, such as ada@example.org",
        "must be a phone number with its country, such as +4915112345678",
        "must be an address that starts with https://",
        "must be a colour, such as #1f4b99",
        "must be an address that starts with https://",
        "must be an email address, such as ada@example.org",
        "is not known",
    ]


@pytest.mark.parametrize("path", [PATH, f"/api/v1/properties/{UUID(int=7)}"])
@pytest.mark.parametrize("zone", ["Europe/Atlantis", "europe/berlin", "GMT+1", "../etc"])
async def test_a_time_zone_that_is_none_is_refused_with_no_other_fault_beside_it(path: str, zone: str) -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}") as http:
        refused = await http.put(path, json={"time_zone": zone})
    assert refused.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [("#/time_zone", "not_one_of")]


@pytest.mark.parametrize(("path", "field"), [(PATH, "name"), (f"/api/v1/properties/{UUID(int=7)}", "label")])
@pytest.mark.parametrize("blank", [" ", "\t\n", "\u00a0\u3000"])
async def test_a_name_has_something_to_be_seen(path: str, field: str, blank: str) -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}") as http:
        refused = await http.put(path, json={field: blank})
    assert refused.status_code == 400
    assert refused.json()["errors"] == [
        {
            "pointer": f"#/{field}",
            "code": "wrong_format",
            "detail": "must be text with a character to be seen, and without NUL",
            "parameter": None,
        }
    ]


async def test_a_version_that_is_not_the_newest_overwrites_nothing() -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}") as http:
        assert (await http.get(PATH)).headers["ETag"] == '"0"'
        first = await http.put(PATH, json={"name": "Havel", "time_zone": "Europe/Berlin"}, headers={"If-Match": '"0"'})
        assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
        stale = await http.put(PATH, json={"name": "Spree"}, headers={"If-Match": '"0"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
        shown = await http.get(PATH)
    assert shown.headers["ETag"] == '"1"'
    assert shown.json() == first.json()
    told = shown.json()["organization"]
    assert told.pop("id")
    assert told.pop("updated_at")
    assert told == {
        "name": "Havel",
        "time_zone": "Europe/Berlin",
        "locale": None,
        "email": None,
        "phone": None,
        "website": None,
        "colour": None,
        "logo_url": None,
        "reply_to": None,
    }
