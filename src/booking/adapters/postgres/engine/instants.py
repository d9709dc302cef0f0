"""Instants as PostgreSQL sends them, in microseconds since 2000: visits begin and end at few of them, so each is read
once, and kept."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from booking.adapters.postgres.engine.pool import Connection

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SINCE_EVER = datetime.min.replace(tzinfo=UTC)
EVER = datetime.max.replace(tzinfo=UTC)
KEPT = 1024

_ENDS = {EVER: 2**63 - 1, SINCE_EVER: -(2**63)}  # infinity, and minus infinity
_ENDS_READ = {sent: end for end, sent in _ENDS.items()}


@lru_cache(maxsize=KEPT)
def read(sent: tuple[int]) -> datetime:
    (count,) = sent
    return _ENDS_READ.get(count) or EPOCH + count * MICROSECOND


@lru_cache(maxsize=KEPT)
def written(instant: datetime) -> tuple[int]:
    return (_ENDS[instant] if instant in _ENDS else (instant - EPOCH) // MICROSECOND,)


async def use(connection: Connection) -> None:
    await connection.set_type_codec("timestamptz", schema="pg_catalog", format="tuple", encoder=written, decoder=read)
