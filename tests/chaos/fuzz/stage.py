"""What there is to ask for: callers of every kind, and visits in every state, made over HTTP before it begins."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency
from tests.chaos.fuzz.documented import OPERATIONS, Answer
from tests.chaos.fuzz.wire import Wire
from tests.chaos.scene import Scene
from tests.chaos.service import SECRET


@dataclass(frozen=True)
class Stage:
    """`ids` and `cursors` by the name of the parameter, and of the path, that they are for."""

    callers: Mapping[str, str | None]
    ids: Mapping[str, Sequence[str]]
    cursors: Sequence[str]


def request(method: str, path: str, token: str | None, body: bytes, *more: bytes) -> list[bytes]:
    """The request line and the headers."""
    bearer = [b"Authorization: Bearer " + token.encode()] if token else []
    typed = [b"Content-Type: application/json", b"Content-Length: %d" % len(body)] if body or method != "GET" else []
    return [f"{method} {path} HTTP/1.1".encode(), b"Host: booking", *bearer, *typed, *more]


def staged(made: Scene, address: tuple[str, int]) -> Stage:
    callers: dict[str, str | None] = {f"applicant {number}": token for number, token in enumerate(made.tokens)}
    callers |= {role.value: _agent(made, role) for role in AgentRole}
    callers |= {"nobody": None, "stranger": _token()}
    wire = Wire(address)

    def ask(who: str, method: str, path: str, content: Any = None) -> dict[str, Any]:
        body = b"" if content is None else json.dumps(content).encode()
        wire.send(b"\r\n".join([*request(method, path, callers[who], body), b"", body]))
        answer = wire.answer()
        assert isinstance(answer, Answer)
        assert answer.status < 300, answer
        told: dict[str, Any] = json.loads(answer.body)
        return told

    bookings = [ask(f"applicant {n % 2}", "POST", "/api/v1/bookings", {"slot_id": made.slots[n]}) for n in range(4)]
    holds = [ask("applicant 2", "POST", f"/api/v1/slots/{made.slots[n]}/holds") for n in (4, 5)]
    entries = [ask("applicant 3", "POST", f"/api/v1/slots/{made.slots[n]}/waitlist") for n in (0, 1)]
    ask("admin", "PUT", "/api/v1/policy", {})
    lists = [one.template for one in OPERATIONS if one.takes("cursor") and "{" not in one.template]
    lists.remove("/api/v1/availability")  # which needs more than a limit
    pages = [ask("applicant 2" if path.endswith("/holds") else "admin", "GET", f"{path}?limit=1") for path in lists]
    cursors = [page["next_cursor"] for page in pages if page["next_cursor"]]
    wire.close()
    assert len(cursors) >= 4, "lists of more than one page"
    ids = {
        "slot_id": made.slots,
        "booking_id": [told["booking"]["id"] for told in bookings],
        "hold_id": [told["hold"]["id"] for told in holds],
        "entry_id": [told["entry"]["id"] for told in entries],
        "property_id": [told["booking"]["property_id"] for told in bookings],
    }
    return Stage(callers, ids, cursors)


def _agent(made: Scene, role: AgentRole) -> str:
    return _token(Agency(organization_id=made.organization_id, role=role))


def _token(agency: Agency | None = None) -> str:
    return mint(SECRET, subject=f"fuzz-{uuid4()}", lifetime=timedelta(hours=12), agency=agency)
