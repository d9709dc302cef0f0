"""Every state, every action, every role: what docs/states.md says is what happens, and what is listed as available."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from booking import files
from booking.adapters.memory import State, memory_store
from booking.domain.agent import AgentRole
from booking.domain.applicant import RiskLevel
from booking.domain.booking import Booking, Outcome
from booking.domain.caller import Caller
from booking.domain.errors import Refusal
from booking.domain.policy import Settings
from booking.domain.slot import Slot
from tests.builders import HOUR, Organization, organization, screening
from tests.support.worlds import MemoryWorld, World

TEXT = files.path("docs/states.md").read_text(encoding="utf-8")
Table = dict[str, dict[str, str]]


def table(heading: str) -> Table:
    """A table of the page, by its rows and then its columns."""
    section = re.split(r"^### ", TEXT, flags=re.MULTILINE)
    (found,) = [one for one in section if one.startswith(heading + "\n")]
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in found.splitlines()
        if line.startswith("|") and not line.startswith("|---")
    ]
    header, *body = rows
    return {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in body}


BY_APPLICANT, BY_AGENT, WHO = table("By the applicant"), table("By the agent"), table("By whom")
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
        """Of Ana's claim or, without one, of her entry."""
        if self.booking is not None:
            booking = (await self.world.store.bookings.get(self.booking.id, self.ana)).booking
            if booking.feedback is not None:
                return "rated"
            return booking.outcome.value if booking.outcome else booking.status.value
        if self.entry_id is not None:
            return (await self.world.store.waitlists.get(self.entry_id, self.ana.applicants)).entry.status.value
        return (await self.agency.see(self.ana, self.slot.id)).status.value


async def scene(world: World, passed: timedelta) -> Scene:
    agency, elsewhere = organization(world.store), organization(world.store)
    callers = {
        "applicant": await agency.applicant(),
        "other applicant": await agency.applicant(),
        "agent": await agency.agent(),
        "colleague": await agency.agent(),
        "admin": await agency.admin(),
        "stranger": await elsewhere.agent(AgentRole.ADMIN),
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
    return await s.agency.book(s.callers["other applicant"], s.slot.id)


async def waiting(s: Scene) -> None:
    await full(s)
    s.entry_id = (await s.agency.waitlists.join(s.ana, s.slot.id)).entry.id


async def offered(s: Scene) -> None:
    booking = await full(s)
    s.entry_id = (await s.agency.waitlists.join(s.ana, s.slot.id)).entry.id
    await s.agency.bookings.cancel(s.callers["other applicant"], booking.id)
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
    "give_feedback": lambda s, by: s.agency.bookings.give_feedback(by, s.claim, rating=5, comment=""),
}
OF_AGENT: dict[str, Act] = {
    "book for her": _book_for_her,
    "cancel": lambda s, by: s.agency.bookings.cancel(by, s.claim),
    "reschedule": lambda s, by: s.agency.bookings.reschedule(by, s.claim, s.other_slot.id),
    "approve": lambda s, by: s.agency.bookings.approve(by, s.claim),
    "decline": lambda s, by: s.agency.bookings.decline(by, s.claim),
    "record_outcome": lambda s, by: s.agency.bookings.record(by, s.claim, Outcome.ATTENDED),
    "set_capacity": _resize,
    "cancel slot": _cancel_slot,
}
ON_SLOT = {"book", "hold", "release_hold", "join_waitlist", "leave_waitlist", "set_capacity"}
LISTED_AS = {"book for her": "book", "cancel slot": "cancel"}


async def outcome(s: Scene, act: Act, by: Caller) -> str:
    try:
        await act(s, by)
    except Refusal as refusal:
        return refusal.code
    return await s.status()


async def listed(s: Scene, action: str, by: Caller) -> bool:
    """Whether the action is among those that the caller is told are available."""
    name = LISTED_AS.get(action, action)
    if action in ON_SLOT or action in LISTED_AS:
        return name in (await s.agency.slots.get(by, s.slot.id)).actions
    try:
        return name in (await s.agency.bookings.get(by, s.claim)).actions
    except Refusal:
        return False


def test_the_page_has_every_state_and_every_action() -> None:
    assert list(BY_APPLICANT) == list(BY_AGENT) == list(STATES)
    assert {frozenset(row) for row in BY_APPLICANT.values()} == {frozenset(OF_APPLICANT)}
    assert {frozenset(row) for row in BY_AGENT.values()} == {frozenset(OF_AGENT)}
    assert {frozenset(row) for row in WHO.values()} == {frozenset(ROLES)}
    assert set(WHO) == set(OF_APPLICANT) | set(OF_AGENT)


@pytest.mark.parametrize("state", STATES)
async def test_in_each_state_each_action_ends_as_the_page_says(world: World, state: str) -> None:
    passed = timedelta()
    for actions, cells, role in (
        (OF_APPLICANT, BY_APPLICANT[state], "applicant"),
        (OF_AGENT, BY_AGENT[state], "agent"),
        (OF_AGENT, BY_AGENT[state], "admin"),
    ):
        for action, act in actions.items():
            s = await scene(world, passed)
            await STATES[state](s)
            offered_to_do = await listed(s, action, s.callers[role])
            ended = await outcome(s, act, s.callers[role])
            assert (action, ended) == (action, cells[action])
            refused = ended in {kind.code for kind in kinds(Refusal)}
            if ended != "applicant_ineligible" or role == "applicant":  # an agent is not told for whom, only what
                assert (action, offered_to_do) == (action, not refused)
            passed = s.passed
    assert set((await world.store.auditor.violations()).values()) == {0}


@pytest.mark.parametrize("state", STATES)
async def test_each_role_may_in_each_state_what_the_page_says(state: str) -> None:
    """In memory: it is decided before any state is read, by the same code for both stores."""
    memory = State()
    world = MemoryWorld(memory_store(memory), memory)
    passed = timedelta()
    for action in {**OF_APPLICANT, **OF_AGENT}:
        for role in ROLES:
            if (expected := WHO[action][role]) in ("yes", "as themselves"):
                continue
            s = await scene(world, passed)
            await STATES[state](s)
            act = OF_AGENT[action] if action in OF_AGENT else OF_APPLICANT[action]
            assert (action, role, await outcome(s, act, s.callers[role])) == (action, role, expected)
            passed = s.passed


def kinds(of: type[Refusal]) -> list[type[Refusal]]:
    return [kind for child in of.__subclasses__() for kind in (child, *kinds(child))]
