"""Watches over HTTP: an applicant waits for a home, and has done with a notice."""

from typing import Any

from tests.builders import Organization, claims, screening
from tests.support.office import HOME, Office

WEEKENDS = {"from": "2027-01-01T00:00:00Z", "to": "2127-01-01T01:00:00+01:00", "weekdays": ["SA", "SU"]}


async def test_a_watch_is_set_shown_dismissed_and_ended_and_what_is_wrong_is_named() -> None:
    office = Office()
    agency = Organization(office.store, HOME)
    await agency.screen(screening(HOME, email="ada@example.com"))
    await agency.identity.identify(claims("ada-herself", email="ada@example.com"), "r")
    home = (await agency.slot(await agency.agent())).property_id
    path = f"/api/v1/properties/{home}/watch"
    async with office.client(Authorization=f"Bearer {office.token('ada-herself', role=None)}") as http:
        put = await http.post(path, json=WEEKENDS, params={"organization_id": str(HOME)})
        watch = put.json()["watch"]
        assert (put.status_code, put.headers["Location"]) == (201, path)
        assert watch == {
            "organization_id": str(HOME),
            "property_id": str(home),
            "from": "2027-01-01T00:00:00Z",
            "to": "2127-01-01T00:00:00Z",
            "weekdays": ["SA", "SU"],
            "created_at": watch["created_at"],
            "updated_at": watch["updated_at"],
        }
        assert (await http.get(path)).json() == {"watch": watch}
        assert (await http.get("/api/v1/watches")).json() == {"watches": [watch]}
        other = await http.post(path, json={name: WEEKENDS[name] for name in ("from", "to")})
        assert other.json()["watch"]["weekdays"] == ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
        assert (await http.post(f"{path}/dismiss")).status_code == 204
        assert (await http.delete(path)).status_code == 204
        assert (await http.get(path)).json()["code"] == "watch_not_found"
        assert await faults(http, path, {}) == [("#/from", "required"), ("#/to", "required")]
        wrong: dict[str, Any] = {**WEEKENDS, "to": WEEKENDS["from"], "weekdays": ["SA", "SA"]}
        assert await faults(http, path, wrong) == [("#/weekdays", "repeated")]
        assert await faults(http, path, {**wrong, "weekdays": ["MO"]}) == [("#/to", "out_of_range")]
        assert await faults(http, path, {**WEEKENDS, "weekdays": []}) == [("#/weekdays", "wrong_length")]
        assert await faults(http, path, {**WEEKENDS, "weekdays": ["sa"]}) == [("#/weekdays/0", "not_one_of")]
        assert await faults(http, path, {**WEEKENDS, "hours": 1}) == [("#/hours", "unknown")]


async def faults(http: Any, path: str, content: object) -> list[tuple[str, str]]:
    told = await http.post(path, json=content)
    assert (told.status_code, told.json()["code"]) == (400, "invalid_request")
    return [(one["pointer"], one["code"]) for one in told.json()["errors"]]
