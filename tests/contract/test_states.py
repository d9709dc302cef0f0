"""Every state, every action, every role: what docs/states.md says is what happens, and what is listed as available."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml

from booking import files
from booking.domain.events import CLOCK, EventType
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.planning.agent_schedule import OccurrenceState, ScheduleStatus
from booking.domain.planning.slot_moves import Destination
from booking.domain.properties.policy import Settings
from booking.domain.refusals import Refusal
from booking.domain.visits.booking import Booking, BookingStatus, Outcome
from booking.domain.visits.events import BECAME, STOPPED_WAITING
from booking.domain.visits.roster_changes import release_unconfirmed
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.waitlist import EntryStatus
from tests.builders import HOUR, Organization, organization, screening
from tests.support.refusals import kinds
from tests.support.worlds import World

EVENTS: dict[str, Any] = yaml.safe_load(files.path("asyncapi.yaml").read_bytes())["components"]["schemas"]
TEXT = files.path("docs/states.md").read_text(encoding="utf-8")
Table = dict[str, dict[str, str]]


def table(heading: str) -> Table:
    """A table of the page, by its rows and then its columns."""
    section = re.split(r"^##+ ", TEXT, flags=re.MULTILINE)
    (found,) = [one for one in section if one.startswith(heading + "\n")]
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in found.splitlines()
        if line.startswith("|") and not line.startswith("|---")
    ]
    header, *body = rows
    return {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in body}


def diagram(heading: str) -> set[tuple[str | None, str | None]]:
    """The ways that it shows, from which state to which; None where something begins and ends."""
    (section,) = [one for one in re.split(r"^## ", TEXT, flags=re.MULTILINE) if one.startswith(heading)]
    ways = re.findall(r"^ +(\S+) --> (\S+)", section, flags=re.MULTILINE)
    return {(None if was == "[*]" else was, None if now == "[*]" else now) for was, now in ways}


BY_APPLICANT, BY_AGENT, WHO = table("By the applicant"), table("By the agent"), table("By whom")
BY_CLOCK = table("By the clock")
FOUND_AS = {state: found for found, row in table("By others").items() for state in row["while Ana's is"].split(" · ")}
OF_SLOTS, OF_BOOKINGS, OF_ENTRIES = diagram("Slots"), diagram("Bookings"), diagram("Waitlists")
ROLES = ("applicant", "other applicant", "agent", "colleague", "admin", "stranger")


@dataclass
class Scene:
    """Ana, and a slot of one place in which she has, or had, or might have a visit."""

    world: World
    agency: Organization
    callers: dict[str, Caller]
    slot: Slot
    other_slot: Slot
    booking: Booking | None = None
    entry_id: UUID | None = None
    whose: str = "applicant"
    passed: timedelta = field(default_factory=timedelta)

    @property
    def ana(self) -> Caller:
        return self.callers["applicant"]

    @property
    def claim(self) -> UUID:
        return self.booking.id if self.booking else uuid4()

    async def wait(self, by: timedelta) -> None:
        self.passed += by
        await self.world.jump(self.passed)

    async def approval(self) -> None:
        await self.agency.policies.put(
            self.callers["admin"],
            Settings(approval_levels=(RiskLevel.LOW,), cancel_when_ineligible=True),
            expected=None,
        )

    async def status(self) -> str:
        """Of the claim or, without one, of the entry, or else of the slot."""
        of = self.callers[self.whose]
        if self.booking is not None:
            booking = (await self.world.store.bookings.get(self.booking.id, of)).booking
            if booking.feedback is not None:
                return "rated"
            return booking.outcome.value if booking.outcome else booking.status.value
        if self.entry_id is not None:
            return (await self.world.store.waitlists.get(self.entry_id, of.applicants)).entry.status.value
        return (await self.agency.see(of, self.slot.id)).status.value


async def scene(world: World, passed: timedelta = timedelta()) -> Scene:
    agency, elsewhere = organization(world.store), organization(world.store)
    callers = {
        "applicant": await agency.applicant(),
        "other applicant": await agency.applicant(),
        "agent": await agency.agent(),
        "colleague": await agency.agent(),
        "admin": await agency.admin(),
        "stranger": await elsewhere.agent(AgentRole.ADMIN),
        "rival": await agency.applicant(),
    }
    property_id = uuid4()
    slots = [
        await agency.slot(callers["agent"], property_id=property_id, starts_in=passed + after * HOUR)
        for after in (10, 12)
    ]
    return Scene(world, agency, callers, slots[0], slots[1], passed=passed)


async def free(_: Scene) -> None:
    """Nobody has the place."""


async def full(s: Scene) -> Booking:
    return await s.agency.book(s.callers["rival"], s.slot.id)


async def waiting(s: Scene) -> None:
    await full(s)
    s.entry_id = (await s.agency.waitlists.join(s.ana, s.slot.id)).entry.id


async def offered(s: Scene) -> None:
    booking = await full(s)
    s.entry_id = (await s.agency.waitlists.join(s.ana, s.slot.id)).entry.id
    await s.agency.bookings.cancel(s.callers["rival"], booking.id)
    s.booking = await s.agency.holds.hold(s.ana, s.slot.id)


async def held(s: Scene) -> None:
    s.booking = await s.agency.holds.hold(s.ana, s.slot.id)


async def lapsed(s: Scene) -> None:
    await held(s)
    await s.wait(HOUR)


async def released(s: Scene) -> None:
    await held(s)
    await s.agency.holds.release(s.ana, s.claim)


async def pending_approval(s: Scene) -> None:
    await s.approval()
    s.booking = await s.agency.book(s.ana, s.slot.id)


async def confirmed(s: Scene) -> None:
    s.booking = await s.agency.book(s.ana, s.slot.id)


async def begun(s: Scene) -> None:
    await confirmed(s)
    await s.wait(10.5 * HOUR)


async def attended(s: Scene) -> None:
    await begun(s)
    await s.agency.bookings.record(s.callers["agent"], s.claim, Outcome.ATTENDED)


async def no_show(s: Scene) -> None:
    await begun(s)
    await s.agency.bookings.record(s.callers["agent"], s.claim, Outcome.NO_SHOW)


async def rated(s: Scene) -> None:
    await attended(s)
    await s.agency.bookings.give_feedback(s.ana, s.claim, rating=4, comment="")


async def declined(s: Scene) -> None:
    await pending_approval(s)
    await s.agency.bookings.decline(s.callers["agent"], s.claim)


async def expired(s: Scene) -> None:
    await pending_approval(s)
    await s.wait(8 * HOUR)


async def cancelled_by_applicant(s: Scene) -> None:
    await confirmed(s)
    await s.agency.bookings.cancel(s.ana, s.claim)


async def cancelled_by_agent(s: Scene) -> None:
    await confirmed(s)
    await s.agency.bookings.cancel(s.callers["agent"], s.claim)


async def cancelled_by_screening(s: Scene) -> None:
    await s.agency.policies.put(s.callers["admin"], Settings(cancel_when_ineligible=True), expected=None)
    await confirmed(s)
    person = s.ana.applicants[0]
    now = await s.world.store.now()
    worse = screening(
        s.agency.organization_id,
        external_id=person.external_id,
        email=person.email,
        risk_level=RiskLevel.HIGH,
        screened_at=now,
        sent_at=now,
    )
    await s.agency.screen(worse)


async def cancelled_unconfirmed(s: Scene) -> None:
    await confirmed(s)
    await s.world.store.rosters.change(s.slot.key, lambda roster: release_unconfirmed(roster, s.claim, 0), CLOCK)


async def cancelled_slot(s: Scene) -> None:
    await s.agency.slots.cancel(s.callers["agent"], s.slot.id)


STATES: dict[str, Callable[[Scene], Awaitable[object]]] = {
    "free": free,
    "full": full,
    "waiting": waiting,
    "offered": offered,
    "held": held,
    "lapsed": lapsed,
    "released": released,
    "pending_approval": pending_approval,
    "confirmed": confirmed,
    "confirmed, begun": begun,
    "attended": attended,
    "no_show": no_show,
    "rated": rated,
    "declined": declined,
    "expired": expired,
    "cancelled_by_applicant": cancelled_by_applicant,
    "cancelled_by_agent": cancelled_by_agent,
    "cancelled_by_screening": cancelled_by_screening,
    "cancelled_unconfirmed": cancelled_unconfirmed,
    "slot cancelled": cancelled_slot,
}

Act = Callable[[Scene, Caller], Awaitable[object]]


async def _book(s: Scene, by: Caller) -> None:
    s.booking = await s.agency.book(by, s.slot.id)


async def _book_for_her(s: Scene, by: Caller) -> None:
    s.booking = await s.agency.book(by, s.slot.id, applicant_id=s.ana.applicants[0].id)


async def _hold(s: Scene, by: Caller) -> None:
    s.booking = await s.agency.holds.hold(by, s.slot.id)


async def _join(s: Scene, by: Caller) -> None:
    s.booking, s.entry_id = None, (await s.agency.waitlists.join(by, s.slot.id)).entry.id


async def _leave(s: Scene, by: Caller) -> None:
    await s.agency.waitlists.leave(by, s.entry_id or uuid4())
    s.booking = None


async def _resize(s: Scene, by: Caller) -> None:
    await s.agency.slots.resize(by, s.slot.id, 2)


async def _move_slot(s: Scene, by: Caller) -> None:
    await s.agency.slot_moves.move(by, s.slot.id, Destination(start_time=s.slot.start_time + HOUR / 60))


async def _cancel_slot(s: Scene, by: Caller) -> None:
    await s.agency.slots.cancel(by, s.slot.id)


OF_APPLICANT: dict[str, Act] = {
    "book": _book,
    "hold": _hold,
    "release_hold": lambda s, by: s.agency.holds.release(by, s.claim),
    "join_waitlist": _join,
    "leave_waitlist": _leave,
    "cancel": lambda s, by: s.agency.bookings.cancel(by, s.claim),
    "reschedule": lambda s, by: s.agency.bookings.reschedule(by, s.claim, s.other_slot.id),
    "confirm_attendance": lambda s, by: s.agency.bookings.confirm_attendance(by, s.claim),
    "take_back": lambda s, by: s.agency.bookings.take_back(by, s.claim),
    "give_feedback": lambda s, by: s.agency.bookings.give_feedback(by, s.claim, rating=5, comment=""),
}
OF_AGENT: dict[str, Act] = {
    "book for her": _book_for_her,
    "cancel": lambda s, by: s.agency.bookings.cancel(by, s.claim),
    "reschedule": lambda s, by: s.agency.bookings.reschedule(by, s.claim, s.other_slot.id),
    "confirm_attendance": lambda s, by: s.agency.bookings.confirm_attendance(by, s.claim),
    "take_back": lambda s, by: s.agency.bookings.take_back(by, s.claim),
    "approve": lambda s, by: s.agency.bookings.approve(by, s.claim),
    "decline": lambda s, by: s.agency.bookings.decline(by, s.claim),
    "record_outcome": lambda s, by: s.agency.bookings.record(by, s.claim, Outcome.ATTENDED),
    "set_capacity": _resize,
    "move slot": _move_slot,
    "cancel slot": _cancel_slot,
}
ON_SLOT = {"book", "hold", "release_hold", "join_waitlist", "leave_waitlist", "set_capacity"}
LISTED_AS = {"book for her": "book_for", "move slot": "move", "cancel slot": "cancel"}
OVER = ("lapsed", "expired")
"""By the clock, and not tidied yet."""


async def outcome(s: Scene, act: Act, by: Caller) -> str:
    try:
        await act(s, by)
    except Refusal as refusal:
        return refusal.code
    return await s.status()


async def listed(s: Scene, action: str, by: Caller) -> bool:
    """Whether the action is among those that the caller is told are available."""
    name = LISTED_AS.get(action, action)
    try:
        if action in ON_SLOT or action in LISTED_AS:
            return name in (await s.agency.slots.get(by, s.slot.id)).actions
        return name in (await s.agency.bookings.get(by, s.claim)).actions
    except Refusal:
        return False


def test_the_page_has_every_state_and_every_action() -> None:
    assert list(BY_APPLICANT) == list(BY_AGENT) == list(STATES)
    assert sorted(FOUND_AS) == sorted(STATES)
    assert {frozenset(row) for row in BY_APPLICANT.values()} == {frozenset(OF_APPLICANT)}
    assert {frozenset(row) for row in BY_AGENT.values()} == {frozenset(OF_AGENT)}
    assert {frozenset(row) for row in WHO.values()} == {frozenset(ROLES)}
    assert set(WHO) == set(OF_APPLICANT) | set(OF_AGENT)


def test_the_diagrams_have_every_state() -> None:
    of_planning = ((ScheduleStatus, diagram("Schedules")), (OccurrenceState, diagram("Occurrences")))
    of_visits = ((SlotStatus, OF_SLOTS), (BookingStatus, OF_BOOKINGS), (EntryStatus, OF_ENTRIES))
    for states, ways in (*of_visits, *of_planning):
        assert {state for way in ways for state in way if state} == set(states)


def test_of_bookings_the_diagram_shows_what_is_told() -> None:
    told: set[tuple[str | None, ...]] = set()
    for kind in (*BECAME.values(), EventType.BOOKING_RESCHEDULED):
        (rules,) = [
            part["properties"]
            for schema in EVENTS.values()
            for part in schema.get("allOf", ())
            if part.get("properties", {}).get("type") == {"const": kind}
        ]
        told |= set(product(*(possible(rules[side]) for side in ("from_state", "to_state"))))
    never = {("pending_approval", "cancelled_unconfirmed")}  # the schema says so with `if`
    assert told - never == {way for way in OF_BOOKINGS if way[1]}
    assert never <= told


def possible(rule: dict[str, Any]) -> list[str | None]:
    return rule["enum"] if "enum" in rule else [rule["const"]]


async def shown(world: World) -> None:
    """All that was told went a way that a diagram shows."""
    for kind, was, now in await world.events():
        if kind in (EventType.SLOT_CREATED, EventType.SLOT_CANCELLED):
            assert (was, now) in OF_SLOTS
        elif kind in (*BECAME.values(), EventType.BOOKING_RESCHEDULED):
            assert (was, now) in OF_BOOKINGS
        elif kind in (EventType.WAITLIST_JOINED, *STOPPED_WAITING.values()):
            assert (was, now) in OF_ENTRIES


@pytest.mark.parametrize("state", STATES)
async def test_in_each_state_each_action_ends_as_the_page_says(world: World, state: str) -> None:
    """What is refused changes nothing, so that the next one is tried on the same; what is over is tidied by a look."""
    s = await scene(world)
    await STATES[state](s)
    for actions, cells, role in (
        (OF_APPLICANT, BY_APPLICANT[state], "applicant"),
        (OF_AGENT, BY_AGENT[state], "agent"),
        (OF_AGENT, BY_AGENT[state], "admin"),
    ):
        for action, act in actions.items():
            before = await world.events()
            offered_to_do = await listed(s, action, s.callers[role])
            ended = await outcome(s, act, s.callers[role])
            assert (action, ended) == (action, cells[action])
            refused = ended in REFUSALS
            if ended != "applicant_ineligible" or role == "applicant":  # an agent is not told for whom, only what
                assert (action, offered_to_do) == (action, not refused)
            if refused and state not in OVER:
                assert await world.events() == before
            else:
                s = await scene(world, s.passed)
                await STATES[state](s)
    await shown(world)


@pytest.mark.parametrize("state", STATES)
async def test_each_role_may_in_each_state_what_the_page_says(world: World, state: str) -> None:
    s = await scene(world)
    await STATES[state](s)
    before = await s.status(), await world.events()
    for action, act in {**OF_APPLICANT, **OF_AGENT}.items():
        for role in ROLES:
            if (expected := WHO[action][role]) not in ("yes", "as themselves"):
                assert (action, role, await outcome(s, act, s.callers[role])) == (action, role, expected)
                assert (action, role, await listed(s, action, s.callers[role])) == (action, role, False)
    assert (await s.status(), await world.events()) == before


@pytest.mark.parametrize("state", STATES)
async def test_others_find_each_state_as_the_page_says(world: World, state: str) -> None:
    passed = timedelta()
    for action in [action for action, row in WHO.items() if row["other applicant"] == "as themselves"]:
        s = await scene(world, passed)
        await STATES[state](s)
        s.booking, s.entry_id, s.whose = None, None, "other applicant"
        other, expected = s.callers[s.whose], BY_APPLICANT[FOUND_AS[state]][action]
        assert (action, await listed(s, action, other)) == (action, expected not in REFUSALS)
        assert (action, await outcome(s, OF_APPLICANT[action], other)) == (action, expected)
        passed = s.passed


@pytest.mark.parametrize("state", BY_CLOCK)
async def test_each_deadline_is_the_clocks_alone(world: World, state: str) -> None:
    """No worker has run, and when it does it is no different."""
    amount, unit = BY_CLOCK[state]["after"].split()
    after = timedelta(**{unit: int(amount)})
    s = await scene(world)
    await STATES[state](s)
    s.booking = None if state == "waiting" else s.booking
    await s.wait(after - timedelta(minutes=1))
    assert await s.status() == state
    await s.wait(timedelta(minutes=1))
    assert await s.status() == BY_CLOCK[state]["is"]
    await s.agency.tidying.step()
    assert await s.status() == BY_CLOCK[state]["is"]
    await shown(world)


REFUSALS = {kind.code for kind in kinds()}
