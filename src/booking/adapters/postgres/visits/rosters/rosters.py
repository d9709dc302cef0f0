"""Rosters in PostgreSQL: changed by the domain, under the slot's lock or by one statement where it needs none."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.codecs import quick
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.rights import use_links
from booking.adapters.postgres.traces import keep_trace
from booking.adapters.postgres.visits.rosters.claim_queue import Claimed, ClaimQueue, Outcomes, QueuedClaim, Way
from booking.adapters.postgres.visits.rosters.direct_booking import book_directly
from booking.adapters.postgres.visits.rosters.locks import locked
from booking.adapters.postgres.visits.rosters.ties import Ties
from booking.adapters.postgres.visits.rosters.writes import save
from booking.adapters.turns import Turns
from booking.domain.authority import By, Right
from booking.domain.keys import Key
from booking.domain.people.applicant import Applicant
from booking.domain.people.refusals import ApplicantNotFound
from booking.domain.refusals import Refusal, SlotNotFound
from booking.domain.values import replace
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.place_request import PlaceRequest, decide
from booking.domain.visits.roster import Roster
from booking.service.ports import Change, ChangeAll, Move
from booking.tracing import spans

Decide = Callable[[Sequence[Roster], Commitments | None], Sequence[Roster]]


OVERDUE = sql.query("waitlists", "overdue", ("most",))


class PostgresRosters:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue = ClaimQueue(self._decide_claims)
        self._ties = Ties(database)
        self._turns = Turns()

    async def change(self, slot: Key, change: Change, by: By) -> Roster:
        (changed,) = await self._decided([slot], lambda rosters, _: [change(rosters[0])], by)
        return changed

    async def change_all(self, slots: Sequence[Key], change: ChangeAll, by: By) -> Sequence[Roster | Refusal]:
        async def work(transaction: Transaction) -> Sequence[Roster | Refusal]:
            found = await locked(transaction, slots, {}, [by], wait=True)
            actor = found.granting.actor(by)
            before = [replace(found.rosters[key], by=actor) for key in slots]
            after = change(before)
            changed = [(was, now) for was, now in zip(before, after, strict=True) if isinstance(now, Roster)]
            await save(transaction, [was for was, _ in changed], [now for _, now in changed])
            await keep(transaction, [(by, (after,))])
            return after

        async with self.turn(*slots):
            return await self._database.unit(work)

    async def claim(
        self,
        slot: Key,
        applicant_id: UUID,
        request: PlaceRequest,
        by: Right,
        *,
        contested: bool = False,
    ) -> tuple[Roster, Commitments]:
        organization_id, id = slot  # noqa: A001 - the slot's own
        if spans.current():
            await keep_trace(self._database, organization_id, by.request_id)
        person = (organization_id, quick(applicant_id))
        return await self._queue.ask(QueuedClaim((organization_id, quick(id)), person, request, by, contested))

    async def move(self, old: Key, new: Key, applicant_id: UUID, move: Move, by: Right) -> Roster:
        def decide(rosters: Sequence[Roster], commitments: Commitments | None) -> Sequence[Roster]:
            left, entered = rosters
            left, entered = move(left, entered, _somebody(commitments))
            return [left, entered]

        _, entered = await self._decided([old, new], decide, by, applicant_id)
        return entered

    def turn(self, *keys: object) -> AbstractAsyncContextManager[None]:
        return self._turns.of(*keys)

    async def overdue(self, limit: int) -> Sequence[Key]:
        """Return slots by deadline alone, or by their waitlist. The statement goes over all organizations."""
        rows = await self._database.fetch(OVERDUE, limit)
        return [(row.organization_id, row.slot_id) for row in rows]

    async def of_applicant(self, applicant: Applicant) -> Sequence[Key]:
        return await self._ties.of(applicant)

    async def _decide_claims(self, requests: Sequence[QueuedClaim], way: Way) -> Outcomes:
        if way is Way.DIRECT:
            return await _decide_directly(self._database, requests)
        return await self._database.unit(
            lambda transaction: _decide_locked(transaction, requests, wait=way is Way.PATIENT)
        )

    async def _decided(
        self, keys: Sequence[Key], decide: Decide, by: By, applicant_id: UUID | None = None
    ) -> Sequence[Roster]:
        person = (keys[0][0], applicant_id) if applicant_id else None

        async def work(transaction: Transaction) -> Sequence[Roster]:
            found = await locked(transaction, keys, {person: keys} if person else {}, [by], wait=True)
            actor = found.granting.actor(by)
            before = [replace(found.rosters[key], by=actor) for key in keys]
            after = decide(before, found.all_commitments[person] if person else None)
            await save(transaction, before, after)
            await use_links(transaction, [by])
            await keep(transaction, [(by, after[-1:])])
            return after

        async with self.turn(*keys):  # so that a crowd takes no more than one transaction, and one wait for a lock
            return await self._database.unit(work)


async def _decide_directly(database: Database, requests: Sequence[QueuedClaim]) -> Outcomes:
    """Of one slot's rivals whoever came first: the others are decided on after it.

    By one statement, which is a transaction by itself; with keys by two in one, and nobody waits for a lock between."""
    firsts = list({request.slot: request for request in reversed(requests)}.values())
    if all(request.by.asked is None for request in firsts):
        return await book_directly(database.write, firsts)

    async def work(transaction: Transaction) -> Outcomes:
        booked = await book_directly(transaction.fetch, firsts)
        await keep(transaction, [(request.by, claimed) for request, claimed in booked.items()])
        return booked

    return await database.unit(work)


async def _decide_locked(transaction: Transaction, requests: Sequence[QueuedClaim], *, wait: bool) -> Outcomes:
    keys = list(dict.fromkeys(request.slot for request in requests))
    wanted = {request.person: [request.slot] for request in requests}
    before, all_commitments, granting = await locked(
        transaction, keys, wanted, [request.by for request in requests], wait=wait
    )
    after = dict(before)
    outcomes: dict[QueuedClaim, Claimed | Exception] = {}
    for request in requests:
        roster, commitments = after.get(request.slot), all_commitments.get(request.person)
        if roster is None or commitments is None:
            if wait:
                outcomes[request] = SlotNotFound() if roster is None else ApplicantNotFound()
            continue
        try:
            roster = decide(request.wanted, replace(roster, by=granting.actor(request.by)), commitments)
        except Exception as refusal:
            outcomes[request] = refusal
        else:
            after[request.slot] = roster
            outcomes[request] = roster, commitments
    changed = [key for key in after if after[key] is not before[key]]
    await save(transaction, [before[key] for key in changed], [after[key] for key in changed])
    done = [(one.by, claimed) for one, claimed in outcomes.items() if isinstance(claimed, tuple)]
    await use_links(transaction, [by for by, _ in done])
    await keep(transaction, done)
    return outcomes


def _somebody(commitments: Commitments | None) -> Commitments:
    assert commitments is not None
    return commitments
