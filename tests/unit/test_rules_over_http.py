"""Rules over HTTP: what an applicant is told, and nothing that is the agents' own."""

from uuid import UUID, uuid4

from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.properties.policy import Settings
from tests.builders import Organization, claims, screening
from tests.support.office import HOME, Office


async def test_an_applicant_reads_what_holds_and_nothing_of_the_agents_own() -> None:
    office = Office()
    agency = Organization(office.store, HOME)
    await agency.screen(screening(HOME, email="ada@example.com", risk_level=RiskLevel.MEDIUM))
    await agency.identity.identify(claims("ada-herself", email="ada@example.com"), "r")
    property_id = (await agency.slot(await agency.agent())).property_id
    path = f"/api/v1/properties/{property_id}/rules"
    rules = Settings(notice_seconds=7200, buffer_seconds=900, approval_levels=(RiskLevel.MEDIUM,), horizon_days=30)
    await agency.policies.put(await agency.admin(), rules, expected=None)
    async with office.client(Authorization=f"Bearer {office.token('ada-herself', role=None)}") as http:
        first = await http.get(path)
        again = await http.get(path, headers={"If-None-Match": first.headers["ETag"]})
        unknown = await http.get(f"/api/v1/properties/{uuid4()}/rules")
        misspelt = await http.get("/api/v1/properties/x/rules")
        foreign = await http.get(path, params={"organization_id": str(UUID(int=9))})
        strange = await http.get(path, params={"colour": "red"})
    assert first.json() == {
        "rules": {
            "organization_id": str(HOME),
            "property_id": str(property_id),
            "withdrawn_from": None,
            "notice_seconds": 7200,
            "horizon_days": 30,
            "cancellation_cutoff_seconds": 0,
            "max_live_bookings": None,
            "max_live_bookings_per_property": None,
            "max_party_size": None,
            "hold_seconds": 300,
            "max_live_holds": 2,
            "offer_seconds": 1800,
            "approval_required": True,
            "approval_seconds": 86_400,
            "approval_before_start_seconds": 7200,
        }
    }
    assert (again.status_code, again.content) == (304, b"")
    assert [(one.status_code, one.json()["code"]) for one in (unknown, misspelt, foreign, strange)] == [
        (404, "property_not_found"),
        (404, "property_not_found"),
        (404, "organization_not_found"),
        (400, "invalid_request"),
    ]
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.MEMBER)}") as http:
        as_agent = await http.get(path)
    assert as_agent.json()["rules"] == first.json()["rules"] | {"approval_required": None}
