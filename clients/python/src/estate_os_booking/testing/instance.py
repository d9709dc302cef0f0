"""A running development instance, and what drives it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self, TypedDict, Unpack
from uuid import UUID, uuid4

import httpx
import msgspec

from estate_os_booking.client import AsyncBookingClient, BookingClient
from estate_os_booking.problems import NotRegistered, problem_of
from estate_os_booking.testing.screenings import Envelope, enveloped, send_message

PATIENCE = 15.0  # seconds until a screening that was sent counts as lost


class Screening(TypedDict, total=False):
    applicant_id: UUID | str
    name: str
    email: str
    phone: str
    locale: str
    risk_level: Literal["LOW", "MEDIUM", "HIGH"]
    screened_at: datetime
    event_id: UUID | str


@dataclass(frozen=True)
class Person:
    client: BookingClient
    token: str = field(repr=False)


@dataclass(frozen=True)
class Applicant(Person):
    id: UUID
    email: str


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was mailed, as it looks at the instance's outbox. `at` is by the instance's clock."""

    number: int
    at: datetime
    kind: str | None
    from_name: str | None
    to: str
    to_name: str | None
    reply_to: str | None
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    url: str


class Instance:
    """An instance of `booking dev`, as its env file describes it. Close it, which ends the connections to it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = dict(env)
        self._http = httpx.Client()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connections of all its clients."""
        self._http.close()

    @property
    def base_url(self) -> str:
        return self.env["BASE_URL"]

    def client(self, token: str | None = None) -> BookingClient:
        return BookingClient(self.base_url, token, http=self._http)

    def async_client(self, token: str | None = None) -> AsyncBookingClient:
        return AsyncBookingClient(self.base_url, token)

    @property
    def admin(self) -> BookingClient:
        """A client of the instance's own admin."""
        return self.client(self.env["ADMIN_TOKEN"])

    def token(
        self,
        *,
        email: str | None = None,
        email_verified: bool = True,
        name: str | None = None,
        subject: str | None = None,
        role: Literal["member", "admin"] | None = None,
        organization_id: UUID | str | None = None,
        lasts_seconds: int | None = None,
    ) -> str:
        """Make a token. A role makes an agent, of an organization that need not be there yet."""
        given = {
            "email": email,
            "email_verified": email_verified,
            "name": name,
            "subject": subject,
            "role": role,
            "organization_id": organization_id,
            "lasts_seconds": lasts_seconds,
        }
        answer = self._control("/dev/token", {name: value for name, value in given.items() if value is not None})
        return str(answer["token"])

    def clock(self, *, now: datetime | None = None, advance_seconds: int | None = None) -> datetime:
        """Move the database's clock ahead, and return what it shows. Tokens, leases and limits stay on real time."""
        given = {"now": now} if now is not None else {"advance_seconds": advance_seconds}
        return datetime.fromisoformat(self._control("/dev/clock", given)["now"])

    def mails(self, *, to: str | None = None, kind: str | None = None, after: int = 0, wait: int = 0) -> list[Mail]:
        """Return what was mailed after that number, the newest first; `wait`: up to 20 seconds for the first."""
        given = {"to": to, "kind": kind, "after": after, "wait": wait}
        response = self._http.get(
            f"{self.base_url}/dev/outbox.json",
            params={name: value for name, value in given.items() if value is not None},
            headers={"Authorization": f"Bearer {self.env['ADMIN_TOKEN']}"},
            timeout=60,
        )
        if not response.is_success:
            raise problem_of(response)
        return msgspec.convert(response.json()["messages"], list[Mail])

    def reset(self) -> None:
        """Begin anew with an empty database: with the demo, or with the seed."""
        self.env = {**self._control("/dev/reset")["environment"], "BASE_URL": self.base_url}

    def screen(self, organization_id: UUID | str, envelope: Envelope = "plain", **screening: Unpack[Screening]) -> None:
        """Send a screening, as the upstream service does: plain, or as SNS or EventBridge deliver it."""
        message = enveloped({"organization_id": organization_id, **screening}, envelope)
        self._send(msgspec.json.encode(message).decode())

    def organization(self) -> "Organization":
        """Return an organization of its own, so that tests need no reset."""
        return Organization(self, uuid4())

    def _send(self, body: str) -> None:
        send_message(self.env, body)

    def _control(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        response = self._http.post(
            self.base_url + path,
            headers={"Authorization": f"Bearer {self.env['ADMIN_TOKEN']}"},
            content=None if body is None else msgspec.json.encode(body),
            timeout=60,
        )
        if not response.is_success:
            raise problem_of(response)
        return response.json()


@dataclass(frozen=True)
class Organization:
    """An agency of one's own within an instance."""

    instance: Instance
    id: UUID

    def agent(self, email: str | None = None, name: str | None = None) -> Person:
        return self._agent("member", email, name)

    def admin(self, email: str | None = None, name: str | None = None) -> Person:
        return self._agent("admin", email, name)

    def applicant(self, envelope: Envelope = "plain", **screening: Unpack[Screening]) -> Applicant:
        """Screen somebody, and return them once they can sign in."""
        applicant_id = screening.get("applicant_id", uuid4())
        email = screening.get("email", f"{applicant_id}@example.com")
        token = self.instance.token(email=email)
        screening |= {"applicant_id": applicant_id, "email": email}
        self.instance.screen(self.id, envelope, **screening)
        client = self.instance.client(token)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                linked = client.get_me().data.me.applicants
            except NotRegistered:
                linked = []
            for one in linked:
                if one.organization_id == self.id:
                    return Applicant(client, token, one.id, email)
            time.sleep(0.025)
        raise TimeoutError(f"the screening of {email} was not taken in within {PATIENCE:.0f} s")

    def _agent(self, role: Literal["member", "admin"], email: str | None, name: str | None) -> Person:
        token = self.instance.token(role=role, email=email, name=name, organization_id=self.id)
        return Person(self.instance.client(token), token)
