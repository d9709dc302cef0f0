"""The REST interface and a small model of it, side by side: Hypothesis looks for the step at which they part."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run

from booking.domain.agent import AgentRole
from tests.e2e.driver import Caller, Instance, eventually, problem, tomorrow

AGENTS = {"member": "A", "colleague": "A", "admin": "A", "outsider": "B"}
APPLICANTS = {"ana": {"A"}, "ben": {"A", "B"}, "cleo": {"B"}}
STEP = timedelta(minutes=30)

agents = st.sampled_from(sorted(AGENTS))
applicants = st.sampled_from(sorted(APPLICANTS))
anybody = st.sampled_from(sorted(AGENTS) + sorted(APPLICANTS))
owners = st.none() | agents
properties = st.integers(0, 1)
words = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=9)

Outcome = tuple[int, str | None]
"""(status, code of the refusal)."""


@dataclass(eq=False)
class Slot:
    id: str
    agent: str
    place: int
    first: int
    last: int
    status: str = "available"

    @property
    def agency(self) -> str:
        return AGENTS[self.agent]

    def collides(self, other: "Slot") -> bool:
        related = self.agency == other.agency and (self.agent == other.agent or self.place == other.place)
        return related and other.status != "cancelled" and self.first < other.last and other.first < self.last


@dataclass(eq=False)
class Booking:
    id: str
    slot: Slot
    applicant: str
    notes: str
    status: str = "confirmed"


def by_time(slots: list[Slot]) -> list[Slot]:
    return sorted(slots, key=lambda slot: (slot.first, slot.id))


def let_in(caller: Caller, everywhere: int) -> bool | None:
    """Once the consumer has taken in the screening of every organization."""
    answer = caller.get("/api/v1/me")
    return (answer.status_code == 200 and len(answer.json()["me"]["applicants"]) == everywhere) or None


def outcome(answer: httpx.Response) -> Outcome:
    return problem(answer) if answer.status_code >= 400 else (answer.status_code, None)


class Service(RuleBasedStateMachine):
    """Each rule foretells the answer, asks, compares, and then changes the model as the service must have changed."""

    instance: Instance
    slots = Bundle("slots")
    bookings = Bundle("bookings")

    @initialize()
    def begin(self) -> None:
        agencies = {name: self.instance.organization() for name in ("A", "B")}
        self.callers = {
            name: agencies[agency].agent(AgentRole.ADMIN if name == "admin" else AgentRole.MEMBER)
            for name, agency in AGENTS.items()
        }
        emails = {name: f"{name}.{uuid4()}@example.com" for name in APPLICANTS}
        self.instance.send(
            *(agencies[one].screened(email=emails[name]) for name, where in APPLICANTS.items() for one in where)
        )
        for name, where in APPLICANTS.items():
            self.callers[name] = agencies["A"].caller(self.instance.token(email=emails[name]))
            eventually(partial(let_in, self.callers[name], len(where)))
        self.agent_ids = {name: self.callers[name].get("/api/v1/me").json()["me"]["agent"]["id"] for name in AGENTS}
        self.property_ids = [str(uuid4()) for _ in range(2)]
        self.start = tomorrow()
        self.all_slots: list[Slot] = []
        self.all_bookings: list[Booking] = []

    @rule(target=slots, by=agents, owner=owners, place=properties, first=st.integers(0, 8), length=st.integers(1, 3))
    def offer(self, by: str, owner: str | None, place: int, first: int, length: int) -> Any:
        offered = Slot("", owner or by, place, first, first + length)
        if offered.agent != by and by != "admin":
            expected: Outcome = (403, "wrong_role")
        elif offered.agency != AGENTS[by]:
            expected = (404, "agent_not_found")
        elif any(offered.collides(other) for other in self.all_slots):
            expected = (409, "slot_overlap")
        else:
            expected = (201, None)
        content = {"property_id": self.property_ids[place], "agent_id": owner and self.agent_ids[owner]}
        times = {"start_time": self.at(first), "end_time": self.at(first + length)}
        answer = self.callers[by].post("/api/v1/slots", content | times)
        assert outcome(answer) == expected
        if answer.status_code != 201:
            return multiple()
        offered.id = answer.json()["slot"]["id"]
        assert self.seen(answer.json()["slot"]) == self.as_told(offered)
        self.all_slots.append(offered)
        return offered

    @rule(target=bookings, by=anybody, slot=slots, notes=words)
    def book(self, by: str, slot: Slot, notes: str) -> Any:
        if by in AGENTS:
            expected: Outcome = (403, "wrong_role")
        elif slot.agency not in APPLICANTS[by]:
            expected = (404, "slot_not_found")
        else:
            refusals = {"cancelled": (409, "slot_cancelled"), "booked": (409, "slot_taken")}
            expected = refusals.get(slot.status, (201, None))
        answer = self.callers[by].book(slot.id, notes=notes)
        assert outcome(answer) == expected
        if answer.status_code != 201:
            return multiple()
        slot.status = "booked"
        booked = Booking(answer.json()["booking"]["id"], slot, by, notes)
        self.all_bookings.append(booked)
        return booked

    @rule(by=anybody, booking=bookings)
    def cancel_booking(self, by: str, booking: Booking) -> None:
        if by in AGENTS:
            expected: Outcome = (403, "wrong_role")
        elif by != booking.applicant:
            expected = (404, "booking_not_found")
        else:
            expected = (204, None) if booking.status == "confirmed" else (409, "booking_not_confirmed")
        assert outcome(self.callers[by].delete(f"/api/v1/bookings/{booking.id}")) == expected
        if expected == (204, None):
            booking.status, booking.slot.status = "cancelled_by_applicant", "available"

    @rule(by=anybody, slot=slots)
    def cancel_slot(self, by: str, slot: Slot) -> None:
        if by not in AGENTS:
            expected: Outcome = (403, "wrong_role")
        elif AGENTS[by] != slot.agency:
            expected = (404, "slot_not_found")
        elif by not in (slot.agent, "admin"):
            expected = (403, "not_your_slot")
        else:
            expected = (409, "slot_cancelled") if slot.status == "cancelled" else (204, None)
        assert outcome(self.callers[by].delete(f"/api/v1/slots/{slot.id}")) == expected
        if expected == (204, None):
            slot.status = "cancelled"
            for booking in self.all_bookings:
                if booking.slot is slot and booking.status == "confirmed":
                    booking.status = "cancelled_by_agent"

    @rule(by=anybody, slot=slots)
    def look_at_a_slot(self, by: str, slot: Slot) -> None:
        answer = self.callers[by].get(f"/api/v1/slots/{slot.id}")
        in_view = slot.agency in (APPLICANTS.get(by) or {AGENTS[by]})
        assert outcome(answer) == ((200, None) if in_view else (404, "slot_not_found"))
        assert not in_view or self.seen(answer.json()["slot"]) == self.as_told(slot)

    @rule(by=anybody, booking=bookings)
    def look_at_a_booking(self, by: str, booking: Booking) -> None:
        answer = self.callers[by].get(f"/api/v1/bookings/{booking.id}")
        in_view = booking in self.bookings_for(by)
        assert outcome(answer) == ((200, None) if in_view else (404, "booking_not_found"))
        assert not in_view or ("applicant" in answer.json()["booking"]) == (by in AGENTS)

    @rule(by=anybody, place=properties)
    def look_at_a_property(self, by: str, place: int) -> None:
        listed = self.callers[by].get(f"/api/v1/properties/{self.property_ids[place]}/slots").json()["slots"]
        where = APPLICANTS.get(by) or {AGENTS[by]}
        bookable = [s for s in self.all_slots if s.place == place and s.agency in where and s.status == "available"]
        assert list(map(self.seen, listed)) == list(map(self.as_told, by_time(bookable)))

    @rule(by=anybody)
    def list_bookings(self, by: str) -> None:
        listed = self.callers[by].get("/api/v1/bookings").json()["bookings"]
        own = [(b.id, b.slot.id, b.status, b.notes) for b in self.bookings_for(by)]
        assert sorted((b["id"], b["slot_id"], b["status"], b["notes"]) for b in listed) == sorted(own)

    @invariant()
    def agents_see_what_the_model_has(self) -> None:
        for by in ("admin", "outsider"):
            listed = self.callers[by].get("/api/v1/slots").json()["slots"]
            expected = by_time([slot for slot in self.all_slots if slot.agency == AGENTS[by]])
            assert list(map(self.seen, listed)) == list(map(self.as_told, expected))
            self.list_bookings(by)

    def at(self, step: int) -> str:
        return (self.start + step * STEP).strftime("%Y-%m-%dT%H:%M:%SZ")

    def as_told(self, slot: Slot) -> dict[str, Any]:
        return {
            "id": slot.id,
            "property_id": self.property_ids[slot.place],
            "agent_id": self.agent_ids[slot.agent],
            "start_time": self.at(slot.first),
            "end_time": self.at(slot.last),
            "status": slot.status,
        }

    def seen(self, told: dict[str, Any]) -> dict[str, Any]:
        """What the model knows of a slot, out of an answer."""
        return {key: told[key] for key in ("id", "property_id", "agent_id", "start_time", "end_time", "status")}

    def bookings_for(self, who: str) -> list[Booking]:
        """What is in their view: an applicant's own, a member's on own slots, an admin's of the organization."""
        if who in APPLICANTS:
            return [booking for booking in self.all_bookings if booking.applicant == who]
        if who == "admin":
            return [booking for booking in self.all_bookings if booking.slot.agency == AGENTS[who]]
        return [booking for booking in self.all_bookings if booking.slot.agent == who]


def test_the_service_and_its_model_never_part(instance: Instance) -> None:
    """T1, T3, T7, T12, T25: whoever does whatever in whichever order."""
    machine = type("ThisService", (Service,), {"instance": instance})
    budget = settings(
        max_examples=25,
        stateful_step_count=25,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],  # each step is several requests
    )
    run(machine, settings=budget)
