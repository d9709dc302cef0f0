"""Views: pages that may be as they were kept, and single slots, as whoever looks sees them; many in one statement."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.availabilities import OPENING, opened, opening_from
from booking.adapters.postgres.counts import CLAIMS, QUEUE
from booking.adapters.postgres.engine.batching import MOMENT, Batches
from booking.adapters.postgres.engine.statements import Prepared, asked
from booking.adapters.postgres.listed import INPUTS, LISTED, MARKED, Wanted, inputs_of
from booking.adapters.postgres.listings import Listings
from booking.adapters.postgres.looks import Looks
from booking.adapters.postgres.policies import RULES
from booking.adapters.postgres.tables import booking_now, fields_of, keyed, slots, waitlist
from booking.adapters.postgres.viewed import spanned, viewed
from booking.adapters.postgres.waitlists import GIVEN_UP_OF_LATE
from booking.domain.availability import Availability
from booking.domain.commitments import Commitments
from booking.domain.slot import Key
from booking.domain.slot_page import SlotPage

_Asked: TypeAlias = tuple[Wanted | Key, UUID | None]
_ByPage: TypeAlias = tuple[Wanted, UUID | None]
_Page: TypeAlias = tuple[SlotPage, Commitments | None]

_slots = asked("slot_", organization_id=sa.Uuid(), id=sa.Uuid(), applicant_id=sa.Uuid())
_SLOT_INPUTS = ("slot_organization_id", "slot_id", "slot_applicant_id")
_counts = [column for column in OPENING if column.name not in slots.c and column.name not in ("at", "rules")]
_no_slot: sa.Label[Any] = sa.literal_column("CAST(NULL AS slots)").label("slot")
_no_counts = [sa.cast(sa.null(), column.type).label(column.name) for column in _counts]
_page = MARKED.add_columns(_no_slot, *_no_counts)
_given_up = sa.case(  # looked for where a place to wait is all that there is to want
    (slots.c.capacity > CLAIMS.c.booked + CLAIMS.c.reserved, sa.false()),
    else_=sa.exists(
        sa.select(sa.literal(1))
        .where(
            waitlist.c.organization_id == _slots.c.organization_id,
            waitlist.c.applicant_id == _slots.c.applicant_id,
            waitlist.c.slot_id == _slots.c.id,
            GIVEN_UP_OF_LATE,
        )
        .correlate(_slots)
    ),
)
_slot = sa.select(
    (-_slots.c.number).label("number"),
    _slots.c.applicant_id,
    _slots.c.organization_id,
    *spanned(slots.c.start_time, slots.c.end_time),
    RULES,
    booking_now().label("at"),
    sa.cast(sa.null(), sa.LargeBinary).label("mark"),
    sa.or_(QUEUE.c.waiting > 0, _given_up).label("awaited"),
    slots.table_valued().label("slot"),
    *_counts,
).select_from(_slots.join(opened, keyed(slots, _slots)))

_OPENING = 3  # columns come before an opening's


def _seen(those: sa.Subquery, inputs: Sequence[str]) -> Prepared:
    slot = fields_of("those.slot", slots)
    others = (those.c[column.name] for column in OPENING[len(slot) :])
    return viewed(those, [those.c.mark, those.c.awaited, *slot.values(), *others], inputs)


PAGES = _seen(_page.subquery("those"), INPUTS)
SLOTS = _seen(_slot.subquery("those"), _SLOT_INPUTS)
BOTH = _seen(sa.union_all(_page, _slot).subquery("those"), (*INPUTS, *_SLOT_INPUTS))
"""By the numbers of those who look, who count from 1 at pages, and downwards from -1 at slots. Of pages the `mark`, of
slots an opening."""


class Views:
    """As an applicant sees it, or somebody who is none there."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self._listings = Listings()
        self._views: Batches[_Asked, Any] = Batches(self._of, kind="views")
        self._listed = Batches(self._listed_for, kind="lists", moment=MOMENT)

    async def page(self, wanted: Wanted, person: UUID | None) -> _Page | None:
        if self._listings.keeps(wanted):
            found: _Page | None = await self._views.ask((wanted, person))
            if found is not None:
                return found
        return await self._listed.ask((wanted, person))

    def slot(self, key: Key, person: UUID | None) -> Awaitable[tuple[Availability, Commitments | None] | None]:
        return self._views.ask((key, person))

    async def _of(self, asked: Sequence[_Asked]) -> Mapping[_Asked, Any]:
        at_pages: list[Any] = [one for one in asked if isinstance(one[0], Wanted)]
        at_slots = [one for one in asked if not isinstance(one[0], Wanted)] if len(at_pages) < len(asked) else []
        statement = BOTH if at_pages and at_slots else PAGES if at_pages else SLOTS
        inputs = (*inputs_of(at_pages), *zip(*((*key, person) for key, person in at_slots), strict=True))
        found: dict[_Asked, Any] = {}
        for number, (row, commitments) in (await self._looks.at(statement, inputs)).items():
            if number < 0:
                found[at_slots[-1 - number]] = opening_from(row, _OPENING), commitments
            elif listing := self._listings.as_kept((one := at_pages[number - 1])[0], row):
                found[one] = listing, commitments
        return found

    async def _listed_for(self, asked: Sequence[_ByPage]) -> Mapping[_ByPage, _Page]:
        found = await self._looks.at(LISTED, inputs_of(asked))
        rows = {asked[number - 1][0]: row for number, (row, _) in found.items()}
        listings = {wanted: self._listings.as_listed(wanted, row) for wanted, row in rows.items()}
        return {
            (one := asked[number - 1]): (listings[one[0]], commitments) for number, (_, commitments) in found.items()
        }
