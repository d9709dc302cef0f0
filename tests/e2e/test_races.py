"""Races behind a barrier, over connections of their own, from two processes: what is allowed, and nothing else."""

import http.client
import json
import multiprocessing
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.e2e.driver import Caller, Instance, Organization, tomorrow

ROUNDS = 50
RIVALS = 50
PROCESSES = 2

Call = tuple[str, str, str, str | None]
"""(method, path, token, body)."""

Answer = tuple[int, str | None]
"""(status, code of the refusal)."""


class Line:
    """One TCP connection, opened before the race."""

    def __init__(self, base_url: str) -> None:
        address = urlsplit(base_url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        self._connection.connect()

    def call(self, call: Call, *, keyed: bool) -> Answer:
        method, path, token, body = call
        key = {"Idempotency-Key": str(uuid4())} if keyed else {}
        self._connection.request(method, path, body, {"Authorization": f"Bearer {token}", **key})
        answer = self._connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content)["code"] if answer.status >= 400 else None

    def close(self) -> None:
        self._connection.close()


def run_rounds(base_url: str, rounds: Sequence[Sequence[Call]], barrier: Any, results: Any, keyed: bool) -> None:
    """In a process of its own: each call of a round on a thread and a connection of its own, started together."""
    lines = [Line(base_url) for _ in rounds[0]]
    together = threading.Barrier(len(lines), action=barrier.wait)

    def rival(number: int) -> list[Answer]:
        answers = []
        for calls in rounds:
            together.wait()
            answers.append(lines[number].call(calls[number], keyed=keyed))
        return answers

    with ThreadPoolExecutor(len(lines)) as pool:
        answers = list(pool.map(rival, range(len(lines))))
    for line in lines:
        line.close()
    results.put([[answers[number][turn] for number in range(len(lines))] for turn in range(len(rounds))])


