"""Answers in PostgreSQL: kept in the transaction of what they tell."""

import hashlib
from collections.abc import Awaitable, Callable

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.leases import held
from booking.adapters.postgres.tables import answers, booking_now
from booking.domain.refusals import IdempotencyInProgress, IdempotencyKeyReused
from booking.service.idempotency import KEPT, Answer, Asked, no_room
from booking.service.ports import Lease

FORGET = 500  # rows at a time
SHARE = 10  # of the room for answers that is left may be used before they are counted anew
MOST_KNOWN = 10_000  # people of whom that is known

_over = answers.c.created_at <= booking_now() - KEPT


class _NotKept(Exception):
    """Nothing that led to this answer may stay."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


class PostgresAnswers:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._rooms: dict[str, int] = {}

    async def once(self, asked: Asked, answer: Callable[[], Awaitable[Answer]]) -> Answer:
        """See the port. That the first is still being answered is told by a lock, for its row is not there yet."""

        async def work() -> Answer:
            (lock,) = await self._database.fetch(sa.select(sa.func.pg_try_advisory_xact_lock(_number(asked))))
            if not lock[0]:
                raise IdempotencyInProgress
            kept = await self._kept(asked)
            if kept is not None:
                return kept
            await self._require_room(asked)
            given = await answer()
            if not given.final:
                raise _NotKept(given)
            await self._keep(asked, given)
            return given

        try:
            return await self._database.together(work)
        except _NotKept as refused:
            return refused.answer

    async def forget(self, lease: Lease) -> int:
        over = sa.select(answers.c.organization_id, answers.c.subject, answers.c.route, answers.c.key).where(_over)
        key = sa.tuple_(answers.c.organization_id, answers.c.subject, answers.c.route, answers.c.key)

        async def work(transaction: Transaction) -> int:
            return await transaction.execute(sa.delete(answers).where(key.in_(over.limit(FORGET)), held(lease)))

        return await self._database.unit(work)

    async def _kept(self, asked: Asked) -> Answer | None:
        rows = await self._database.fetch(
            sa.select(answers).where(
                answers.c.organization_id.in_(asked.organizations),
                answers.c.subject == asked.subject,
                answers.c.route == asked.route,
                answers.c.key == asked.key,
                sa.not_(_over),
            )
        )
        if not rows:
            return None
        row = rows[0]
        if not asked.fits(row.fingerprint, row.value_fingerprint):
            raise IdempotencyKeyReused
        headers = tuple((name, value) for name, value in msgspec.json.decode(row.headers))
        return Answer(status=row.status, headers=headers, body=row.body).again()

    async def _require_room(self, asked: Asked) -> None:
        """IdempotencyLimit where there is none. Counted anew once a tenth of what was found is used up: so up to ten
        processes together stay within it."""
        room = self._rooms.pop(asked.subject, 0)
        if room == 0:
            theirs = (
                sa.select(answers.c.created_at)
                .where(
                    answers.c.organization_id.in_(asked.organizations),
                    answers.c.subject == asked.subject,
                    sa.not_(_over),
                )
                .limit(asked.most)
                .subquery()
            )
            at = theirs.c.created_at
            (row,) = await self._database.fetch(
                sa.select(sa.func.count().label("kept"), sa.func.min(at).label("oldest"), booking_now().label("now"))
            )
            if row.kept >= asked.most:
                raise no_room(asked.most, row.oldest, row.now)
            room = max(1, (asked.most - row.kept) // SHARE)
        if len(self._rooms) >= MOST_KNOWN:
            del self._rooms[next(iter(self._rooms))]
        self._rooms[asked.subject] = room - 1

    async def _keep(self, asked: Asked, given: Answer) -> None:
        values = {
            "fingerprint": asked.fingerprint,
            "value_fingerprint": asked.value_fingerprint,
            "status": given.status,
            "headers": sa.cast(msgspec.json.encode(given.headers).decode(), answers.c.headers.type),
            "body": given.body,
            "created_at": booking_now(),
        }

        async def work(transaction: Transaction) -> None:
            await transaction.execute(
                insert(answers)
                .values(
                    organization_id=asked.organizations[0],
                    subject=asked.subject,
                    route=asked.route,
                    key=asked.key,
                    **values,
                )
                .on_conflict_do_update(index_elements=list(answers.primary_key.columns), set_=values)
            )

        await self._database.unit(work)


def _number(asked: Asked) -> int:
    """The lock's: of the person, the route and the key, whichever organization keeps the answer."""
    named = "\0".join((asked.subject, asked.route, asked.key)).encode()
    return int.from_bytes(hashlib.sha256(named).digest()[:8], signed=True)
