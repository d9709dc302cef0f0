"""Who the caller is here."""

from litestar import get
from litestar.di import NamedDependency
from msgspec import convert

from booking.domain.caller import Caller
from booking.entrypoints.http import api
from booking.entrypoints.http.decoding import no_parameters


@get("/me", operation_id="getMe", guards=[no_parameters])
async def get_me(caller: NamedDependency[Caller]) -> api.MeResponse:
    return api.MeResponse(me=convert(caller, api.Me, from_attributes=True))


routes = (get_me,)
