"""Every operation of the API, for one caller: what each takes beside a booking, and lists beside a look at one."""

import http.client
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from bench.results import spread
from bench.rivals import slot
from bench.targets import SECRET, Target
from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency

TURNS = 12  # a round
KEY = " + key"
BOOKING, LOOK = "createBooking", "getBooking"
"""What writes are compared with, and lists of twenty."""

MOST, MORE = 2.0, {"createSlot": 3.0, "rescheduleBooking": 3.0}
"""So many times what they are compared with they may take."""

ORGANIZATION, ELSEWHERE = UUID("90000000-0000-4000-8000-000000000000"), UUID("90000000-0000-4000-8000-00000000ffff")
LISTS = {
    "listPropertySlots": "/properties/e0000000-0000-4000-8000-000000000000/slots",
    "listSlots": "/slots",
    "listBookings": "/bookings",
    "listWaitlist": "/waitlist",
    "listApplicants": "/applicants",
    "listAudit": "/audit",
}

Operations = dict[str, dict[str, dict[str, float]]]
"""By target, then by operation (those with a key end with KEY): ms at the median, of rounds."""


class Missing(Exception):
    """A former release lacks this operation."""


@dataclass
class Caller:
    """Goes through all operations in an order in which each can be done; `people` are those of the organization."""

    target: Target
    people: Sequence[str]
    took: dict[str, list[float]] = field(default_factory=dict)
    keyed: bool = False

    def __post_init__(self) -> None:
        self._http = http.client.HTTPConnection(*self.target.address)
        self._turn = count()
        self._admin = _agent("bench-admin", ORGANIZATION, AgentRole.ADMIN)
        self._member = mint(SECRET, subject="agent-1000", lifetime=timedelta(days=1))
        self._other = _agent("bench-admin-elsewhere", ELSEWHERE, AgentRole.ADMIN)

    def close(self) -> None:
        self._http.close()

    def turn(self) -> None:
        self._http.close()  # the service may have done so while others had their turn
        self._ask("", self._admin, "GET", "/health/live", root="")
        number = next(self._turn)
        self._look(number)
        self._visit(number)
        self._offer(number)
        self._decide(number)

    def _look(self, number: int) -> None:
        person = self.people[0]
        for name, path in LISTS.items():
            by = {"listSlots": self._member, "listPropertySlots": person, "listBookings": person}.get(name, self._admin)
            most = "" if name == "listPropertySlots" else "?limit=20"  # it has twenty, and is mostly asked for so
            self._ask(name, by, "GET", path + most)
        self._ask("getSlot", person, "GET", f"/slots/d1000000-0000-4000-8000-{number * 5 % 20000:012x}")
        self._ask(
            "getEligibility", person, "GET", f"/slots/d1000000-0000-4000-8000-{number * 5 % 20000:012x}/eligibility"
        )
        self._ask("getMe", person, "GET", "/me")
        self._ask("getPolicy", self._admin, "GET", "/policy")
        self._ask("getPropertyPolicy", self._admin, "GET", f"/properties/{UUID(int=number)}/policy")
        self._ask("getReadiness", person, "GET", "/health/ready", root="")

    def _visit(self, number: int) -> None:
        """Hold, give back, book, wait, move, cancel."""
        row = self._next_row()
        person, other = (self.people[row // 5 % len(self.people) - turn] for turn in (0, 1))
        hold = self._ask("createHold", person, "POST", f"/slots/{slot(row)}/holds")["hold"]["id"]
        with suppress(Missing):
            self._ask("listHolds", person, "GET", "/holds")
        self._ask("releaseHold", person, "DELETE", f"/holds/{hold}", expected=204)
        booked = self._ask("createBooking", person, "POST", "/bookings", {"slot_id": slot(row)})["booking"]["id"]
        self._ask("getBooking", person, "GET", f"/bookings/{booked}")
        entry = self._ask("joinWaitlist", other, "POST", f"/slots/{slot(row)}/waitlist")["entry"]["id"]
        self._ask("leaveWaitlist", other, "DELETE", f"/waitlist/{entry}", expected=204)
        to = {"slot_id": slot(self._next_row())}
        self._ask("rescheduleBooking", person, "POST", f"/bookings/{booked}/reschedule", to, expected=200)
        self._ask("cancelBooking", person, "DELETE", f"/bookings/{booked}", expected=204)

    def _offer(self, number: int) -> None:
        start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2000, hours=number)
        offer = {
            "property_id": str(uuid4()),
            "start_time": start.isoformat(),
            "end_time": (start + timedelta(minutes=30)).isoformat(),
        }
        offered = self._ask("createSlot", self._admin, "POST", "/slots", offer)["slot"]["id"]
        self._ask("setCapacity", self._admin, "PUT", f"/slots/{offered}/capacity", {"capacity": 5}, expected=200)
        self._ask("cancelSlot", self._admin, "DELETE", f"/slots/{offered}", expected=204)
        self._ask("putPolicy", self._other, "PUT", "/policy", {"notice_seconds": number}, expected=200)
        property_policy = f"/properties/{UUID(int=number)}/policy"
        self._ask("putPropertyPolicy", self._other, "PUT", property_policy, {"notice_seconds": 60}, expected=200)

    def _decide(self, number: int) -> None:
        waits, was = "c5000000-0000-4000-8000-{:012x}".format, f"/bookings/c4000000-0000-4000-8000-{number:012x}"
        self._ask("approveBooking", self._admin, "POST", f"/bookings/{waits(2 * number)}/approve", expected=200)
        self._ask("declineBooking", self._admin, "POST", f"/bookings/{waits(2 * number + 1)}/decline", expected=200)
        self._ask("recordOutcome", self._admin, "POST", f"{was}/outcome", {"outcome": "attended"}, expected=200)
        self._ask("giveFeedback", self.people[0], "POST", f"{was}/feedback", {"rating": 5})

    def _next_row(self) -> int:
        self.target.used += 5
        return self.target.used // 5 * 5

    def _ask(
        self,
        operation: str,
        token: str,
        method: str,
        path: str,
        content: object = None,
        *,
        expected: int | None = None,
        root: str = "/api/v1",
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        keyed = self.keyed and method != "GET"
        if keyed:
            headers["Idempotency-Key"] = str(uuid4())
        began = time.perf_counter()
        self._http.request(method, root + path, json.dumps(content) if content else None, headers)
        answer = self._http.getresponse()
        body = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != (expected or (200 if method == "GET" else 201)):
            if answer.status in (404, 405) and operation == "listHolds":
                raise Missing
            raise AssertionError(f"{self.target.name}: {operation}: {answer.status} {body.decode()}")
        if operation:
            self.took.setdefault(f"{operation}{KEY}" if keyed else operation, []).append(took)
        found: dict[str, Any] = json.loads(body) if body and answer.status != 204 else {}
        return found


def operations(targets: Sequence[Target], people: Sequence[str], rounds: int) -> Operations:
    """In turn: each target once without and once with keys; the first round is to warm up."""
    callers = [Caller(target, people) for target in targets]
    found: dict[str, dict[str, list[float]]] = {target.name: {} for target in targets}
    for number in range(rounds + 1):
        for _ in range(TURNS):
            for caller in callers:
                for caller.keyed in (False, True):
                    caller.turn()
        for caller in callers:
            for operation, took in caller.took.items():
                if number:
                    found[caller.target.name].setdefault(operation, []).append(median(took))
            caller.took = {}
    for caller in callers:
        caller.close()
    return {name: {operation: spread(each) for operation, each in by.items()} for name, by in found.items()}


def _agent(subject: str, organization_id: UUID, role: AgentRole) -> str:
    agency = Agency(organization_id=organization_id, role=role)
    return mint(SECRET, subject=subject, agency=agency, lifetime=timedelta(days=1))


def turns_of(rounds: int) -> int:
    """So many turns a caller takes at all."""
    return (rounds + 1) * TURNS * 2


def beside(operation: str) -> tuple[str, float] | None:
    """What an operation is compared with, and how many times that it may take; None where nothing is asked."""
    name, key = operation.removesuffix(KEY), KEY if operation.endswith(KEY) else ""
    if name in LISTS or name == "listHolds":
        return LOOK, MOST
    if name == BOOKING:
        return (BOOKING, MOST) if key else None
    return None if name.startswith("get") else (BOOKING + key, MORE.get(name, MOST))