def race(instance: Instance, rounds: Sequence[Sequence[Call]], *, keyed: bool = False) -> list[list[Answer]]:
    """The answers of each round, whose calls are shared out among the processes; each with a key where `keyed`."""
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(PROCESSES, timeout=60), context.Queue()
    processes = [
        context.Process(
            target=run_rounds,
            daemon=True,
            args=(instance.env["BASE_URL"], [calls[share::PROCESSES] for calls in rounds], barrier, results, keyed),
        )
        for share in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    shares = [results.get(timeout=240) for _ in processes]
    for process in processes:
        process.join()
    return [[answer for share in shares for answer in share[turn]] for turn in range(len(rounds))]


def slots_of(agency: Organization, count: int) -> list[tuple[Caller, str]]:
    """So many slots, each with its agent, one after another: whoever wins one may win the next as well."""
    agents = [agency.agent() for _ in range(10)]
    property_ids = [uuid4() for _ in agents]
    found = []
    for number in range(count):
        which = number % len(agents)
        offered = agents[which].offer(tomorrow(number / 2), property_ids[which])
        assert offered.status_code == 201, offered.text
        found.append((agents[which], offered.json()["slot"]["id"]))
    return found


def booking_call(slot_id: str, rival: Caller) -> Call:
    return "POST", "/api/v1/bookings", rival.token, json.dumps({"slot_id": slot_id})


def states(agency: Organization) -> tuple[dict[str, str], dict[str, list[str]]]:
    """What an admin sees in the end: the status of each slot, and of all its bookings."""
    admin = agency.admin()
    slots = {slot["id"]: slot["status"] for slot in everything(admin, "slots")}
    bookings: dict[str, list[str]] = {slot_id: [] for slot_id in slots}
    for booking in everything(admin, "bookings"):
        bookings[booking["slot_id"]].append(booking["status"])
    return slots, bookings


def everything(caller: Caller, what: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = caller.get(f"/api/v1/{what}", limit=100, **cursor).json()
        found += page[what]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_of_fifty_rivals_exactly_one_wins_and_the_others_get_a_clear_answer(instance: Instance) -> None:
    """Fifty rounds."""
    agency = instance.organization()
    rivals = agency.applicants([f"{uuid4()}@example.com" for _ in range(RIVALS)])
    slots = slots_of(agency, ROUNDS)
    answers = race(instance, [[booking_call(slot_id, rival) for rival in rivals] for _, slot_id in slots])
    assert Counter(answer for round_ in answers for answer in round_) == {
        (201, None): ROUNDS,
        (409, "slot_taken"): ROUNDS * (RIVALS - 1),
    }
    assert all(Counter(round_)[201, None] == 1 for round_ in answers)
    slots_now, bookings = states(agency)
    assert set(slots_now.values()) == {"booked"}
    assert all(statuses == ["confirmed"] for statuses in bookings.values())


def test_booking_against_cancelling_the_slot_has_no_other_outcomes_than_these(instance: Instance) -> None:
    """Never a confirmed booking on a cancelled slot."""
    agency = instance.organization()
    (applicant,) = agency.applicants([f"{uuid4()}@example.com"])
    slots = slots_of(agency, 60)
    answers = race(
        instance,
        [
            [booking_call(slot_id, applicant), ("DELETE", f"/api/v1/slots/{slot_id}", agent.token, None)]
            for agent, slot_id in slots
        ],
    )
    slots_now, bookings = states(agency)
    for (_, slot_id), outcome in zip(slots, map(set, answers), strict=True):
        assert outcome in ({(201, None), (204, None)}, {(409, "slot_cancelled"), (204, None)})
        assert slots_now[slot_id] == "cancelled"
        assert bookings[slot_id] == (["cancelled_by_agent"] if (201, None) in outcome else [])


def test_cancelling_against_cancelling_ends_once_and_never_revives_the_slot(instance: Instance) -> None:
    """The applicant's cancellation against the agent's, and two of the applicant's."""
    agency = instance.organization()
    (applicant,) = agency.applicants([f"{uuid4()}@example.com"])
    slots = slots_of(agency, 60)
    booked = [applicant.book(slot_id).json()["booking"]["id"] for _, slot_id in slots]
    by_applicant: list[Call] = [("DELETE", f"/api/v1/bookings/{id}", applicant.token, None) for id in booked]  # noqa: A001
    by_agent: list[Call] = [("DELETE", f"/api/v1/slots/{slot_id}", agent.token, None) for agent, slot_id in slots]
    against = race(instance, [list(pair) for pair in zip(by_applicant[:30], by_agent[:30], strict=True)])
    twice = race(instance, [[call, call] for call in by_applicant[30:]])
    slots_now, bookings = states(agency)
    for (_, slot_id), outcome in zip(slots[:30], map(Counter, against), strict=True):
        assert slots_now[slot_id] == "cancelled"
        won = outcome == {(204, None): 2}
        assert won or outcome == {(204, None): 1, (409, "booking_not_confirmed"): 1}
        assert bookings[slot_id] == ["cancelled_by_applicant" if won else "cancelled_by_agent"]
    for (_, slot_id), outcome in zip(slots[30:], map(Counter, twice), strict=True):
        assert outcome == {(204, None): 1, (409, "booking_not_confirmed"): 1}
        assert (slots_now[slot_id], bookings[slot_id]) == ("available", ["cancelled_by_applicant"])


@pytest.mark.parametrize("keyed", [False, True])
def test_eight_moves_of_one_booking_at_once_all_succeed_one_after_the_other(instance: Instance, keyed: bool) -> None:
    """A 503 is for outages: of eight rounds one answer in four was one."""
    agency = instance.organization()
    (applicant,) = agency.applicants([f"{uuid4()}@example.com"])
    slots = [slot_id for _, slot_id in slots_of(agency, 17)]
    booking, admin = applicant.book(slots[16]).json()["booking"]["id"], agency.admin()

    def move(to: str) -> Call:
        return "POST", f"/api/v1/bookings/{booking}/reschedule", admin.token, json.dumps({"slot_id": to})

    rounds = [list(map(move, slots[8 * (turn % 2) :][:8])) for turn in range(8)]
    answers = race(instance, rounds, keyed=keyed)
    assert Counter(answer for round_ in answers for answer in round_) == {(200, None): 64}
    assert admin.get(f"/api/v1/bookings/{booking}").json()["booking"]["sequence"] == 64


@pytest.mark.parametrize("keyed", [False, True])
def test_of_a_crowd_that_changes_one_slot_in_every_way_at_once_nobody_is_told_to_come_back(
    instance: Instance, keyed: bool
) -> None:
    agency = instance.organization()
    people, admin = agency.applicants([f"{uuid4()}@example.com" for _ in range(24)]), agency.admin()
    slots = [slot_id for _, slot_id in slots_of(agency, 5)]

    def deeds(slot_id: str) -> list[Call]:
        path = f"/api/v1/slots/{slot_id}"
        return [
            *(booking_call(slot_id, one) for one in people[:8]),
            *(("POST", f"{path}/holds", one.token, None) for one in people[8:16]),
            *(("POST", f"{path}/waitlist", one.token, None) for one in people[16:]),
            *(("PUT", f"{path}/capacity", admin.token, json.dumps({"capacity": 1 + n})) for n in range(8)),
        ]

    answers = race(instance, list(map(deeds, slots)), keyed=keyed)
    told = Counter(answer for round_ in answers for answer in round_)
    refusals = {"slot_taken", "slot_available", "capacity_taken", "hold_limit"}
    assert {answer for answer in told if answer[0] not in (200, 201)} <= {(409, code) for code in refusals}
