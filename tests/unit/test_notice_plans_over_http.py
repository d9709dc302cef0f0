"""Notice plans over HTTP: what is shown, what is inherited, and each fault of what is put."""

from typing import Any
from uuid import uuid4

import pytest

from booking.domain.people.agent import AgentRole
from tests.support.office import Office

PATH, OWN = "/api/v1/notice-plan", f"/api/v1/properties/{uuid4()}/notice-plan"
USUAL = {
    "reminder_offsets_seconds": [86_400, 7_200],
    "channels": ["email"],
    "quiet_hours": None,
    "release": None,
    "may_release": True,
}
NIGHT, RELEASE = {"from": "21:00", "until": "08:00"}, {"before_seconds": 10_800, "trust_sent": False}


async def test_a_plan_is_shown_as_it_was_put_and_a_property_has_what_it_leaves_out_from_its_organization() -> None:
    office = Office()
    plan = {
        "reminder_offsets_seconds": [3_600],
        "channels": ["sms", "email"],
        "quiet_hours": NIGHT,
        "release": RELEASE,
        "may_release": False,
    }
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}") as http:
        first = (await http.get(PATH)).json()
        put = await http.put(PATH, json=plan, headers={"If-Match": '"0"'})
        own: dict[str, Any] = {
            "channels": [],
            "quiet_hours": None,
            "release": {"before_seconds": 60, "trust_sent": True},
            "may_release": True,
        }
        of_property = await http.put(OWN, json=own)
        stale = await http.put(OWN, json={}, headers={"If-Match": '"0"'})
        again = await http.put(OWN, json={}, headers={"If-Match": of_property.headers["ETag"]})
        reset = await http.put(PATH, json={})
        unknown = await http.get("/api/v1/properties/x/notice-plan")
    assert first == {"notice_plan": USUAL, "configured_channels": []}
    assert put.json() == {"notice_plan": plan, "configured_channels": []}
    held = plan | own | {"may_release": False}
    assert of_property.json() == {"notice_plan": held, "overrides": own, "configured_channels": []}
    assert again.json() == {"notice_plan": plan, "overrides": {}, "configured_channels": []}
    assert reset.json() == first
    assert [answer.status_code for answer in (stale, unknown)] == [412, 404]


@pytest.mark.parametrize(
    ("content", "pointer", "code"),
    [
        ({"reminder_offsets_seconds": [0]}, "#/reminder_offsets_seconds/0", "out_of_range"),
        ({"reminder_offsets_seconds": [60, 2_592_001]}, "#/reminder_offsets_seconds/1", "out_of_range"),
        ({"reminder_offsets_seconds": list(range(1, 12))}, "#/reminder_offsets_seconds", "wrong_length"),
        ({"reminder_offsets_seconds": [60, 60]}, "#/reminder_offsets_seconds", "repeated"),
        ({"reminder_offsets_seconds": None}, "#/reminder_offsets_seconds", "wrong_type"),
        ({"channels": ["post"]}, "#/channels/0", "not_one_of"),
        ({"channels": ["email", "email"]}, "#/channels", "repeated"),
        ({"quiet_hours": "night"}, "#/quiet_hours", "wrong_type"),
        ({"quiet_hours": {"from": "21:00"}}, "#/quiet_hours/until", "required"),
        ({"quiet_hours": {"from": "9pm", "until": "08:00"}}, "#/quiet_hours/from", "wrong_format"),
        ({"quiet_hours": {"from": "24:00", "until": "08:00"}}, "#/quiet_hours/from", "wrong_format"),
        ({"quiet_hours": {**NIGHT, "zone": "UTC"}}, "#/quiet_hours/zone", "unknown"),
        ({"quiet_hours": {"from": "08:00", "until": "08:00"}}, "#/quiet_hours/until", "not_allowed"),
        ({"release": {"trust_sent": True}}, "#/release/before_seconds", "required"),
        ({"release": {"before_seconds": 0}}, "#/release/before_seconds", "out_of_range"),
        ({"release": {"before_seconds": 60, "trust_sent": 1}}, "#/release/trust_sent", "wrong_type"),
        ({"may_release": None}, "#/may_release", "wrong_type"),
        ({"offsets": []}, "#/offsets", "unknown"),
    ],
)
async def test_a_fault_is_told_by_its_place(content: dict[str, Any], pointer: str, code: str) -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}") as http:
        answers = [await http.put(path, json=content) for path in (PATH, OWN)]
        kept = (await http.get(PATH)).json()["notice_plan"]
    told = [[(one["pointer"], one["code"]) for one in answer.json()["errors"]] for answer in answers]
    assert (told, kept) == ([[(pointer, code)]] * 2, USUAL)


async def test_numbers_of_a_list_are_whole_however_they_are_written() -> None:
    """Some programs know no other numbers than those with a point."""
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}") as http:
        taken = await http.put(PATH, content=b'{"reminder_offsets_seconds": [7200.0, 60]}')
        refused = await http.put(PATH, json={"reminder_offsets_seconds": [60, 7200.5]})
        twice = await http.put(PATH, content=b'{"reminder_offsets_seconds": [60.0, 60]}')
    assert taken.json()["notice_plan"]["reminder_offsets_seconds"] == [7_200, 60]
    assert [one.json()["errors"][0]["code"] for one in (refused, twice)] == ["wrong_type", "repeated"]


async def test_all_faults_are_told_also_within_a_field() -> None:
    office = Office()
    content = {"quiet_hours": {"from": 9, "till": "08:00"}, "release": {}, "channels": 1}
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}") as http:
        answer = await http.put(PATH, json=content)
    assert sorted(one["pointer"] for one in answer.json()["errors"]) == [
        "#/channels",
        "#/quiet_hours/from",
        "#/quiet_hours/till",
        "#/quiet_hours/until",
        "#/release/before_seconds",
    ]
