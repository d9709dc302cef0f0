"""The service and the reference side by side: each deed is done to both, and both are looked at."""

from collections import Counter
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from booking.adapters.memory import State
from booking.domain.applicant import RiskLevel
from booking.domain.booking import Booking, Outcome
from booking.domain.caller import Caller
from booking.domain.errors import Refusal
from booking.domain.paging import Paging, Window
from booking.domain.policy import Settings
from booking.service.ports import Store
from tests.builders import Organization, claims, organization, screening
from tests.model import deeds
from tests.model.reference import FINE, Claim, Reference, Rules, Slot, Waiter

MINUTE = timedelta(minutes=1)
DAY = 24 * 60
ALL = Paging(after=None, limit=1000)

PEOPLE = {"ana": "LOW", "ben": "LOW", "cleo": "MEDIUM", "dan": "LOW", "eva": "MEDIUM", "finn": "LOW"}
AGENTS = ("one", "other")

RULES = (
    Rules(),
    Rules(approve=("LOW", "MEDIUM")),
    Rules(approve=("MEDIUM", "LOW")),
    Rules(approve=("MEDIUM",), limit=2),
    Rules(approve=("LOW", "MEDIUM"), approve_within=20, cancels=True),
    Rules(notice=60, horizon=DAY, cutoff=90),
    Rules(limit=1, offer=5, cancels=True),
    Rules(property_limit=1, hold=2, holds=1),
)


