"""Properties over HTTP: what each viewer gets, and what is never given back."""

from uuid import uuid4

from booking.domain.people.agent import AgentRole
from tests.support.office import Office

PATH = f"/api/v1/properties/{uuid4()}"
NOTE = "Key safe: 4711"


async def test_a_note_is_told_to_be_there_and_stays_where_a_put_leaves_it_out() -> None:
    office = Office()
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.MEMBER)}") as http:
        first = await http.put(PATH, json={"label": "Loft", "access_note": NOTE})
        assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
        second = await http.put(PATH, json={"area": "Mitte"}, headers={"If-Match": '"1"'})
        third = await http.put(PATH, json={"access_note": None}, headers={"If-Match": '"2"'})
        answers = [first, second, third, await http.get(PATH), await http.get("/api/v1/properties")]
    told = [answer.json().get("property", {}) for answer in answers]
    assert [one.get("has_access_note") for one in told] == [True, True, False, False, None]
    assert [one.get("label") for one in told[:3]] == ["Loft", None, None]
    assert not any("4711" in answer.text for answer in answers)
    assert not any("access_note" in one for one in told)


async def test_a_policy_put_by_a_client_of_before_keeps_a_newer_rule_and_null_resets_it() -> None:
    office = Office()
    found = []
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}") as http:
        for path in ("/api/v1/policy", f"{PATH}/policy"):
            for content in ({"access_note_seconds": 60, "hold_seconds": 9}, {}, {"access_note_seconds": None}):
                policy = (await http.put(path, json=content)).json()["policy"]
                found.append((policy["access_note_seconds"], policy["hold_seconds"]))
    assert found == [(60, 9), (60, 300), (86_400, 300)] * 2
