"""The REST interface and a model of it, side by side: Hypothesis looks for the step at which they part."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run

from booking.domain.people.agent import AgentRole
from tests.e2e.driver import Caller, Instance, eventually, problem, tomorrow
from tests.e2e.model import (
    AGENTS,
    APPLICANTS,
    CREATED,
    FINE,
    GONE,
    NO_BOOKING,
    NO_SLOT,
    Booking,
    Model,
    Outcome,
    Slot,
    agencies_of,
)
from tests.support.chance import examples

STEP = timedelta(minutes=30)

agents = st.sampled_from(sorted(AGENTS))
owners = st.none() | agents
everybody = [*sorted(AGENTS), *sorted(APPLICANTS)]
anybody = st.sampled_from(everybody)
callers = st.sampled_from([None] * 7 + everybody)
"""None is whoever is entitled to it."""

deeds = st.sampled_from(["book", "book", "cancel_booking", "cancel_slot"])
places = st.integers(0, 1)


def outcome(answer: httpx.Response) -> Outcome:
    return problem(answer) if answer.status_code >= 400 else (answer.status_code, None)


def let_in(caller: Caller, everywhere: int) -> bool | None:
    """Once the screenings of so many organizations have been taken in."""
    answer = caller.get("/api/v1/me")
    return (answer.status_code == 200 and len(answer.json()["me"]["applicants"]) == everywhere) or None


class Service(RuleBasedStateMachine):
    """Each rule asks, compares the answer with the model's, and then lets the model follow."""

    instance: Instance
    slots = Bundle("slots")

    def __init__(self) -> None:
        super().__init__()
        agencies = {name: self.instance.organization() for name in ("A", "B")}
        self.callers = {
            name: agencies[agency].agent(AgentRole.ADMIN if name == "admin" else AgentRole.MEMBER)
            for name, agency in AGENTS.items()
        }
        self.agent_ids = {name: self.callers[name].get("/api/v1/me").json()["me"]["agent"]["id"] for name in AGENTS}
        emails = {name: f"{name}.{uuid4()}@example.com" for name in APPLICANTS}
        self.instance.send(
            *(agencies[one].screened(email=emails[name]) for name, where in APPLICANTS.items() for one in sorted(where))
        )
        for name, where in APPLICANTS.items():
            self.callers[name] = agencies["A"].caller(self.instance.token(email=emails[name]))
            eventually(partial(let_in, self.callers[name], len(where)))
        self.property_ids = [str(uuid4()) for _ in range(2)]
        self.start = tomorrow()
        self.model = Model()

    @initialize(target=slots)
    def offers_to_begin_with(self) -> Any:
        return multiple(*(self.offer(by, None, 0, 2 * turn, 1) for turn, by in enumerate(AGENTS)))

    @rule(target=slots, by=agents, owner=owners, place=places, first=st.integers(0, 8), length=st.integers(1, 3))
    def offer_a_slot(self, by: str, owner: str | None, place: int, first: int, length: int) -> Any:
        return self.offer(by, owner, place, first, length) or multiple()

    @rule(slot=slots, deed=deeds, by=callers, onlooker=anybody)
    def use(self, slot: Slot, deed: str, by: str | None, onlooker: str) -> None:
        """One rule for all deeds: of rules of their own, Hypothesis leaves out too many at a time."""
        getattr(self, deed)(slot, by)
        self.look_at(slot, onlooker)

    def book(self, slot: Slot, by: str | None) -> None:
        by, notes = by or "ben", f"visit {len(self.model.bookings)} ✓"
        answer = self.callers[by].book(slot.id, notes=notes)
        assert outcome(answer) == self.model.book_answer(by, slot)
        if outcome(answer) == CREATED:
            self.model.booked(Booking(slot, by, notes, id=answer.json()["booking"]["id"]))

    def cancel_booking(self, slot: Slot, by: str | None) -> None:
        """The newest, and an older one."""
        for booking in self.model.bookings_of(slot)[:2]:
            who = by or booking.applicant
            answer = outcome(self.callers[who].delete(f"/api/v1/bookings/{booking.id}"))
            assert answer == self.model.cancel_booking_answer(who, booking)
            if answer == GONE:
                self.model.booking_cancelled(who, booking)

    def cancel_slot(self, slot: Slot, by: str | None) -> None:
        by = by or slot.agent
        answer = outcome(self.callers[by].delete(f"/api/v1/slots/{slot.id}"))
        assert answer == self.model.cancel_slot_answer(by, slot)
        if answer == GONE:
            self.model.slot_cancelled(slot)

    def look_at(self, slot: Slot, by: str) -> None:
        """At all that there is about it."""
        caller = self.callers[by]
        answer = caller.get(f"/api/v1/slots/{slot.id}")
        in_view = slot.agency in agencies_of(by)
        assert outcome(answer) == (FINE if in_view else NO_SLOT)
        assert not in_view or seen(answer.json()["slot"]) == self.told(slot)
        listed = caller.get(f"/api/v1/properties/{self.property_ids[slot.place]}/slots").json()["slots"]
        assert list(map(seen, listed)) == self.told_by_time(self.model.bookable(by, slot.place))
        for booking in self.model.bookings_of(slot)[:2]:
            answer = caller.get(f"/api/v1/bookings/{booking.id}")
            in_view = booking in self.model.listed_bookings(by)
            assert outcome(answer) == (FINE if in_view else NO_BOOKING)
            assert not in_view or ("applicant" in answer.json()["booking"]) == (by in AGENTS)
        self.look_at_lists(by)

    @invariant()
    def all_is_as_the_model_has_it(self) -> None:
        self.look_at_lists("admin")
        self.look_at_lists("outsider")

    def look_at_lists(self, by: str) -> None:
        listed = self.callers[by].get("/api/v1/bookings").json()["bookings"]
        expected = [(b.id, b.slot.id, b.status, b.notes) for b in self.model.listed_bookings(by)]
        assert sorted((b["id"], b["slot_id"], b["status"], b["notes"]) for b in listed) == sorted(expected)
        if by in AGENTS:
            listed = self.callers[by].get("/api/v1/slots").json()["slots"]
            assert list(map(seen, listed)) == self.told_by_time(self.model.listed_slots(by))

    def offer(self, by: str, owner: str | None, place: int, first: int, length: int) -> Slot | None:
        slot = Slot(owner or by, place, first, first + length)
        content = {
            "property_id": self.property_ids[place],
            "start_time": self.at(first),
            "end_time": self.at(first + length),
            "agent_id": self.agent_ids[owner] if owner else None,
        }
        answer = self.callers[by].post("/api/v1/slots", content)
        assert outcome(answer) == self.model.offer_answer(by, slot)
        if outcome(answer) != CREATED:
            return None
        slot.id = answer.json()["slot"]["id"]
        assert seen(answer.json()["slot"]) == self.told(slot)
        self.model.slots.append(slot)
        return slot

    def at(self, step: int) -> str:
        return (self.start + step * STEP).strftime("%Y-%m-%dT%H:%M:%SZ")

    def told(self, slot: Slot) -> dict[str, Any]:
        return {
            "id": slot.id,
            "property_id": self.property_ids[slot.place],
            "agent_id": self.agent_ids[slot.agent],
            "start_time": self.at(slot.first),
            "end_time": self.at(slot.last),
            "status": slot.status,
        }

    def told_by_time(self, slots: Iterable[Slot]) -> list[dict[str, Any]]:
        return list(map(self.told, sorted(slots, key=lambda slot: (slot.first, slot.id))))


def seen(told: dict[str, Any]) -> dict[str, Any]:
    """What the model knows of a slot, out of an answer."""
    return {key: told[key] for key in ("id", "property_id", "agent_id", "start_time", "end_time", "status")}


@pytest.mark.search
def test_the_service_and_its_model_never_part(instance: Instance) -> None:
    """Whoever does whatever, in whichever order."""
    budget = settings(
        max_examples=examples(8),
        stateful_step_count=25,
        print_blob=True,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking over REST takes longer than reading the steps
    )
    run(type("ThisService", (Service,), {"instance": instance}), settings=budget)
