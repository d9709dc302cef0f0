"""The nearest: a slot that is contested, and what can be booked instead."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.availabilities import OPENINGS, PUBLIC, numbered
from booking.adapters.postgres.commitments import by_number
from booking.adapters.postgres.engine.batching import MOMENT, Batches
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.statements import Prepared, asked
from booking.adapters.postgres.tables import keyed, slots
from booking.domain.availability import Availability, by_nearness


class _Near(NamedTuple):
    organization_id: UUID
    id: UUID
    most: int


_near = asked(organization_id=sa.Uuid(), id=sa.Uuid(), most=sa.Integer())
_it = slots.alias("it")
_others = OPENINGS.where(
    slots.c.organization_id == _it.c.organization_id,
    slots.c.property_id == _it.c.property_id,
    PUBLIC,
    slots.c.id != _it.c.id,
)
_nearest = sa.union_all(
    OPENINGS.where(keyed(slots, _it)),
    _others.where(slots.c.start_time < _it.c.start_time).order_by(slots.c.start_time.desc()).limit(_near.c.most),
    _others.where(slots.c.start_time >= _it.c.start_time).order_by(slots.c.start_time).limit(_near.c.most),
).lateral("nearest")

NEAREST = Prepared(
    sa.select(_near.c.number, *_nearest.c).select_from(_near.join(_it, keyed(_it, _near)).join(_nearest, sa.true())),
    _Near._fields,
)
"""A slot, and on both sides of it the bookable ones of its property that start nearest to it, each by the index."""


_Found: TypeAlias = tuple[Availability, Sequence[Availability]]


class Nearest:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._nearest = Batches(self._nearest_for, kind="contested", moment=MOMENT)

    async def to(self, organization_id: UUID, slot_id: UUID, limit: int) -> _Found | None:
        """A slot, and those nearest to it; None where it is none of that organization."""
        return await self._nearest.ask(_Near(organization_id, slot_id, limit))

    async def _nearest_for(self, asked: Sequence[_Near]) -> Mapping[_Near, _Found]:
        nearest = {}
        for number, rows in by_number(await self._database.fetch(NEAREST, *zip(*asked, strict=True))).items():
            near, found = asked[number - 1], list(map(numbered, rows))
            (it,) = (one for one in found if one.slot.id == near.id)
            nearest[near] = it, by_nearness([one for one in found if one is not it], it.slot)[: near.most]
        return nearest
