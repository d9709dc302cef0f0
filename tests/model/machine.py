"""The state machine: Hypothesis chooses what is done next, and by whom."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.model.life import Life
from tests.model.look import check, look_at_bookings, look_at_slots
from tests.model.reference import FINE, UNMADE, VISIT, Claim, Reference, Rules, Slot
from tests.model.scene import AGENTS, PEOPLE, RULES

people = st.sampled_from(sorted(PEOPLE))
agents = st.sampled_from([*AGENTS, "admin"])
slots = st.sampled_from([0, 0, 0, 1, 1, 1, 2, 2, 3])
numbers = st.integers(0, 10_000)
deeds = st.sampled_from(
    [
        *["book"] * 5,
        *["book_held", "hold", "hold", "hold", "release", "release", "join", "join", "join", "leave", "leave"],
        *["cancel", "cancel", "approve", "decline", "move", "move", "book_for"],
        *["record", "rate", "resize", "cancel_slot", "screen", "rules", "rules", "wait", "wait", "wait", "tidy"],
    ]
)
waits = st.sampled_from([1, 2, 3, 5, 5, 10, 15, 30, 60, 300, 660])
"""Minutes. Deadlines are met to the minute."""


class Machine(RuleBasedStateMachine):
    """One rule for all deeds: of rules of their own, Hypothesis leaves out too many at a time."""

    new_life: Callable[[], Life]
    runner: asyncio.Runner
    tally: Counter[tuple[str, str]]

    @initialize(rules=st.sampled_from(RULES))
    def begin(self, rules: Rules) -> None:
        self.life = type(self).new_life()
        self.runner.run(self.life.begin())
        self.runner.run(self.life.set_rules(rules))

    @rule(deed=deeds, who=people, agent=agents, slot=slots, which=numbers, minutes=waits)
    def do(self, deed: str, who: str, agent: str, slot: int, which: int, minutes: int) -> None:
        self.runner.run(self.step(deed, who, agent, slot, which, minutes))

    async def step(self, deed: str, who: str, agent: str, number: int, which: int, minutes: int) -> None:
        life = self.life
        slot: Slot = life.reference.slots[number]
        before = life.refusals
        await life.meet_offers()  # which the last look has made
        await do(life, deed, who, agent, slot, which, minutes)
        await life.meet_offers()
        if life.refusals > before and which % 3:
            return  # a refusal changes little, so it is looked at now and then
        if which % 2:  # what is wrong on one side stays wrong
            await look_at_slots(life, who)
        else:
            await look_at_bookings(life, who)

    def teardown(self) -> None:
        if hasattr(self, "life"):
            self.runner.run(check(self.life))


async def do(life: Life, deed: str, who: str, agent: str, slot: Slot, which: int, minutes: int) -> None:
    """The deed; if there is nothing yet to do it to, what leads there."""
    ref = life.reference
    by = who if which % 2 else agent
    match deed:
        case "book_for":
            await life.book_for(agent, who, slot)
        case "book_held" | "release" if held := _one(life, which, UNMADE):
            await getattr(life, deed)(held)
        case "hold" | "book_held" | "release":
            await life.hold(who, slot)
        case "leave" if ref.queue:
            waiting = [one for one in ref.queue if one.status in ("waiting", "offered")]
            await life.leave(_pick(waiting or ref.queue, which))
        case "join" | "leave":
            await life.join(who, slot)
        case "cancel" if claim := _one(life, which):
            await life.cancel(claim.person if by not in (claim.slot.agent, "admin") else by, claim)
        case "move" if claim := _one(life, which):
            await life.move(claim.person if by not in (claim.slot.agent, "admin") else by, claim, slot)
        case "approve" | "decline" if claim := _one(life, which, ("pending_approval",)) or _one(life, which):
            await getattr(life, deed)(claim)
        case "record" if claim := _pick([c for c in ref.claims if _begun(ref, c)], which) or _one(life, which):
            await life.record(claim, "attended" if which % 3 else "no_show")
        case "rate" if claim := _pick([c for c in ref.claims if c.outcome is not None], which) or _one(life, which):
            await life.rate(claim)
        case "resize":
            await life.resize(slot, 1 + which % 4)
        case "cancel_slot" if which % 6 == 0:
            await life.cancel_slot(slot)
        case "screen":
            await life.screen(who, ("LOW", "MEDIUM", "HIGH", "MEDIUM")[which % 4])
        case "rules":
            await life.set_rules(RULES[which % len(RULES)])
        case "wait":
            life.tally["wait", FINE] += 1
            await life.wait(minutes)
        case "tidy":
            await life.tidy()
        case _:
            await life.book(who, slot)


def _one(life: Life, which: int, statuses: tuple[str, ...] = VISIT) -> Claim | None:
    """Mostly one in such a state, now and then any."""
    fitting = [claim for claim in life.reference.claims if claim.status in statuses]
    found: Claim | None = _pick(life.reference.claims if which % 7 == 0 else fitting, which)
    return found


def _begun(ref: Reference, claim: Claim) -> bool:
    return claim.status == "confirmed" and claim.slot.start <= ref.now


def _pick(found: list[Any], which: int) -> Any:
    return found[which % len(found)] if found else None
