"""Imports of slots over HTTP: a file of CSV or iCalendar, offered as a batch is; its lines are the batch's indexes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from msgspec import Meta

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import BatchRefused, BatchTooLarge, BodyTooLarge, InvalidHeader
from booking.domain.visits.slot_batch import BatchMode, Offer
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import LARGEST_BATCH, File, Query
from booking.entrypoints.http.media_types import MediaType
from booking.entrypoints.http.pipeline.batches import Batches
from booking.entrypoints.http.routes.visits.slot_batches import (
    OfferResult,
    OfferResults,
    offer_of,
    offered_results,
    with_overlaps,
)
from booking.entrypoints.http.slot_answer import Slot
from booking.entrypoints.http.slot_files import rows_of_calendar, rows_of_csv, slots_of
from booking.entrypoints.http.wire import Input, ItemError, Output, TimeZone
from booking.service.visits.slot_batches import Offered, SlotBatchService
from booking.service.visits.slot_calendars import SlotCalendars

DEFAULTS = ("property_id", "agent_id", "time_zone")


class ImportQuery(Input):
    mode: BatchMode = BatchMode.ALL
    dry_run: bool = False
    property_id: UUID | None = None
    agent_id: UUID | None = None
    time_zone: TimeZone | None = None


class ImportResult(Output):
    line: Annotated[int, Meta(ge=1)]
    status: Literal["created", "fits", "refused", "skipped"]
    slot: Slot | None
    error: ItemError | None


class ImportResults(Output):
    results: list[ImportResult]


@post(
    "/slots/import",
    operation_id="importSlots",
    status_code=200,
    guards=[agents_only],
    dependencies={
        "content": File(),
        "parameters": Query(ImportQuery),
    },
    opt={
        "largest_body": LARGEST_BATCH,
        "refuses": (WrongRole, InvalidHeader, BodyTooLarge, BatchRefused, BatchTooLarge),
    },
)
async def import_slots(
    content: NamedDependency[tuple[MediaType, bytes]],
    parameters: NamedDependency[ImportQuery],
    caller: NamedDependency[Caller],
    batches: NamedDependency[Batches],
    slot_batches: NamedDependency[SlotBatchService],
    slot_calendars: NamedDependency[SlotCalendars],
) -> ImportResults:
    media_type, body = content
    defaults = {name: str(value) for name in DEFAULTS if (value := getattr(parameters, name)) is not None}
    if media_type is MediaType.CSV:
        rows = rows_of_csv(body, defaults)
    else:
        rows = rows_of_calendar(await slot_calendars.read(body))
    file = slots_of(rows, defaults)
    await batches.admit(caller, list(file.slots))
    offers = {number: offer_of(slot) for number, slot in file.slots.items()}
    slot_batches.require_own(caller, offers.values())

    def shown(offered: Offered) -> ImportResults:
        return _imported(offered_results(offered).results, file.skipped, dry_run=parameters.dry_run)

    if not offers:
        return shown({})
    if parameters.mode is BatchMode.ALL or parameters.dry_run:
        by = caller.showing(shown)
        return shown(await slot_batches.offer(by, offers, parameters.mode, dry=parameters.dry_run))
    lines = list(offers)

    async def offer(by: Caller, some: Mapping[int, Offer]) -> OfferResults:
        part = {lines[index]: one for index, one in some.items()}
        return offered_results(await slot_batches.offer(by.showing(offered_results), part, parameters.mode))

    parts = await batches.in_parts(caller, list(offers.values()), offer, OfferResults)
    return _imported(with_overlaps(one for part in parts for one in part.results), file.skipped, dry_run=False)


routes = (import_slots,)


def _imported(results: Iterable[OfferResult], skipped: Sequence[int], *, dry_run: bool) -> ImportResults:
    found = [ImportResult(line=line, status="skipped", slot=None, error=None) for line in skipped]
    for one in results:
        if one.status == "created" and dry_run:
            found.append(ImportResult(line=one.index, status="fits", slot=None, error=None))
        else:
            found.append(ImportResult(line=one.index, status=one.status, slot=one.slot, error=one.error))
    return ImportResults(results=sorted(found, key=lambda one: one.line))
