"""Changes of schedules over HTTP: what goes with which scope, versions, and plans that are stale."""

from typing import Any

from booking.domain.people.agent import AgentRole
from tests.builders import Organization, any_schedule
from tests.support.office import HOME, Office
from tests.support.schedules import make


async def test_a_change_says_of_what_it_is_by_which_version_and_is_held_to_its_plan() -> None:
    office = Office()
    agency = Organization(office.store, HOME)
    schedule = await make(agency, await agency.admin(), any_schedule())
    path = f"/api/v1/schedules/{schedule.id}"
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}") as http:

        async def faults(method: str, query: str, body: Any = None) -> list[tuple[str, str, str | None]]:
            content = {} if body is None else {"json": body}
            answer = await http.request(method, f"{path}?{query}", headers={"If-Match": "*"}, **content)
            assert answer.status_code == 400
            return [(one["pointer"], one["code"], one["parameter"]) for one in answer.json()["errors"]]

        for method, body in (("DELETE", None), ("PATCH", {})):
            assert await faults(method, "", body) == [("#/scope", "required", "scope")]
            assert await faults(method, "scope=this", body) == [("#/occurrence", "required", "occurrence")]
            of_all = "scope=all&occurrence=2027-03-01T09:00:00"
            assert await faults(method, of_all, body) == [("#/occurrence", "not_allowed", "occurrence")]
            for never in "2027-02-30T09:00:00", "9999-12-31T23:59:59":
                of_no_day = f"scope=following&occurrence={never}"
                assert await faults(method, of_no_day, body) == [("#/occurrence", "wrong_format", "occurrence")]
        occurrence = (await http.get(f"{path}/occurrences")).json()["occurrences"][0]["occurrence"]
        one = f"scope=this&occurrence={occurrence}"
        for name, value in (
            ("gap_minutes", 5),
            ("horizon_days", 5),
            ("rules", [{"start": occurrence, "recurrence": ["RRULE:FREQ=DAILY"]}]),
        ):
            assert await faults("PATCH", one, {name: value}) == [(f"#/{name}", "not_allowed", None)]
        assert await faults("PATCH", "scope=all", {"start": occurrence}) == [("#/start", "not_allowed", None)]
        for start in "2027-02-30T09:00:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59":
            assert await faults("PATCH", one, {"start": start}) == [("#/start", "wrong_format", None)]
        no_rule = {"rules": [{"start": occurrence, "recurrence": ["RRULE:FREQ=YEARLY"]}]}
        assert [pointer for pointer, *_ in await faults("PATCH", "scope=all", no_rule)] == ["#/rules/0/recurrence/0"]

        assert (await http.delete(f"{path}?scope=all")).status_code == 428
        stale = await http.patch(f"{path}?scope=all", json={"capacity": 2}, headers={"If-Match": '"7"'})
        assert stale.status_code == 412
        seen = {"If-Match": (await http.get(path)).headers["ETag"]}
        looked = await http.patch(f"{path}?scope=all&dry_run=true", json={"capacity": 2}, headers=seen)
        plan = looked.json()["plan"]
        assert (looked.status_code, "etag" in looked.headers) == (200, False)
        assert [one["slot"]["fate"] for one in plan["occurrences"]] == ["cancelled"] * 3
        assert [(one["occurrence"], one["clashes"]) for one in plan["made"]] == [
            (one["occurrence"], []) for one in plan["occurrences"]
        ]
        other = await http.patch(f"{path}?scope=all", json={"capacity": 3, "hash": plan["hash"]}, headers=seen)
        assert (other.status_code, other.json()["code"], len(other.json()["plan"]["made"])) == (409, "plan_stale", 3)
        done = await http.patch(f"{path}?scope=all", json={"capacity": 2, "hash": plan["hash"]}, headers=seen)
        assert (done.status_code, done.headers["ETag"], done.json()["schedule"]["capacity"]) == (200, '"2"', 2)
        cut = await http.patch(f"{path}?scope=following&occurrence={occurrence}", json={}, headers={"If-Match": "*"})
        assert cut.json()["schedule"]["until"] == cut.json()["following"]["since"] == occurrence
        gone = await http.delete(
            f"/api/v1/schedules/{cut.json()['following']['id']}?scope=all", headers={"If-Match": "*"}
        )
        assert (gone.json()["schedule"]["status"], gone.json()["job"]) == ("ended", None)
