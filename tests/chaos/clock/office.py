"""An agency as it is served by one host, over REST; and what of it did not come when it was due."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx

from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency
from tests.builders import HOUR
from tests.chaos.service import SECRET

Answer = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """A slot, and who shows it."""

    id: str
    property_id: str
    agent: str
    start: datetime


@dataclass(kw_only=True)
class Office:
    """`began` is what the database's clock said then, `off` how far the host's was from it, in seconds.

    `change` is the next one of the zone's clocks that is still ahead. Instants are sent as people there write them.
    """

    http: httpx.Client
    organization_id: UUID
    subjects: Iterator[str]
    began: datetime
    off: float
    zone: ZoneInfo
    change: datetime
    checked: int = 0
    wrong: list[str] = field(default_factory=list)
    _started: float = field(default_factory=time.monotonic)

    @property
    def host_now(self) -> datetime:
        return self.began + timedelta(seconds=self.off + time.monotonic() - self._started)

    def local(self, instant: datetime) -> str:
        return instant.astimezone(self.zone).isoformat()

    def people(self, count: int) -> list[str]:
        return [self.token(subject) for subject in itertools.islice(self.subjects, count)]

    def token(self, subject: str, *, agency: Agency | None = None, expires: datetime | None = None) -> str:
        """Old enough, and for long enough, for either host."""
        issued = self.began - HOUR
        lifetime = (expires or self.began + 11 * HOUR) - issued
        return mint(SECRET, subject=subject, lifetime=lifetime, agency=agency, now=issued.timestamp())

    def agent(self) -> str:
        return self.token(f"agent-{uuid4()}", agency=Agency(organization_id=self.organization_id, role=AgentRole.ADMIN))

    def slot(self, start: datetime, *, lasts: timedelta = HOUR, capacity: int = 1, **policy: object) -> Shown:
        """At a property with a policy of its own, by an agent of its own."""
        agent, property_id = self.agent(), str(uuid4())
        self.ask(agent, "PUT", f"/properties/{property_id}/policy", policy)
        made = self.offer(agent, property_id, start, start + lasts, capacity)
        return Shown(made["slot"]["id"], property_id, agent, start)

    def offer(self, agent: str, property_id: str, start: datetime, end: datetime, capacity: int = 1) -> Answer:
        times = {"start_time": self.local(start), "end_time": self.local(end)}
        return self.ask(agent, "POST", "/slots", {"property_id": property_id, "capacity": capacity, **times})

    def book(self, who: str, slot: Shown) -> Answer:
        return self.ask(who, "POST", "/bookings", {"slot_id": slot.id})

    def ask(self, who: str, method: str, path: str, content: object = None) -> Answer:
        headers = {"Authorization": f"Bearer {who}"}
        response = self.http.request(method, f"/api/v1{path}", headers=headers, json=content)
        answer: Answer = response.json() if response.content else {}
        return {"http": response.status_code} | answer

    def check(self, what: str, found: object, expected: object) -> None:
        self.checked += 1
        if found != expected:
            self.wrong.append(f"{what}: {found}, not {expected}")

    def instant(self, what: str, found: str, expected: datetime) -> None:
        """To the microsecond, and written in UTC."""
        self.check(what, found, expected.astimezone(UTC).isoformat().replace("+00:00", "Z"))

    def outcome(self, what: str, answer: Answer, expected: str | int) -> None:
        """A problem's code, a booking's status, or else the status of the answer."""
        self.check(what, answer.get("code") or answer.get("booking", {}).get("status") or answer["http"], expected)
