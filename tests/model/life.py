"""The service and the reference side by side: each deed is done to both, and both have to answer the same."""

from collections import Counter
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.refusals import Refusal
from booking.domain.visits.booking import Booking, Outcome
from booking.service.visits.expiry import BATCH
from tests.builders import Organization, claims, organization, screening
from tests.model import deeds, scene
from tests.model.clock import Clock
from tests.model.reference import FINE, UNMADE, Claim, Reference, Rules, Slot, Waiter
from tests.model.scene import AGENTS, PEOPLE, PLACES
from tests.support.stores import Store

MINUTE = timedelta(minutes=1)


class Life:
    """One organization's, from its first slot on. `tally` counts what was done and how it ended."""

    def __init__(self, store: Store, clock: Clock, tally: Counter[tuple[str, str]]) -> None:
        self.store, self.clock, self.tally = store, clock, tally
        self.refusals = 0
        self.ids: dict[Claim | Waiter, UUID] = {}
        self.callers: dict[str, Caller] = {}
        self.slots: dict[str, UUID] = {}
        self.agency: Organization = organization(store)

    async def begin(self) -> None:
        await self.clock.forward(MINUTE)
        self.start = self.clock.at
        for name in AGENTS:
            self.callers[name] = await self.agency.agent()
        self.callers["admin"] = await self.agency.admin()
        for name, risk in PEOPLE.items():
            self.callers[name] = await self.agency.applicant(f"{name}.{uuid4()}@example.com", RiskLevel(risk))
        places = {name: uuid4() for name in PLACES}
        self.reference = Reference(dict(PEOPLE), scene.slots())
        for slot in self.reference.slots:
            view = await self.agency.slots.offer(
                self.callers[slot.agent],
                places[slot.place],
                self.time(slot.start),
                self.time(slot.end),
                capacity=slot.capacity,
            )
            self.slots[slot.name] = view.slot.id

    def time(self, minute: int) -> datetime:
        return self.start + minute * MINUTE

    # deeds: each says what both answered

    async def book(self, who: str, slot: Slot) -> None:
        claim = await self._same("book", deeds.book(self.reference, who, slot), self._book(who, slot))
        self._learn(who, slot, claim)

    async def book_held(self, claim: Claim) -> None:
        """With the hold's id, whatever has become of it."""
        who, slot = claim.person, claim.slot
        expected = deeds.book(self.reference, who, slot, hold=claim)
        made = await self._same("book held", expected, self._book(who, slot, hold_id=self.ids[claim]))
        self._learn(who, slot, made)

    async def book_for(self, agent: str, who: str, slot: Slot) -> None:
        if agent not in (slot.agent, "admin"):
            await self._same("book for", "not_your_slot", self._book_for(agent, who, slot))
            return
        expected = deeds.book(self.reference, who, slot, by_agent=True)
        self._learn(who, slot, await self._same("book for", expected, self._book_for(agent, who, slot)))

    async def hold(self, who: str, slot: Slot) -> None:
        expected = deeds.hold(self.reference, who, slot)
        asked = self.agency.holds.hold(self.callers[who], self.slots[slot.name])
        self._learn(who, slot, await self._same("hold", expected, asked))

    async def release(self, claim: Claim) -> None:
        expected = deeds.release(self.reference, claim)
        await self._same("release", expected, self.agency.holds.release(self.callers[claim.person], self.ids[claim]))

    async def join(self, who: str, slot: Slot) -> None:
        expected = deeds.join(self.reference, who, slot)
        view = await self._same("join", expected, self.agency.waitlists.join(self.callers[who], self.slots[slot.name]))
        if view is not None:
            entry = self.reference.queued(who, slot)
            assert entry is not None
            assert self.ids.setdefault(entry, view.entry.id) == view.entry.id

    async def leave(self, one: Waiter) -> None:
        expected = deeds.leave(self.reference, one)
        await self._same("leave", expected, self.agency.waitlists.leave(self.callers[one.person], self.ids[one]))

    async def cancel(self, by: str, claim: Claim) -> None:
        expected = self._unless_none_yet(claim) or deeds.cancel(self.reference, claim, by_agent=by != claim.person)
        await self._same("cancel", expected, self.agency.bookings.cancel(self.callers[by], self.ids[claim]))

    async def approve(self, claim: Claim) -> None:
        expected = self._unless_none_yet(claim) or deeds.decide(self.reference, claim, "confirmed")
        agent = self.callers[claim.slot.agent]
        await self._same("approve", expected, self.agency.bookings.approve(agent, self.ids[claim]))

    async def decline(self, claim: Claim) -> None:
        expected = self._unless_none_yet(claim) or deeds.decide(self.reference, claim, "declined")
        await self._same("decline", expected, self.agency.bookings.decline(self.callers["admin"], self.ids[claim]))

    async def move(self, by: str, claim: Claim, to: Slot) -> None:
        by_agent, to_own = by != claim.person, by in (to.agent, "admin")
        expected = self._unless_none_yet(claim) or deeds.move(
            self.reference, claim, to, by_agent=by_agent, to_own=to_own
        )
        asked = self.agency.bookings.reschedule(self.callers[by], self.ids[claim], self.slots[to.name])
        await self._same("reschedule", expected, asked)

    async def record(self, claim: Claim, outcome: str) -> None:
        expected = self._unless_none_yet(claim) or deeds.record(self.reference, claim, outcome)
        agent = self.callers[claim.slot.agent]
        await self._same("record", expected, self.agency.bookings.record(agent, self.ids[claim], Outcome(outcome)))

    async def rate(self, claim: Claim) -> None:
        expected = self._unless_none_yet(claim) or deeds.rate(claim)
        asked = self.agency.bookings.give_feedback(
            self.callers[claim.person], self.ids[claim], rating=3, comment="fine"
        )
        await self._same("rate", expected, asked)

    async def resize(self, slot: Slot, capacity: int) -> None:
        expected = deeds.resize(self.reference, slot, capacity)
        asked = self.agency.slots.resize(self.callers["admin"], self.slots[slot.name], capacity)
        await self._same("resize", expected, asked)

    async def cancel_slot(self, slot: Slot) -> None:
        expected = deeds.cancel_slot(self.reference, slot)
        await self._same(
            "cancel slot", expected, self.agency.slots.cancel(self.callers[slot.agent], self.slots[slot.name])
        )

    async def screen(self, who: str, risk: str) -> None:
        await self.wait(1)  # so that it is newer than the one before
        deeds.screen(self.reference, who, risk)
        person = self.callers[who].applicants[0]
        found = screening(
            self.agency.organization_id,
            external_id=person.external_id,
            email=person.email,
            risk_level=RiskLevel(risk),
            screened_at=self.clock.at,
            sent_at=self.clock.at,
        )
        await self._same("screen", FINE, self.agency.screen(found))
        self.callers[who] = await self.agency.identity.identify(claims(self.callers[who].subject), "request")

    async def set_rules(self, rules: Rules) -> None:
        self.reference.rules = rules
        settings = scene.settings_of(rules)
        await self._same("policy", FINE, self.agency.policies.put(self.callers["admin"], settings, expected=None))

    async def wait(self, minutes: int) -> None:
        await self.clock.forward(minutes * MINUTE)
        self.reference.now += minutes

    async def tidy(self) -> None:
        """Of earlier lives in the same store as well, so that theirs do not take up the batch."""

        async def all_of_it() -> None:
            while await self.agency.tidying.step() == BATCH:
                pass

        self.reference.tidy()
        await self._same("tidy", FINE, all_of_it())

    async def meet_offers(self) -> None:
        """The ids of what was offered meanwhile, as those to whom it was offered are told."""
        for one in self.reference.queue:
            if one.claim is not None and one.claim not in self.ids:
                view = await self.store.waitlists.get(self.ids[one], self.callers[one.person].applicants)
                assert view.entry.offer_id is not None
                self.ids[one.claim] = view.entry.offer_id

    # helpers

    def _unless_none_yet(self, claim: Claim) -> str | None:
        return "booking_not_found" if claim.status in UNMADE else None

    async def _book(self, who: str, slot: Slot, hold_id: UUID | None = None) -> Booking:
        return await self.agency.book(self.callers[who], self.slots[slot.name], hold_id=hold_id)

    async def _book_for(self, agent: str, who: str, slot: Slot) -> Booking:
        person = self.callers[who].applicants[0].id
        return await self.agency.book(self.callers[agent], self.slots[slot.name], applicant_id=person)

    async def _same(self, deed: str, expected: str, asked: Awaitable[Any]) -> Any:
        try:
            answered, outcome = await asked, FINE
        except Refusal as refusal:
            answered, outcome = None, refusal.code
            self.refusals += 1
        self.tally[deed, outcome] += 1
        assert outcome == expected, f"{deed}: {outcome} in place of {expected}"
        return answered

    def _learn(self, who: str, slot: Slot, made: Booking | None) -> None:
        if made is None:
            return
        claim = self.reference.own(who, slot)
        assert claim is not None
        assert self.ids.setdefault(claim, made.id) == made.id
        assert (made.status.value, made.deadline) == (
            claim.status,
            None if claim.deadline is None else self.time(claim.deadline),
        )
