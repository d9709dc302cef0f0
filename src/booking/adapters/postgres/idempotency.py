"""Answers in PostgreSQL: claimed by their row, in the transaction of the change that they tell of (ADR 46)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.batching import Batches
from booking.adapters.postgres.engine.database import Database, Fetch, Transaction
from booking.adapters.postgres.leases import held
from booking.adapters.postgres.tables.base import booking_now
from booking.adapters.postgres.tables.service import answers
from booking.domain.authority import By
from booking.domain.events import Actor
from booking.domain.idempotency import KEPT, Answer, Asked, no_room
from booking.domain.refusals import IdempotencyInProgress, IdempotencyKeyReused
from booking.service.ports import Lease

FORGET = 500  # rows at a time
SHARE = 10  # of the room for answers that is left may be used before they are counted anew
UNCOUNTED = 1000  # one in so many, before they are counted at all: who asks little costs no look
MOST_KNOWN = 10_000  # people of whom that is known
UNAVAILABLE = 503  # the database cannot be asked, or does not say what came of it: nor what was kept

KEEP = sql.query(
    "idempotency",
    "keep",
    (
        "organization_ids",
        "subjects",
        "routes",
        "keys",
        "fingerprints",
        "value_fingerprints",
        "statuses",
        "headers",
        "bodies",
        "kept_for",
    ),
)
KEPT_BEFORE = sql.query("idempotency", "kept_before", ("organization_ids", "subject", "route", "key", "kept_for"))
ROOM = sql.query("idempotency", "room", ("organization_ids", "subject", "most", "kept_for"))

_over = answers.c.created_at <= booking_now() - KEPT


async def keep(transaction: Transaction, done: Sequence[tuple[By, Sequence[object]]]) -> None:
    """Keep the answers to changes with a key: the last write of their transaction.

    IdempotencyInProgress, and nothing is written, if one of the keys was used before. Keys are claimed in one order
    everywhere, and after all slots, so that no two wait for each other.
    """
    asking = [(by.asked, results) for by, results in done if not isinstance(by, Actor) and by.asked is not None]
    given = {asked: asked.answer(*results) for asked, results in asking if asked.answer is not None}
    if not given:
        return
    for asked in given.keys() - await _claimed(transaction.fetch, given):
        asked.outcome.used = True
    if any(asked.outcome.used for asked in given):
        raise IdempotencyInProgress
    transaction.then.append(lambda: _note(given))


async def require_unused(transaction: Transaction, by: By) -> None:
    """Refuse a key that was used before, ahead of a deed that no rollback undoes: IdempotencyInProgress."""
    asked = None if isinstance(by, Actor) else by.asked
    if asked is not None and await transaction.fetch(KEPT_BEFORE, *_place(asked)):
        asked.outcome.used = True
        raise IdempotencyInProgress


def _place(asked: Asked) -> tuple[object, ...]:
    return asked.organizations, asked.subject, asked.route, asked.key, KEPT


def _note(given: Mapping[Asked, Answer]) -> None:
    for asked, answer in given.items():
        asked.outcome.kept = answer


async def _claimed(fetch: Fetch, given: Mapping[Asked, Answer]) -> set[Asked]:
    """Write the rows that are not there yet; return whose they are."""
    by_name = {asked.name: asked for asked in sorted(given, key=lambda asked: asked.name)}
    columns = zip(*(_row(asked, given[asked]) for asked in by_name.values()), strict=True)
    written = await fetch(KEEP, *columns, KEPT)
    return set(by_name.values() if len(written) == len(by_name) else (by_name[tuple(row)] for row in written))


def _row(asked: Asked, answer: Answer) -> tuple[object, ...]:
    return (
        *asked.name,
        asked.fingerprint,
        asked.value_fingerprint,
        answer.status,
        msgspec.json.encode(answer.headers).decode(),
        answer.to_keep,
    )


class PostgresAnswers:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._rooms: dict[str, int] = {}
        self._under_way: set[tuple[str, str, str]] = set()
        self._keeping = Batches(self._keep_together, kind="answers")

    async def once(self, asked: Asked, answer: Callable[[], Awaitable[Answer]]) -> Answer:
        """See the port."""
        name = (asked.subject, asked.route, asked.key)
        if name in self._under_way:
            raise IdempotencyInProgress
        self._under_way.add(name)
        try:
            return await self._answered(asked, answer)
        finally:
            self._under_way.discard(name)

    async def forget(self, lease: Lease) -> int:
        over = sa.select(answers.c.organization_id, answers.c.subject, answers.c.route, answers.c.key).where(_over)
        key = sa.tuple_(answers.c.organization_id, answers.c.subject, answers.c.route, answers.c.key)

        async def work(transaction: Transaction) -> int:
            return await transaction.execute(sa.delete(answers).where(key.in_(over.limit(FORGET)), held(lease)))

        return await self._database.unit(work)

    async def _answered(self, asked: Asked, answer: Callable[[], Awaitable[Answer]]) -> Answer:
        """A key that is fresh needs no look: whoever had it before has its row, which the write cannot write again."""
        if len(asked.organizations) > 1 and (before := await self._before(asked)):  # it may be in any of them
            return before
        if full := await self._require_room(asked):
            return full
        given = await answer()
        if asked.outcome.used:
            return await self._replayed(asked)
        if given.status == UNAVAILABLE:
            return given
        if not given.final:
            return await self._before(asked) or given
        if asked.outcome.kept is not None:
            return given
        if await self._keeping.ask((asked, given)) is None:
            return await self._replayed(asked)
        return given

    async def _keep_together(self, asking: Sequence[tuple[Asked, Answer]]) -> Mapping[tuple[Asked, Answer], bool]:
        given = dict(asking)
        return {(asked, given[asked]): True for asked in await _claimed(self._database.write, given)}

    async def _replayed(self, asked: Asked) -> Answer:
        before = await self._before(asked)
        if before is None:  # forgotten in this moment
            raise IdempotencyInProgress
        return before

    async def _before(self, asked: Asked) -> Answer | None:
        rows = await self._database.fetch(KEPT_BEFORE, *_place(asked))
        if not rows:
            return None
        (row, *_) = rows
        if not asked.fits(row.fingerprint, row.value_fingerprint):
            raise IdempotencyKeyReused
        headers = tuple((name, value) for name, value in msgspec.json.decode(row.headers))
        return Answer(status=row.status, headers=headers, body=row.body).again()

    async def _require_room(self, asked: Asked) -> Answer | None:
        """What was answered before, or IdempotencyLimit, where there is no room for more.

        A person's first keys in this process, a thousandth of the most, are not counted. Then counted anew once a tenth
        of what was found is used up: so up to ten processes together stay within it.
        """
        room = self._rooms.pop(asked.subject, max(1, asked.most // UNCOUNTED))
        if room == 0:
            self._rooms[asked.subject] = 0
            (row,) = await self._database.fetch(ROOM, asked.organizations, asked.subject, asked.most, KEPT)
            if row.kept >= asked.most:
                if before := await self._before(asked):
                    return before
                raise no_room(asked.most, row.oldest, row.now)
            room = max(1, (asked.most - row.kept) // SHARE)
        if len(self._rooms) >= MOST_KNOWN:
            del self._rooms[next(iter(self._rooms))]
        self._rooms[asked.subject] = room - 1
        return None
