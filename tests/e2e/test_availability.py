"""A month of several homes, from outside."""

from datetime import datetime
from uuid import uuid4

import pytest

from tests.e2e.driver import Instance, problem, tomorrow

PATH = "/api/v1/availability"


def test_a_page_shows_the_days_of_several_homes_and_the_full_slots_to_wait_for(instance: Instance) -> None:
    agency = instance.organization()
    one, other = [agency.agent().offer(tomorrow(hours)).json()["slot"] for hours in (0, 1)]
    winner, viewer = agency.applicants([f"{uuid4()}@example.com" for _ in range(2)])
    assert winner.book(one["id"]).status_code == 201
    both = f"{one['property_id']},{other['property_id']}"
    zone = {"time_zone": "Pacific/Kiritimati"}
    (full, free) = viewer.get(PATH, property_id=both, group="day", **zone).json()["days"]
    counts = {"organization_id": str(agency.id), "date": full["date"], **zone}
    nothing = {"first_free": None, "last_free": None}
    assert full == {**counts, "property_id": one["property_id"], "free": 0, "full": 1, "held": 0, **nothing}
    when = {"first_free": other["start_time"], "last_free": other["start_time"], "date": free["date"]}
    assert free == {**counts, "property_id": other["property_id"], "free": 1, "full": 0, "held": 0, **when}
    assert datetime.fromisoformat(other["start_time"]).date() <= datetime.fromisoformat(free["date"]).date()

    assert [slot["id"] for slot in viewer.get(PATH, property_id=both).json()["slots"]] == [other["id"]]
    listed = viewer.get(PATH, property_id=both.split(","), include="full,held", limit=1).json()
    assert [(slot["id"], slot["available_actions"]) for slot in listed["slots"]] == [(one["id"], ["join_waitlist"])]
    rest = viewer.get(PATH, property_id=both, include="full,held", cursor=listed["next_cursor"]).json()
    shown = viewer.get(f"/api/v1/slots/{other['id']}").json()["slot"]
    assert rest == {"slots": [shown], "next_cursor": None}


@pytest.mark.parametrize(
    ("parameters", "name", "code"),
    [
        ({}, "property_id", "required"),
        ({"property_id": ""}, "property_id", "wrong_format"),
        ({"property_id": "x"}, "property_id", "wrong_format"),
        ({"property_id": ",".join(str(uuid4()) for _ in range(51))}, "property_id", "wrong_length"),
        ({"property_id": ",".join([str(uuid4())] * 2)}, "property_id", "repeated"),
        ({"property_id": str(uuid4()), "time_zone": "Mars/Olympus"}, "time_zone", "not_one_of"),
        ({"property_id": str(uuid4()), "group": "week"}, "group", "not_one_of"),
        ({"property_id": str(uuid4()), "include": "full,empty"}, "include", "not_one_of"),
        (
            {"property_id": str(uuid4()), "group": "day", "from": "2027-01-01T00:00:00Z", "to": "2027-02-02T00:00:00Z"},
            "to",
            "out_of_range",
        ),
    ],
)
def test_a_fault_names_its_parameter(instance: Instance, parameters: dict[str, str], name: str, code: str) -> None:
    refused = instance.organization().agent().get(PATH, **parameters)
    assert problem(refused) == (400, "invalid_request")
    assert [(fault["parameter"], fault["code"]) for fault in refused.json()["errors"]] == [(name, code)]


def test_days_have_no_cursor(instance: Instance) -> None:
    answer = (
        instance.organization()
        .agent()
        .get("/api/v1/availability", property_id=str(uuid4()), group="day", cursor="AAAA")
    )
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["parameter"], fault["code"]) == (400, "cursor", "not_allowed")
