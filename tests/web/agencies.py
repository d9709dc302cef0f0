"""Agencies of a test's own, by REST: what has happened before anybody opens the page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency as AgencyClaim
from tests.e2e.driver import Caller, Instance, Organization, eventually
from tests.web.windows import Person

ZONE = "Europe/Lisbon"


def midday(days: int = 1) -> datetime:
    """Return an hour that is of the same day everywhere in Europe, and some hours after it too."""
    return (datetime.now(UTC) + timedelta(days=days)).replace(hour=11, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Agency:
    """An organization with a home, an admin and whoever is let in."""

    organization: Organization
    zone: str = ZONE
    property_id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def instance(self) -> Instance:
        return self.organization.instance

    @cached_property
    def admin(self) -> Person:
        return self._person("Amy Elm", "admin", AgencyClaim(organization_id=self.organization.id, role=AgentRole.ADMIN))

    @cached_property
    def api(self) -> Caller:
        """The admin without a page."""
        return self.caller(self.admin)

    def member(self, name: str) -> Person:
        """An agent who is no admin."""
        return self._person(name, "agent", AgencyClaim(organization_id=self.organization.id, role=AgentRole.MEMBER))

    def caller(self, person: Person) -> Caller:
        return self.organization.caller(person.token(timedelta(hours=1)))

    def settle(self) -> "Agency":
        """Name the agency and its home."""
        self._put("/api/v1/organization", {"name": "Elm & Oak", "time_zone": self.zone})
        self.home(self.property_id)
        return self

    def home(self, property_id: str | None = None) -> str:
        """Name a home, a new one unless said; return its id."""
        known = property_id or str(uuid4())
        self._put(f"/api/v1/properties/{known}", {"label": "Two rooms by the park", "area": "Alfama"})
        return known

    def offer(self, *hours: float, capacity: int = 1, first: datetime | None = None) -> list[dict[str, Any]]:
        """Offer visits of half an hour, so many hours after `first`, which is at midday tomorrow."""
        start = first or midday()
        return [self._offer(start + timedelta(hours=one), capacity) for one in hours]

    def applicants(self, *names: str, risk_level: str = "LOW") -> list[Person]:
        """Let them in, and wait until they are."""
        people = [self._person(name, "applicant", None) for name in names]
        screened = [self.organization.screened(email=one.email, name=one.name, risk_level=risk_level) for one in people]
        self.instance.send(*screened)
        self._wait_for(people)
        return people

    def book(self, person: Person, slot: dict[str, Any], **more: object) -> dict[str, Any]:
        """Book it by REST, as a person does in a window that the test does not look at."""
        answer = self.caller(person).book(slot["id"], **more)
        assert answer.status_code == 201, answer.text
        booking: dict[str, Any] = answer.json()["booking"]
        return booking

    def policy(self, **changes: object) -> None:
        now = self.api.get("/api/v1/policy")
        tag = now.headers["ETag"]
        known = {name: value for name, value in now.json()["policy"].items() if name not in {"updated_at", "version"}}
        answer = self.api.request("PUT", "/api/v1/policy", json={**known, **changes}, headers={"If-Match": tag})
        assert answer.status_code == 200, answer.text

    def bookings(self, **parameters: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.get("/api/v1/bookings", **parameters).json()["bookings"]
        return found

    def _offer(self, start: datetime, capacity: int) -> dict[str, Any]:
        times = {"start_time": start.isoformat(), "end_time": (start + timedelta(minutes=30)).isoformat()}
        answer = self.api.post("/api/v1/slots", {"property_id": self.property_id, "capacity": capacity, **times})
        assert answer.status_code == 201, answer.text
        slot: dict[str, Any] = answer.json()["slot"]
        return slot

    def _put(self, path: str, body: object) -> None:
        answer = self.api.request("PUT", path, json=body)
        assert answer.status_code in {200, 201}, answer.text

    def _wait_for(self, people: Sequence[Person]) -> None:
        for caller in map(self.caller, people):
            eventually(lambda caller=caller: caller.get("/api/v1/me").status_code == 200 or None)  # type: ignore[misc]

    def _person(self, name: str, role: str, agency: AgencyClaim | None) -> Person:
        email, subject, env = f"{uuid4()}@example.com", str(uuid4()), self.instance.env

        def token(lasts: timedelta) -> str:
            return mint(
                env["JWT_SECRET"],
                subject=subject,
                email=email,
                email_verified=True,
                lifetime=lasts,
                agency=agency,
                name=name if agency else None,
                issuer=env.get("JWT_ISSUER"),
            )

        return Person(name, email, role, token)
