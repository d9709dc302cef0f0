"""Batches of slots over HTTP: offered, or cancelled, each by itself or none without all others."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from msgspec import Meta
from msgspec.structs import replace

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import BatchRefused, BatchTooLarge, NotYourSlot
from booking.domain.visits.slot_batch import BatchMode, Offer, Refused
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import LARGEST_BATCH, Body, no_parameters
from booking.entrypoints.http.pipeline.batches import Batches
from booking.entrypoints.http.problems import item_error
from booking.entrypoints.http.routes.visits.slots import CreateSlot
from booking.entrypoints.http.slot_answer import Slot, shown
from booking.entrypoints.http.wire import Distinct, Index, Input, ItemError, Output, Overlap, Reason
from booking.service.visits.slot_batches import Cancelled, Ended, Offered, SlotBatchService


class CreateSlots(Input):
    slots: Annotated[tuple[CreateSlot, ...], Meta(min_length=1)]
    mode: BatchMode


class CancelSlots(Input):
    ids: Annotated[tuple[UUID, ...], Distinct]
    mode: BatchMode
    reason: Reason | None = None


class OfferResult(Output):
    index: Index
    status: Literal["created", "refused"]
    slot: Slot | None
    error: ItemError | None


class OfferResults(Output):
    results: list[OfferResult]


class CancelResult(Output):
    index: Index
    status: Literal["cancelled", "refused"]
    slot_id: UUID
    bookings_cancelled: Annotated[int, Meta(ge=0)]
    error: ItemError | None


class CancelResults(Output):
    results: list[CancelResult]


@post(
    "/slots/batch",
    operation_id="createSlots",
    status_code=200,
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(CreateSlots, largest=LARGEST_BATCH)},
    opt={"largest_body": LARGEST_BATCH, "refuses": (WrongRole, BatchRefused, BatchTooLarge)},
)
async def create_slots(
    content: NamedDependency[CreateSlots],
    caller: NamedDependency[Caller],
    batches: NamedDependency[Batches],
    slot_batches: NamedDependency[SlotBatchService],
) -> OfferResults:
    await batches.admit(caller, content.slots)
    offers = [offer_of(one) for one in content.slots]

    async def offer(by: Caller, some: Mapping[int, Offer]) -> OfferResults:
        return offered_results(await slot_batches.offer(by.showing(offered_results), some, content.mode))

    if content.mode is BatchMode.ALL:
        return await offer(caller, dict(enumerate(offers)))
    slot_batches.require_own(caller, offers)
    parts = await batches.in_parts(caller, offers, offer, OfferResults)
    return OfferResults(results=list(with_overlaps(result for part in parts for result in part.results)))


@post(
    "/slots/batch-cancel",
    operation_id="cancelSlots",
    status_code=200,
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(CancelSlots)},
    opt={"refuses": (WrongRole, NotYourSlot, BatchRefused, BatchTooLarge)},
)
async def cancel_slots(
    content: NamedDependency[CancelSlots],
    caller: NamedDependency[Caller],
    batches: NamedDependency[Batches],
    slot_batches: NamedDependency[SlotBatchService],
) -> CancelResults:
    await batches.admit(caller, content.ids)

    def told(ended: Ended) -> CancelResults:
        return CancelResults(results=[_ended(index, content.ids[index], one) for index, one in ended.items()])

    async def cancel(by: Caller, some: Mapping[int, UUID]) -> CancelResults:
        return told(await slot_batches.cancel(by.showing(told), some, content.mode, content.reason))

    if content.mode is BatchMode.ALL:
        return await cancel(caller, dict(enumerate(content.ids)))
    parts = await batches.in_parts(caller, content.ids, cancel, CancelResults)
    return CancelResults(results=[result for part in parts for result in part.results])


routes = (create_slots, cancel_slots)


def offer_of(asked: CreateSlot) -> Offer:
    return Offer(
        property_id=asked.property_id,
        start_time=asked.start_time,
        end_time=asked.end_time,
        agent_id=asked.agent_id,
        capacity=asked.capacity,
    )


def offered_results(offered: Offered) -> OfferResults:
    return OfferResults(
        results=[
            OfferResult(index=index, status="refused", slot=None, error=item_error(one))
            if isinstance(one, Refused)
            else OfferResult(index=index, status="created", slot=shown(one), error=None)
            for index, one in offered.items()
        ]
    )


def _ended(index: int, slot_id: UUID, one: Cancelled | Refused) -> CancelResult:
    if isinstance(one, Refused):
        return CancelResult(index=index, status="refused", slot_id=slot_id, bookings_cancelled=0, error=item_error(one))
    return CancelResult(index=index, status="cancelled", slot_id=slot_id, bookings_cancelled=one.bookings, error=None)


def with_overlaps(results: Iterable[OfferResult]) -> Iterable[OfferResult]:
    """Name each overlapped slot of this very request by its id and its index."""
    ids: dict[int, UUID] = {}
    indexes: dict[UUID, int] = {}
    for result in results:
        if result.slot is not None:
            ids[result.index], indexes[result.slot.id] = result.slot.id, result.index
        if result.error is None:
            yield result
            continue
        overlaps = [
            Overlap(slot_id=one.slot_id, index=indexes.get(one.slot_id))
            if one.slot_id
            else Overlap(slot_id=ids.get(one.index or 0), index=one.index)
            for one in result.error.overlaps
        ]
        yield replace(result, error=replace(result.error, overlaps=overlaps))