class Clock:
    """Stands still until it is moved, in whichever store: so deadlines are met to the microsecond."""

    def __init__(self, move: Any) -> None:
        self._move = move
        self.at = datetime.now(UTC).replace(second=0, microsecond=0)

    async def forward(self, by: timedelta) -> None:
        self.at += by
        await self._move(self.at)

    @classmethod
    def of_memory(cls, state: State) -> "Clock":
        async def move(at: datetime) -> None:
            state.clock = lambda: at

        return cls(move)

    @classmethod
    def of_postgres(cls, owner: "asyncpg.Connection[asyncpg.Record]") -> "Clock":
        async def move(at: datetime) -> None:
            await owner.execute(
                "CREATE OR REPLACE FUNCTION booking_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
                f"AS 'SELECT timestamptz ''{at.isoformat()}'''"
            )

        return cls(move)


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
        places = {"attic": uuid4(), "barn": uuid4()}
        drawn = [
            Slot("a", "attic", "one", 600, 660, 1),
            Slot("b", "barn", "other", 600, 660, 2),
            Slot("c", "attic", "one", 660, 720, 1),
            Slot("d", "barn", "one", 1800, 1860, 3),
        ]
        for slot in drawn:
            view = await self.agency.slots.offer(
                self.callers[slot.agent],
                places[slot.place],
                self.time(slot.start),
                self.time(slot.end),
                capacity=slot.capacity,
            )
            self.slots[slot.name] = view.slot.id
        self.reference = Reference(dict(PEOPLE), drawn)

    def time(self, minute: int) -> datetime:
        return self.start + minute * MINUTE

    # deeds: each says what both answered

    async def book(self, who: str, slot: Slot) -> None:
        claim = await self._same("book", deeds.book(self.reference, who, slot), self._book(who, slot))
        self._learn(who, slot, claim)

    async def book_held(self, claim: Claim) -> None:
        """With the hold's id, whatever has become of it."""
        who, slot = claim.person, claim.slot
        if claim.status not in ("held", "offered", "released", "lapsed"):
            return
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
        if by not in (claim.person, claim.slot.agent, "admin"):
            return  # whoever has nothing to do with it is for other tests
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
        if by not in (claim.person, claim.slot.agent, "admin"):
            return  # whoever has nothing to do with it is for other tests
        expected = self._unless_none_yet(claim) or deeds.move(self.reference, claim, to, by_agent=by != claim.person)
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
        await self.clock.forward(MINUTE)  # so that the next one is newer
        self.reference.now += 1
        await self._same("screen", FINE, self.agency.screen(found))
        self.callers[who] = await self.agency.identity.identify(claims(self.callers[who].subject), "request")

    async def set_rules(self, rules: Rules) -> None:
        self.reference.rules = rules
        settings = Settings(
            notice_seconds=60 * rules.notice,
            cancellation_cutoff_seconds=60 * rules.cutoff,
            horizon_days=None if rules.horizon is None else rules.horizon // DAY,
            max_live_bookings=rules.limit,
            max_live_bookings_per_property=rules.property_limit,
            hold_seconds=60 * rules.hold,
            max_live_holds=rules.holds,
            offer_seconds=60 * rules.offer,
            approval_levels=tuple(map(RiskLevel, rules.approve)),
            approval_seconds=60 * rules.approve_within,
            approval_before_start_seconds=60 * rules.approve_before,
            cancel_when_ineligible=rules.cancels,
        )
        await self._same("policy", FINE, self.agency.policies.put(self.callers["admin"], settings, expected=None))

    async def wait(self, minutes: int) -> None:
        self.tally["wait", FINE] += 1
        await self.clock.forward(minutes * MINUTE)
        self.reference.now += minutes

    async def tidy(self) -> None:
        self.reference.tidy()
        await self._same("tidy", FINE, self.agency.tidying.step())

    # looking

    async def look_at_slots(self, who: str) -> None:
        """At every slot, by an admin; and at one by somebody, who is told what they may do."""
        admin = self.callers["admin"]
        page = await self.agency.slots.list(admin, status=None, property_id=None, window=Window(), paging=ALL)
        views = {view.slot.id: view for view in page.items}
        for slot in self.reference.slots:
            view = views[self.slots[slot.name]]
            told = view.slot.status.value, view.slot.capacity, view.opening.places_left
            assert (slot.name, *told) == (
                slot.name,
                self.reference.status(slot),
                slot.capacity,
                self.reference.places_left(slot),
            )
        await self._look_at_actions(who)

    async def look_at_people(self) -> None:
        """At every booking, and at everybody who waits."""
        admin = self.callers["admin"]
        bookings = (await self.agency.bookings.list(admin, side=None, status=None, window=Window(), paging=ALL)).items
        seen = {
            view.booking.id: (
                view.booking.slot_id,
                view.booking.status.value,
                view.booking.sequence,
                view.booking.outcome.value if view.booking.outcome else None,
                view.booking.feedback is not None,
                view.sight.needs_review,
            )
            for view in bookings
        }
        assert seen == {
            self.ids[claim]: (
                self.slots[claim.slot.name],
                self.reference.seen(claim),
                claim.sequence,
                claim.outcome,
                claim.rated,
                self.reference.seen(claim) in ("pending_approval", "confirmed")
                and claim.slot.start > self.reference.now
                and self.reference.barred(claim.person),
            )
            for claim in self.reference.claims
            if claim.status not in ("held", "offered", "released", "lapsed")
        }
        listed = (await self.agency.waitlists.list(admin, side=None, slot_id=None, status=None, paging=ALL)).items
        assert {view.entry.id: (view.entry.status.value, view.position) for view in listed} == {
            self.ids[one]: (self.reference.seen_waiter(one), self._position(one))
            for one in self.reference.queue
            if self.reference.seen_waiter(one) in ("waiting", "offered", "skipped")
        }

    async def check(self) -> None:
        broken = {name: count for name, count in (await self.store.auditor.violations()).items() if count}
        forgotten = broken.pop("person who waits while a place is free", 0)
        assert broken == {}
        if forgotten:  # a looser policy made a place offerable that nobody has touched since
            await self.tidy()
            assert not any((await self.store.auditor.violations()).values())

    async def _look_at_actions(self, who: str) -> None:
        slot = self.reference.slots[self.reference.now % len(self.reference.slots)]
        ref, caller = self.reference, self.callers[who]
        view = await self.agency.slots.get(caller, self.slots[slot.name])
        own, entry = ref.own(who, slot), ref.queued(who, slot)
        expected = {
            "book": ref.against_place(who, slot, by_agent=False) == FINE,
            "hold": ref.against_hold(who, slot) == FINE,
            "join_waitlist": ref.against_waiting(who, slot) == FINE,
            "release_hold": own is not None and own.status in ("held", "offered"),
            "leave_waitlist": entry is not None,
        }
        assert (slot.name, {action.value for action in view.actions}) == (
            slot.name,
            {action for action, may in expected.items() if may},
        )

    # helpers

    def _unless_none_yet(self, claim: Claim) -> str | None:
        none_yet = claim.status in ("held", "offered", "released", "lapsed")
        return "booking_not_found" if none_yet else None

    def _position(self, one: Waiter) -> int | None:
        if self.reference.seen_waiter(one) != "waiting":
            return None
        return self.reference.waiting(one.slot).index(one) + 1

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
        await self._meet_offers()
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

    async def _meet_offers(self) -> None:
        """The ids of what was offered meanwhile, as those to whom it was offered are told."""
        for one in self.reference.queue:
            if one.claim is not None and one.claim not in self.ids:
                view = await self.store.waitlists.get(self.ids[one], self.callers[one.person].applicants)
                assert view.entry.offer_id is not None
                self.ids[one.claim] = view.entry.offer_id
