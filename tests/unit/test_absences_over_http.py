"""Absences over HTTP: a plan, then a block and a job; and what is wrong is named."""

from typing import Any

from booking.domain.people.agent import AgentRole
from tests.builders import Organization, claims
from tests.support.office import HOME, Office


async def test_an_absence_is_planned_and_begun_and_what_is_wrong_is_named() -> None:
    office = Office()
    agency = Organization(office.store, HOME)
    agent = await agency.identity.identify(claims("ana", organization_id=HOME, role=AgentRole.MEMBER), "r")
    maria = str((await agency.agent()).as_agent().id)
    slot, path = await agency.slot(agent), f"/api/v1/agents/{agent.as_agent().id}"
    time = {"from": slot.start_time.isoformat(), "to": slot.end_time.isoformat()}
    any_colleague = {**time, "hand_over": "any", "reason": "flu"}
    async with office.client(Authorization=f"Bearer {office.token('ana')}") as http:
        told = await http.post(f"{path}/absences", json=any_colleague, params={"dry_run": "true"})
        plan = told.json()["plan"]
        assert (told.status_code, told.json()["job"]) == (200, None)
        assert [(one["fate"], one["becomes"]["agent_id"]) for one in plan["slots"]] == [("moved", maria)]
        assert (await http.get(f"{path}/blocks")).json()["blocks"] == []
        stale = await http.post(f"{path}/absences", json={**any_colleague, "hash": "0" * 64})
        assert (stale.status_code, stale.json()["code"], stale.json()["plan"]) == (409, "plan_stale", plan)
        begun = await http.post(f"{path}/absences", json={**any_colleague, "hash": plan["hash"]})
        job = begun.json()["job"]
        assert (begun.status_code, begun.json()["plan"], job["kind"], job["total"]) == (202, plan, "absence", 1)
        (block,) = (await http.get(f"{path}/blocks")).json()["blocks"]
        assert (block["id"], block["source"], block["conflict"], block["reason"]) == (job["id"], "absence", True, "flu")
        assert (await http.get(f"/api/v1/jobs/{job['id']}")).json() == {"job": job}
        for wrong, pointer, code in (
            ({**time}, "#/hand_over", "required"),
            ({**time, "hand_over": "all"}, "#/hand_over", "not_one_of"),
            ({**time, "hand_over": "to"}, "#/to_agent_id", "required"),
            ({**time, "hand_over": "any", "to_agent_id": maria}, "#/to_agent_id", "not_allowed"),
            ({**time, "hand_over": "any", "left": "move"}, "#/left", "not_one_of"),
        ):
            assert await faults(http, f"{path}/absences", wrong) == [(pointer, code)]


async def faults(http: Any, path: str, content: object) -> list[tuple[str, str]]:
    told = await http.post(path, json=content)
    assert (told.status_code, told.json()["code"]) == (400, "invalid_request")
    return [(one["pointer"], one["code"]) for one in told.json()["errors"]]
