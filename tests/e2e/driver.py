"""Drives an instance from outside: tokens by its secret, screenings through its queue, everything else over REST."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID, uuid4

import boto3  # type: ignore[import-untyped]
import httpx

from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency

PATIENCE = 90.0  # seconds until what must come counts as not coming; a message that failed once comes again after 30

T = TypeVar("T")


def eventually(look: Callable[[], T | None]) -> T:
    """What `look` finds at last; AssertionError if it never does. The only place where these tests sleep."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = look()
        if found is not None:
            return found
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


@dataclass(frozen=True, eq=False)
class Instance:
    env: dict[str, str] = field(repr=False)
    http: httpx.Client = field(repr=False)

    @cached_property
    def sqs(self) -> Any:
        return boto3.client(
            "sqs",
            endpoint_url=self.env["AWS_ENDPOINT_URL_SQS"],
            region_name=self.env["AWS_REGION"],
            aws_access_key_id=self.env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.env["AWS_SECRET_ACCESS_KEY"],
        )

    def token(self, *, email: str | None = None, agency: Agency | None = None, subject: str | None = None) -> str:
        return mint(
            self.env["JWT_SECRET"],
            subject=subject or str(uuid4()),
            email=email,
            email_verified=email is not None,
            lifetime=timedelta(hours=1),
            agency=agency,
            issuer=self.env.get("JWT_ISSUER"),
        )

    def send(self, *bodies: str) -> None:
        for first in range(0, len(bodies), 10):
            entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[first : first + 10])]
            assert not self.sqs.send_message_batch(QueueUrl=self.env["SQS_QUEUE_URL"], Entries=entries).get("Failed")

    def organization(self) -> "Organization":
        return Organization(self, uuid4())


@dataclass(frozen=True)
class Caller:
    """Somebody with a token, or nobody with an empty one."""

    token: str = field(repr=False)
    http: httpx.Client = field(repr=False)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        known = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers = {**known, **more.pop("headers", {})}
        return self.http.request(method, path, headers=headers, **more)

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        return self.request("GET", path, params=parameters)

    def post(self, path: str, content: object) -> httpx.Response:
        return self.request("POST", path, json=content)

    def delete(self, path: str) -> httpx.Response:
        return self.request("DELETE", path)

    def offer(self, start: datetime, property_id: UUID | str | None = None, minutes: int = 30) -> httpx.Response:
        end = start + timedelta(minutes=minutes)
        times = {"start_time": start.isoformat(), "end_time": end.isoformat()}
        return self.post("/api/v1/slots", {"property_id": str(property_id or uuid4()), **times})

    def book(self, slot_id: str, **more: object) -> httpx.Response:
        return self.post("/api/v1/bookings", {"slot_id": slot_id, **more})


@dataclass(frozen=True)
class Organization:
    instance: Instance
    id: UUID

    def agent(self, role: AgentRole = AgentRole.MEMBER) -> Caller:
        return self.caller(self.instance.token(agency=Agency(organization_id=self.id, role=role)))

    def admin(self) -> Caller:
        return self.agent(AgentRole.ADMIN)

    def applicant(self, email: str | None = None) -> Caller:
        (caller,) = self.applicants([email or f"{uuid4()}@example.com"])
        return caller

    def applicants(self, emails: Sequence[str]) -> list[Caller]:
        """Screened through the queue, and waited for until they are let in."""
        self.instance.send(*(self.screened(email=email) for email in emails))
        callers = [self.caller(self.instance.token(email=email)) for email in emails]
        for caller in callers:
            eventually(lambda caller=caller: caller.get("/api/v1/me").status_code == 200 or None)  # type: ignore[misc]
        return callers

    def caller(self, token: str) -> Caller:
        return Caller(token, self.instance.http)

    def screened(self, **changes: object) -> str:
        event: dict[str, object] = {
            "event_type": "APPLICANT_SCREENED",
            "applicant_id": str(uuid4()),
            "organization_id": str(self.id),
            "name": "Ada Lovelace",
            "email": "ada@example.com",
            "risk_level": "LOW",
        }
        return json.dumps(event | changes)


def tomorrow(hours: float = 0) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=1, hours=hours)


def problem(answer: httpx.Response) -> tuple[int, str]:
    """The status and the code of a refusal, once it is known to be well-formed."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told.keys() >= {"type", "title", "status", "detail", "instance", "code"}
    assert told["status"] == answer.status_code
    return answer.status_code, told["code"]
