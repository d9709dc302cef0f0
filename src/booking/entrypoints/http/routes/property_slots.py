"""Bookable slots of a property over HTTP: the page that is asked for most."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.caller import Caller
from booking.domain.refusals import InvalidCursor, NotFound
from booking.entrypoints.http.cursors import paging_of, window_of
from booking.entrypoints.http.decoding import Query, read_id
from booking.entrypoints.http.routes.listed import written
from booking.entrypoints.http.routes.slots import SlotPage
from booking.entrypoints.http.wire import PageQuery
from booking.service.slots import SlotService


@get(
    "/properties/{property_id:str}/slots",
    operation_id="listPropertySlots",
    dependencies={"parameters": Query(PageQuery)},
    opt={"hot": True, "refuses": (NotFound, InvalidCursor)},
)
async def list_property_slots(
    property_id: FromPath[str],
    parameters: NamedDependency[PageQuery],
    caller: NamedDependency[Caller],
    slots: NamedDependency[SlotService],
) -> SlotPage:
    page = await slots.bookable(
        caller, read_id(property_id, NotFound), window=window_of(parameters), paging=paging_of(parameters)
    )
    return written(page)


routes = (list_property_slots,)
